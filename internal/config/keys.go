package config

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"pristine/internal/polygon"

	"github.com/agnivade/levenshtein"
)

// Key says what a key of the configuration means. Its path has [] for the
// elements of a list, such as cameras[].policy.
type Key struct {
	Path    string   `json:"key"`
	Meaning string   `json:"meaning"`
	Type    string   `json:"type"` // text, number, whole number, true or false, duration, list, mapping
	Allowed string   `json:"allowed,omitempty"`
	Values  []string `json:"values,omitempty"` // the allowed ones, where they can be listed
	Default string   `json:"default"`

	pattern     string // of a text, where Values is empty
	least, most *float64
	field       reflect.Type
}

// Keys returns every key of the configuration in the order of configs/edge.yaml.
func Keys() []Key {
	defaults := Default()
	var all []Key
	gather(&all, reflect.ValueOf(&defaults).Elem(), "")
	return all
}

func gather(all *[]Key, v reflect.Value, prefix string) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		k := describe(prefix+field.Tag.Get("yaml"), field.Type)
		k.Default = show(v.Field(i))
		*all = append(*all, k)
		switch {
		case isMapping(field.Type):
			gather(all, v.Field(i), k.Path+".")
		case field.Type.Kind() == reflect.Slice && field.Type.Elem().Kind() == reflect.Struct:
			element := reflect.New(field.Type.Elem())
			if d, ok := element.Interface().(interface{ SetDefaults() }); ok {
				d.SetDefaults()
			}
			gather(all, element.Elem(), k.Path+"[].")
		}
	}
}

func describe(path string, t reflect.Type) Key {
	k := Key{Path: path, field: t, Type: kind(t)}
	if note, ok := notes[path]; ok {
		note(&k)
	}
	k.Allowed = k.allowed()
	return k
}

func (k *Key) allowed() string {
	switch {
	case k.Allowed != "":
		return k.Allowed
	case len(k.Values) > 0:
		return strings.Join(quoteEmpty(k.Values), ", ")
	case k.least != nil && k.most != nil:
		return fmt.Sprintf("%s to %s", k.number(*k.least), k.number(*k.most))
	case k.least != nil:
		return k.number(*k.least) + " or more"
	case k.field.Kind() == reflect.Bool:
		return "true, false"
	}
	return ""
}

func (k *Key) number(f float64) string {
	if k.field == durationType {
		return time.Duration(f).String()
	}
	return fmt.Sprint(f)
}

var (
	durationType = reflect.TypeFor[time.Duration]()
	textType     = reflect.TypeFor[encoding.TextMarshaler]()

	rectangleType = reflect.TypeFor[polygon.Rectangle]()
)

// isText reports whether a value is written as text.
func isText(t reflect.Type) bool { return t.Kind() == reflect.String || t.Implements(textType) }

// isMapping reports whether a value has keys of its own. Others that are structs in
// Go, such as addresses, are texts.
func isMapping(t reflect.Type) bool { return t.Kind() == reflect.Struct && !isText(t) }

func kind(t reflect.Type) string {
	switch {
	case t == durationType:
		return "duration"
	case isText(t):
		return "text"
	case isMapping(t):
		return "mapping"
	case t.Kind() == reflect.Slice || t.Kind() == reflect.Array:
		return "list"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int, t.Kind() == reflect.Int64:
		return "whole number"
	case t.Kind() == reflect.Float64:
		return "number"
	default:
		return "text"
	}
}

// show writes a value as it stands in a file.
func show(v reflect.Value) string {
	switch {
	case v.Type() == durationType:
		return time.Duration(v.Int()).String()
	case isMapping(v.Type()):
		return ""
	case v.Type() == rectangleType && v.IsZero(): // a region that is not written
		return "[]"
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		return fmt.Sprintf("%d of them", v.Len())
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = show(v.Index(i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case isText(v.Type()):
		return quoteEmpty([]string{fmt.Sprint(v.Interface())})[0]
	default:
		return fmt.Sprint(v.Interface())
	}
}

func quoteEmpty(texts []string) []string {
	out := slices.Clone(texts)
	for i, text := range out {
		if text == "" {
			out[i] = `""`
		}
	}
	return out
}

// Find returns the key of a path as people write it: with an index or without
// one, and from its last parts where these are enough. Where there is none, near
// holds the keys that may be meant, the nearest first.
func Find(path string) (key Key, near []string, ok bool) {
	wanted := normal(path)
	var ends []Key
	distances := map[string]int{}
	for _, k := range Keys() {
		plain := normal(k.Path)
		switch {
		case plain == wanted:
			return k, nil, true
		case strings.HasSuffix(plain, "."+wanted):
			ends = append(ends, k)
		}
		last := plain[strings.LastIndex(plain, ".")+1:]
		distances[k.Path] = min(levenshtein.ComputeDistance(plain, wanted), levenshtein.ComputeDistance(last, wanted[strings.LastIndex(wanted, ".")+1:])+1)
	}
	if len(ends) == 1 {
		return ends[0], nil, true
	}
	for _, k := range ends {
		near = append(near, k.Path)
	}
	if len(near) > 0 {
		return Key{}, near, false
	}
	for path := range distances {
		near = append(near, path)
	}
	slices.SortFunc(near, func(a, b string) int {
		if d := distances[a] - distances[b]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return Key{}, near[:3], false
}

// normal removes the indices of a path.
func normal(path string) string {
	var b strings.Builder
	inside := false
	for _, r := range strings.TrimSpace(path) {
		switch {
		case r == '[':
			inside = true
		case r == ']':
			inside = false
		case !inside:
			b.WriteRune(r)
		}
	}
	return b.String()
}
