package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// processorConfig says how an export's pictures are prepared: the image
// processor of transformers, in preprocessor_config.json or, since transformers
// 5, within processor_config.json.
type processorConfig struct {
	Type          string    `json:"image_processor_type"`
	OldType       string    `json:"feature_extractor_type"` // before transformers 4.26
	DoResize      *bool     `json:"do_resize"`
	Size          *sizes    `json:"size"`
	Resample      *filter   `json:"resample"`
	DoCenterCrop  *bool     `json:"do_center_crop"`
	CropSize      *sizes    `json:"crop_size"`
	DoRescale     *bool     `json:"do_rescale"`
	RescaleFactor *float64  `json:"rescale_factor"`
	DoNormalize   *bool     `json:"do_normalize"`
	Mean          []float64 `json:"image_mean"`
	Std           []float64 `json:"image_std"`

	// Steps that are not supported.
	DoFlipChannels *bool           `json:"do_flip_channel_order"`
	DoPad          *bool           `json:"do_pad"`
	DoThumbnail    *bool           `json:"do_thumbnail"`
	DoSplit        *bool           `json:"do_image_splitting"`
	CropShare      json.RawMessage `json:"crop_pct"`
	MaxPatches     json.RawMessage `json:"max_num_patches"`
}

// sizes is a number, a list of height and width, or an object with some keys.
type sizes struct {
	Number       int `json:"-"`
	ShortestEdge int `json:"shortest_edge"`
	LongestEdge  int `json:"longest_edge"`
	Height       int `json:"height"`
	Width        int `json:"width"`
}

// UnmarshalJSON reads any form.
func (s *sizes) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &s.Number) == nil {
		return nil
	}
	var pair []int
	if json.Unmarshal(data, &pair) == nil {
		if len(pair) != 2 {
			return fmt.Errorf("%s is neither a size nor height and width", data)
		}
		s.Height, s.Width = pair[0], pair[1]
		return nil
	}
	type plain sizes
	return json.Unmarshal(data, (*plain)(s))
}

// filter is Pillow's number or name of a filter.
type filter string

// pillowFilters are the names by Pillow's numbers (PIL.Image.Resampling).
var pillowFilters = []string{"nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"}

// UnmarshalJSON reads either form: 3, "3", "bicubic", "PILImageResampling.BICUBIC".
func (f *filter) UnmarshalJSON(data []byte) error {
	var number int
	text := strings.Trim(string(data), `" `)
	if json.Unmarshal([]byte(text), &number) == nil {
		if number < 0 || number >= len(pillowFilters) {
			return fmt.Errorf("resample is %d: Pillow has no such filter", number)
		}
		*f = filter(pillowFilters[number])
		return nil
	}
	var name string
	if err := json.Unmarshal(data, &name); err != nil {
		return err
	}
	*f = filter(strings.ToLower(name[strings.LastIndexByte(name, '.')+1:]))
	return nil
}

// rescale is 1/255, as exports write it.
const rescale = 0.00392156862745098

