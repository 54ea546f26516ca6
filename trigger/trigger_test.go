package trigger

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pristine/inspect"
)

func TestEveryAnswerHasAStatusAndAVerdict(t *testing.T) {
	errs := map[string]error{"dup": inspect.ErrDuplicate, "over": inspect.ErrOverrun, "missed": inspect.ErrMissed, "late": inspect.ErrLate, "early": ErrStarting}
	server := httptest.NewServer(Handler(func(_ context.Context, camera, part string) (inspect.Answer, error) {
		if camera != "belt" {
			return inspect.Answer{}, fmt.Errorf("trigger camera %q: %w", camera, ErrNoCamera)
		}
		if err := errs[part]; err != nil {
			return inspect.Answer{}, fmt.Errorf("trigger: %w", err)
		}
		return inspect.Answer{Part: part, Verdict: inspect.Pass, Defect: 0.25, Took: 1500 * time.Microsecond}, nil
	}))
	defer server.Close()
	ask := func(query, site string) (int, map[string]any) {
		request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL+"/?"+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		if site != "" {
			request.Header.Set("Sec-Fetch-Site", site)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var body map[string]any
		_ = json.NewDecoder(answer.Body).Decode(&body)
		return answer.StatusCode, body
	}
	for query, want := range map[string]int{
		"camera=belt&part=A-17": 200, "camera=belt": 200, "camera=belt&part=dup": 409, "camera=belt&part=over": 429, "camera=belt&part=missed": 504,
		"camera=belt&part=late": 504, "camera=belt&part=early": 503, "camera=other": 404, "": 404, "camera=belt&part=" + strings.Repeat("x", 129): 400,
	} {
		status, body := ask(query, "")
		if status != want || (want == 200) != (body["verdict"] == "PASS") || (want != 200) != (body["verdict"] == "INVALID") || (want != 200) != (body["error"] != nil) {
			t.Errorf("%.40s: %d %v, want %d", query, status, body, want)
		}
		if want == 200 && (body["took_ms"] != 1.5 || body["defect"] != 0.25) {
			t.Errorf("%v", body)
		}
	}
	if status, _ := ask("camera=belt&part=A-17", "cross-site"); status != http.StatusForbidden {
		t.Errorf("a web page may trigger: %d", status)
	}
}

// An answer says whether the line may act on it, with a verdict and without.
func TestHandler_AnswersCarryTheShadow(t *testing.T) {
	for _, failure := range []error{nil, inspect.ErrMissed} {
		for _, want := range []inspect.Standing{{}, {Shadow: true, ShadowReason: "it was never validated"}} {
			handler := Handler(func(context.Context, string, string) (inspect.Answer, error) {
				return inspect.Answer{Verdict: inspect.Pass, Standing: want}, failure
			})
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/?camera=belt", nil))
			var got struct {
				Shadow       *bool
				ShadowReason string `json:"shadow_reason"`
			}
			if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			if got.Shadow == nil || *got.Shadow != want.Shadow || got.ShadowReason != want.ShadowReason {
				t.Errorf("failure %v: got %s, want %+v", failure, answer.Body, want)
			}
		}
	}
}

// A query names one part, whatever is in it, or none at all.
func TestHandler_PartNamesAreNeverMerged(t *testing.T) {
	var parts []string
	server := httptest.NewServer(Handler(func(_ context.Context, _, part string) (inspect.Answer, error) {
		parts = append(parts, part)
		return inspect.Answer{Part: part, Verdict: inspect.Pass}, nil
	}))
	defer server.Close()
	ask := func(query string) (int, string) {
		answer, err := http.Post(server.URL+"/?"+query, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var body struct{ Part, Error string }
		if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, body.Part + body.Error
	}
	for query, want := range map[string]string{
		"camera=belt&part=M%FCller":        "part=M%FCller is not UTF-8: percent-encode it as UTF-8, such as part=M%C3%BCller",
		"camera=belt&part=M%F6ller":        "part=M%F6ller is not UTF-8: percent-encode it as UTF-8, such as part=M%C3%BCller",
		"camera=belt&part=M%C3":            "part=M%C3 is not UTF-8: percent-encode it as UTF-8, such as part=M%C3%BCller",
		"camera=b%FClt&part=A":             "camera=b%FClt is not UTF-8: percent-encode it as UTF-8, such as part=M%C3%BCller",
		"camera=belt&part=100%":            `read the query: invalid URL escape "%": percent-encode part and camera as UTF-8, such as part=M%C3%BCller`,
		"camera=belt&part=A%2":             `read the query: invalid URL escape "%2": percent-encode part and camera as UTF-8, such as part=M%C3%BCller`,
		"camera=belt&part=A%ZZ":            `read the query: invalid URL escape "%ZZ": percent-encode part and camera as UTF-8, such as part=M%C3%BCller`,
		"camera=belt&part=A;B":             "read the query: invalid semicolon separator in query: percent-encode part and camera as UTF-8, such as part=M%C3%BCller",
		"camera=belt&part=A&part=B":        "part is given 2 times: give it once",
		"camera=belt&camera=other&part=A1": "camera is given 2 times: give it once",
	} {
		if status, said := ask(query); status != http.StatusBadRequest || said != want {
			t.Errorf("%s: got %d %q, want 400 %q", query, status, said, want)
		}
	}
	if len(parts) != 0 {
		t.Errorf("parts were inspected: %q", parts)
	}
	for query, want := range map[string]string{
		"part=M%C3%BCller": "Müller", "part=%F0%9F%94%A9": "🔩", "part=010123%1D21AB": "010123\x1d21AB", "part=100%25": "100%", "part=%E9%83%A8%E5%93%81": "部品",
	} {
		if status, said := ask("camera=belt&" + query); status != http.StatusOK || said != want {
			t.Errorf("%s: got %d %q, want 200 %q", query, status, said, want)
		}
	}
}

func TestExplain_SaysHowToTrigger(t *testing.T) {
	w := httptest.NewRecorder()
	Explain().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/trigger", nil))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" || !strings.Contains(w.Body.String(), "curl -X POST") || !strings.Contains(w.Body.String(), `"INVALID"`) {
		t.Errorf("%d %v %s; want w.Code == http.StatusMethodNotAllowed, w.Header().Get(\"Allow\") == \"POST\", strings.Contains(w.Body.String(), \"curl -X POST\"), strings.Contains(w.Body.String(), `\"INVALID\"`)", w.Code, w.Header(), w.Body)
	}
}
