// Package watchfolder reads the pictures that other programs put into a folder,
// as a plant's camera software does: each picture once, as it arrives.
//
//	ledger, err := watchfolder.OpenLedger("data/watched/c.ledger", "c")
//	source, err := watchfolder.Open("/mnt/camera", watchfolder.Options{Decode: opencv.DecodeFile, Ledger: ledger})
//	…
//	ledger.Done("c", part, watchfolder.Outcome{Verdict: "PASS", Action: watchfolder.Accept, Sequence: 17})
//
// Pictures are read in the order in which they were written, including subfolders. A
// picture is read when its size and its time have not changed for Settle. If it cannot
// be decoded then, it may be incomplete, and is retried until it has not changed for
// Patience. Then it is a frame with Damaged set.
//
// The folder is listed at each Poll, since network shares do not report changes. On a
// local disk the kernel reports a change at once. Listing may take a twentieth of the
// time, so Poll is longer in a folder of 100,000 pictures.
//
// Promises: a picture whose result was recorded by Done is not read again, even if the
// program was killed, the picture was renamed, or the folder was unavailable in
// between. A file that is overwritten is a new picture. With Move or Delete a picture
// leaves the folder only after Done. A move never overwrites a file. A folder that
// disappears is an error of Read, and the ledger is kept.
//
// Non-promises: Done may be lost in a power cut, but not with the process. A caller
// reads Sequence at its start, and records what it has stored since (Recover). A copy
// is another picture. If the file system's time stamps have a resolution of a second
// or two, an overwrite within that time may go unnoticed. An unmounted share that leaves
// an empty folder behind looks like an idle one.
//
// A Ledger is safe for concurrent use; a Source belongs to one goroutine.
package watchfolder
