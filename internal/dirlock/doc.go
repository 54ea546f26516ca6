// Package dirlock lets one process at a time use a folder.
//
//	lock, err := dirlock.Acquire("data/events")
//	defer lock.Release()
//
// The lock is flock(2) on a file in the folder that holds the owner's process id.
// The kernel drops it when the process ends, however that happens, so a crash
// leaves no stale lock: a file that is left behind says nothing by itself.
//
// Promises: while a Lock is held, Acquire fails, also in the same process, and
// names the owner; Wait succeeds as soon as the lock is released or its owner is
// gone. Non-promises: programs that do not ask are not kept out, and a folder that
// is shared over a network is locked only as far as its file system does that.
//
// It is golang.org/x/sys/unix alone: gofrs/flock has the same call, but neither
// says who holds the lock nor spares the file handling.
package dirlock
