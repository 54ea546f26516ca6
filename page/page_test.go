package page

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"log/slog"
	"math"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"go.uber.org/goleak"

	"pristine/history"
	"pristine/internal/browser"
	"pristine/internal/heatmap"
	"pristine/internal/problem"
	"pristine/internal/shift"
	"pristine/users"
	"pristine/web"
)

func TestMain(m *testing.M) {
	http.DefaultTransport.(*http.Transport).DisableKeepAlives = true
	goleak.VerifyTestMain(m)
}

const hostile = `<img src=x onerror="document.title='owned'">`

// photo is a small JPEG.
func photo(t testing.TB) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range m.Pix {
		m.Pix[i] = byte(i)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// heatOf is a map with one worst place.
func heatOf(rows, columns int) []byte {
	data := binary.LittleEndian.AppendUint16(nil, uint16(rows))
	data = binary.LittleEndian.AppendUint16(data, uint16(columns))
	for _, v := range []uint16{0, 0, math.MaxUint16, math.MaxUint16} {
		data = binary.LittleEndian.AppendUint16(data, v)
	}
	for i := range rows * columns {
		v := byte(0)
		if i == 0 {
			v = 255
		}
		data = append(data, v)
	}
	return data
}

// station is a page with a history of some parts, whose names are hostile.
type station struct {
	*web.Server
	history *history.History
	base    string
	shelf   *shelf
}

func status() web.Status {
	defect := 0.93
	return web.Status{
		Station: "plant/line-1/" + hostile, Version: "v1", Now: time.Now(), Model: web.Model{Bundle: "pocket", State: "READY"}, Problems: []problem.Problem{},
		Cameras: []web.Camera{{Name: "belt", Phase: "streaming", PromptSet: hostile, DroppedBy: map[string]uint64{"overwritten": 3}, Verdicts: map[string]uint64{},
			Last: &web.Flagged{ID: "belt", Time: time.Now(), Camera: "belt", Part: hostile, Verdict: "FAIL", Likeliest: "scratch", Defect: &defect, Review: 0.4, Fail: 0.7, Agreed: 3, Of: 3}}},
	}
}

// shelf stands for the references of a camera, which belong to the agent: its tests
// are there.
type shelf struct {
	used, dropped []string
	asked         atomic.Int32 // for what is near
}

func (s *shelf) Use(_ context.Context, u Use) (string, error) {
	if u.As == AsEvaluation {
		return "", fmt.Errorf("%w: %s", ErrUse, hostile)
	}
	s.used = append(s.used, u.Who+" "+u.Result.Event)
	return hostile + " is a reference now.", nil
}

func (s *shelf) Drop(_ context.Context, who, camera, id string) (string, error) {
	s.dropped = append(s.dropped, who+" "+camera+" "+id)
	return "It is none now.", nil
}

func (s *shelf) Near(context.Context, *history.Result) ([]Reference, error) {
	s.asked.Add(1)
	return []Reference{{ID: "id-0", Camera: "belt", Name: hostile, Event: "K-0", Cosine: 0.9}, {ID: "id-1", Camera: "belt", Event: hostile, Bad: true, Cosine: 0.2}}, nil
}

func serve(t testing.TB, access *users.Access, change ...func(*Options)) *station {
	t.Helper()
	ctx := context.Background()
	h, err := history.Open(ctx, history.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	picture := photo(t)
	for i := range 30 {
		defect := 0.02 * float64(i)
		r := &history.Record{Result: history.Result{Event: fmt.Sprint("K-", i), Time: time.Now().Add(time.Duration(i-60) * time.Second), Camera: "belt", Part: fmt.Sprint("part-", i), Verdict: "PASS", Likeliest: "neverNamed", Defect: &defect, Review: 0.4, Fail: 0.7, Set: hostile, Bundle: "b"}}
		if i%3 == 0 {
			defect = 0.9
			r.Verdict, r.Part, r.Likeliest, r.Severity, r.Agreed, r.Of = "FAIL", hostile, hostile, "critical", 3, 3
			r.Thumb, r.Picture, r.Map = picture, picture, heatOf(4, 6)
			r.Data = []byte(`{"places": [{"class": "<b>scratch", "length_px": 12, "box": {"x": 1, "y": 2, "width": 3, "height": 4}}], "frame": {"width": 64, "height": 48}, "prompts": {"for": [{"class": "pristine", "prompt": "a good <b>part</b>", "cosine": 0.2}], "against": []}, "latency_ms": {"encode": 3}}`)
		}
		h.Add(r)
	}
	if err := h.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	s, err := web.Listen("127.0.0.1:0", web.Options{Status: status, Live: func(context.Context) error { return nil }, Picture: func(string) ([]byte, bool) { return picture, true }, Access: access})
	if err != nil {
		t.Fatal(err)
	}
	shelf := new(shelf)
	o := Options{
		References: shelf, Status: status, Watched: func() {}, Map: func(string) []byte { return heatOf(4, 6) }, History: func() *history.History { return h }, Access: access, Log: slog.New(slog.DiscardHandler), Version: "v1",
		Search: func(ctx context.Context, _ Query, _ int) ([]Found, error) {
			p, err := h.Part(ctx, "K-3")
			if err != nil {
				return nil, err
			}
			next, err := h.Part(ctx, "K-6")
			return []Found{{*p, 0.31}, {*next, 0.28}}, err
		},
	}
	for _, c := range change {
		c(&o)
	}
	New(o).Register(s)
	done := make(chan error, 1)
	go func() { done <- s.Serve() }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		_ = h.Close()
	})
	return &station{s, h, strings.TrimSuffix(s.URL(), "/"), shelf}
}

