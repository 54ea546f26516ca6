package page

import (
	"bytes"
	"context"
	"encoding/json"
	"image/color"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pristine/history"
	"pristine/internal/browser"
	"pristine/internal/heatmap"
	"pristine/internal/shift"
)

func TestPage_ShowsEveryScreenInert(t *testing.T) {
	s := serve(t, nil)
	for path, want := range map[string]string{
		"/": "Last rejects", "/parts/K-3": "FAIL: 3 of 3 frames reach 0.70", "/review": "Reviews of the last 30 days", "/search": "30 parts, newest first", "/search?q=scratch": "0.310",
		"/search?verdict=FAIL&camera=belt": "10 parts", "/reports?since=1h": "Reject rate", "/reports/report.html?since=1h": "Rejects", "/reports/report.csv?since=1h": "prompt_set_sha256", "/reports/report.json?since=1h": `"false_calls"`,
		"/search?like=K-4": "by <a href=\"/parts/K-4\">", "/parts/K-4/near": "Nearest references",
		"/reports?lot=part-1": "● PASS", "/reports?shift=last": "Reject rate", "/audit": "No changes yet", "/live/charts": "Average margin",
	} {
		code, body, header := s.ask(t, http.DefaultClient, "GET", path, nil)
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d, without %q: %s", path, code, want, body)
		}
		if strings.HasPrefix(header.Get("Content-Type"), "text/html") && strings.Contains(body, "<img src=x") {
			t.Errorf("%s is not inert", path)
		}
		if csp := header.Get("Content-Security-Policy"); csp == "" || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
	for path, want := range map[string]int{"/parts/K-999": 404, "/parts/..%2f..%2fetc": 404, "/search?like=K-999": 404, "/parts/K-999/near": 404, "/search?from=yesterday": 400, "/reports?since=-1h": 400, "/reports?since=9999h": 400, "/reports?shift=night": 400, "/reports?lot=none-*": 404, "/reports/report.exe": 404, "/parts/K-1/picture.jpg": 404, "/nowhere": 404, "/static/../page.go": 404} {
		if code, body, _ := s.ask(t, http.DefaultClient, "GET", path, nil); code != want {
			t.Errorf("%s: %d, want %d: %s", path, code, want, body)
		}
	}
	first := 0
	for _, path := range []string{"/", "/static/page.css", "/static/theme.js", "/static/live.js", "/static/charts.js", "/static/icon.svg", "/live/charts"} {
		_, body, _ := s.ask(t, http.DefaultClient, "GET", path, nil)
		first += len(body)
	}
	if first > 150<<10 {
		t.Errorf("the first view has %d bytes", first)
	}
}

func TestPage_MapHasTheOneScale(t *testing.T) {
	s := serve(t, nil)
	for _, path := range []string{"/parts/K-3/map.png", "/live/belt/map.png"} {
		code, body, header := s.ask(t, http.DefaultClient, "GET", path, nil)
		drawn, err := png.Decode(strings.NewReader(body))
		if code != 200 || err != nil || header.Get("Content-Type") != "image/png" {
			t.Fatalf(`got path %+v, code %+v, err %+v, header %+v; want code == 200, err == nil, header.Get("Content-Type") == "image/png"`, path, code, err, header)
		}
		rgb, _ := heatmap.Colour(1)
		if worst := color.NRGBAModel.Convert(drawn.At(2, 2)).(color.NRGBA); worst.A < 128 || worst.R != rgb[0] {
			t.Errorf("%s: FAIL is %v, want %v", path, worst, rgb)
		}
		if usual := color.NRGBAModel.Convert(drawn.At(drawn.Bounds().Dx()-3, drawn.Bounds().Dy()-3)).(color.NRGBA); usual.A != 0 {
			t.Errorf("%s: what is usual is %v", path, usual)
		}
	}
	style, err := staticFiles.ReadFile("static/page.css")
	if err != nil || !strings.Contains(string(style), heatmap.CSS()) {
		t.Errorf("the legend has other colours than %s", heatmap.CSS())
	}
}

func TestReview_LabelsAndUndoes(t *testing.T) {
	s := serve(t, nil)
	code, body, _ := s.ask(t, http.DefaultClient, "POST", "/parts/K-27/label", url.Values{"label": {"bad"}, "kind": {hostile}}, func(r *http.Request) {
		r.AddCookie(&http.Cookie{Name: whoCookie, Value: "ann"})
		r.Header.Set("X-Fragment", "1")
	})
	if code != 200 || strings.Contains(body, "<html") || strings.Contains(body, "<img src=x") || !strings.Contains(body, "/parts/K-24/label") {
		t.Errorf(`%d: %s; want code == 200, not strings.Contains(body, "<html"), not strings.Contains(body, "<img src=x"), strings.Contains(body, "/parts/K-24/label")`, code, body)
	}
	p, err := s.history.Part(context.Background(), "K-27")
	if err != nil || p.Label == nil || p.Label.Who != "ann" || p.Label.Kind != hostile {
		t.Fatalf(`%+v, %v; want err == nil, p.Label != nil, p.Label.Who == "ann", p.Label.Kind == hostile`, p, err)
	}
	if code, _, _ := s.ask(t, http.DefaultClient, "POST", "/review/undo", url.Values{}); code != 400 {
		t.Errorf("another person undoes ann's label: %d", code)
	}
	code, body, _ = s.ask(t, http.DefaultClient, "POST", "/review/undo", url.Values{}, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: whoCookie, Value: "ann"}) })
	if code != 200 || !strings.Contains(body, "/parts/K-27/label") {
		t.Errorf("%d: %s", code, body)
	}
	all, err := s.history.Changes(context.Background(), history.Period{To: time.Now().Add(time.Minute)}, 10)
	if err != nil || len(all) != 2 || all[1].Who != "ann" || all[1].Kind != "label" || all[0].After != "undone" {
		t.Errorf(`%+v, %v; want err == nil, len(all) == 2, all[1].Who == "ann", all[1].Kind == "label", all[0].After == "undone"`, all, err)
	}
	for _, form := range []url.Values{{"label": {"fine"}}, {}, {"label": {"bad"}, "kind": {strings.Repeat("x", 90)}}} {
		if code, _, _ := s.ask(t, http.DefaultClient, "POST", "/parts/K-27/label", form); code != 400 {
			t.Errorf("%v: %d", form, code)
		}
	}
	if code, _, _ := s.ask(t, http.DefaultClient, "POST", "/parts/K-27/label", url.Values{"label": {"good"}}, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }); code != 403 {
		t.Errorf("another site may label: %d", code)
	}
}

