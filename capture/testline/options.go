package testline

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Options of the line.
type Options struct {
	Seed       uint64
	FPS        float64 // frames a second; 0: as fast as they are taken
	Speed      int     // pixels that the belt moves a frame, from 1 to 400
	DefectRate float64 // share of defective parts, in [0, 1]
	GoodFirst  int     // parts at the start that are all good
	Parts      int     // parts after which the line ends; 0: never
	Kind       string  // of parts: flange, cap, gear or board
	Unnamed    bool    // no light barrier: frames name no parts

	After    int     // frame from which on the following act
	Drift    float64 // the lamp's change, as a share of its light, in [0, 0.9]
	Shake    int     // largest movement of the camera, in pixels, random for each frame
	Blur     int     // pixels on each side that are averaged: out of focus
	Dropouts float64 // share of frames that never arrive
}

// Default returns the options of a line with one part a second, every seventh of them defective.
func Default() Options {
	return Options{Seed: 1, FPS: 15, Speed: 60, DefectRate: 0.15, Kind: "flange"}
}

// Parse reads options from testline://?key=value&…, all mistakes at once.
func Parse(address string) (Options, error) {
	o := Default()
	u, err := url.Parse(address)
	if err != nil {
		return o, fmt.Errorf("read testline address: %w", err)
	}
	var errs []error
	number := func(key, text string, least, most float64) float64 {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || !(v >= least && v <= most) {
			errs = append(errs, fmt.Errorf("testline: %s must be a number from %v to %v (got %q)", key, least, most, text))
			return least
		}
		return v
	}
	keys := make([]string, 0)
	for key := range u.Query() {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		text := u.Query().Get(key)
		switch key {
		case "seed":
			o.Seed = uint64(number(key, text, 0, 1<<32))
		case "fps":
			o.FPS = number(key, text, 0, 240)
		case "speed":
			o.Speed = int(number(key, text, 1, 400))
		case "defect_rate":
			o.DefectRate = number(key, text, 0, 1)
		case "good_first":
			o.GoodFirst = int(number(key, text, 0, 1e6))
		case "parts":
			o.Parts = int(number(key, text, 0, 1e9))
		case "after":
			o.After = int(number(key, text, 0, 1e9))
		case "drift":
			o.Drift = number(key, text, 0, 0.9)
		case "shake":
			o.Shake = int(number(key, text, 0, 200))
		case "blur":
			o.Blur = int(number(key, text, 0, 50))
		case "dropouts":
			o.Dropouts = number(key, text, 0, 0.99)
		case "unnamed":
			o.Unnamed = number(key, text, 0, 1) == 1
		case "kind":
			o.Kind = text
			if _, known := kinds[text]; !known {
				errs = append(errs, fmt.Errorf("testline: kind must be one of %s (got %q)", strings.Join(slices.Sorted(maps.Keys(kinds)), ", "), text))
			}
		default:
			errs = append(errs, fmt.Errorf("testline: unknown option %q: %s are known", key,
				"seed, fps, speed, defect_rate, good_first, parts, kind, unnamed, after, drift, shake, blur, dropouts"))
		}
	}
	return o, errors.Join(errs...)
}
