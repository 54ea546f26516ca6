package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"pristine/internal/progress"
	"pristine/internal/support"
)

type supportCommand struct {
	Config   string        `placeholder:"FILE" help:"Configuration of the station; without one, the defaults."`
	Out      string        `short:"o" placeholder:"FILE.tar.gz" help:"Archive to write (default: pristine-support-TIME.tar.gz)."`
	Pictures bool          `help:"Also pack the pictures of the last 50 results that have one."`
	Unit     string        `default:"edge" placeholder:"NAME" help:"Unit of systemd whose journal is packed (default: ${default})."`
	Since    time.Duration `default:"72h" placeholder:"DURATION" help:"How far back the journal goes (default: ${default})."`
	Log      []string      `placeholder:"FILE" help:"Also pack the end of a log file; may be repeated."`
}

// Help is shown by edge support-bundle --help.
func (supportCommand) Help() string {
	return "Passwords, tokens, keys and password hashes are replaced, and comments of the configuration left out. The archive holds texts: read it before you send it.\n\nExamples: edge support-bundle --config edge.yaml, edge support-bundle --config edge.yaml --pictures -o help.tar.gz"
}

// Run writes the archive and prints what it holds.
func (c *supportCommand) Run(ctx context.Context, s *streams) (err error) {
	report := examine(ctx, s, c.Config)
	var versions bytes.Buffer
	if err := (&versionCommand{bundleFlag{"models/pocket"}}).Run(&streams{out: &versions, err: s.err}); err != nil {
		fmt.Fprintln(&versions, err)
	}
	if c.Out == "" {
		c.Out = "pristine-support-" + time.Now().Format("20060102-150405") + ".tar.gz"
	}
	stop := progress.Spin(ctx, s.err, "pack")
	summary, err := support.WriteFile(ctx, c.Out, support.Options{
		Config: c.Config, Doctor: report, Versions: versions.String(), Unit: c.Unit, Since: c.Since, Logs: c.Log, Pictures: c.Pictures,
	})
	stop()
	if err != nil {
		return err
	}
	summary.WriteText(s.out)
	info, err := os.Stat(c.Out)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "\n%s: %s. Read it before you send it: tar -xzf %s\n", c.Out, humanize.IBytes(uint64(info.Size())), strings.ReplaceAll(c.Out, " ", `\ `))
	return err
}
