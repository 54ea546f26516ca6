package outbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
	"github.com/minio/highwayhash"
	"github.com/nats-io/nats-server/v2/server"
)

// seal writes the checksum of each stream's description if it is missing or wrong.
//
// The embedded server writes a description and then its checksum. Each write is
// atomic, but the pair is not. A kill in between leaves a stream that the server no
// longer finds. If the stream is created again on the same files, it keeps its messages
// but gets another incarnation, at every start, since the server never replaces an
// existing description. seal therefore repairs the checksum before the server starts.
func seal(dir string) error {
	descriptions, err := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", "*", server.JetStreamMetaFile))
	if err != nil {
		return err
	}
	for _, file := range descriptions {
		if err := sealStream(filepath.Dir(file)); err != nil {
			return fmt.Errorf("mend the checksum of %s: %w", file, err)
		}
	}
	return nil
}

func sealStream(dir string) error {
	description, err := os.ReadFile(filepath.Join(dir, server.JetStreamMetaFile))
	if err != nil {
		return err
	}
	if name := filepath.Base(dir); !describes(description, name) {
		return nil // damaged otherwise: the server says what it makes of it
	}
	sum, err := checksum(description, filepath.Base(dir))
	if err != nil {
		return err
	}
	file := filepath.Join(dir, server.JetStreamMetaFileSum)
	switch had, err := os.ReadFile(file); {
	case err == nil && string(had) == sum:
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return renameio.WriteFile(file, []byte(sum), 0o640)
}

func describes(description []byte, name string) bool {
	var stream struct {
		Name string `json:"name"`
	}
	return json.Unmarshal(description, &stream) == nil && stream.Name == name
}

// checksum is the server's: HighwayHash-64, keyed by the SHA-256 of the stream's
// name.
func checksum(description []byte, name string) (string, error) {
	key := sha256.Sum256([]byte(name))
	hash, err := highwayhash.New64(key[:])
	if err != nil {
		return "", err
	}
	hash.Write(description)
	return hex.EncodeToString(hash.Sum(nil)), nil
}