// manifest derives how pictures are prepared. modelType is that of config.json,
// which names the processor where its file does not.
func (p *processorConfig) manifest(modelType string) (ImageManifest, error) {
	var m ImageManifest
	if err := p.unsupported(); err != nil {
		return m, err
	}
	class, name := p.class(modelType)
	if err := p.complete(class, name); err != nil {
		return m, err
	}
	switch {
	case !*p.DoResize:
		return m, errors.New("do_resize is false: cameras' pictures must be resized: export with a processor that resizes")
	case !*p.DoRescale || *p.RescaleFactor < rescale-1e-6 || *p.RescaleFactor > rescale+1e-6:
		return m, fmt.Errorf("rescale_factor must be 1/255 (got %v, do_rescale %v)", *p.RescaleFactor, *p.DoRescale)
	case *p.Resample != "bicubic" && *p.Resample != "bilinear":
		return m, fmt.Errorf("resample must be bicubic (3) or bilinear (2), got %s", *p.Resample)
	}
	m.Filter, m.Mean, m.Std = string(*p.Resample), p.Mean, p.Std
	if !*p.DoNormalize {
		m.Mean, m.Std = []float64{0, 0, 0}, []float64{1, 1, 1}
	}
	if err := p.sizes(&m, class); err != nil {
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

// unsupported refuses steps that would change the pictures.
func (p *processorConfig) unsupported() error {
	for name, on := range map[string]*bool{"do_flip_channel_order": p.DoFlipChannels, "do_pad": p.DoPad, "do_thumbnail": p.DoThumbnail, "do_image_splitting": p.DoSplit} {
		if on != nil && *on {
			return fmt.Errorf("%s is true, which is not supported: export with a processor that only resizes, crops and normalises", name)
		}
	}
	for name, value := range map[string]json.RawMessage{"crop_pct": p.CropShare, "max_num_patches": p.MaxPatches} {
		if len(value) > 0 && string(value) != "null" {
			return fmt.Errorf("%s is %s, which is not supported: export a checkpoint of one picture size, with CLIPImageProcessor or SiglipImageProcessor", name, value)
		}
	}
	return nil
}

// class returns the defaults of the processor, nil where they are not known,
// and its name. A fast processor and one without have the same.
func (p *processorConfig) class(modelType string) (*processorClass, string) {
	name := p.Type
	if name == "" {
		name = strings.ReplaceAll(p.OldType, "FeatureExtractor", "ImageProcessor")
	}
	if name == "" {
		name = processorOf[modelType] // as AutoImageProcessor does
	}
	base := strings.TrimSuffix(strings.TrimSuffix(strings.ReplaceAll(name, "FeatureExtractor", "ImageProcessor"), "Fast"), "Pil")
	if class, ok := processorClasses[base]; ok {
		return &class, name
	}
	return nil, name
}

// complete fills absent keys with the class's defaults, and refuses the file
// where there are none.
func (p *processorConfig) complete(c *processorClass, name string) error {
	if c == nil {
		absent := p.absent()
		if len(absent) > 0 {
			if name == "" {
				return fmt.Errorf("%s %s absent, and image_processor_type, whose defaults would stand for them, is too: save the processor again with save_pretrained, or add the keys", strings.Join(absent, ", "), isAre(absent))
			}
			return fmt.Errorf("%s %s absent, and the defaults of %s are not known (those of %s are): save the processor again with save_pretrained, or add the keys", strings.Join(absent, ", "), isAre(absent), name, strings.Join(knownProcessors(), ", "))
		}
		c = &processorClass{}
	}
	set(&p.DoResize, true)
	set(&p.DoRescale, true)
	set(&p.DoNormalize, true)
	set(&p.RescaleFactor, rescale)
	set(&p.DoCenterCrop, c.crop != 0)
	set(&p.Resample, c.filter)
	if p.Size == nil {
		p.Size = &sizes{ShortestEdge: c.shortest, Height: c.square, Width: c.square}
	}
	if p.CropSize == nil && c.crop != 0 {
		p.CropSize = &sizes{Height: c.crop, Width: c.crop}
	}
	if p.Mean == nil {
		p.Mean = slices.Clone(c.mean)
	}
	if p.Std == nil {
		p.Std = slices.Clone(c.std)
	}
	return nil
}

// absent lists the keys that the file must have where no class stands for them.
// All classes resize, rescale and normalise unless told otherwise.
func (p *processorConfig) absent() []string {
	var names []string
	normalises := p.DoNormalize == nil || *p.DoNormalize
	for _, key := range []struct {
		name   string
		absent bool
	}{
		{"size", p.Size == nil}, {"resample", p.Resample == nil}, {"do_center_crop", p.DoCenterCrop == nil && (p.Size == nil || p.Size.Height == 0)},
		{"crop_size", p.CropSize == nil && p.DoCenterCrop != nil && *p.DoCenterCrop},
		{"image_mean", p.Mean == nil && normalises}, {"image_std", p.Std == nil && normalises},
	} {
		if key.absent {
			names = append(names, key.name)
		}
	}
	return names
}

func isAre(list []string) string {
	if len(list) == 1 {
		return "is"
	}
	return "are"
}

func set[T any](to **T, value T) {
	if *to == nil {
		*to = &value
	}
}

// sizes tells squash from shortest side and centre crop.
func (p *processorConfig) sizes(m *ImageManifest, c *processorClass) error {
	s := *p.Size
	if s.Number != 0 {
		if c != nil && c.square != 0 && c.numberIsSquare {
			s.Height, s.Width = s.Number, s.Number
		} else {
			s.ShortestEdge = s.Number
		}
	}
	crop, err := p.crop()
	if err != nil {
		return err
	}
	switch {
	case s.ShortestEdge > 0 && *p.DoCenterCrop:
		m.Resize, m.ShortestSide, m.Size = "shortest_crop", s.ShortestEdge, crop
		if m.Size == 0 {
			m.Size = m.ShortestSide
		}
	case s.ShortestEdge > 0:
		return errors.New("size has a shortest edge, but do_center_crop is false: the pictures would not be square: export with a size of height and width, or with do_center_crop true")
	case s.Height > 0 && s.Height == s.Width:
		m.Resize, m.Size = "squash", s.Height
		if *p.DoCenterCrop && crop != 0 && crop != m.Size {
			return fmt.Errorf("a crop of %d pixels behind a resize to %d×%d is not supported: export with a size of shortest_edge", crop, m.Size, m.Size)
		}
	case s.Height > 0 || s.Width > 0:
		return fmt.Errorf("size must be square (got %d×%d): export a model that takes square pictures", s.Height, s.Width)
	default:
		return fmt.Errorf("size must have shortest_edge, or height and width (got %+v)", s)
	}
	return nil
}

// crop is the side of the centre crop, 0 where there is none.
func (p *processorConfig) crop() (int, error) {
	if p.CropSize == nil || !*p.DoCenterCrop {
		return 0, nil
	}
	switch s := p.CropSize; {
	case s.Number > 0:
		return s.Number, nil
	case s.ShortestEdge > 0:
		return s.ShortestEdge, nil
	case s.Height > 0 && s.Height == s.Width:
		return s.Height, nil
	default:
		return 0, fmt.Errorf("crop_size must be square (got %d×%d): export a model that takes square pictures", s.Height, s.Width)
	}
}
