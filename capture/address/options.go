package address

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
)

// option reads the value of one option into an address.
type option func(a *Address, text string) error

// known are the options of each kind. The limits are those of drivers: V4L2
// and Argus know nothing above 16,384 pixels and 240 frames a second.
var known = map[Kind]map[string]option{
	RTSP: {"hardware": hardware},
	HTTP: {"fps": fps},
	V4L2: {"width": width, "height": height, "fps": fps, "format": format, "exposure": exposure},
	CSI:  {"width": width, "height": height, "fps": fps, "flip": flip},
	File: {"fps": fps, "hardware": hardware},
	Replay: {"speed": func(a *Address, text string) (err error) {
		a.Speed, err = number("speed", text, 0, 100)
		return err
	}},
}

func width(a *Address, text string) (err error) {
	a.Width, err = integer("width", text, 1, 16384)
	return err
}
func height(a *Address, text string) (err error) {
	a.Height, err = integer("height", text, 1, 16384)
	return err
}
func flip(a *Address, text string) (err error) { a.Flip, err = integer("flip", text, 0, 7); return err }
func fps(a *Address, text string) (err error) {
	a.FPS, err = number("fps", text, 0.01, 240)
	return err
}

func exposure(a *Address, text string) (err error) {
	a.Exposure, err = number("exposure", text, 0, 1e6)
	return err
}

func hardware(a *Address, text string) error {
	n, err := integer("hardware", text, 0, 1)
	a.Hardware = n == 1
	return err
}

func format(a *Address, text string) error {
	a.Format = text
	if len(text) != 4 {
		return fmt.Errorf("format must be four characters, such as MJPG or YUYV (got %q)", text)
	}
	return nil
}

func integer(key, text string, least, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%s must be a whole number from %d to %d (got %q)", key, least, most, text)
	}
	return n, nil
}

func number(key, text string, least, most float64) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= least && v <= most) {
		return 0, fmt.Errorf("%s must be a number from %v to %v (got %q)", key, least, most, text)
	}
	return v, nil
}

// options reads key=value&… and reports every mistake, in the order of keys.
func (a *Address) options(text, mark string) error {
	values, err := url.ParseQuery(text)
	if err != nil {
		return fmt.Errorf("the options behind %s must be like %skey=value&key=value", mark, mark)
	}
	allowed := known[a.Kind]
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(values)) {
		read, ok := allowed[key]
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("unknown option %q: %s", key, hint(key, allowed)))
		case len(values[key]) > 1:
			errs = append(errs, fmt.Errorf("%s is given twice", key))
		default:
			errs = append(errs, read(a, values[key][0]))
		}
	}
	return errors.Join(errs...)
}

// hint names the nearest option, or all of them.
func hint(key string, allowed map[string]option) string {
	if len(allowed) == 0 {
		return "none is known for this kind of source"
	}
	names := slices.Sorted(maps.Keys(allowed))
	for _, name := range names {
		if levenshtein.ComputeDistance(key, name) <= 2 {
			return "did you mean " + name + "?"
		}
	}
	return strings.Join(names, ", ") + " are known"
}
