package infer

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	ort "github.com/yalue/onnxruntime_go"
)

// textRest is how long the text encoder's session stays open without a text to encode.
// Texts are encoded when a set changes: between two changes the session would hold more
// memory than the one that encodes the pictures.
const textRest = 30 * time.Second

// reopening opens a session again of the file that it was opened of at first, also when
// the file's name has another content now, or none.
type reopening struct {
	held            *os.File
	was             fs.FileInfo
	inputs, outputs []string
	options         Options
	rest            *time.Timer
}

// newReopening returns nil where a session cannot be opened again of one open file.
func newReopening(m *modelFile, inputs, outputs []string, o Options) *reopening {
	if m.data != nil || !m.alone {
		return nil
	}
	held, err := os.Open(m.path)
	if err != nil {
		return nil
	}
	was, err := held.Stat()
	if err != nil {
		_ = held.Close()
		return nil
	}
	return &reopening{held: held, was: was, inputs: inputs, outputs: outputs, options: o}
}

func (r *reopening) open() (*ort.DynamicAdvancedSession, error) {
	is, err := r.held.Stat()
	if err != nil {
		return nil, fmt.Errorf("open the model again: %w", err)
	}
	if overwritten(r.was, is) {
		return nil, fmt.Errorf("open the model again: %w", errors.New("its file was overwritten since it was opened: restart with the model that is there now"))
	}
	return openOn("cpu", &modelFile{path: fmt.Sprintf("/proc/self/fd/%d", r.held.Fd())}, r.inputs, r.outputs, r.options)
}

func (r *reopening) close() {
	if r.rest != nil {
		r.rest.Stop()
	}
	_ = r.held.Close()
}

// use calls run with the session, which it opens where it rests.
func (t *TextEncoder) use(run func(*ort.DynamicAdvancedSession) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session == nil {
		if t.again == nil {
			return errors.New("the text encoder is closed")
		}
		var err error
		if t.session, err = t.again.open(); err != nil {
			return err
		}
	}
	if t.again != nil {
		t.used = time.Now()
		if t.again.rest == nil {
			t.again.rest = time.AfterFunc(textRest, t.restIfIdle)
		} else {
			t.again.rest.Reset(textRest)
		}
	}
	return run(t.session)
}

// restIfIdle closes the session where no text came for long enough.
func (t *TextEncoder) restIfIdle() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.session != nil && t.again != nil && time.Since(t.used) >= textRest {
		_ = t.session.Destroy()
		t.session = nil
		trim()
	}
}
