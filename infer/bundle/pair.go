package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
)

// Pair returns a bundle that takes its embeddings and texts from one and its patch
// features from another. Its hash is of both, so that vectors of it are compared
// with no others. Neither of the two is changed.
func Pair(text, pictures *Bundle) *Bundle {
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
