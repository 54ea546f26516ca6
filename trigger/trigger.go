package trigger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf8"

	"pristine/inspect"
)

// Func has a part inspected by a camera and waits for its verdict.
type Func func(ctx context.Context, camera, part string) (inspect.Answer, error)

// ErrNoCamera is returned within an error by a Func when no camera of that name
// waits for triggers.
var ErrNoCamera = errors.New("no camera of that name waits for triggers: its policy must be trigger")

// ErrStarting is returned within an error by a Func while the cameras are not
// there yet: the model loads.
var ErrStarting = errors.New("the agent is starting: ask again when /readyz says ok")

// maxName bounds the name of a part.
const maxName = 128

type reply struct {
	inspect.Answer
	TookMS float64 `json:"took_ms"`
	Error  string  `json:"error,omitempty"`
}

// Handler answers POST requests with the query parameters camera and part;
// without part the camera numbers it.
func Handler(trigger Func) http.Handler {
	return http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		camera, part, err := names(r.URL.RawQuery)
		if err != nil {
			write(w, http.StatusBadRequest, inspect.Answer{Verdict: inspect.Invalid}, err)
			return
		}
		answer, err := trigger(r.Context(), camera, part)
		write(w, status(err), answer, err)
	}))
}

// Explain answers GET requests, such as that of a browser's address bar, with how to
// trigger. It triggers nothing.
func Explain() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", http.MethodPost)
		write(w, http.StatusMethodNotAllowed, inspect.Answer{Verdict: inspect.Invalid}, errPost)
	})
}

var errPost = errors.New("a trigger is a POST: curl -X POST '…/trigger?camera=NAME&part=NAME'; nothing was triggered")

// names reads a query. What is not UTF-8 is refused: in JSON every such byte
// becomes the same character, so that two parts would become one.
func names(query string) (camera, part string, err error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", "", fmt.Errorf("read the query: %w: percent-encode part and camera as UTF-8, such as part=M%%C3%%BCller", err)
	}
	for key, all := range values {
		for _, value := range all {
			if !utf8.ValidString(value) {
				return "", "", fmt.Errorf("%s=%s is not UTF-8: percent-encode it as UTF-8, such as part=M%%C3%%BCller", key, url.QueryEscape(value))
			}
		}
		if len(all) > 1 {
			return "", "", fmt.Errorf("%s is given %d times: give it once", key, len(all))
		}
	}
	if camera, part = values.Get("camera"), values.Get("part"); len(part) > maxName {
		return "", "", fmt.Errorf("the part's name is longer than %d bytes", maxName)
	}
	return camera, part, nil
}

func status(err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, ErrNoCamera):
		return http.StatusNotFound
	case errors.Is(err, ErrStarting):
		return http.StatusServiceUnavailable
	case errors.Is(err, inspect.ErrDuplicate):
		return http.StatusConflict
	case errors.Is(err, inspect.ErrOverrun):
		return http.StatusTooManyRequests
	default:
		return http.StatusGatewayTimeout
	}
}

func write(w http.ResponseWriter, status int, a inspect.Answer, err error) {
	body := reply{Answer: a, TookMS: float64(a.Took.Microseconds()) / 1000}
	if err != nil {
		body.Verdict, body.Error = inspect.Invalid, err.Error()
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client has gone
}
