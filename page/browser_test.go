package page

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"pristine/history"
	"pristine/internal/browser"
	"pristine/internal/gunzip"
)

func axe(t *testing.T) string { return string(gunzip.File(t, "testdata/axe.min.js.gz")) }

const violations = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}).then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html.slice(0, 160) + " " + (n.any[0]?.message || ""))).join("\n"))`

// Every screen meets WCAG 2.1 AA by axe-core, and fits a phone, in light and dark;
// no hostile text comes alive.
func TestScreens_AreAccessibleInertAndFit(t *testing.T) {
	s, b, script := serve(t, nil), browser.Open(t), axe(t)
	b.Run(t, chromedp.Navigate(s.base+"/audit"))
	if got := browser.Value[string](t, b, `document.querySelector("main").append(new Image());`+script+"\n;"+violations); !strings.Contains(got, "image-alt") {
		t.Fatalf("axe-core does not find a picture without a text: %q", got)
	}
	for _, look := range []struct {
		name          string
		width, height int64
		dark          bool
	}{{"light", 1440, 900, false}, {"dark", 1440, 900, true}, {"phone", 360, 740, false}, {"4k", 3840, 2160, true}} {
		b.Look(t, look.width, look.height, look.dark)
		for _, path := range []string{"/", "/parts/K-3", "/review", "/search?q=x", "/reports?since=1h", "/audit", "/nowhere-part"} {
			if path == "/nowhere-part" {
				path = "/parts/none"
			}
			b.Run(t, chromedp.Navigate(s.base+path))
			if path == "/" {
				b.Until(t, `document.querySelector(".lamp.FAIL") && document.querySelector("#charts figure") && document.querySelector("#strip img:not([hidden])")`)
			}
			if strings.HasPrefix(path, "/parts/K") {
				b.Until(t, `document.querySelector("#near").innerText.includes("Similar past parts")`)
			}
			b.Run(t, chromedp.Evaluate(`document.querySelectorAll("details").forEach((d) => { d.open = true; })`, nil))
			if got := browser.Value[string](t, b, script+"\n;"+violations); got != "" {
				t.Errorf("%s, %s:\n%s", path, look.name, got)
			}
			if wide := browser.Value[int](t, b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); wide > 0 {
				t.Errorf("%s, %s: %d pixels too wide", path, look.name, wide)
			}
			if wide := browser.Value[float64](t, b, `document.querySelector(".scale .needle")?.getBoundingClientRect().width ?? 0`); wide > float64(look.width)/100 {
				t.Errorf("%s, %s: the mark on the scale is %.0f pixels wide, want a thin line", path, look.name, wide)
			}
			if alive := browser.Value[bool](t, b, `document.title === "owned" || !!document.querySelector("img[onerror], img[src=x]")`); alive {
				t.Errorf("%s: hostile text is alive", path)
			}
		}
	}
}

// Ten parts are judged by keyboard alone; the last one is undone.
func TestReview_ByKeyboard(t *testing.T) {
	s, b := serve(t, nil), browser.Open(t)
	b.Run(t, chromedp.Navigate(s.base+"/review"))
	judged := 0
	for i := range 10 {
		event := browser.Value[string](t, b, `document.querySelector("#decide [name=event]").value`)
		if want := fmt.Sprint("K-", 27-3*i); event != want {
			t.Fatalf("part %d is %s, want %s", i, event, want)
		}
		if i < 7 && browser.Value[int](t, b, `document.querySelectorAll(".preload").length`) != preload {
			t.Error("the next pictures are not loaded ahead")
		}
		b.Run(t, chromedp.KeyEvent([]string{"g", "b", "1"}[i%3]))
		judged++
		b.Until(t, fmt.Sprintf(`document.querySelector("#decide [name=event]")?.value !== %q`, event))
	}
	b.Until(t, `document.querySelector(".nothing")`)
	b.Run(t, chromedp.KeyEvent("u"))
	b.Until(t, `document.querySelector("#decide [name=event]")?.value === "K-0"`)
	ctx := context.Background()
	for label, want := range map[string]int{history.Good: 3, history.Bad: 6} {
		if all, err := s.history.Parts(ctx, history.Filter{Labelled: label}, 100); err != nil || len(all) != want {
			t.Errorf("%d are %s, want %d: %v", len(all), label, want, err)
		}
	}
	if p, err := s.history.Part(ctx, "K-21"); err != nil || p.Label == nil || p.Label.Kind != hostile || p.Label.Who != "local" {
		t.Errorf(`%+v, %v; want err == nil, p.Label != nil, p.Label.Kind == hostile, p.Label.Who == "local"`, p.Label, err)
	}
	if text := browser.Value[string](t, b, `document.querySelector(".learned").innerText`); !strings.Contains(text, "(3 of 9;") {
		t.Error(text)
	}
	b.Run(t, chromedp.KeyEvent("?"))
	b.Until(t, `document.querySelector("#keys").open`)
	b.Run(t, chromedp.KeyEvent(kb.Escape))
}
