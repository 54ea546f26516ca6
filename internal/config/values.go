package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"pristine/internal/strictyaml"
)

// Value is the value of a key in a configuration.
type Value struct {
	Path string `json:"path"` // such as cameras[0].policy
	Key  string `json:"key"`  // such as cameras[].policy
	Text string `json:"value"`
	Line int    `json:"line,omitempty"` // 0: it is not written, so that the default holds
	id   string // Path with the names of cameras and regions in the place of their indices
}

// File is a configuration as it was read, with the lines of its keys.
type File struct {
	Name     string
	Config   *Config // with its paths as they are written
	data     []byte
	document *strictyaml.Document
}

// Open reads a file as Load does, but leaves its paths as they are written.
func Open(file string) (*File, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	c, document := decode(file, data)
	if err := document.Err(); err != nil {
		return nil, err
	}
	return &File{file, c, data, document}, nil
}

// Defaults returns the configuration of an empty file.
func Defaults() *File {
	c, document := decode("the defaults", nil)
	return &File{"the defaults", c, nil, document}
}

// Resolved returns the configuration as Load does, with its paths resolved.
func (f *File) Resolved() *Config {
	c, _ := decode(f.Name, f.data) // Open has reported the mistakes
	c.resolve(filepath.Dir(f.Name))
	return c
}

// Empty reports whether nothing is written in the file.
func (f *File) Empty() bool { return f.document.Empty() }

// Line returns the line of the key at path, or of its nearest written parent.
func (f *File) Line(path string) int { return f.document.Line(path) }

// Written reports whether the key at path is written in the file.
func (f *File) Written(path string) bool { return f.document.Has(path) }

// Values returns the value of every key that has one of its own, in the order
// of configs/edge.yaml. Passwords in addresses are hidden.
func (f *File) Values() []Value {
	var all []Value
	f.values(&all, reflect.ValueOf(f.Config).Elem(), Value{})
	return all
}

func (f *File) values(all *[]Value, v reflect.Value, at Value) {
	for i := range v.NumField() {
		field := v.Field(i)
		name := v.Type().Field(i).Tag.Get("yaml")
		one := Value{Path: at.Path + name, Key: at.Key + name, id: at.id + name}
		switch {
		case isMapping(field.Type()):
			f.values(all, field, Value{Path: one.Path + ".", Key: one.Key + ".", id: one.id + "."})
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.Struct:
			for n := range field.Len() {
				element := field.Index(n)
				f.values(all, element, Value{
					Path: fmt.Sprintf("%s[%d].", one.Path, n), Key: one.Key + "[].", id: fmt.Sprintf("%s[%s].", one.id, element.FieldByName("Name").String()),
				})
			}
		default:
			one.Text = show(field)
			if f.Written(one.Path) {
				one.Line = f.Line(one.Path)
			}
			*all = append(*all, one)
		}
	}
}

// Difference is a key with different values in two configurations.
type Difference struct {
	Key   string `json:"key"` // cameras and regions by their names: cameras[belt].policy
	From  string `json:"from"`
	To    string `json:"to"`
	LineA int    `json:"from_line,omitempty"`
	LineB int    `json:"to_line,omitempty"`
}

// absent is shown as the value of a camera or region that is not there.
const absent = "absent"

// Diff compares what two configurations mean: comments, the order of keys and
// of cameras, and keys that are written with their defaults make no difference.
func Diff(from, to *File) []Difference {
	before, after := from.Values(), to.Values()
	a, b := map[string]Value{}, map[string]Value{}
	for _, v := range before {
		a[v.id] = v
	}
	for _, v := range after {
		b[v.id] = v
	}
	all := []Difference{}
	gone := map[string]bool{}
	add := func(v Value) {
		owner := v.id[:strings.LastIndex(v.id, "]")+1]
		x, inA := a[v.id]
		y, inB := b[v.id]
		switch {
		case inA && inB && x.Text != y.Text:
			all = append(all, Difference{v.id, x.Text, y.Text, x.Line, y.Line})
		case inA == inB || gone[owner]:
		case inA:
			gone[owner] = true
			all = append(all, Difference{owner, "present", absent, x.Line, 0})
		default:
			gone[owner] = true
			all = append(all, Difference{owner, absent, "present", 0, y.Line})
		}
	}
	for _, v := range before {
		add(v)
	}
	for _, v := range after {
		if _, known := a[v.id]; !known {
			add(v)
		}
	}
	return all
}

// DiffDefaults compares a configuration with the defaults: each camera with one
// of its name that has nothing else written.
func DiffDefaults(f *File) []Difference {
	base := Defaults()
	known := base.Config.Cameras
	base.Config.Cameras = nil
	for _, camera := range f.Config.Cameras {
		var d Camera
		d.SetDefaults()
		d.Name = camera.Name
		if i := slices.IndexFunc(known, func(k Camera) bool { return k.Name == camera.Name }); i >= 0 {
			d = known[i]
		}
		for _, region := range camera.Regions {
			d.Regions = append(d.Regions, Region{Name: region.Name})
		}
		base.Config.Cameras = append(base.Config.Cameras, d)
	}
	return slices.DeleteFunc(Diff(base, f), func(d Difference) bool { return strings.HasSuffix(d.Key, "].name") })
}
