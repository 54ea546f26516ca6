// Package history keeps the local record of a station in one SQLite file: results
// with their embeddings and pictures, labels by people, and changes to sets,
// thresholds, references and configuration.
//
//	h, err := history.Open(ctx, history.Options{Dir: "data/events/history", MaxAge: 90 * 24 * time.Hour, MaxBytes: 2 << 30})
//	defer h.Close()
//	h.Add(&history.Record{Result: …, Vector: …, Thumb: …}) // never waits
//	parts, err := h.Parts(ctx, history.Filter{Verdicts: []string{"FAIL"}}, 50)
//
// Promises:
//   - Add never waits for the disk. Records that do not fit in the queue or on the disk
//     are dropped and counted.
//   - A process that is killed at any moment leaves a file that opens. It has everything
//     for which Flush, Label or Change had returned, and counts that equal the results.
//   - The file stays below MaxBytes, except for the last batch. The oldest results are
//     removed first. Changes are never removed.
//   - A file of an older version is migrated when it is opened for writing. A file of
//     a newer version is refused with ErrNewer and not changed.
//   - Verify detects a change that was edited, removed, inserted or cut off.
//
// Non-promises: results may be missing if the disk was slow or full, since events have
// priority. Whoever can write both the file and the head beside it can forge the chain
// of changes; the head's hash in a report or at the hub reveals that. If the clock jumps
// ahead by more than MaxAge, everything counts as too old.
//
// One process at a time writes results to a folder. Another may add changes with
// RecordChange, and any number may read with OpenReader. All methods are safe for
// concurrent use.
package history
