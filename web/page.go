package web

import "embed"

//go:embed page
var page embed.FS
