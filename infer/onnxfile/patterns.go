package onnxfile

import (
	"encoding/binary"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// isEncoded reports whether a value comes out of a transformer that sees patches:
// both a convolution and a softmax, or a fused attention, are behind it.
func (g *graphView) isEncoded(value string) bool {
	patches, attends := false, false
	g.upstream(value, "", func(n *node) bool {
		patches = patches || slices.Contains([]string{"Conv", "ConvInteger", "QLinearConv", "FusedConv"}, n.operator)
		attends = attends || slices.Contains([]string{"Softmax", "Attention", "MultiHeadAttention", "QAttention"}, n.operator)
		return !patches || !attends
	})
	return patches && attends
}

// isLayerNorm reports whether a node is a layer normalisation, or the last of the
// nodes that one was written as: Add(Mul(Div(…, Sqrt(…)), weight), bias).
func (g *graphView) isLayerNorm(n *node) bool {
	if n.operator == "LayerNormalization" {
		return true
	}
	if n.operator != "Add" {
		return false
	}
	scaled := g.besideWeight(n)
	if scaled == nil || scaled.operator != "Mul" {
		return false
	}
	divided := g.besideWeight(scaled)
	if divided == nil || divided.operator != "Div" {
		return false
	}
	in := divided.inputs()
	if len(in) != 2 {
		return false
	}
	by, ok := g.made[in[1]]
	return ok && g.nodes[by].operator == "Sqrt"
}

// besideWeight returns the node that makes one of two inputs where the other is a
// weight; nil where it is not so.
func (g *graphView) besideWeight(n *node) *node {
	in := n.inputs()
	if len(in) != 2 {
		return nil
	}
	for k, name := range in {
		if i, ok := g.made[in[1-k]]; g.isWeight(name) && ok {
			return &g.nodes[i]
		}
	}
	return nil
}

// isWeight reports whether a value is one of the model's own, also where a Cast
// or DequantizeLinear makes it of one.
func (g *graphView) isWeight(name string) bool {
	for range 4 { // a longer row of such nodes is nothing that an exporter writes
		if _, ok := g.outline.weights[name]; ok {
			return true
		}
		i, ok := g.made[name]
		if !ok {
			return false
		}
		n := &g.nodes[i]
		in := n.inputs()
		switch {
		case n.operator == "Constant":
			return true
		case !slices.Contains([]string{"Cast", "DequantizeLinear", "Identity"}, n.operator) || len(in) == 0:
			return false
		}
		name = in[0]
	}
	return false
}

// isZero reports whether a value is the number 0 of int64.
func (g *graphView) isZero(name string) bool {
	tensor, weight := g.outline.weights[name]
	if i, ok := g.made[name]; ok && !weight && g.nodes[i].operator == "Constant" {
		attribute := g.nodes[i].attribute("value")
		if tensor, weight = bytesOf(attribute, attributeTensor); !weight {
			_, is := bytesOf(g.nodes[i].attribute("value_int"), attributeName)
			return is && g.nodes[i].int("value_int") == 0
		}
	}
	message, err := fields(tensor)
	if err != nil || !weight {
		return false
	}
	if kind, _ := number(message, tensorDataType); kind != Int64 {
		return false
	}
	for _, f := range message {
		if f.number == tensorDims && f.data == nil && f.value != 1 || f.number == tensorDims && len(f.data) > 0 {
			return false // more than one number, or dimensions that are packed
		}
	}
	if raw, ok := bytesOf(message, tensorRawData); ok {
		return len(raw) == 8 && binary.LittleEndian.Uint64(raw) == 0
	}
	if packed, ok := bytesOf(message, tensorInt64Data); ok {
		v, n := protowire.ConsumeVarint(packed)
		return n == len(packed) && v == 0
	}
	v, ok := number(message, tensorInt64Data)
	return ok && v == 0
}

// attribute returns the attribute of that name; nil where the node has none.
func (n *node) attribute(name string) []field {
	for _, f := range n.message {
		if f.number != nodeAttribute {
			continue
		}
		if attribute, err := fields(f.data); err == nil {
			if got, _ := bytesOf(attribute, attributeName); string(got) == name {
				return attribute
			}
		}
	}
	return nil
}

// int returns a whole number among the attributes; 0 where the node has none.
func (n *node) int(name string) int64 {
	v, _ := number(n.attribute(name), attributeInt)
	return int64(v)
}
