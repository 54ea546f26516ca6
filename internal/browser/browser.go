package browser

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// limit of one Run.
const limit = time.Minute

// Browser is one tab.
type Browser struct{ context.Context }

// Open starts a browser with an empty tab.
func Open(t testing.TB) *Browser {
	t.Helper()
	allocator, closeAllocator := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(limit))...)
	ctx, closeTab := chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {}))
	b := &Browser{ctx}
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx)
		closeTab()
		closeAllocator()
	})
	b.Run(t) // starts it
	return b
}

// Run does something in the tab, for a minute at most.
func (b *Browser) Run(t testing.TB, actions ...chromedp.Action) {
	t.Helper()
	if b.started() {
		ctx, cancel := context.WithTimeout(b.Context, limit)
		defer cancel()
		if err := chromedp.Run(ctx, actions...); err != nil {
			t.Fatalf("in the browser: %v", err)
		}
		return
	}
	if err := chromedp.Run(b.Context, actions...); err != nil { // a deadline here would close the browser
		t.Fatalf("start the browser: %v: make test installs Chromium", err)
	}
}

func (b *Browser) started() bool {
	c := chromedp.FromContext(b.Context)
	return c != nil && c.Target != nil
}

// Value evaluates a script, which may return a promise.
func Value[T any](t testing.TB, b *Browser, script string) (v T) {
	t.Helper()
	b.Run(t, chromedp.Evaluate(script, &v, awaiting))
	return v
}

// Until waits for a script to return true.
func (b *Browser) Until(t testing.TB, script string) {
	t.Helper()
	for deadline := time.Now().Add(limit); ; {
		var met bool
		if err := chromedp.Run(b.Context, chromedp.Evaluate("!!("+script+")", &met)); err == nil && met {
			return
		} else if time.Now().After(deadline) {
			t.Fatalf("waited a minute for %s (%v); the page says: %s", script, err, Value[string](t, b, "document.body.innerText"))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Look sets the size of the page and whether the system wishes it dark.
func (b *Browser) Look(t testing.TB, width, height int64, dark bool) {
	t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.Run(t, chromedp.EmulateViewport(width, height), emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
}
