package capture

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestCause(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"nil":                    {nil, ""},
		"credentials":            {StatusError(401, true), "auth"},
		"no credentials":         {StatusError(403, false), "auth"},
		"no stream":              {StatusError(404, false), "not_found"},
		"too many viewers":       {StatusError(453, false), "busy"},
		"teapot":                 {StatusError(418, false), "protocol"},
		"wrapped by a reader":    {fmt.Errorf("open camera %q: %w", "belt", StatusError(503, true)), "busy"},
		"dns":                    {fmt.Errorf("%w: camera.invalid", ErrDNS), "dns"},
		"refused":                {fmt.Errorf("%w: port 554", ErrRefused), "refused"},
		"no route":               {fmt.Errorf("%w: no route", ErrUnreachable), "unreachable"},
		"hanging behind timeout": {errors.Join(ErrTimeout, ErrHanging), "hanging"},
		"none of these":          {errors.New("the moon is full"), "other"},
	} {
		if got := Cause(c.err); got != c.want {
			t.Errorf("%s: Cause(%v) = %q, want %q", name, c.err, got, c.want)
		}
	}
	for _, err := range []error{ErrDNS, ErrRefused, ErrBusy} {
		if !errors.Is(err, ErrUnreachable) || errors.Is(ErrUnreachable, err) {
			t.Errorf("%v must be a kind of %v, not the reverse", err, ErrUnreachable)
		}
	}
}

// Every sentinel error of the package has a code of its own, with a remedy.
func TestCauses_HoldEverySentinel(t *testing.T) {
	codes := map[string]bool{}
	for _, c := range Causes() {
		if codes[c.Code] || !regexp.MustCompile(`^[a-z_]+$`).MatchString(c.Code) || Remedy(c.Code) == "" {
			t.Errorf("%q: want a code of its own, in small letters, with a remedy", c.Code)
		}
		codes[c.Code] = true
		if got := Cause(c.Err); c.Err != nil && got != c.Code {
			t.Errorf("Cause(%v) = %q, want %q: a cause before it includes it", c.Err, got, c.Code)
		}
	}
	table, err := os.ReadFile("cause.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"causes.go", "supervise.go"} {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(v.Names[0].Name, "Err") && !strings.Contains(string(table), ", "+v.Names[0].Name+", ") {
				t.Errorf("%s of %s has no code: add it to Causes", v.Names[0].Name, file)
			}
			return true
		})
	}
}
