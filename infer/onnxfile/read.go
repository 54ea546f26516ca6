package onnxfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
)

// ErrNotONNX is returned within an error when a file is no ONNX model, or is
// not whole.
var ErrNotONNX = errors.New("it is not an ONNX file, or it is cut short")

// ErrExternal is returned within an error when the weights that a model keeps
// in a file beside it are not there.
var ErrExternal = errors.New("external data is missing")

// Value is an input or output of a model.
type Value struct {
	Name  string
	Type  int     // such as Float32
	Shape []int64 // −1 where the size is free
}

// ByName returns values by their names.
func ByName(values []Value) map[string]Value {
	m := make(map[string]Value, len(values))
	for _, v := range values {
		m[v.Name] = v
	}
	return m
}

// Outline is what a model takes and gives.
type Outline struct {
	Path     string
	Inputs   []Value // without those that are weights
	Outputs  []Value
	External []string // files beside this one that hold weights

	model   []field // of ModelProto
	graph   []field // of GraphProto
	weights map[string][]byte
}

// Read reads a file.
func Read(path string) (*Outline, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	o, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("read model %s: %w", path, err)
	}
	o.Path = path
	return o, nil
}

// Parse reads the bytes of a file, which it keeps.
func Parse(data []byte) (*Outline, error) {
	o := &Outline{weights: map[string][]byte{}}
	var err error
	if o.model, err = fields(data); err != nil {
		return nil, err
	}
	version, ok := number(o.model, modelIRVersion)
	if !ok || version < 1 || version > 1000 {
		return nil, ErrNotONNX
	}
	graph, ok := bytesOf(o.model, modelGraph)
	if !ok {
		return nil, ErrNotONNX
	}
	if o.graph, err = fields(graph); err != nil {
		return nil, err
	}
	if err := o.readWeights(); err != nil {
		return nil, err
	}
	if o.Inputs, err = o.values(graphInput); err != nil {
		return nil, err
	}
	if o.Outputs, err = o.values(graphOutput); err != nil {
		return nil, err
	}
	if len(o.Outputs) == 0 {
		return nil, ErrNotONNX
	}
	return o, nil
}

func (o *Outline) readWeights() error {
	files := map[string]bool{}
	for _, f := range o.graph {
		if f.number != graphInitializer {
			continue
		}
		tensor, err := fields(f.data)
		if err != nil {
			return err
		}
		name, _ := bytesOf(tensor, tensorName)
		o.weights[string(name)] = f.data
		location, _, err := externalOf(tensor)
		if err != nil {
			return err
		}
		if location != "" && !files[location] {
			files[location] = true
			o.External = append(o.External, location)
		}
	}
	return nil
}

func (o *Outline) values(kind int) ([]Value, error) {
	var all []Value
	for _, f := range o.graph {
		if f.number != kind {
			continue
		}
		v, err := parseValue(f.data)
		if err != nil {
			return nil, err
		}
		if _, weight := o.weights[v.Name]; !weight || kind == graphOutput {
			all = append(all, v)
		}
	}
	return all, nil
}

// CheckExternal checks that the files of external data are there, long enough,
// and within the model's folder.
func (o *Outline) CheckExternal() error {
	for _, weight := range o.weights {
		tensor, err := fields(weight)
		if err != nil {
			return err
		}
		location, end, err := externalOf(tensor)
		if err != nil {
			return err
		}
		if location == "" {
			continue
		}
		if !filepath.IsLocal(location) {
			return fmt.Errorf("%w: %s keeps weights in %q, which is outside its folder", ErrExternal, o.Path, location)
		}
		path := filepath.Join(filepath.Dir(o.Path), location)
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("%w: %s keeps its weights in %s: copy that file beside it: %w", ErrExternal, o.Path, location, err)
		}
		if info.Size() < end {
			return fmt.Errorf("%w: %s has %d bytes, %s needs %d: copy it again", ErrExternal, path, info.Size(), o.Path, end)
		}
	}
	return nil
}

// externalOf returns the file of a tensor's data and the byte behind it; "" for
// a tensor that has its data with it.
func externalOf(tensor []field) (location string, end int64, err error) {
	if where, _ := number(tensor, tensorDataLocation); where != 1 {
		return "", 0, nil
	}
	for _, f := range tensor {
		if f.number != tensorExternalData {
			continue
		}
		entry, err := fields(f.data)
		if err != nil {
			return "", 0, err
		}
		key, _ := bytesOf(entry, entryKey)
		value, _ := bytesOf(entry, entryValue)
		switch string(key) {
		case "location":
			location = string(value)
		case "offset", "length":
			n, err := strconv.ParseInt(string(value), 10, 64)
			if err != nil || n < 0 {
				return "", 0, fmt.Errorf("%w: external %s %q", ErrNotONNX, key, value)
			}
			end += n
		}
	}
	return location, end, nil
}

// Scalar returns the one number of a float32 or float16 weight.
func (o *Outline) Scalar(name string) (float64, bool) {
	tensor, err := fields(o.weights[name])
	if err != nil {
		return 0, false
	}
	kind, _ := number(tensor, tensorDataType)
	raw, ok := bytesOf(tensor, tensorRawData)
	if kind == Float16 {
		if !ok {
			raw, ok = halfOf(tensor)
		}
		if !ok || len(raw) != 2 {
			return 0, false
		}
		return float16(binary.LittleEndian.Uint16(raw)), true
	}
	if kind != Float32 {
		return 0, false
	}
	if !ok {
		raw, ok = bytesOf(tensor, tensorFloatData)
	}
	if !ok || len(raw) != 4 {
		return 0, false
	}
	return float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))), true
}
