// Package support packs what somebody needs to help with a station into one archive,
// without its secrets.
//
//	summary, err := support.Write(ctx, file, support.Options{Config: "edge.yaml", Doctor: report})
//
// The archive is a .tar.gz with texts, which can be read before it is sent. Its last
// file, contents.txt, lists what it holds and what was left out, with the reason.
//
// Promises: each text passes a Redactor, which hides the content of every file of
// secrets that the configuration names, the page's password hashes, and all that looks
// like a password, a token or a key. Comments of configurations are left out: they may
// say anything. Files of secrets, certificates and users are never packed, pictures
// only where Options.Pictures says so. Nothing is changed, and a part that cannot be
// had does not keep the others out.
//
// Non-promises: names of users, hosts, cameras and parts stay, but for users in
// addresses. A secret of fewer than four characters, or one that is in no file named by
// the configuration and looks like an ordinary word, is not recognised.
//
// Write may be called by many goroutines at once. A Redactor is safe for concurrent use
// once it has learned.
package support
