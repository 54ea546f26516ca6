package onnxfile

import (
	"fmt"
	"slices"
)

// Cut returns the file of a model with only the named outputs, and what they
// need. External data stays where it is.
func (o *Outline) Cut(outputs ...string) ([]byte, error) {
	nodes, made, err := o.nodes()
	if err != nil {
		return nil, err
	}
	keep := &part{needed: map[string]bool{}, nodes: map[int]bool{}}
	pending := slices.Clone(outputs)
	for len(pending) > 0 {
		name := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		if keep.needed[name] {
			continue
		}
		keep.needed[name] = true
		if i, ok := made[name]; ok && !keep.nodes[i] {
			keep.nodes[i] = true
			pending = append(pending, nodes[i].needs...)
		}
	}
	for _, name := range outputs {
		if !slices.ContainsFunc(o.Outputs, func(v Value) bool { return v.Name == name }) {
			return nil, fmt.Errorf("cut model: it has no output %q", name)
		}
	}
	graph, err := keep.graph(o.graph, outputs)
	if err != nil {
		return nil, err
	}
	return o.withGraph(graph), nil
}

// node is an operation of the graph.
type node struct {
	operator string
	message  []field
	needs    []string // what it reads, also within the graphs that it carries
}

// inputs returns what the node reads by itself, in the operator's order.
func (n *node) inputs() []string { return n.names(nodeInput) }

// outputs returns what the node makes.
func (n *node) outputs() []string { return n.names(nodeOutput) }

func (n *node) names(kind int) []string {
	var all []string
	for _, f := range n.message {
		if f.number == kind {
			all = append(all, string(f.data))
		}
	}
	return all
}

// nodes lists the nodes, and which of them makes each value.
func (o *Outline) nodes() (nodes []node, made map[string]int, err error) {
	made = map[string]int{}
	for _, f := range o.graph {
		if f.number != graphNode {
			continue
		}
		message, err := fields(f.data)
		if err != nil {
			return nil, nil, err
		}
		needs, err := needsOf(message)
		if err != nil {
			return nil, nil, err
		}
		for _, out := range message {
			if out.number == nodeOutput && len(out.data) > 0 {
				made[string(out.data)] = len(nodes)
			}
		}
		operator, _ := bytesOf(message, nodeOperator)
		nodes = append(nodes, node{string(operator), message, needs})
	}
	return nodes, made, nil
}

// needsOf lists what a node reads, also within the graphs that it carries;
// names that are made in there do no harm.
func needsOf(message []field) ([]string, error) {
	var needs []string
	for _, f := range message {
		switch f.number {
		case nodeInput:
			needs = append(needs, string(f.data))
		case nodeAttribute:
			attribute, err := fields(f.data)
			if err != nil {
				return nil, err
			}
			for _, a := range attribute {
				if a.number != attributeGraph && a.number != attributeGraphs {
					continue
				}
				inner, err := needsOfGraph(a.data)
				if err != nil {
					return nil, err
				}
				needs = append(needs, inner...)
			}
		}
	}
	return needs, nil
}

func needsOfGraph(data []byte) ([]string, error) {
	graph, err := fields(data)
	if err != nil {
		return nil, err
	}
	var needs []string
	for _, f := range graph {
		switch f.number {
		case graphNode:
			message, err := fields(f.data)
			if err != nil {
				return nil, err
			}
			inner, err := needsOf(message)
			if err != nil {
				return nil, err
			}
			needs = append(needs, inner...)
		case graphOutput: // may be a value of the outer graph
			v, err := parseValue(f.data)
			if err != nil {
				return nil, err
			}
			needs = append(needs, v.Name)
		}
	}
	return needs, nil
}

// part says what of a graph is kept.
type part struct {
	needed map[string]bool // values by name
	nodes  map[int]bool    // by position
}

func (p *part) graph(all []field, outputs []string) ([]byte, error) {
	var out []byte
	position := 0
	for _, f := range all {
		keep := true
		var err error
		switch f.number {
		case graphNode:
			keep = p.nodes[position]
			position++
		case graphInitializer:
			keep, err = p.wants(f.data, tensorName)
		case graphInput, graphValueInfo:
			keep, err = p.wants(f.data, valueName)
		case graphQuantization:
			keep, err = p.wants(f.data, quantizationParameter)
		case graphOutput:
			v, failed := parseValue(f.data)
			keep, err = slices.Contains(outputs, v.Name), failed
		}
		if err != nil {
			return nil, err
		}
		if keep {
			out = append(out, f.raw...)
		}
	}
	return out, nil
}

func (p *part) wants(data []byte, name int) (bool, error) {
	message, err := fields(data)
	if err != nil {
		return false, err
	}
	value, _ := bytesOf(message, name)
	return p.needed[string(value)], nil
}
