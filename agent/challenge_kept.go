package agent

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"

	"pristine/capture/opencv"
	"pristine/challenge"
)

// Files of a learnedFolder: the result of the challenge, and the good parts for
// planting, so that another set can be challenged with the same pictures.
const (
	learnedChallenge = "challenge.json"
	learnedPicture   = "challenge-%d.png"
)

// saveChallenge stores the result of a challenge and its pictures.
func (f *learnedFolder) saveChallenge(c *challenged, pictures []*challenge.Picture) error {
	for i := range challengePictures {
		path := filepath.Join(f.dir, fmt.Sprintf(learnedPicture, i))
		if i >= len(pictures) {
			if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("keep challenge: %w", err)
			}
			continue
		}
		if err := savePNG(path, pictures[i]); err != nil {
			return fmt.Errorf("keep challenge: %w", err)
		}
	}
	return f.write(learnedChallenge, c)
}

func savePNG(path string, p *challenge.Picture) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	file, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o640))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Cleanup()) }()
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(file, asImage{p}); err != nil {
		return err
	}
	return file.CloseAtomicallyReplace()
}

// asImage adapts a picture to image.Image.
type asImage struct{ *challenge.Picture }

// ColorModel implements image.Image.
func (asImage) ColorModel() color.Model { return color.NRGBAModel }

// Bounds implements image.Image.
func (m asImage) Bounds() image.Rectangle { return image.Rect(0, 0, m.Width, m.Height) }

// At implements image.Image.
func (m asImage) At(x, y int) color.Color {
	bgr := m.Pix[3*(y*m.Width+x):][:3]
	return color.NRGBA{bgr[2], bgr[1], bgr[0], 255}
}

// loadChallenge returns what saveChallenge stored, or nil if there is nothing.
func (f *learnedFolder) loadChallenge(k *camera) (*challenged, []*challenge.Picture, error) {
	var pictures []*challenge.Picture
	for i := range challengePictures {
		path := filepath.Join(f.dir, fmt.Sprintf(learnedPicture, i))
		pix, width, height, err := opencv.DecodeFile(path)
		if errors.Is(err, os.ErrNotExist) {
			break
		}
		if err != nil {
			return nil, nil, fmt.Errorf("read the pictures of the challenge: %w", err)
		}
		pictures = append(pictures, k.view().Challenged(path, pix, width, height))
	}
	var c challenged
	if found, err := f.read(learnedChallenge, &c); !found || err != nil {
		return nil, pictures, err
	}
	return &c, pictures, nil
}

// resumeChallenge restores the challenge of the learned parts. If the set has changed
// since, it requests a new challenge before the first verdict.
func (k *camera) resumeChallenge() {
	if !k.challenges() {
		return
	}
	kept, pictures, err := k.kept.loadChallenge(k)
	if err != nil {
		k.agent.log.Warn("the stored challenge cannot be used", "camera", k.config.Name, "err", err)
	}
	k.goodParts.set(pictures)
	bank := k.live.Bank()
	switch {
	case err == nil && kept != nil && kept.Of == k.challengeOf(bank):
		k.live.Swap(bank.WithSensitivity(kept.sensitivity()))
	case len(pictures) > 0:
		k.learning.Store(newChallenging())
		k.askChallenge()
	default:
		k.agent.log.Warn("the learned parts were never challenged with synthetic defects: learn again to measure the smallest detectable defect (edge reference learn)", "camera", k.config.Name)
	}
}
