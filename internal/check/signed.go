package check

import (
	"os"
	"path/filepath"

	"pristine/internal/config"
	"pristine/internal/signature"
)

// trust reads the keys whose signatures count, and checks that of the bundle.
func (c *checker) trust() {
	s := c.config.Security
	if len(s.TrustedKeys) == 0 {
		return
	}
	var err error
	if c.keys, err = signature.Trust(s.TrustedKeys); err != nil {
		c.stop(KeyUnusable, "security.trusted_keys", "%v", err)
	}
	for i, dir := range c.config.Model.Bundles() {
		c.signed(bundleKeys[i], config.Bundles, filepath.Join(dir, "bundle.yaml"))
	}
}

// signed checks the signature of a file of a kind for which one is required.
func (c *checker) signed(key, kind, file string) {
	if !c.config.Security.Requires(kind) {
		return
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return // said elsewhere
	}
	if err := c.keys.CheckFile(file, data); err != nil {
		c.stop(SignatureRefused, key, "%v", err)
	}
}
