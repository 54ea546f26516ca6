package otlp

import (
	"compress/gzip"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	"google.golang.org/protobuf/proto"
)

// Span is a span that was received.
type Span struct {
	Trace, ID, Parent string // hexadecimal; Parent "" of a root
	Name              string
	Start, End        uint64 // nanoseconds since 1970
	Attributes        map[string]string
	Links             []string // ids of spans
	Resource          map[string]string
}

// Receiver is a collector that keeps what it gets.
type Receiver struct {
	URL string

	mu     sync.Mutex
	spans  []Span
	logins map[string]bool // user:password of requests
}

// Listen starts a receiver until the test ends.
func Listen(t testing.TB) *Receiver {
	r := &Receiver{logins: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/traces", r.receive)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	r.URL = server.URL
	return r
}

// Spans returns what was received so far.
func (r *Receiver) Spans() []Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Span(nil), r.spans...)
}

// Login reports whether a request came with this user and password.
func (r *Receiver) Login(user, password string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.logins[user+":"+password]
}

func (r *Receiver) receive(w http.ResponseWriter, request *http.Request) {
	body := io.Reader(request.Body)
	if request.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = unzipped
	}
	data, err := io.ReadAll(body)
	var message collector.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(data, &message)
	}
	if err != nil || request.Header.Get("Content-Type") != "application/x-protobuf" {
		http.Error(w, "not an export of traces", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if user, password, ok := request.BasicAuth(); ok {
		r.logins[user+":"+password] = true
	}
	for _, of := range message.GetResourceSpans() {
		resource := texts(of.GetResource().GetAttributes())
		for _, scope := range of.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				span := Span{
					Trace: hex.EncodeToString(s.GetTraceId()), ID: hex.EncodeToString(s.GetSpanId()), Parent: hex.EncodeToString(s.GetParentSpanId()),
					Name: s.GetName(), Start: s.GetStartTimeUnixNano(), End: s.GetEndTimeUnixNano(), Attributes: texts(s.GetAttributes()), Resource: resource,
				}
				for _, l := range s.GetLinks() {
					span.Links = append(span.Links, hex.EncodeToString(l.GetSpanId()))
				}
				r.spans = append(r.spans, span)
			}
		}
	}
	answer, err := proto.Marshal(&collector.ExportTraceServiceResponse{})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
	_, _ = w.Write(answer)
}

// texts returns attributes whose values are texts.
func texts(all []*common.KeyValue) map[string]string {
	by := map[string]string{}
	for _, kv := range all {
		by[kv.GetKey()] = kv.GetValue().GetStringValue()
	}
	return by
}
