package page

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"pristine/history"
	"pristine/internal/browser"
)

// label labels a part of the test's station, as people do.
func (s *station) label(t *testing.T, event, label, kind string) {
	t.Helper()
	if code, body, _ := s.ask(t, http.DefaultClient, "POST", "/parts/"+event+"/label", url.Values{"label": {label}, "kind": {kind}}); code != 200 {
		t.Fatalf("label %s: %d %s", event, code, body)
	}
}

// Review shows what labels change: shares by camera and set, and what they suggest;
// one click does it, and a refusal says why.
func TestReview_SaysWhatLabelsChange(t *testing.T) {
	s, b := serve(t, nil), browser.Open(t)
	for _, event := range []string{"K-3", "K-6", "K-9"} {
		s.label(t, event, "good", "")
	}
	s.label(t, "K-12", "bad", "scratch")
	s.label(t, "K-4", "bad", "scratch") // a PASS
	b.Run(t, chromedp.Navigate(s.base+"/review"))
	text := browser.Value[string](t, b, `document.querySelector("#stage").innerText`)
	for _, want := range []string{"75.0 % (3 of 4; 19.4 to 99.4 %)", "References to add", "References to look at", "part-4", "Sets to evaluate again", "0 of 0 reviewed PASS were bad, 3 of 4 reviewed FAIL were good"} {
		if !strings.Contains(text, want) {
			t.Errorf("Review does not say %q:\n%s", want, text)
		}
	}
	if tiles := browser.Value[string](t, b, `[...document.querySelectorAll(".advice .tile")].map((a) => a.getAttribute("href")).join(" ")`); tiles != "/parts/K-9 /parts/K-6 /parts/K-3" {
		t.Errorf("references to add: %s", tiles)
	}
	b.Run(t, chromedp.Click(`.advice .tiles .act button`))
	b.Until(t, `document.querySelector("#note").innerText.includes("is a reference now")`)
	if len(s.shelf.used) != 1 || s.shelf.used[0] != "local K-9" {
		t.Errorf("used %v, want K-9 by local", s.shelf.used)
	}
	b.Run(t, chromedp.Click(`.advice .near .act button`))
	b.Until(t, `document.querySelector("#note").innerText === "It is none now."`)
	if len(s.shelf.dropped) != 1 || s.shelf.dropped[0] != "local belt id-0" {
		t.Errorf("dropped %v, want id-0 of belt by local", s.shelf.dropped)
	}
	b.Run(t, chromedp.Click(`.use [value=evaluation]`))
	b.Until(t, `document.querySelector("#note").innerText.includes("cannot be used this way")`)
	if alive := browser.Value[bool](t, b, `document.title === "owned" || !!document.querySelector("img[onerror]")`); alive {
		t.Error("hostile text is alive")
	}
	b.Run(t, chromedp.Evaluate(axe(t), nil))
	if got := browser.Value[string](t, b, violations); got != "" {
		t.Error(got)
	}
}

// Review is made anew at each decision: it does not list the references of a camera again
// for each part that somebody has labelled.
func TestReview_ListsTheReferencesOfACameraOnce(t *testing.T) {
	s := serve(t, nil)
	for _, event := range []string{"K-3", "K-6", "K-9", "K-12", "K-15"} {
		s.label(t, event, "good", "")
	}
	s.shelf.asked.Store(0)
	if code, body, _ := s.ask(t, http.DefaultClient, "GET", "/review", nil); code != http.StatusOK || !strings.Contains(body, "References to add") {
		t.Fatalf("%d: %s", code, body)
	}
	if n := s.shelf.asked.Load(); n > 2 { // for the parts to add, and for the last decision
		t.Errorf("the references of one camera were listed %d times", n)
	}
}

// A part that nobody has judged becomes nothing, and what is asked for must be known.
func TestUse_WantsALabel(t *testing.T) {
	s := serve(t, nil)
	for _, c := range []struct {
		event, as string
		code      int
		want      string
	}{{"K-3", AsReference, http.StatusConflict, "label it first"}, {"K-3", "god", http.StatusBadRequest, "neither"}, {"K-999", AsReference, http.StatusNotFound, "no such part"}} {
		code, body, _ := s.ask(t, http.DefaultClient, "POST", "/parts/"+c.event+"/use", url.Values{"as": {c.as}})
		if code != c.code || !strings.Contains(body, c.want) {
			t.Errorf("%s as %s: %d, want %d with %q: %s", c.event, c.as, code, c.code, c.want, body)
		}
	}
	if _, err := s.history.Label(context.Background(), history.Label{Result: 4, Who: "ann", Label: history.Skipped}); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := s.ask(t, http.DefaultClient, "POST", "/parts/K-3/use", url.Values{"as": {AsReference}}); code != http.StatusConflict || len(s.shelf.used) > 0 {
		t.Errorf("a skipped part: %d, %v", code, s.shelf.used)
	}
}
