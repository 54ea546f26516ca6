package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"pristine/internal/ask"
	"pristine/internal/printing"
	"pristine/internal/progress"
	"pristine/internal/provider"
	"pristine/internal/usage"
)

type providerCommand struct {
	List    providerListCommand    `cmd:"" help:"List the execution providers that can be installed, with their status."`
	Install providerInstallCommand `cmd:"" help:"Fetch an execution provider from its vendor's wheels; nothing is compiled."`
}

type providerListCommand struct{}

// Run lists them.
func (providerListCommand) Run(s *streams) error {
	t := printing.Table(s.out, "Provider", "For", "Needs", "Download", "State")
	for _, p := range provider.All() {
		t.AppendRow([]any{p.Name, p.About, p.Needs, humanize.IBytes(uint64(p.Download())), p.State()})
	}
	t.SetColumnConfigs([]table.ColumnConfig{
		{Number: 2, WidthMax: 18, WidthMaxEnforcer: text.WrapSoft}, {Number: 3, WidthMax: 17, WidthMaxEnforcer: text.WrapSoft}, {Number: 5, WidthMax: 13, WidthMaxEnforcer: text.WrapText},
	})
	t.Render()
	return nil
}

type providerInstallCommand struct {
	Name string `arg:"" help:"cuda, tensorrt or openvino."`
	Dir  string `placeholder:"DIR" help:"Data folder to install below (default: $$PRISTINE_HOME, else /var/lib/pristine)."`
	Yes  bool   `help:"Do not ask."`
}

// Run installs it.
func (c *providerInstallCommand) Run(ctx context.Context, s *streams) error {
	p, err := provider.Named(c.Name)
	if err != nil {
		return usage.Error(err)
	}
	fmt.Fprintf(s.out, "%s: %s\nneeds %s\nfetches %s and takes %s below %s\n\n%s\n\n", p.Name, p.About, p.Needs, humanize.IBytes(uint64(p.Download())), humanize.IBytes(uint64(p.Installed)), provider.Home(c.Dir), p.Licences())
	if !c.Yes && !strings.HasPrefix(strings.ToLower(ask.NewQuestions(s.err, os.Stdin).Ask("Do you accept these licences? (y or n)")), "y") {
		return usage.Error(errors.New("nothing was installed: answer y, or give --yes"))
	}
	stop := progress.Spin(ctx, s.err, "fetching "+p.Name)
	dir, err := p.Install(ctx, provider.Options{Dir: c.Dir})
	stop()
	if err == nil {
		fmt.Fprintf(s.out, "%s is in %s\nTry: edge model build models/pocket --provider %s\n", p.Name, dir, p.Name)
	}
	return err
}
