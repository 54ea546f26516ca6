package page

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"image/png"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pristine/internal/browser"
)

// take clicks a button of the first chart, and returns the name and the content of the
// file that the browser saves.
func take(t *testing.T, b *browser.Browser, kind string) (name string, content []byte) {
	t.Helper()
	b.Run(t, chromedp.Evaluate(`window.taken = null; window.make ??= URL.createObjectURL;
	URL.createObjectURL = (file) => { window.file = file; return make.call(URL, file); };
	HTMLAnchorElement.prototype.click = async function () {
		const bytes = new Uint8Array(await window.file.arrayBuffer());
		window.taken = [this.download, btoa([...bytes].map((b) => String.fromCharCode(b)).join(""))];
	}; document.querySelector("figure [data-take=`+kind+`]").click()`, nil))
	b.Until(t, `window.taken`)
	taken := browser.Value[[]string](t, b, `window.taken`)
	content, err := base64.StdEncoding.DecodeString(taken[1])
	if err != nil {
		t.Fatal(err)
	}
	return taken[0], content
}

// Each chart can be saved as a picture and as a table, on Live and on Reports.
func TestCharts_AreTakenAsFiles(t *testing.T) {
	s, b := serve(t, nil), browser.Open(t)
	for _, path := range []string{"/", "/reports?since=1h"} {
		b.Run(t, chromedp.Navigate(s.base+path))
		b.Until(t, `document.querySelectorAll("figure [data-take]").length === 6`)
		name, content := take(t, b, "csv")
		rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
		if err != nil || !strings.HasPrefix(name, "reject-rate-20") || !strings.HasSuffix(name, ".csv") || len(rows) < 2 || len(rows[0]) != 5 || rows[0][0] != "From" {
			t.Fatalf(`%s: %s has %q: %v; want err == nil, strings.HasPrefix(name, "reject-rate-20"), strings.HasSuffix(name, ".csv"), len(rows) >= 2, len(rows[0]) == 5, rows[0][0] == "From"`, path, name, rows, err)
		}
		if _, err := time.Parse(time.RFC3339Nano, rows[1][0]); err != nil {
			t.Errorf("%s: the first time is %q, want ISO", path, rows[1][0])
		}
		if rate, err := strconv.ParseFloat(rows[1][2], 64); err != nil || rate <= 0 || rate > 1 {
			t.Errorf("%s: the first rate is %q, want a share", path, rows[1][2])
		}
		name, content = take(t, b, "png")
		picture, err := png.Decode(bytes.NewReader(content))
		if err != nil || !strings.HasSuffix(name, ".png") || picture.Bounds().Dx() < 1000 {
			t.Fatalf(`%s: %s is no picture: %v; want err == nil, strings.HasSuffix(name, ".png"), picture.Bounds().Dx() >= 1000`, path, name, err)
		}
		colours := map[[3]uint32]bool{}
		for y := range picture.Bounds().Dy() {
			for x := range picture.Bounds().Dx() {
				red, green, blue, _ := picture.At(x, y).RGBA()
				colours[[3]uint32{red, green, blue}] = true
			}
		}
		if len(colours) < 10 {
			t.Errorf("%s: the picture has %d colours, want a chart", path, len(colours))
		}
		// A name that begins like a formula stays a text.
		b.Run(t, chromedp.Evaluate(`document.querySelector("figure th").textContent = '=1,"2"'`, nil))
		if _, content = take(t, b, "csv"); !strings.HasPrefix(string(content), `"'=1,""2""",`) {
			t.Errorf("%s: the file begins with %.20q", path, content)
		}
	}
}
