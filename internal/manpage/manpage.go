package manpage

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// Source is what stands in a page's foot.
type Source struct {
	Version string
	Date    time.Time
}

// Write writes the pages into a folder, as NAME.1.
func Write(dir string, app *kong.Application, s Source) error {
	for _, node := range append([]*kong.Node{app.Node}, commands(app.Node)...) {
		file := filepath.Join(dir, name(node)+".1")
		if err := os.WriteFile(file, []byte(page(node, s)), 0o644); err != nil { //nolint:gosec // every user may read it
			return err
		}
	}
	return nil
}

// commands are those below a node, at every depth.
func commands(node *kong.Node) []*kong.Node {
	var all []*kong.Node
	for _, child := range node.Children {
		if child.Type == kong.CommandNode && !child.Hidden {
			all = append(append(all, child), commands(child)...)
		}
	}
	return all
}

// name is a page's: edge-model-build of edge model build.
func name(node *kong.Node) string { return strings.ReplaceAll(words(node), " ", "-") }

// words are those with which a command is called, without its arguments.
func words(node *kong.Node) string {
	if node.Parent == nil {
		return node.Name
	}
	return words(node.Parent) + " " + node.Name
}

func page(node *kong.Node, s Source) string {
	var b strings.Builder
	program, _, _ := strings.Cut(words(node), " ")
	fmt.Fprintf(&b, ".TH %q 1 %q %q \"Pristine\"\n", strings.ToUpper(name(node)), s.Date.UTC().Format("2006-01-02"), program+" "+s.Version)
	help, detail := node.Help, node.Detail
	if node.Parent == nil {
		help, detail, _ = strings.Cut(node.Help, "\n\n")
	}
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", text(name(node)), text(strings.TrimSuffix(help, ".")))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", text(words(node)))
	for _, p := range node.Positional {
		fmt.Fprintf(&b, ".I %s\n", text(p.Summary()))
	}
	children := commands(node)
	if len(children) > 0 {
		b.WriteString(".I command\n")
	}
	b.WriteString("[flags]\n.SH DESCRIPTION\n")
	for i, paragraph := range strings.Split(help+"\n\n"+detail, "\n\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph == "" {
			continue
		}
		if i > 0 {
			b.WriteString(".PP\n")
		}
		b.WriteString(text(paragraph) + "\n")
	}
	list(&b, "ARGUMENTS", node.Positional, func(p *kong.Positional) (string, string) { return p.Summary(), p.Help })
	var flags []*kong.Flag
	for _, group := range node.AllFlags(true) {
		flags = append(flags, group...)
	}
	list(&b, "OPTIONS", flags, func(f *kong.Flag) (string, string) {
		return f.String(), f.Help
	})
	if len(children) > 0 {
		list(&b, "COMMANDS", children, func(n *kong.Node) (string, string) { return words(n), n.Help })
	}
	b.WriteString(".SH SEE ALSO\n" + also(node) + "\n")
	return b.String()
}

// list writes terms with what they mean.
func list[T any](b *strings.Builder, title string, items []T, of func(T) (term, meaning string)) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", title)
	for _, item := range items {
		term, meaning := of(item)
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", text(term), text(meaning))
	}
}

// also names the pages around: the one above, and those below.
func also(node *kong.Node) string {
	var names []string
	if node.Parent != nil {
		names = append(names, name(node.Parent))
	}
	for _, child := range node.Children {
		if child.Type == kong.CommandNode && !child.Hidden {
			names = append(names, name(child))
		}
	}
	slices.Sort(names)
	for i, n := range names {
		names[i] = fmt.Sprintf(".BR %s (1)", text(n))
		if i < len(names)-1 {
			names[i] = fmt.Sprintf(".BR %s (1),", text(n))
		}
	}
	return strings.Join(names, "\n")
}

// text escapes what troff takes for its own: backslashes, hyphens that users type,
// and marks at the start of a line.
func text(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(strings.Join(strings.Fields(s), " "))
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		return `\&` + s
	}
	return s
}
