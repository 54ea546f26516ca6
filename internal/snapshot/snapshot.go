package snapshot

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
)

// ErrVersion is returned within an error when bytes are no snapshot of this
// version.
var ErrVersion = errors.New("not a snapshot of this version")

// MaxPixels bounds what a damaged snapshot can ask for.
const MaxPixels = 1 << 28

// Encode returns the bytes of a snapshot, a struct with a version.
func Encode(s any) ([]byte, error) {
	var out bytes.Buffer
	if err := gob.NewEncoder(&out).Encode(s); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Decode reads a snapshot into s. version points to the version in s, which must
// then be wanted.
func Decode(data []byte, s any, version *int, wanted int) error {
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(s); err != nil {
		return fmt.Errorf("%w: %w", ErrVersion, err)
	}
	if *version != wanted {
		return fmt.Errorf("%w: version %d, this program writes %d", ErrVersion, *version, wanted)
	}
	return nil
}
