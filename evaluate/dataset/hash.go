package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
)

// Hash returns the SHA-256 of a picture file, in hex.
func Hash(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("hash picture: %w", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}
