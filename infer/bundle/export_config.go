package bundle

import (
	"fmt"
	"slices"
	"strings"
)

// modelConfig is the config.json of transformers' CLIPModel, SiglipModel and
// Dinov2Model.
type modelConfig struct {
	ModelType     string `json:"model_type"`
	ProjectionDim int    `json:"projection_dim"`
	Registers     *int   `json:"num_register_tokens"` // of DINOv2 with registers
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

// registers are how many register tokens a type of DINOv2 has, which have no texts,
// where its config.json does not say so: Dinov2WithRegistersConfig's default.
var registers = map[string]int{"dinov2": 0, "dinov2_with_registers": 4}

func (c *modelConfig) check() error {
	if !slices.Contains(knownModelTypes, c.ModelType) && !c.picturesOnly() {
		return fmt.Errorf("%w: config.json says model_type %q: %s are known (of SigLIP 2 the checkpoints of one size are siglip's)", ErrExport, c.ModelType, strings.Join(knownModelTypes, ", "))
	}
	return nil
}

// sigmoid tells the SigLIP family. Its loss compares each pair by itself, with
// a bias; a softmax over prompts drops the bias and ranks them alike.
func (c *modelConfig) sigmoid() bool { return c.ModelType == "siglip" }

// picturesOnly reports whether the model has no texts.
func (c *modelConfig) picturesOnly() bool {
	_, is := registers[c.ModelType]
	return is
}

// prefixTokens returns how many tokens of a picture stand before those of its
// patches: CLIP's is that of the class, which DINOv2 has too, and perhaps registers;
// SigLIP has none.
func (c *modelConfig) prefixTokens() int {
	switch {
	case c.sigmoid():
		return 0
	case c.Registers != nil && c.ModelType == "dinov2_with_registers":
		return 1 + *c.Registers
	}
	return 1 + registers[c.ModelType]
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
