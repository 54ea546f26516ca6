package pictures

import (
	"slices"
	"strings"
)

// toolNames are files and folders that programs leave behind, in lower case.
var toolNames = []string{
	"thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r", // Windows, macOS
	"__macosx", "network trash folder", "temporary items", // macOS
	"$recycle.bin", "recycler", "recycled", "system volume information", // Windows
	"lost+found",                                                 // ext4
	"@eadir", "#recycle", "#snapshot", "@sharesnap", "@sharebin", // Synology
	"@__thumb", "@recycle", "@recently-snapshot", // QNAP
	"__pycache__", "~snapshot",
}

// MadeByTool reports whether a name is one that a program leaves behind, and
// no person gives to a picture or a folder of them. All hidden names are.
func MadeByTool(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") ||
		strings.HasSuffix(name, ":zone.identifier") || // Windows' mark of downloads, as Linux sees it
		slices.Contains(toolNames, name)
}