func TestSearch_ByPicture(t *testing.T) {
	s := serve(t, nil)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("picture", hostile)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(photo(t))
	_ = w.Close()
	answer, err := http.Post(s.base+"/search", w.FormDataContentType(), &form)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 || !strings.Contains(string(body), "by a picture") || !strings.Contains(string(body), "0.310") {
		t.Errorf(`%d, %v: %s; want err == nil, answer.StatusCode == 200, strings.Contains(string(body), "by a picture"), strings.Contains(string(body), "0.310")`, answer.StatusCode, err, body)
	}
}

func TestLive_StreamsTheState(t *testing.T) {
	s := serve(t, nil)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/live/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var read []byte
	for chunk := make([]byte, 4096); bytes.Count(read, []byte("\n\n")) < 2; {
		n, err := answer.Body.Read(chunk)
		if read = append(read, chunk[:n]...); err != nil {
			t.Fatal(err)
		}
	}
	message, _, _ := strings.Cut(string(read), "\n\n")
	var got state
	if err := json.Unmarshal([]byte(strings.TrimPrefix(message, "retry: 1000\ndata: ")), &got); err != nil {
		t.Fatal(err)
	}
	if got.Words["belt"] != "FAIL: 3 of 3 frames reach 0.70; likely scratch." || len(got.Shift.Strip) != 10 || got.Shift.Counts["belt"]["PASS"] != 20 || got.Shift.Waiting != 10 {
		t.Errorf(`%+v %+v; want got.Words["belt"] == "FAIL: 3 of 3 frames reach 0.70; likely scratch.", len(got.Shift.Strip) == 10, got.Shift.Counts["belt"]["PASS"] == 20, got.Shift.Waiting == 10`, got.Words, got.Shift)
	}
}

// With a calendar of shifts, Live counts this shift and no more, and says since when.
func TestLive_CountsTheShift(t *testing.T) {
	now := time.Now()
	s := serve(t, nil, func(o *Options) {
		o.Shifts = shift.Calendar{0}
		o.Now = func() time.Time { // tomorrow's shift has just begun: the parts are of today's
			return time.Date(now.Year(), now.Month(), now.Day()+1, 0, 5, 0, 0, now.Location())
		}
	})
	b := browser.Open(t)
	b.Run(t, chromedp.Navigate(s.base+"/"))
	b.Until(t, `document.querySelector(".facts")?.textContent.startsWith("Counts of this shift, since ")`)
	if n := browser.Value[string](t, b, `document.querySelector(".counts .PASS dd").textContent`); n != "0" {
		t.Errorf("%s PASS in a shift that has just begun, want 0", n)
	}
}

func FuzzParseHeat(f *testing.F) {
	f.Add(heatOf(2, 3))
	f.Add([]byte("short"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if h, err := parseHeat(data); err == nil && len(data) < 1<<14 {
			h.draw(64, 48)
		}
	})
}

// Only so many pages may be open at once; another may when one is closed.
func TestLive_BoundsTheOpenPages(t *testing.T) {
	s := serve(t, nil)
	open := func(ctx context.Context) (code int, again string) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/live/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = answer.Body.Close() })
		return answer.StatusCode, answer.Header.Get("Retry-After")
	}
	first, leave := context.WithCancel(t.Context())
	defer leave()
	for i := range mostStreams {
		ctx := t.Context()
		if i == 0 {
			ctx = first
		}
		if code, _ := open(ctx); code != http.StatusOK {
			t.Fatalf("page %d: got %d, want 200", i, code)
		}
	}
	if code, again := open(t.Context()); code != http.StatusServiceUnavailable || again == "" {
		t.Errorf("one page more: got %d, again after %q, want 503 and when to ask again", code, again)
	}
	leave()
	for end := time.Now().Add(10 * time.Second); ; {
		if code, _ := open(t.Context()); code == http.StatusOK {
			return
		}
		if time.Now().After(end) {
			t.Fatal("no page is let in after one was closed")
		}
	}
}

// The likeliest defect of a part that passes says nothing, and is on no screen.
func TestScreens_NameNoDefectOfAPartThatPasses(t *testing.T) {
	s := serve(t, nil)
	for _, path := range []string{"/search?verdict=PASS", "/review?verdict=PASS", "/reports?since=1h", "/parts/K-4"} {
		answer, err := http.Get(s.base + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(body), "PASS") {
			t.Fatalf("%s: %d, %v: want a screen with PASS", path, answer.StatusCode, err)
		}
		if strings.Contains(string(body), "neverNamed") {
			t.Errorf("%s names the likeliest defect of a part that passed", path)
		}
	}
}
