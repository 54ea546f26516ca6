package bundle

import (
	"fmt"
	"slices"
	"strings"
)

// modelConfig is the config.json of transformers' CLIPModel and SiglipModel.
type modelConfig struct {
	ModelType     string `json:"model_type"`
	ProjectionDim int    `json:"projection_dim"`
	Vision        struct {
		ImageSize  int `json:"image_size"`
		HiddenSize int `json:"hidden_size"`
	} `json:"vision_config"`
	Text struct {
		MaxPositions int   `json:"max_position_embeddings"`
		VocabSize    int64 `json:"vocab_size"`
	} `json:"text_config"`
}

// knownModelTypes are those of transformers whose exports have this form.
var knownModelTypes = []string{"clip", "siglip"}

func (c *modelConfig) check() error {
	if !slices.Contains(knownModelTypes, c.ModelType) {
		return fmt.Errorf("%w: config.json says model_type %q: %s are known (of SigLIP 2 the checkpoints of one size are siglip's)", ErrExport, c.ModelType, strings.Join(knownModelTypes, ", "))
	}
	return nil
}

// sigmoid tells the SigLIP family. Its loss compares each pair by itself, with
// a bias; a softmax over prompts drops the bias and ranks them alike.
func (c *modelConfig) sigmoid() bool { return c.ModelType != "clip" }

// prefixTokens returns how many tokens of a picture stand before those of its
// patches: CLIP's is that of the class, SigLIP has none.
func (c *modelConfig) prefixTokens() int {
	if c.sigmoid() {
		return 0
	}
	return 1
}

// context is the text's length in tokens; the defaults are CLIPTextConfig's
// and SiglipTextConfig's.
func (c *modelConfig) context() int {
	switch {
	case c.Text.MaxPositions > 0:
		return c.Text.MaxPositions
	case c.sigmoid():
		return 64
	default:
		return 77
	}
}
