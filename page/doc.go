// Package page is the operator's page: Live, Review, Search, Reports and the audit
// trail, made from templates on the server with a little plain JavaScript.
//
//	p := page.New(page.Options{Status: agent.status, History: agent.history, …})
//	p.Register(server)
//
// Promises:
//   - Nothing is loaded from other servers, and a page has no inline script or style:
//     the policy of package web allows neither.
//   - All input and external text is escaped.
//   - Stale results are marked: after 2 s by a text, after 5 s by a grey picture and the
//     lamp INVALID.
//   - Every route has a role. Every label has its author, and is in the audit trail.
//   - No picture is encoded unless a page is open.
//
// Non-promises: without JavaScript, Live does not update; the other screens work.
//
// Options' functions are called by many goroutines at once.
package page
