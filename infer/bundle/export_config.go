package bundle

import (
	"encoding/json"
	"errors"
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

// preprocessorConfig is the preprocessor_config.json of transformers'
// CLIPImageProcessor and SiglipImageProcessor.
type preprocessorConfig struct {
	DoResize      *bool     `json:"do_resize"`
	Size          sizes     `json:"size"`
	Resample      *int      `json:"resample"`
	DoCenterCrop  bool      `json:"do_center_crop"`
	CropSize      sizes     `json:"crop_size"`
	DoRescale     *bool     `json:"do_rescale"`
	RescaleFactor float64   `json:"rescale_factor"`
	DoNormalize   *bool     `json:"do_normalize"`
	Mean          []float64 `json:"image_mean"`
	Std           []float64 `json:"image_std"`
}

// sizes is a number, or an object with some of its keys.
type sizes struct {
	ShortestEdge int `json:"shortest_edge"`
	Height       int `json:"height"`
	Width        int `json:"width"`
}

// UnmarshalJSON reads either form.
func (s *sizes) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &s.ShortestEdge) == nil {
		return nil
	}
	type plain sizes
	return json.Unmarshal(data, (*plain)(s))
}

// Pillow's numbers of its filters.
const (
	pillowBilinear = 2
	pillowBicubic  = 3
)

// rescale is 1/255, as exports write it.
const rescale = 0.00392156862745098

func (p *preprocessorConfig) manifest(imageSize int) (ImageManifest, error) {
	off := func(b *bool) bool { return b != nil && !*b }
	m := ImageManifest{Filter: "bicubic", Mean: p.Mean, Std: p.Std}
	switch {
	case off(p.DoResize):
		return m, errors.New("do_resize is false: cameras' pictures must be resized")
	case off(p.DoRescale) || p.RescaleFactor != 0 && (p.RescaleFactor < rescale-1e-6 || p.RescaleFactor > rescale+1e-6):
		return m, fmt.Errorf("rescale_factor must be 1/255 (got %v)", p.RescaleFactor)
	}
	if off(p.DoNormalize) {
		m.Mean, m.Std = []float64{0, 0, 0}, []float64{1, 1, 1}
	}
	switch {
	case p.Resample == nil || *p.Resample == pillowBicubic:
	case *p.Resample == pillowBilinear:
		m.Filter = "bilinear"
	default:
		return m, fmt.Errorf("resample must be 2 (bilinear) or 3 (bicubic), got %d", *p.Resample)
	}
	if err := p.sizes(&m, imageSize); err != nil {
		return m, err
	}
	var errs []error
	m.check(func(key, format string, args ...any) {
		// The file's name and those that models take are not known here.
		if key != "image" {
			errs = append(errs, fmt.Errorf("%s %s", key, fmt.Sprintf(format, args...)))
		}
	})
	return m, errors.Join(errs...)
}

// sizes tells squash from shortest side and centre crop.
func (p *preprocessorConfig) sizes(m *ImageManifest, imageSize int) error {
	switch {
	case p.Size.ShortestEdge == 0 && p.Size.Height == 0:
		m.Resize, m.Size = "squash", imageSize
	case p.Size.ShortestEdge == 0:
		if p.Size.Height != p.Size.Width {
			return fmt.Errorf("size must be square (got %d×%d)", p.Size.Height, p.Size.Width)
		}
		m.Resize, m.Size = "squash", p.Size.Height
		if crop := p.CropSize.side(); p.DoCenterCrop && crop != 0 && crop != m.Size {
			return fmt.Errorf("a crop of %d pixels behind a resize to %d×%d is not supported", crop, m.Size, m.Size)
		}
	case !p.DoCenterCrop:
		return errors.New("size has a shortest edge, but do_center_crop is false: the pictures would not be square")
	default:
		m.Resize, m.ShortestSide, m.Size = "shortest_crop", p.Size.ShortestEdge, p.CropSize.side()
		if m.Size == 0 {
			m.Size = m.ShortestSide
		}
	}
	return nil
}

func (s *sizes) side() int {
	if s.ShortestEdge != 0 || s.Height != s.Width {
		return s.ShortestEdge
	}
	return s.Height
}
