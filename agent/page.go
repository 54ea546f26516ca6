package agent

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/history"
	"pristine/internal/finder"
	"pristine/observe"
	"pristine/page"
	"pristine/prompts"
	"pristine/search"
	"pristine/trigger"
	"pristine/users"
	"pristine/web"
)

// servePage starts the HTTP server, if it is configured.
func (a *Agent) servePage(context.Context) (stop func() error, err error) {
	a.stopPage = func() {}
	c := &a.config.HTTP
	if !c.Listen.On() {
		return nil, nil
	}
	access := a.access()
	server, err := web.Listen(c.Listen.String(), web.Options{
		Status: a.status, Live: a.live, Picture: a.board.picture, Watched: a.board.watch, Access: access, CertFile: c.CertFile, KeyFile: c.KeyFile,
		Known: knownLabels(), Histograms: []prometheus.Collector{a.metrics},
	})
	if err != nil {
		return nil, err
	}
	server.Handle("POST /trigger", users.Operator, trigger.Handler(a.trigger))
	server.Handle("GET /trigger", users.Operator, trigger.Explain())
	page.New(page.Options{
		Status: a.status, Watched: a.board.watch, Map: a.board.heat, History: a.history.Load, Search: a.searchHistory, References: references{a}, Shifts: a.config.Shifts, Access: access, Log: a.log, Version: a.version,
	}).Register(server)
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := server.Serve(); err != nil {
			a.log.Error("page server failed", "err", err)
		}
	})
	a.board.url, a.routes = server.URL(), server.Routes()
	a.stopPage = sync.OnceFunc(func() {
		if err := server.Close(); err != nil {
			a.log.Warn("page server did not stop cleanly", "err", err)
		}
		serving.Wait()
	})
	return func() error { a.stopPage(); return nil }, nil
}

// access returns the access control of the page, or nil if no login is required.
func (a *Agent) access() *users.Access {
	c := &a.config.HTTP
	local := c.Listen.Loopback()
	if local && c.Login != "always" {
		return nil
	}
	file := users.OpenFile(a.config.Users())
	if all, err := file.List(); err != nil {
		a.log.Error("nobody can log in at the page", "err", err)
	} else if len(all) == 0 {
		a.log.Warn("the page has no users, so nobody can log in: add one with edge user add", "file", file.Path())
	}
	if !local && c.CertFile == "" {
		a.log.Warn("the page is reached from other machines without TLS: passwords can be read on the network: set http.cert_file, or put a proxy in front", "listen", c.Listen)
	}
	return users.NewAccess(file)
}

// searchHistory ranks past parts by a text or a picture. One search runs at a time.
func (a *Agent) searchHistory(ctx context.Context, q page.Query, most int) ([]page.Found, error) {
	h := a.history.Load()
	if !a.board.isOpen() || h == nil {
		return nil, page.ErrNoModel
	}
	vector, err := a.embed(ctx, q)
	if err != nil {
		return nil, err
	}
	a.searching.Lock()
	defer a.searching.Unlock()
	if first, err := h.FirstID(ctx); err != nil || first == 0 {
		return nil, err
	}
	found, err := finder.Find(ctx, a.model, finder.History(a.model, h.Reader), finder.Options{
		Query: "page", Vector: vector, Top: most, Index: filepath.Join(a.config.HistoryDir(), fmt.Sprintf("search-%.12s.index", a.model.Bundle.Hash)), Name: "history",
	})
	if err != nil {
		return nil, err
	}
	var all []page.Found
	for _, hit := range found.Hits {
		r, err := h.Part(ctx, hit.Seen.Event)
		if err == nil {
			all = append(all, page.Found{Result: *r, Cosine: hit.Cosine})
		}
	}
	return all, nil
}

// embed embeds a query. It never reads a text as a file name.
func (a *Agent) embed(ctx context.Context, q page.Query) ([]float32, error) {
	if q.Like != 0 {
		bundle, scale, code, err := a.history.Load().EmbeddingOf(ctx, q.Like)
		switch {
		case errors.Is(err, history.ErrNoResult):
			return nil, fmt.Errorf("%w: this part was not scored, so it cannot be compared", page.ErrRequest)
		case err != nil:
			return nil, err
		case bundle != a.model.Bundle.Hash:
			return nil, fmt.Errorf("%w: this part was scored with another model bundle than the current one, so it cannot be compared", page.ErrRequest)
		}
		return search.Code{Scale: scale, Bytes: code}.Decode(), nil
	}
	if q.Picture == nil {
		vectors, err := a.model.Texts.Encode(ctx, []string{q.Text})
		if err != nil {
			return nil, err
		}
		return vectors[0], nil
	}
	var f capture.Frame
	if err := opencv.DecodeInto(&f, q.Picture); err != nil {
		return nil, fmt.Errorf("%w: %w", page.ErrRequest, err)
	}
	var o prompts.Observation
	if err := a.model.NewEncoder(observe.View{}).Encode(ctx, &f, &o); err != nil {
		return nil, err
	}
	return o.Embedding, nil
}

// audit records a change in the audit trail, if there is a history.
func (a *Agent) audit(c history.Change) {
	h := a.history.Load()
	if h == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), auditLimit)
	defer cancel()
	if _, err := h.Change(ctx, c); err != nil {
		a.log.Error("a change is missing in the audit trail", "kind", c.Kind, "object", c.Object, "err", err)
	}
}
