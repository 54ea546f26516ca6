package bundle

import (
	"maps"
	"slices"
)

// processorClass is the defaults of one of transformers' image processors. All
// resize, rescale by 1/255 and normalise.
type processorClass struct {
	shortest       int // pixels of the shortest edge …
	crop           int // … and of the centre crop behind it; 0: none
	square         int // or pixels of both sides
	numberIsSquare bool
	filter         filter
	mean, std      []float64
}

// Colours of transformers 5's image_utils.py: OPENAI_CLIP_MEAN, OPENAI_CLIP_STD,
// IMAGENET_STANDARD_MEAN and IMAGENET_STANDARD_STD.
var (
	clipMean     = []float64{0.48145466, 0.4578275, 0.40821073}
	clipStd      = []float64{0.26862954, 0.26130258, 0.27577711}
	standardMean = []float64{0.5, 0.5, 0.5}
	standardStd  = []float64{0.5, 0.5, 0.5}
)

// clipClass is that of CLIPImageProcessor, which others repeat.
var clipClass = processorClass{shortest: 224, crop: 224, filter: "bicubic", mean: clipMean, std: clipStd}

// processorClasses are the class attributes of transformers 5.24, and the same
// in 4.57: the source of each is models/NAME/image_processing_NAME.py. Those
// that end in Fast or Pil have the same.
var processorClasses = map[string]processorClass{
	"CLIPImageProcessor":        clipClass,                                                                                     // clip
	"ChineseCLIPImageProcessor": clipClass,                                                                                     // chinese_clip
	"BitImageProcessor":         clipClass,                                                                                     // bit
	"SiglipImageProcessor":      {square: 224, filter: "bicubic", mean: standardMean, std: standardStd},                        // siglip
	"ViTImageProcessor":         {square: 224, numberIsSquare: true, filter: "bilinear", mean: standardMean, std: standardStd}, // vit
}

// processorOf names the processor of a model type, as transformers'
// image_processing_auto.py does.
var processorOf = map[string]string{
	"clip": "CLIPImageProcessor", "siglip": "SiglipImageProcessor", "dinov2": "BitImageProcessor", "dinov2_with_registers": "BitImageProcessor",
}

func knownProcessors() []string { return slices.Sorted(maps.Keys(processorClasses)) }
