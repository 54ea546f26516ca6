package onnxfile

import (
	"encoding/binary"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Patches say how an output of patch features is made of tokens.
type Patches struct {
	Tokens string // [batch, Skip + patches, dim], any value of the model
	Skip   int    // tokens before the patches, such as that of the class
	Output string // name of the output, [batch, patches, dim], unit each
}

// leastOpset is the opset from which on AddPatches writes: Slice takes its bounds
// as inputs.
const leastOpset = 10

// Opset returns the version of ONNX's own operators that the model uses; 0 where it
// names none.
func (o *Outline) Opset() int {
	for _, f := range o.model {
		if f.number != modelOpset {
			continue
		}
		opset, err := fields(f.data)
		if err != nil {
			return 0
		}
		if domain, _ := bytesOf(opset, opsetDomain); len(domain) == 0 || string(domain) == "ai.onnx" {
			version, _ := number(opset, opsetVersion)
			return int(version)
		}
	}
	return 0
}

// CheckPatches returns the error that AddPatches would, and copies nothing.
func (o *Outline) CheckPatches(p Patches) error {
	if o.Opset() < leastOpset {
		return fmt.Errorf("add patches: the model has opset %d, which is below %d: export it with a newer one", o.Opset(), leastOpset)
	}
	_, made, err := o.nodes()
	if err != nil {
		return err
	}
	if _, ok := made[p.Tokens]; !ok {
		return fmt.Errorf("add patches: nothing in the model makes %q", p.Tokens)
	}
	if _, ok := made[p.Output]; ok {
		return fmt.Errorf("add patches: the model has a value %q already", p.Output)
	}
	return nil
}

// AddPatches returns the file of a model that also returns patch features, in
// float32. External data stays where it is.
func (o *Outline) AddPatches(p Patches) ([]byte, error) {
	if err := o.CheckPatches(p); err != nil {
		return nil, err
	}
	nodes, size := 0, 1024 // bytes of what is added, about
	for _, f := range o.graph {
		size += len(f.raw)
		if f.number == graphNode {
			nodes++
		}
	}
	graph := make([]byte, 0, size)
	add := func(kind int, data []byte) {
		graph = appendBytes(graph, protowire.Number(kind), data)
	}
	at := 0 // nodes copied
	for _, f := range o.graph {
		graph = append(graph, f.raw...)
		if f.number != graphNode {
			continue
		}
		if at++; at == nodes { // the nodes stand in the order in which they run
			for _, n := range o.patchNodes(p) {
				add(graphNode, n)
			}
		}
	}
	inner := p.Output + "/"
	add(graphInitializer, ints(inner+"axes", 1))
	add(graphInitializer, ints(inner+"last", -1))
	add(graphInitializer, ints(inner+"starts", int64(p.Skip)))
	add(graphInitializer, ints(inner+"ends", math.MaxInt64))
	tensor := appendNumber(nil, tensorTypeElem, Float32)
	value := appendBytes(nil, valueName, []byte(p.Output))
	add(graphOutput, appendBytes(value, valueType, appendBytes(nil, typeTensor, tensor)))
	return o.withGraph(graph), nil
}

// patchNodes make unit vectors of the tokens behind those that are skipped.
func (o *Outline) patchNodes(p Patches) [][]byte {
	inner := p.Output + "/"
	// From opset 18 on ReduceL2 takes the axes as an input.
	norm := operation("ReduceL2", inner+"norm", intsAttribute("axes", -1), inner+"patches")
	if o.Opset() >= 18 {
		norm = operation("ReduceL2", inner+"norm", nil, inner+"patches", inner+"last")
	}
	return [][]byte{
		cast(p.Tokens, inner+"tokens", Float32),
		operation("Slice", inner+"patches", nil, inner+"tokens", inner+"starts", inner+"ends", inner+"axes"),
		norm,
		operation("Div", p.Output, nil, inner+"patches", inner+"norm"),
	}
}

// ints is a weight of int64 numbers.
func ints(name string, values ...int64) []byte {
	tensor := appendNumber(nil, tensorDims, uint64(len(values)))
	tensor = appendNumber(tensor, tensorDataType, Int64)
	tensor = appendBytes(tensor, tensorName, []byte(name))
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return appendBytes(tensor, tensorRawData, raw)
}

func intsAttribute(name string, v int64) []byte {
	attribute := appendBytes(nil, attributeName, []byte(name))
	attribute = appendNumber(attribute, attributeInts, uint64(v))
	return appendNumber(attribute, attributeType, typeInts)
}
