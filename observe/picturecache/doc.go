// Package picturecache keeps what the image encoder returned for pictures from files
// on the disk, so that the next command which encodes the same photos, such as
// edge eval after a prompt was changed, is answered at once.
//
//	photos := picturecache.New("data/engines/pictures", model.Images)
//	defer photos.Close()
//	timing, err := photos.Encode(ctx, pictures, outputs)
//
// It promises that outputs are found again only for the same pixels of the same size,
// for the same use, and from an encoder with the same Origin, and to the last bit; that
// a file which is damaged, cut off, locked or cannot be written costs time but never an
// error or another answer; that the folder has at most MaxBytes and a tenth of the
// space that its disk has free, the least recently used going first; and that Encode
// waits for no disk to write: outputs that come faster than they are written are not
// kept.
//
// It does not promise that what was encoded is kept, nor to be fast enough for a
// camera's frames, which never repeat: those go to the encoder itself.
//
// Encode may be called from many goroutines, and many processes may share a folder.
// Outputs belong to the caller. Close writes what waits; it leaves the encoder open.
package picturecache
