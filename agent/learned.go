package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"

	"pristine/inspect/health"
	"pristine/inspect/track"
	"pristine/internal/config"
	"pristine/internal/polygon"
	"pristine/prompts"
)

// learnedFolder stores the learned data of one camera in a folder beside the events:
// DATA/learned/CAMERA-KEY. The key is a hash of everything that the learned pictures
// depend on. Another source, region or bundle therefore has its own folder, and finds
// it again later.
type learnedFolder struct {
	dir     string
	matcher prompts.Matcher
	bundle  string
}

// Files of a learnedFolder. learnedParts refers to the other two and is written last.
const (
	learnedReferences = "references.safetensors"
	learnedGood       = "good.safetensors"
	learnedParts      = "parts.json"
	learnedBaseline   = "baseline.json"
	learnedBelt       = "belt.json"
)

// learnedPartsFile records which parts were learned, and when.
type learnedPartsFile struct {
	At         time.Time `json:"at"`
	Parts      int       `json:"parts"`
	References string    `json:"references_sha256"`
	Good       string    `json:"good_sha256"`
}

// learnedState is a baseline or an empty belt.
type learnedState struct {
	At    time.Time `json:"at"`
	State []byte    `json:"state"`
}

func newLearnedFolder(dir string, c *config.Camera, bundle string, m prompts.Matcher) (*learnedFolder, error) {
	depends, err := json.Marshal(struct {
		Camera, Source, Bundle string
		Region                 polygon.Rectangle
		Polygon                []polygon.Point
		Adjust                 config.Adjust
		Axis                   string
	}{c.Name, c.Source.String(), bundle, c.Region, c.Polygon, c.Adjust, c.Track.Axis})
	if err != nil {
		return nil, fmt.Errorf("name the folder of learned data: %w", err)
	}
	sum := sha256.Sum256(depends)
	return &learnedFolder{filepath.Join(dir, c.Name+"-"+hex.EncodeToString(sum[:6])), m, bundle}, nil
}

// saveParts stores learned parts.
func (f *learnedFolder) saveParts(l *prompts.Learned, at time.Time) error {
	if err := os.MkdirAll(f.dir, 0o750); err != nil {
		return fmt.Errorf("keep learned parts: %w", err)
	}
	about := learnedPartsFile{At: at.UTC(), Parts: l.References.Len() + l.Good.Len()}
	for _, file := range []struct {
		name string
		r    *prompts.References
		sum  *string
	}{{learnedReferences, l.References, &about.References}, {learnedGood, l.Good, &about.Good}} {
		path := filepath.Join(f.dir, file.name)
		if err := file.r.Save(path); err != nil {
			return fmt.Errorf("keep learned parts: %w", err)
		}
		sum, err := hashFile(path)
		if err != nil {
			return fmt.Errorf("keep learned parts: %w", err)
		}
		*file.sum = sum
	}
	return f.write(learnedParts, about)
}

// loadParts returns what saveParts stored, or nil if there is nothing.
func (f *learnedFolder) loadParts() (*prompts.Learned, *learnedPartsFile, error) {
	var about learnedPartsFile
	if found, err := f.read(learnedParts, &about); !found || err != nil {
		return nil, nil, err
	}
	for name, want := range map[string]string{learnedReferences: about.References, learnedGood: about.Good} {
		sum, err := hashFile(filepath.Join(f.dir, name))
		if err == nil && sum != want {
			err = fmt.Errorf("%s is not the file that was written with %s", name, learnedParts)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("read learned parts: %w", err)
		}
	}
	references, err := prompts.LoadReferences(filepath.Join(f.dir, learnedReferences), f.bundle, f.matcher)
	if err != nil {
		return nil, nil, fmt.Errorf("read learned parts: %w", err)
	}
	good, err := prompts.LoadReferences(filepath.Join(f.dir, learnedGood), f.bundle, f.matcher)
	if err != nil {
		return nil, nil, fmt.Errorf("read learned parts: %w", err)
	}
	return &prompts.Learned{References: references, Good: good}, &about, nil
}

// snapshot is learned state that can be saved: a baseline or an empty belt.
type snapshot interface {
	MarshalBinary() ([]byte, error)
	UnmarshalBinary([]byte) error
}

var _ = []snapshot{(*health.Baseline)(nil), (*track.Tracker)(nil)}

// saveState stores a baseline or an empty belt.
func (f *learnedFolder) saveState(name string, s snapshot, at time.Time) error {
	state, err := s.MarshalBinary()
	if err != nil {
		return fmt.Errorf("keep what was learned: %w", err)
	}
	return f.write(name, learnedState{at.UTC(), state})
}

// loadState restores what saveState stored. It returns when that was learned, or the
// zero time if there is nothing.
func (f *learnedFolder) loadState(name string, s snapshot) (time.Time, error) {
	var kept learnedState
	if found, err := f.read(name, &kept); !found || err != nil {
		return time.Time{}, err
	}
	if err := s.UnmarshalBinary(kept.State); err != nil {
		return time.Time{}, fmt.Errorf("read %s: %w", filepath.Join(f.dir, name), err)
	}
	return kept.At, nil
}

func (f *learnedFolder) write(name string, v any) error {
	data, err := json.Marshal(v)
	if err == nil {
		err = os.MkdirAll(f.dir, 0o750)
	}
	if err == nil {
		err = renameio.WriteFile(filepath.Join(f.dir, name), data, 0o640)
	}
	if err != nil {
		return fmt.Errorf("keep what was learned: %w", err)
	}
	return nil
}

func (f *learnedFolder) read(name string, v any) (found bool, err error) {
	path := filepath.Join(f.dir, name)
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		return false, fmt.Errorf("read what was learned: %s: %w", path, err)
	}
	return true, nil
}

func hashFile(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}
