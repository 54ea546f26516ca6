package control

import (
	"strings"
	"testing"
)

func TestParseWish(t *testing.T) {
	for text, want := range map[string]wish{
		"12": {Revision: 12}, `{"revision":12,"by":"anna@desk"}`: {12, "anna@desk"}, `{"revision":3}`: {Revision: 3},
	} {
		if got, err := parseWish([]byte(text)); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "x", "-1", `{"revision":-1}`, `{"revision":1,"by":"a\u0007b"}`, `{"revision":1,"by":"` + strings.Repeat("x", maxBy+1) + `"}`} {
		if got, err := parseWish([]byte(text)); err == nil {
			t.Errorf("%.40s: got %+v, want an error", text, got)
		}
	}
}
