package infer

// Stages runs the parts of Encode for one picture apart, so that each can be
// measured. It belongs to one goroutine.
type Stages struct {
	encoder *ImageEncoder
	picture Picture
	batch   *batch
}

// Stages prepares the parts of Encode for a picture, which is kept. Close gives
// the buffers back.
func (e *ImageEncoder) Stages(p Picture) (*Stages, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	b, err := e.borrow(1)
	if err != nil {
		return nil, err
	}
	s := &Stages{encoder: e, picture: p, batch: b}
	s.Preprocess()
	return s, nil
}

// Preprocess resizes and normalises the picture into the session's input.
func (s *Stages) Preprocess() { s.encoder.prepare(&s.picture, s.batch.pixels) }

// Session runs the bare session on what Preprocess made.
func (s *Stages) Session() error { return s.encoder.execute(s.batch, false) }

// Close returns the buffers to the encoder.
func (s *Stages) Close() { s.encoder.giveBack(s.batch) }
