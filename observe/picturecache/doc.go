// Package picturecache stores on disk what the image encoder returned for picture files,
// so that the next command that encodes the same photos, such as edge eval after a prompt
// was changed, need not encode them.
//
//	photos := picturecache.New("data/engines/pictures", model.Images)
//	defer photos.Close()
//	timing, err := photos.Encode(ctx, pictures, outputs)
//
// Promises: Encode returns stored outputs, bit for bit, only for the same pixels, size and
// use, and only from an encoder with the same Origin. A file that is damaged, truncated
// or locked, or a folder that cannot be written, costs time but never causes an error or a
// different result. The folder holds at most MaxBytes and a tenth of the free space; the
// least recently used entries are removed first. Encode does not wait for the disk to
// write.
//
// Non-promises: outputs that arrive faster than the disk writes are not stored. The cache
// is not meant for frames of a camera, which never repeat.
//
// Encode may be called from many goroutines, and several processes may share a folder.
// Outputs belong to the caller. Close writes pending entries and leaves the encoder open.
package picturecache
