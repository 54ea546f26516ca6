package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/google/renameio/v2"

	"pristine/events"
	"pristine/history"
	"pristine/observe"
	"pristine/page"
)

// usedEnding is the suffix of picture files that are made from reviewed parts.
const usedEnding = ".jpg"

// Use implements page.References.
func (a references) Use(ctx context.Context, u page.Use) (string, error) {
	k, err := a.camera(u.Result.Camera)
	if err != nil {
		return "", err
	}
	picture, err := a.wholePicture(ctx, &u.Result)
	if err != nil {
		return "", err
	}
	bad, part := u.Result.Label.Label == history.Bad, partWords(&u.Result)
	if u.As == page.AsEvaluation {
		root, err := a.keepToEvaluate(&u.Result, picture)
		if err != nil {
			return "", err
		}
		a.audit(history.Change{Who: u.Who, Kind: changeEvaluation, Object: k.config.Name, After: fmt.Sprintf("%s is kept as %s", u.Result.Event, u.Result.Label.Label)})
		return fmt.Sprintf("%s is kept in %s: edge eval --data %s --prompts SET", part, root, root), nil
	}
	dir, err := os.MkdirTemp("", "reference-")
	if err != nil {
		return "", fmt.Errorf("make a reference: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, usedName(&u.Result))
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		return "", fmt.Errorf("make a reference: %w", err)
	}
	before := k.live.Bank()
	if err := k.addReference(ctx, observe.Labelled{File: file, Bad: bad, Kind: u.Result.Label.Kind}); err != nil {
		return "", err
	}
	what := "reference"
	if bad {
		what = "bad reference"
	}
	a.audit(history.Change{Who: u.Who, Kind: changeReference, Object: k.config.Name, Before: fmt.Sprintf("%d references", len(before.ReferencePictures())),
		After: fmt.Sprintf("%d references: %s is a %s", len(k.live.Bank().ReferencePictures()), u.Result.Event, what), Reason: fmt.Sprintf("%s said %s", u.Result.Label.Who, labelWords(u.Result.Label))})
	return fmt.Sprintf("%s is a %s of camera %s now.%s", part, what, k.config.Name, k.shadowNow(armWords(before))), nil
}

// Drop implements page.References.
func (a references) Drop(ctx context.Context, who, camera, id string) (string, error) {
	k, err := a.camera(camera)
	if err != nil {
		return "", err
	}
	before := k.live.Bank()
	name, err := k.dropReference(ctx, id)
	if err != nil {
		return "", err
	}
	a.audit(history.Change{Who: who, Kind: changeReference, Object: camera, Before: fmt.Sprintf("%d references", len(before.ReferencePictures())),
		After: fmt.Sprintf("%d references, without %s", len(k.live.Bank().ReferencePictures()), name), Reason: "removed on the page"})
	return fmt.Sprintf("%s is no longer a reference of camera %s.%s", name, camera, k.shadowNow(armWords(before))), nil
}

// shadowNow returns a sentence if the set was armed before and runs in shadow now,
// otherwise "".
func (k *camera) shadowNow(before string) string {
	if now := armWords(k.live.Bank()); now != before && strings.HasPrefix(now, "shadow") {
		return " The set runs in " + strings.TrimSuffix(now, ".") + ". Calibrate it again."
	}
	return ""
}

// wholePicture returns the picture of a past part at the full size of its frame. A
// smaller one would be blurred and unfit as a reference.
func (a *Agent) wholePicture(ctx context.Context, r *history.Result) ([]byte, error) {
	h := a.history.Load()
	if h == nil {
		return nil, fmt.Errorf("%w: there is no history", page.ErrUse)
	}
	kept, err := h.Kept(ctx, r.ID)
	if errors.Is(err, history.ErrNoResult) {
		return nil, fmt.Errorf("%w: its picture is not stored", page.ErrUse)
	} else if err != nil {
		return nil, err
	}
	var data events.Result
	if err := json.Unmarshal(kept.Data, &data); err != nil || data.Frame == nil {
		return nil, fmt.Errorf("%w: its event does not say how large its frame was", page.ErrUse)
	}
	why := "a PASS has no evidence in the event store"
	if data.Evidence != nil {
		picture, err := a.store.Evidence(ctx, data.Evidence)
		if err == nil {
			return picture, nil
		}
		why = err.Error()
	}
	have, err := jpeg.DecodeConfig(bytes.NewReader(kept.Picture))
	if err != nil {
		return nil, fmt.Errorf("%w: its picture is not stored, and %s", page.ErrUse, why)
	}
	if have.Width < data.Frame.Width || have.Height < data.Frame.Height {
		return nil, fmt.Errorf("%w: the history has only %d × %d of its %d × %d pixels, which is too blurred for a reference, and %s: take a new picture with the camera and add it: edge reference add",
			page.ErrUse, have.Width, have.Height, data.Frame.Width, data.Frame.Height, why)
	}
	return kept.Picture, nil
}

// keepToEvaluate writes a picture to the camera's folder in the layout that edge eval
// reads: good and bad/KIND. It returns that folder.
func (a *Agent) keepToEvaluate(r *history.Result, picture []byte) (string, error) {
	root := filepath.Join(filepath.Dir(filepath.Clean(a.config.Events.Dir)), "reviewed", r.Camera)
	event := filepath.Base(r.Event) + usedEnding
	dir := filepath.Join(root, "good")
	if r.Label.Label == history.Bad {
		dir = filepath.Join(root, "bad", plainName(r.Label.Kind))
	}
	err := os.MkdirAll(dir, 0o750)
	if err == nil {
		err = renameio.WriteFile(filepath.Join(dir, event), picture, 0o640)
	}
	if err == nil {
		err = removeOthers(root, filepath.Join(dir, event))
	}
	if err != nil {
		return "", fmt.Errorf("keep a picture to evaluate with: %w", err)
	}
	return root, nil
}

// removeOthers removes the picture of a part from the folders of its earlier labels, so
// that it counts once.
func removeOthers(root, file string) error {
	for _, folders := range []string{"*", "*/*"} {
		found, err := fs.Glob(os.DirFS(root), folders+"/"+filepath.Base(file))
		if err != nil {
			return err
		}
		for _, other := range found {
			if other = filepath.Join(root, other); other == file {
				continue
			}
			if err := os.Remove(other); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// usedName returns the file name of a part's picture: its event, and the kind of a bad
// one.
func usedName(r *history.Result) string {
	name := filepath.Base(r.Event)
	if r.Label.Label == history.Bad && r.Label.Kind != "" {
		name += " " + plainName(r.Label.Kind)
	}
	return name + usedEnding
}

// plainName makes a file name from a text that somebody typed.
func plainName(text string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '-'
	}, text), "-")
}

func partWords(r *history.Result) string {
	if r.Part != "" {
		return r.Part
	}
	return "The part of " + r.Time.Local().Format("15:04:05")
}

func labelWords(l *history.Label) string {
	if l.Kind != "" {
		return l.Label + ", " + l.Kind
	}
	return l.Label
}
