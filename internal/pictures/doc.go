// Package pictures lists the picture files of a folder, for every command and
// camera alike.
//
//	l, err := pictures.List("parts/")
//	for _, file := range l.Files { … }
//	fmt.Println(l.Skipped.Notes()) // [2 .heic files are not read: …]
//
// Promises: files come sorted by path. What other programs leave in a folder
// (thumbnails, recycle bins, resource forks, checkpoints) is never listed. Links
// to folders are followed; each folder is read once, so that a loop of links
// ends and no picture is listed twice by linked folders. Links to a folder that
// holds the listed one are not followed. The folder itself may be a link. Whatever is not listed is counted in Skipped, with its reason.
//
// Non-promises: it does not look into files; a file with a picture's ending may
// hold anything. Two names of one file are two files.
//
// It keeps no state, and may be used by many goroutines.
package pictures
