package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
)

// OpenPair opens a bundle with texts, and the one that references take their patch
// features from; pictures is nil where references is "".
func OpenPair(dir, references string) (text, pictures *Bundle, err error) {
	if text, err = Open(dir); err != nil {
		return nil, nil, err
	}
	if text.Manifest.PicturesOnly {
		return nil, nil, fmt.Errorf("open bundle: %s has no texts: name it as model.references, beside a bundle with texts", dir)
	}
	if references == "" {
		return text, nil, nil
	}
	if pictures, err = Open(references); err != nil {
		return nil, nil, err
	}
	if pictures.Manifest.Image.Outputs.PatchFeatures == "" {
		return nil, nil, fmt.Errorf("open bundle: %s has no patch features for references: edge model show %s says why", references, references)
	}
	return text, pictures, nil
}

// Check returns what is wrong with a bundle and that of references, which may be "".
func Check(dir, references string) error {
	_, _, err := OpenPair(dir, references)
	return err
}

// Pair returns a bundle that takes its embeddings and texts from one and its patch
// features from another; without another, the first itself. Its hash is of both, so
// that vectors of it are compared with no others. Neither of the two is changed.
func Pair(text, pictures *Bundle) *Bundle {
	if pictures == nil {
		return text
	}
	pair := *text
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s, patches of %s", text.Hash, pictures.Hash)))
	pair.Hash = hex.EncodeToString(sum[:])
	outputs := &pair.Manifest.Image.Outputs
	outputs.PatchFeatures, outputs.PatchTokens = pictures.Manifest.Image.Outputs.PatchFeatures, ""
	return &pair
}

// WithoutFeatures returns the bundle with patch embeddings and embeddings alone.
func (b *Bundle) WithoutFeatures() *Bundle {
	plain := *b
	plain.Manifest.Image.Outputs.PatchFeatures, plain.Manifest.Image.Outputs.PatchTokens = "", ""
	return &plain
}

// OnlyFeatures returns the bundle with patch features alone. It resizes pictures
// whole, so that the patches lie in all of what it is shown.
func (b *Bundle) OnlyFeatures() *Bundle {
	features := *b
	i := &features.Manifest.Image
	i.Resize, i.ShortestSide, i.Outputs.Embedding, i.Outputs.PatchEmbeddings = "squash", 0, "", ""
	return &features
}

// Area returns the part of a region that the model sees: all of it, or the square
// in its middle that is left of the crop.
func (i *ImageManifest) Area(region image.Rectangle) image.Rectangle {
	if i.Resize == "squash" {
		return region
	}
	side, middle := min(region.Dx(), region.Dy()), region.Min.Add(region.Size().Div(2))
	if i.ShortestSide > i.Size {
		side = max(side*i.Size/i.ShortestSide, 1)
	}
	corner := middle.Sub(image.Pt(side/2, side/2))
	return image.Rectangle{Min: corner, Max: corner.Add(image.Pt(side, side))}
}