func (s *station) ask(t testing.TB, client *http.Client, method, path string, form url.Values, change ...func(*http.Request)) (int, string, http.Header) {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(context.Background(), method, s.base+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range change {
		c(r)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text), answer.Header
}

func TestPage_ShowsEveryScreenInert(t *testing.T) {
	s := serve(t, nil)
	for path, want := range map[string]string{
		"/": "Last rejects", "/parts/K-3": "FAIL: 3 of 3 frames reach 0.70", "/review": "What the reviews of 30 days say", "/search": "30 parts, newest first", "/search?q=scratch": "0.310",
		"/search?verdict=FAIL&camera=belt": "10 parts", "/reports?since=1h": "Reject rate", "/reports/report.html?since=1h": "Rejects", "/reports/report.csv?since=1h": "prompt_set_sha256", "/reports/report.json?since=1h": `"false_calls"`,
		"/search?like=K-4": "by <a href=\"/parts/K-4\">", "/parts/K-4/near": "Nearest references",
		"/reports?lot=part-1": "● PASS", "/reports?shift=last": "Reject rate", "/audit": "Nothing was changed yet", "/live/charts": "Average margin",
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
			t.Fatal(path, code, err)
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
		t.Errorf("%d: %s", code, body)
	}
	p, err := s.history.Part(context.Background(), "K-27")
	if err != nil || p.Label == nil || p.Label.Who != "ann" || p.Label.Kind != hostile {
		t.Fatalf("%+v, %v", p, err)
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
		t.Errorf("%+v, %v", all, err)
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
		t.Errorf("%d, %v: %s", answer.StatusCode, err, body)
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
		t.Errorf("%+v %+v", got.Words, got.Shift)
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

// Every route answers those who have its role, and nobody else.
func TestRoutes_HoldTheirRoles(t *testing.T) {
	file := users.OpenFile(filepath.Join(t.TempDir(), "users.json"))
	roles := []users.Role{users.Nobody, users.Operator, users.Engineer, users.Admin}
	clients := map[users.Role]*http.Client{}
	s := serve(t, users.NewAccess(file))
	for _, role := range roles {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		clients[role] = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		if role == users.Nobody {
			continue
		}
		if _, err := file.Set(role.String(), role, "a long password"); err != nil {
			t.Fatal(err)
		}
		if code, body, _ := s.ask(t, clients[role], "POST", "/login", url.Values{"name": {role.String()}, "password": {"a long password"}}); code != 303 {
			t.Fatalf("%v cannot log in: %d %s", role, code, body)
		}
	}
	if code, _, _ := s.ask(t, clients[users.Nobody], "POST", "/login", url.Values{"name": {"admin"}, "password": {"another password"}}); code != 401 {
		t.Errorf("a wrong password: %d", code)
	}
	public := map[string]bool{}
	for _, r := range s.Routes() {
		method, path, _ := strings.Cut(r.Pattern, " ")
		path = strings.NewReplacer("{$}", "", "{event}", "K-3", "{camera}", "belt", "{file}", "thumb.jpg", "{id}", "belt").Replace(path)
		if r.Role == users.Nobody {
			public[r.Pattern] = true
		}
		if path == "/logout" || r.Pattern == "POST /login" { // they begin and end sessions: asked above and below
			continue
		}
		for _, role := range roles {
			code := s.code(t, clients[role], method, path)
			if denied := code == 401 || code == 403; denied != (role < r.Role) {
				t.Errorf("%s, for %v: %v gets %d", r.Pattern, r.Role, role, code)
			}
		}
	}
	for _, want := range []string{"GET /livez", "GET /readyz", "GET /healthz", "GET /fitz", "GET /metrics", "GET /static/", "GET /login", "POST /login", "POST /logout"} {
		if !public[want] {
			t.Errorf("%s needs a login", want)
		}
		delete(public, want)
	}
	if len(public) > 0 {
		t.Errorf("without a login: %v", public)
	}
	if code, _, _ := s.ask(t, clients[users.Operator], "POST", "/logout", url.Values{}); code != 303 {
		t.Error(code)
	}
	if code := s.code(t, clients[users.Operator], "GET", "/review"); code != 401 {
		t.Errorf("after logout: %d", code)
	}
}

// code is the answer's code, without its body, which may never end.
func (s *station) code(t testing.TB, client *http.Client, method, path string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, s.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

func FuzzHandlers(f *testing.F) {
	s := serve(f, nil)
	for _, seed := range []string{"/parts/K-3", "/search?q=%00&from=x", "/reports?since=1h&camera=%ff", "/review?verdict=<b>", "/parts/K-3/map.png", "/live/belt/map.png", "/search?part=%27%20OR%201=1"} {
		f.Add(seed, "label=good&kind=x")
	}
	f.Fuzz(func(t *testing.T, path, form string) {
		u, err := url.Parse(path)
		if err != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(u.Path, "/live/events") {
			return
		}
		for _, method := range []string{"GET", "POST"} {
			r, err := http.NewRequestWithContext(context.Background(), method, s.base+u.RequestURI(), strings.NewReader(form))
			if err != nil {
				return
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			answer, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatalf("%s %s: %v", method, path, err)
			}
			body, _ := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			if answer.StatusCode >= 500 && !bytes.Contains(body, []byte("agent is not")) && answer.StatusCode != 503 {
				t.Errorf("%s %s: %d %s", method, path, answer.StatusCode, body)
			}
		}
	})
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
