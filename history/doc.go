// Package history keeps the local record of a station in one SQLite file: results
// with their embeddings and pictures, labels that people gave, and changes of
// what decides.
//
//	h, err := history.Open(ctx, history.Options{Dir: "data/events/history", MaxAge: 90 * 24 * time.Hour, MaxBytes: 2 << 30})
//	defer h.Close()
//	h.Add(&history.Record{Result: …, Vector: …, Thumb: …}) // never waits
//	parts, err := h.Parts(ctx, history.Filter{Verdicts: []string{"FAIL"}}, 50)
//
// Promises:
//   - Add never waits for the disk. What finds no room in the queue, or no room on
//     the disk, is dropped and counted.
//   - A process that is killed at any moment leaves a file that opens, with all
//     that Flush, Label or Change had returned for, and with counts that equal the
//     results.
//   - The file stays below MaxBytes, but for what one batch adds; the oldest results
//     go first. Changes are never removed.
//   - A file of an older version is migrated when it is opened for writing. A file of
//     a newer version is refused with ErrNewer and left alone.
//   - Verify finds a change that was edited, removed, inserted or cut off.
//
// Non-promises: a result may be missing where the disk was slow or short: events
// come first. Who can write both the file and the head beside it can forge the
// chain of changes; the head's hash in a report or at the hub shows that. A clock
// that jumps ahead by more than MaxAge makes everything too old.
//
// One process at a time writes results to a folder; another may add changes beside it
// with RecordChange, and any number read it meanwhile, with OpenReader. All methods
// are safe for concurrent use.
package history
