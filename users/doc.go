// Package users says who may do what on the operator's page: a file of names, roles
// and passwords, sessions, and the guard of every route.
//
//	file := users.OpenFile("data/users.json")
//	err := file.Set("ann", users.Engineer, "a long password")
//	access := users.NewAccess(file)
//	mux.Handle("GET /review", access.Guard(users.Operator, review))
//
// Promises: passwords are kept as argon2id hashes only, in a file that its owner
// alone can read. A session ends after sessionIdle without a request, after
// sessionLife at the latest, at logout, and when the user is removed or has another
// role or password. A name, and an address, has few attempts a minute. A check takes
// as long for a name that does not exist.
//
// Non-promises: sessions do not outlive the process. Requests that change something
// are kept from other sites by http.CrossOriginProtection and SameSite cookies, not
// by this package alone.
//
// All methods are safe for concurrent use.
package users
