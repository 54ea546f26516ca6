// Package snapshot writes and reads what a camera learned, so that it survives a
// restart.
//
//	data, err := snapshot.Encode(v)                        // v.Version = 1
//	err = snapshot.Decode(data, &v, &v.Version, 1)
//
// Promises: Decode refuses what another version wrote, with ErrVersion.
//
// Non-promises: it does not check that the values fit together; whoever reads a
// snapshot does, since a file may be damaged.
package snapshot
