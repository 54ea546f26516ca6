package signature

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"aead.dev/minisign"
)

// Suffix of the file that holds a file's signature.
const Suffix = ".minisig"

// maxBytes of a signature or of a key.
const maxBytes = 4 << 10

var (
	// ErrMissing is returned when there is no signature.
	ErrMissing = errors.New("it has no signature")
	// ErrMalformed is returned when a signature cannot be read.
	ErrMalformed = errors.New("its signature cannot be read")
	// ErrUnknownKey is returned when none of the trusted keys made the signature.
	ErrUnknownKey = errors.New("its signature is by a key that is not trusted")
	// ErrChanged is returned when the data is not what was signed.
	ErrChanged = errors.New("it was changed after it was signed")
)

// Keys are public keys whose signatures are accepted.
type Keys struct{ trusted []minisign.PublicKey }

// Trust reads public keys: files of minisign, or keys in text, such as RWQ….
func Trust(entries []string) (*Keys, error) {
	k := new(Keys)
	for _, entry := range entries {
		key, err := readKey(entry)
		if err != nil {
			return nil, fmt.Errorf("read trusted key %s: %w: name a file of minisign, such as minisign.pub, or its second line", entry, err)
		}
		k.trusted = append(k.trusted, key)
	}
	return k, nil
}

// IsKey reports whether an entry of Trust is a key in text, rather than a file.
func IsKey(entry string) bool {
	var key minisign.PublicKey
	return key.UnmarshalText([]byte(entry)) == nil
}

func readKey(entry string) (key minisign.PublicKey, err error) {
	if key.UnmarshalText([]byte(entry)) == nil {
		return key, nil
	}
	text, err := readSmall(entry)
	if err != nil {
		return key, err
	}
	return key, key.UnmarshalText(text)
}

// readSmall reads a file that must be small.
func readSmall(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err == nil && len(data) > maxBytes {
		err = fmt.Errorf("it is larger than %d bytes", maxBytes)
	}
	return data, err
}

// CheckFile checks a file's content against the signature beside the file.
func (k *Keys) CheckFile(file string, data []byte) error {
	signature, err := ReadFile(file)
	if err != nil {
		return err
	}
	return k.Check(file, data, signature)
}

// ReadFile returns the signature beside a file.
func ReadFile(file string) ([]byte, error) {
	signature, err := readSmall(file + Suffix)
	if errors.Is(err, os.ErrNotExist) {
		return nil, missing(file)
	}
	if err != nil {
		return nil, fmt.Errorf("check the signature of %s: %w: %w", file, ErrMalformed, err)
	}
	return signature, nil
}

func missing(name string) error {
	return fmt.Errorf("check the signature of %s: %w, and security.require_signed asks for one: sign it with minisign -S -m FILE", name, ErrMissing)
}

// Check checks data against a signature; name is what errors call it.
func (k *Keys) Check(name string, data, signature []byte) error {
	if len(signature) == 0 {
		return missing(name)
	}
	var parsed minisign.Signature
	if err := parsed.UnmarshalText(signature); err != nil {
		return fmt.Errorf("check the signature of %s: %w (%s): copy the whole %s file, or sign it again", name, ErrMalformed, strings.TrimPrefix(err.Error(), "minisign: "), Suffix)
	}
	known := false
	if k != nil {
		for _, key := range k.trusted {
			if key.ID() != parsed.KeyID {
				continue
			}
			known = true
			if minisign.Verify(key, data, signature) {
				return nil
			}
		}
	}
	if !known {
		return fmt.Errorf("check the signature of %s: %w (%X): sign it with the plant's key, or add the signer's to security.trusted_keys", name, ErrUnknownKey, parsed.KeyID)
	}
	return fmt.Errorf("check the signature of %s: %w, or the signature was: restore the file, or sign it again", name, ErrChanged)
}
