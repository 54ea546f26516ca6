package layout

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// outputs lists every package through which a verdict leaves the agent, with the
// test that shows what it does with one of a set in shadow. A package that is
// not here may not use the types that carry verdicts.
var outputs = map[string]string{
	"agent":    "TestOutputs_ShadowEverywhere", // events, NATS answers, status, metrics, the terminal's results
	"cmd/edge": "TestOutputs_ShadowEverywhere", // terminal, watch
	"gpio":     "TestPort_ShadowDrivesNoOutput",
	"plc":      "TestUnit_ShadowNeverSetsResultOK",
	"trigger":  "TestHandler_AnswersCarryTheShadow",
	"events":   "TestOutputs_ShadowEverywhere",
	"inspect":  "TestGate_AnswersCarryTheShadow",
	"web":      "TestOutputs_ShadowEverywhere",
}

// carriers are the types that carry a verdict out of the agent.
var carriers = map[string][]string{"inspect": {"Answer", "Result"}, "events": {"Result"}}

func TestOutputs_AreListedWithTheirShadowTest(t *testing.T) {
	tests, users := map[string]bool{}, map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			if err == nil {
				err = filepath.SkipDir
			}
			return err
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		dir, _ := filepath.Rel("../..", filepath.Dir(path))
		if strings.HasSuffix(path, "_test.go") {
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
					tests[f.Name.Name] = true
				}
			}
			return nil
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && slices.Contains(carriers[x.Name], s.Sel.Name) {
					users[dir] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("../../plc"); err != nil || len(users) == 0 {
		t.Fatalf("found no user of %v: does the test look in the right folder?", carriers)
	}
	for _, user := range slices.Sorted(maps.Keys(users)) {
		root := user
		for root != "." && outputs[root] == "" {
			root = filepath.Dir(root)
		}
		if root == "." {
			t.Errorf("%s uses a type that carries verdicts (%v) but is not listed in outputs: show by a test what it does with a verdict in shadow, and list both", user, carriers)
		}
	}
	for dir, test := range outputs {
		if test != "" && !tests[test] {
			t.Errorf("%s: there is no %s", dir, test)
		}
	}
}
