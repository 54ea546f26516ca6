package recording

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"pristine/capture"
)

// indexFile holds one line a frame.
const indexFile = "frames.jsonl"

// entry is a line of the index.
type entry struct {
	File     string    `json:"file"`
	SHA256   string    `json:"sha256"` // of the file
	Width    int       `json:"width"`
	Height   int       `json:"height"`
	Captured time.Time `json:"captured"`
	Sequence uint64    `json:"sequence"`
	Dropped  uint64    `json:"dropped,omitempty"`
	Name     string    `json:"name,omitempty"`
	Part     string    `json:"part,omitempty"`
	PartEnd  bool      `json:"part_end,omitempty"`
	Damaged  string    `json:"damaged,omitempty"` // why there is no file
}

// Encode returns a frame as the bytes of a lossless picture file.
type Encode func(pix []byte, width, height int) ([]byte, error)

// Writer adds frames to a recording.
type Writer struct {
	dir    string
	encode Encode
	file   *os.File
	index  *bufio.Writer
	frames int
}

// Create makes the folder and begins a recording in it. fs.ErrExist is within
// the error when it holds one already.
func Create(dir string, encode Encode) (*Writer, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("create recording: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, indexFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, fmt.Errorf("create recording: %w: name another folder", err)
	}
	return &Writer{dir: dir, encode: encode, file: file, index: bufio.NewWriter(file)}, nil
}

// Write adds a frame. Of a damaged one only a line is kept: its pixels are not what
// the camera saw.
func (w *Writer) Write(f *capture.Frame) error {
	e := entry{Captured: f.Captured, Sequence: f.Seq, Dropped: f.Dropped.Total(), Name: f.Name, Part: f.Part, PartEnd: f.PartEnd, Damaged: f.Damaged}
	if f.Damaged == "" {
		data, err := w.encode(f.Pix, f.Width, f.Height)
		if err != nil {
			return fmt.Errorf("record frame %d: %w", f.Seq, err)
		}
		sum := sha256.Sum256(data)
		e.File, e.SHA256, e.Width, e.Height = fmt.Sprintf("%08d.png", w.frames+1), hex.EncodeToString(sum[:]), f.Width, f.Height
		if err := os.WriteFile(filepath.Join(w.dir, e.File), data, 0o644); err != nil {
			return fmt.Errorf("record frame %d: %w", f.Seq, err)
		}
	}
	if err := json.NewEncoder(w.index).Encode(e); err != nil {
		return fmt.Errorf("record frame %d: %w", f.Seq, err)
	}
	w.frames++
	return nil
}

// Close completes the recording.
func (w *Writer) Close() error {
	return errors.Join(w.index.Flush(), w.file.Close())
}
