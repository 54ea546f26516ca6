// Package users is the access control of the operator's page: a file of names, roles
// and passwords, sessions, and the guard of every route.
//
//	file := users.OpenFile("data/users.json")
//	err := file.Set("ann", users.Engineer, "a long password")
//	access := users.NewAccess(file)
//	mux.Handle("GET /review", access.Guard(users.Operator, review))
//
// Promises: passwords are stored only as argon2id hashes, in a file that only its owner
// can read. A session ends after sessionIdle without a request, after sessionLife at the
// latest, at logout, and when the user is removed or gets another role or password.
// Login attempts are limited per name and per address. A check takes equally long for a
// name that does not exist.
//
// Non-promises: sessions do not survive the process. http.CrossOriginProtection and
// SameSite cookies, not this package, protect against requests from other sites.
//
// All methods are safe for concurrent use.
package users
