package onnxfile

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// Widen returns the file of a model whose named inputs and outputs are float32
// where they were float16; what lies between stays as it is. The numbers are
// rounded to float16 at the inputs, by a Cast. External data stays where it is.
func (o *Outline) Widen(names ...string) ([]byte, error) {
	w := &widener{renamed: map[string]string{}}
	var first, last [][]byte
	for _, name := range names {
		inner := name + "/float16"
		in := slices.IndexFunc(o.Inputs, func(v Value) bool { return v.Name == name && v.Type == Float16 })
		out := slices.IndexFunc(o.Outputs, func(v Value) bool { return v.Name == name && v.Type == Float16 })
		switch {
		case in >= 0:
			first = append(first, cast(name, inner, Float16))
		case out >= 0:
			last = append(last, cast(inner, name, Float32))
		default:
			return nil, fmt.Errorf("widen model: it has no input or output %q of float16", name)
		}
		w.renamed[name] = inner
	}
	graph, err := w.graph(o.graph, first, last)
	if err != nil {
		return nil, err
	}
	return o.withGraph(graph), nil
}

// withGraph returns the file of the model with another graph.
func (o *Outline) withGraph(graph []byte) []byte {
	var file []byte
	for _, f := range o.model {
		if f.number == modelGraph {
			file = appendBytes(file, modelGraph, graph)
			continue
		}
		file = append(file, f.raw...)
	}
	return file
}

func appendBytes(to []byte, number protowire.Number, data []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(to, number, protowire.BytesType), data)
}

func appendNumber(to []byte, number protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(to, number, protowire.VarintType), v)
}

// cast is a node that converts a value.
func cast(from, to string, elem uint64) []byte {
	return operation("Cast", to, intAttribute("to", elem), from)
}

// operation is a node with one output, and one attribute unless that is nil.
func operation(operator, to string, attribute []byte, from ...string) []byte {
	var node []byte
	for _, name := range from {
		node = appendBytes(node, nodeInput, []byte(name))
	}
	node = appendBytes(node, nodeOutput, []byte(to))
	node = appendBytes(node, nodeOperator, []byte(operator))
	if attribute != nil {
		node = appendBytes(node, nodeAttribute, attribute)
	}
	return node
}

// typeInt and typeInts are those of onnx.proto's AttributeProto.AttributeType.
const (
	typeInt  = 2
	typeInts = 7
)

func intAttribute(name string, v uint64) []byte {
	attribute := appendBytes(nil, attributeName, []byte(name))
	attribute = appendNumber(attribute, attributeInt, v)
	return appendNumber(attribute, attributeType, typeInt)
}

// widener renames values within a graph.
type widener struct{ renamed map[string]string }

func (w *widener) graph(all []field, first, last [][]byte) ([]byte, error) {
	var out []byte
	for _, node := range first {
		out = appendBytes(out, graphNode, node)
	}
	for _, f := range all {
		var data []byte
		var err error
		switch f.number {
		case graphNode:
			data, err = w.node(f.data)
		case graphInput, graphOutput:
			data, err = w.outer(f.data)
		case graphValueInfo:
			data, err = w.named(f.data, valueName)
		case graphQuantization:
			data, err = w.named(f.data, quantizationParameter)
		default:
			out = append(out, f.raw...)
			continue
		}
		if err != nil {
			return nil, err
		}
		out = appendBytes(out, protowire.Number(f.number), data)
	}
	for _, node := range last {
		out = appendBytes(out, graphNode, node)
	}
	return out, nil
}

// node renames what a node reads and makes, also in the graphs that it holds.
func (w *widener) node(data []byte) ([]byte, error) {
	return edit(data, func(f field) ([]byte, error) {
		switch f.number {
		case nodeInput, nodeOutput:
			if to, ok := w.renamed[string(f.data)]; ok {
				return []byte(to), nil
			}
		case nodeAttribute:
			return edit(f.data, func(f field) ([]byte, error) {
				if f.number == attributeGraph || f.number == attributeGraphs {
					return w.inner(f.data)
				}
				return f.data, nil
			})
		}
		return f.data, nil
	})
}

// inner renames within a graph that a node holds: its outputs may be values of
// the outer graph.
func (w *widener) inner(data []byte) ([]byte, error) {
	return edit(data, func(f field) ([]byte, error) {
		switch f.number {
		case graphNode:
			return w.node(f.data)
		case graphOutput:
			return w.named(f.data, valueName)
		}
		return f.data, nil
	})
}

func (w *widener) named(data []byte, name int) ([]byte, error) {
	return edit(data, func(f field) ([]byte, error) {
		if to, ok := w.renamed[string(f.data)]; ok && f.number == name {
			return []byte(to), nil
		}
		return f.data, nil
	})
}

// outer keeps the name of an input or output, and makes it float32.
func (w *widener) outer(data []byte) ([]byte, error) {
	v, err := parseValue(data)
	if err != nil {
		return nil, err
	}
	if _, ok := w.renamed[v.Name]; !ok {
		return data, nil
	}
	return edit(data, func(f field) ([]byte, error) {
		if f.number != valueType {
			return f.data, nil
		}
		return edit(f.data, func(f field) ([]byte, error) {
			if f.number != typeTensor {
				return f.data, nil
			}
			tensor, err := fields(f.data)
			if err != nil {
				return nil, err
			}
			out := appendNumber(nil, tensorTypeElem, Float32)
			for _, f := range tensor {
				if f.number != tensorTypeElem {
					out = append(out, f.raw...)
				}
			}
			return out, nil
		})
	})
}

// edit returns a message whose length-delimited fields are changed.
func edit(data []byte, change func(field) ([]byte, error)) ([]byte, error) {
	message, err := fields(data)
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, f := range message {
		if f.data == nil || f.fixed {
			out = append(out, f.raw...)
			continue
		}
		changed, err := change(f)
		if err != nil {
			return nil, err
		}
		out = appendBytes(out, protowire.Number(f.number), changed)
	}
	return out, nil
}

// Relocate returns the file of a model that finds its external data under other
// names; names maps those that it has.
func (o *Outline) Relocate(names map[string]string) ([]byte, error) {
	var graph []byte
	for _, f := range o.graph {
		if f.number != graphInitializer {
			graph = append(graph, f.raw...)
			continue
		}
		tensor, err := edit(f.data, func(f field) ([]byte, error) {
			if f.number != tensorExternalData {
				return f.data, nil
			}
			entry, err := fields(f.data)
			if err != nil {
				return nil, err
			}
			key, _ := bytesOf(entry, entryKey)
			value, _ := bytesOf(entry, entryValue)
			if to, ok := names[string(value)]; ok && string(key) == "location" {
				return appendBytes(appendBytes(nil, entryKey, key), entryValue, []byte(to)), nil
			}
			return f.data, nil
		})
		if err != nil {
			return nil, err
		}
		graph = appendBytes(graph, graphInitializer, tensor)
	}
	return o.withGraph(graph), nil
}
