// Package store keeps model bundles in a folder, one folder each.
//
//	export, err := bundle.ReadExport([]string{"clip-vit-base-patch32"}, bundle.ExportOptions{})
//	dir, err := store.Import(export, "models", store.Options{})
//	bundles, err := store.List("models")
//
// Promises: an import is atomic, even if it is interrupted. An existing bundle is never
// overwritten. Remove removes only bundles, and nothing outside the folder.
//
// Non-promises: if two programs import the same name concurrently, both do the work and
// one gets an error that the bundle exists.
package store
