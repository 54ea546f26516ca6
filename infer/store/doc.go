// Package store keeps model bundles in a folder, one folder each.
//
//	export, err := bundle.ReadExport([]string{"clip-vit-base-patch32"}, bundle.ExportOptions{})
//	dir, err := store.Import(export, "models", store.Options{})
//	bundles, err := store.List("models")
//
// Promises: a bundle is there as a whole or not at all, whatever breaks on the
// way; one that is there is never overwritten; Remove takes away bundles only,
// and nothing outside the folder.
//
// Non-promises: two programs that import the same name at once both work, and
// one of them is told that the bundle exists.
package store
