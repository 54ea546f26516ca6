package page

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pristine/history"
	"pristine/internal/problem"
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
