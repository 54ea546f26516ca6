// Package signature checks the signatures of prompt sets and bundles, in the format of
// minisign (https://jedisct1.github.io/minisign/).
//
//	keys, err := signature.Trust([]string{"plant.pub"})
//	err = keys.CheckFile("part.yaml", data) // against part.yaml.minisig
//
// Promises: nothing is accepted that no trusted key signed, byte by byte, trusted comment
// included. Each refusal is one of the errors below, names the file, and says what to do.
// Nil Keys trust nobody, and refuse everything.
//
// Non-promises: an older version that was signed once stays right: signatures have no
// order. Who can write the configuration chooses the keys.
//
// Keys are safe for concurrent use.
package signature
