package page

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A picture and a form that are larger than their limits are refused with the limit.
func TestPage_RefusesWhatIsTooLarge(t *testing.T) {
	s := serve(t, nil)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("picture", "a.jpg")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(make([]byte, mostPicture+1))
	_ = w.Close()
	code, body, _ := s.ask(t, http.DefaultClient, "POST", "/search", url.Values{}, func(r *http.Request) {
		r.Body, r.ContentLength = http.NoBody, 0
		other, err := http.NewRequest("POST", s.base, &form)
		if err != nil {
			t.Fatal(err)
		}
		r.Body, r.ContentLength = other.Body, other.ContentLength
		r.Header.Set("Content-Type", w.FormDataContentType())
	})
	if code != http.StatusRequestEntityTooLarge || !strings.Contains(body, "at most 16777216 bytes") {
		t.Errorf("a picture that is too large: %d, want 413 with the limit: %s", code, body)
	}
	if code, _, _ := s.ask(t, http.DefaultClient, "POST", "/parts/K-27/label", url.Values{"label": {"good"}, "note": {strings.Repeat("x", mostForm)}}); code < 400 || code >= 500 {
		t.Errorf("a form that is too large: %d, want a refusal", code)
	}
}
