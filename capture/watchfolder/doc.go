// Package watchfolder reads the pictures that other programs put into a folder,
// as a plant's camera software does: each picture once, as it arrives.
//
//	ledger, err := watchfolder.OpenLedger("data/watched/c.ledger", "c")
//	source, err := watchfolder.Open("/mnt/camera", watchfolder.Options{Decode: opencv.DecodeFile, Ledger: ledger})
//	…
//	ledger.Done("c", part, watchfolder.Outcome{Verdict: "PASS", Action: watchfolder.Accept, Sequence: 17})
//
// Pictures come in the order in which they were written, subfolders included. A
// picture is taken when its size and its time have not changed for Settle; one
// that cannot be decoded then may still be on its way, and is tried again until it
// has not changed for Patience: then it is a frame with Damaged set.
//
// The folder is listed at each Poll, so that network shares work, which report no
// changes; on a local disk the kernel reports a change at once. A listing may take
// a twentieth of the time: in a folder of 100,000 pictures Poll is longer.
//
// Promises: a picture whose result was recorded by Done is not read again, whether
// or not the program was killed, the picture was renamed, or the folder was away in
// between. A file that is written anew under its old name is a new picture. With
// Move or Delete a picture leaves the folder only after Done; a move never
// overwrites a file. A folder that goes away is an error of Read, and nothing is
// forgotten.
//
// Non-promises: Done may be lost with the power, but not with the process: a caller
// asks for Sequence at its start, and records what it has stored since (Recover). A
// copy is another picture. A file system that stamps times by the second or two may
// hide that a file was written anew within that time. An unmounted share that
// leaves an empty folder behind looks like an idle one.
//
// A Ledger is safe for concurrent use; a Source belongs to one goroutine.
package watchfolder
