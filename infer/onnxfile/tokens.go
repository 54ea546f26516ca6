package onnxfile

import "slices"

// FirstTokenOf returns the value whose first token is all that an output knows of
// an input, such as what CLIP's projection takes: [batch, 1 + patches, dim].
// False where the graph has no such value, or where a way from the input to the
// output leads around it.
func (o *Outline) FirstTokenOf(output, input string) (string, bool) {
	return o.bottleneck(output, input, func(g *graphView, n *node) string {
		if in := n.inputs(); n.operator == "Gather" && len(in) == 2 && n.int("axis") == 1 && g.isZero(in[1]) {
			return in[0]
		}
		return ""
	})
}

// LastNormOf returns the value behind the last layer normalisation that all
// an output knows of an input passes through: the tokens that SigLIP's head pools,
// [batch, patches, dim]. False where the graph has no such value.
func (o *Outline) LastNormOf(output, input string) (string, bool) {
	return o.bottleneck(output, input, func(g *graphView, n *node) string {
		if g.isLayerNorm(n) {
			return n.outputs()[0]
		}
		return ""
	})
}

// DependsOn reports whether the numbers of an output depend on those of an input.
func (o *Outline) DependsOn(output, input string) bool {
	g, err := o.view()
	return err == nil && g.reaches(output, input, "")
}

// graphView is a graph whose nodes are found by what they make.
type graphView struct {
	outline *Outline
	nodes   []node
	made    map[string]int
}

func (o *Outline) view() (*graphView, error) {
	nodes, made, err := o.nodes()
	return &graphView{o, nodes, made}, err
}

// bottleneck returns what pick says of the node nearest to the output whose value
// is on every way from the input, and which lies behind a transformer's layers.
func (o *Outline) bottleneck(output, input string, pick func(g *graphView, n *node) string) (string, bool) {
	g, err := o.view()
	if err != nil || o.Opset() < leastOpset || !g.reaches(output, input, "") {
		return "", false
	}
	for i := range slices.Backward(g.nodes) { // nodes stand in the order in which they run
		n := &g.nodes[i]
		tokens := pick(g, n)
		if tokens == "" || len(n.outputs()) == 0 {
			continue
		}
		if through := n.outputs()[0]; g.reaches(output, through, "") && !g.reaches(output, input, through) && g.isEncoded(tokens) {
			return tokens, true
		}
	}
	return "", false
}

// upstream calls visit for each node that a value is made by, in any order, but
// for those behind the value around. Shapes are no numbers: where a node only
// asks for the shape of a value, what made that does not count.
func (g *graphView) upstream(value, around string, visit func(n *node) (more bool)) {
	pending, known := []string{value}, map[string]bool{around: true}
	for len(pending) > 0 {
		name := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		i, ok := g.made[name]
		if known[name] || !ok {
			continue
		}
		known[name] = true
		n := &g.nodes[i]
		if n.operator == "Shape" {
			continue
		}
		if !visit(n) {
			return
		}
		pending = append(pending, n.needs...)
	}
}

// reaches reports whether a value depends on the numbers of another on a way
// that does not pass through a third.
func (g *graphView) reaches(value, from, around string) bool {
	found := value == from
	g.upstream(value, around, func(n *node) bool {
		found = found || slices.Contains(n.needs, from)
		return !found
	})
	return found
}
