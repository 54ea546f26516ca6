// Package page is the operator's page: Live, Review, Search, Reports and the audit
// trail, made from templates on the server with a little plain JavaScript.
//
//	p := page.New(page.Options{Status: agent.status, History: agent.history, …})
//	p.Register(server)
//
// Promises:
//   - Nothing is loaded from elsewhere, and no script or style stands in a page: the
//     policy of package web allows neither.
//   - Everything that is typed or received is shown inert.
//   - What is old is said to be old: after 2 s in words, after 5 s the picture is grey
//     and the lamp is INVALID.
//   - Every route has its role; every label says who gave it, and stands in the audit
//     trail.
//   - No picture is encoded for a page that nobody has open.
//
// Non-promises: without JavaScript, Live does not move; the other screens work.
//
// Options' functions are called by many goroutines at once.
package page
