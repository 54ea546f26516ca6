package config

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"pristine/internal/polygon"
)

// durationPattern is what time.ParseDuration reads.
const durationPattern = `^([-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$|^[-+]?0$`

// schema is a JSON Schema, with its keywords in the order in which people read
// them.
type schema struct {
	Schema      string             `json:"$schema,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Default     any                `json:"default,omitempty"`
	Type        []string           `json:"type,omitempty"`
	Enum        []any              `json:"enum,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Minimum     *float64           `json:"minimum,omitempty"`
	Maximum     *float64           `json:"maximum,omitempty"`
	MinItems    *int               `json:"minItems,omitempty"`
	MaxItems    *int               `json:"maxItems,omitempty"`
	Unique      bool               `json:"uniqueItems,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Additional  *bool              `json:"additionalProperties,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
}

// Schema returns the JSON Schema (draft 2020-12) of the configuration. What it
// cannot say, such as that two cameras have the same name, Parse says.
func Schema() []byte {
	root := object(reflect.TypeFor[Config](), "")
	root.Schema, root.Title = "https://json-schema.org/draft/2020-12/schema", "Configuration of the Pristine agent"
	root.Description = "First line of a file for editors with the YAML language server: # yaml-language-server: $schema=edge.schema.json"
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		panic(err) // a schema holds nothing that JSON cannot
	}
	return b.Bytes()
}

func object(t reflect.Type, prefix string) *schema {
	no := false
	s := &schema{Type: []string{"object", "null"}, Additional: &no, Properties: map[string]*schema{}}
	for i := range t.NumField() {
		field := t.Field(i)
		name := field.Tag.Get("yaml")
		s.Properties[name] = property(describe(prefix+name, field.Type), field.Type)
	}
	switch prefix {
	case "cameras[].":
		s.Type, s.Required = []string{"object"}, []string{"name", "source"}
	case "cameras[].regions[].":
		s.Type, s.Required = []string{"object"}, []string{"name"}
	}
	return s
}

func property(k Key, t reflect.Type) *schema {
	var s *schema
	switch {
	case isMapping(t):
		s = object(t, k.Path+".")
	case t.Kind() == reflect.Slice || t.Kind() == reflect.Array:
		s = array(k, t)
	default:
		s = scalar(k, t)
	}
	s.Description = strings.TrimSpace(k.Meaning)
	if k.Allowed != "" && s.Enum == nil && s.Minimum == nil {
		s.Description += " Allowed: " + k.Allowed + "."
	}
	return s
}

func array(k Key, t reflect.Type) *schema {
	s := &schema{Type: []string{"array", "null"}}
	length := func(least, most int) { s.MinItems, s.MaxItems = &least, &most }
	element := t.Elem()
	switch {
	case element.Kind() == reflect.Struct:
		s.Items = object(element, k.Path+"[].")
	case isText(element):
		s.Items, s.Unique = scalar(k, element), true
		s.Items.Type = []string{"string"}
	case element == reflect.TypeFor[polygon.Point]():
		zero, one, two := 0.0, 1.0, 2
		s.Items = &schema{Type: []string{"array"}, MinItems: &two, MaxItems: &two, Items: &schema{Type: []string{"number"}, Minimum: &zero, Maximum: &one}}
	default: // x, y, width, height
		zero, one := 0.0, 1.0
		s.Items = &schema{Type: []string{"number"}, Minimum: &zero, Maximum: &one}
		length(4, 4)
	}
	if k.Path == "cameras" || k.Path == "model.providers" {
		one := 1
		s.MinItems = &one
	}
	return s
}

func scalar(k Key, t reflect.Type) *schema {
	s := &schema{}
	switch {
	case isText(t):
		// A number or a word that YAML knows is text, too.
		s.Type, s.Pattern = []string{"string", "number", "boolean", "null"}, k.pattern
		if !regexp.MustCompile(k.pattern).MatchString("1") {
			s.Type = []string{"string", "null"}
		}
		for _, v := range k.Values {
			s.Enum = append(s.Enum, v)
		}
		if s.Enum != nil {
			s.Type, s.Enum = nil, append(s.Enum, nil)
		}
	case t == durationType:
		s.Type, s.Pattern = []string{"string", "number", "null"}, durationPattern
		zero := 0.0
		s.Minimum, s.Maximum = &zero, &zero // a bare number has no unit, but for 0
		return s
	case t.Kind() == reflect.Bool:
		s.Type = []string{"boolean", "null"}
	case t.Kind() == reflect.Float64:
		s.Type, s.Minimum, s.Maximum = []string{"number", "null"}, k.least, k.most
	case t.Kind() == reflect.Int || t.Kind() == reflect.Int64:
		s.Type, s.Minimum, s.Maximum = []string{"integer", "null"}, k.least, k.most
		for _, v := range k.Values {
			n, _ := strconv.Atoi(v) // the values of a whole number are such
			s.Enum = append(s.Enum, n)
		}
		if s.Enum != nil {
			s.Enum = append(s.Enum, nil)
		}
	}
	return s
}
