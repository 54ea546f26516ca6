package bundle

import "fmt"

// Facts returns what people ask of a bundle, each with its name, in the order to show
// them in.
func (b *Bundle) Facts() [][2]string {
	m := &b.Manifest
	resize := "squash"
	if m.Image.Resize == "shortest_crop" {
		resize = fmt.Sprintf("shortest side %d, centre crop", max(m.Image.ShortestSide, m.Image.Size))
	}
	facts := [][2]string{
		{"Name", m.Name + " " + m.Version}, {"Licence", m.Licence}, {"Hash", b.Hash[:16]},
		{"Picture", fmt.Sprintf("%d×%d, %s, %s", m.Image.Size, m.Image.Size, resize, m.Image.Filter)},
		{"Mean", fmt.Sprint(m.Image.Mean)}, {"Std", fmt.Sprint(m.Image.Std)},
	}
	if !m.PicturesOnly {
		facts = append(facts,
			[2]string{"Text", fmt.Sprintf("%s, at most %d tokens, padding: %s", m.Text.Tokenizer, m.Text.ContextLength, m.Text.Pad)},
			[2]string{"Embedding", fmt.Sprintf("%d numbers, logit scale %.4g", m.EmbeddingDim, m.LogitScale)})
	}
	return append(facts, [2]string{"Patches", m.patchesText()})
}

func (m *Manifest) patchesText() string {
	switch o := &m.Image.Outputs; {
	case m.PicturesOnly:
		return "for references alone, beside a bundle with texts: model.references"
	case o.PatchEmbeddings != "":
		return "yes: small defects are scored where they are"
	case o.PatchFeatures != "":
		return "with references: small defects are found where they are; text scores the picture as a whole, or tiles"
	}
	return "no: the picture is scored as a whole, or by tiles; export the image model with last_hidden_state"
}
