package events

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"slices"
	"strconv"
	"testing"
)

// HubCodes has every constant of HubCode.
func TestHubCodes_AreAllConstants(t *testing.T) {
	file, err := parser.ParseFile(gotoken.NewFileSet(), "cause.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); !ok || kind.Name != "HubCode" {
			return true
		}
		code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		found++
		if !slices.Contains(HubCodes(), HubCode(code)) {
			t.Errorf("HubCodes lacks %s", code)
		}
		return true
	})
	if found != len(HubCodes()) {
		t.Errorf("%d constants, but %d codes", found, len(HubCodes()))
	}
}
