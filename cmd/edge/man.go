package main

import (
	"os"
	"strconv"
	"time"

	"github.com/alecthomas/kong"

	"pristine/internal/manpage"
	"pristine/internal/version"
)

type manCommand struct {
	Dir string `arg:"" help:"Folder to write to."`
}

// Run writes the pages, dated as SOURCE_DATE_EPOCH says, so that packages can be made again.
func (c *manCommand) Run(k *kong.Context) error {
	date := time.Now()
	if seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		date = time.Unix(seconds, 0)
	}
	return manpage.Write(c.Dir, k.Model, manpage.Source{Version: version.String(), Date: date})
}
