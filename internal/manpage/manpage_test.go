package manpage

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

type line struct {
	Paint paintCommand `cmd:"" help:"Paint a part."`
	Quiet bool         `short:"q" help:"Say nothing."`
	Inner struct{}     `cmd:"" hidden:"" help:"For tests."`
}

type paintCommand struct {
	Red struct {
		File string `arg:"" help:"Part to paint."`
		Coat int    `default:"2" help:"Coats (default: ${default})."`
	} `cmd:"" help:".red, 'as it is' \\ or not."`
}

// Help is the longer help.
func (paintCommand) Help() string { return "One paragraph.\n\nAnother one." }

func TestWrite_OnePageACommandFromItsHelp(t *testing.T) {
	parser, err := kong.New(&line{}, kong.Name("tool"), kong.Description("tool: paints.\n\nBegin somewhere."))
	if err != nil {
		t.Fatal(err)
	}
	dir, again := t.TempDir(), t.TempDir()
	source := Source{Version: "1.2.3", Date: time.Unix(1700000000, 0)}
	for _, d := range []string{dir, again} {
		if err := Write(d, parser.Model, source); err != nil {
			t.Fatal(err)
		}
	}
	pages := map[string]string{}
	for _, name := range []string{"tool", "tool-paint", "tool-paint-red"} {
		data, err := os.ReadFile(filepath.Join(dir, name+".1"))
		if err != nil {
			t.Fatal(err)
		}
		if second, err := os.ReadFile(filepath.Join(again, name+".1")); err != nil || string(second) != string(data) {
			t.Errorf("%s is another page the second time: %v", name, err)
		}
		pages[name] = string(data)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != len(pages) {
		t.Errorf("the pages are %v: a hidden command has none", files)
	}
	for name, wants := range map[string][]string{
		"tool":           {`.TH "TOOL" 1 "2023-11-14" "tool 1.2.3" "Pristine"`, `tool \- tool: paints` + "\n", "Begin somewhere.", ".B tool paint\nPaint a part.", `.BR tool\-paint (1)`},
		"tool-paint":     {"One paragraph.\n.PP\nAnother one.", ".B tool paint red", `.BR tool (1),`, `.BR tool\-paint\-red (1)`},
		"tool-paint-red": {`tool\-paint\-red \- \&.red, 'as it is' \e or not`, ".I <file>", "Part to paint.", `\-\-coat=2`, "Coats (default: 2).", `\-q, \-\-quiet`, "\n\\&.red"},
	} {
		for _, want := range wants {
			if !strings.Contains(pages[name], want) {
				t.Errorf("%s.1 lacks %q:\n%s", name, want, pages[name])
			}
		}
	}
	if out, err := exec.Command("mandoc", append([]string{"-T", "lint", "-W", "warning"}, files...)...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("mandoc: %v: %s", err, out)
	}
}
