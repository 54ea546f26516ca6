package tokenizer

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// file is a tokenizer.json, as far as it bears on the ids of one text.
type file struct {
	Added         []addedToken  `json:"added_tokens"`
	Normalizer    *step         `json:"normalizer"`
	PreTokenizer  *step         `json:"pre_tokenizer"`
	PostProcessor *postStep     `json:"post_processor"`
	Model         modelSettings `json:"model"`
	Padding       *struct {
		ID int64 `json:"pad_id"`
	} `json:"padding"`
}

// step is a normaliser or a pre-tokenizer; each type has some of the keys.
type step struct {
	Type               string   `json:"type"`
	Normalizers        []*step  `json:"normalizers"`
	PreTokenizers      []*step  `json:"pretokenizers"`
	Pattern            *pattern `json:"pattern"`
	Content            string   `json:"content"`
	Prepend            string   `json:"prepend"`
	StripLeft          bool     `json:"strip_left"`
	StripRight         bool     `json:"strip_right"`
	Charsmap           []byte   `json:"precompiled_charsmap"`
	CleanText          *bool    `json:"clean_text"`
	HandleChineseChars *bool    `json:"handle_chinese_chars"`
	StripAccents       *bool    `json:"strip_accents"`
	Lowercase          bool     `json:"lowercase"`
	Behavior           string   `json:"behavior"`
	Invert             bool     `json:"invert"`
	AddPrefixSpace     *bool    `json:"add_prefix_space"`
	UseRegex           *bool    `json:"use_regex"`
	Replacement        string   `json:"replacement"`
	PrependScheme      string   `json:"prepend_scheme"`
	Split              *bool    `json:"split"`
}

// pattern is {"String": …} or {"Regex": …}.
type pattern struct {
	String *string `json:"String"`
	Regex  *string `json:"Regex"`
}

type postStep struct {
	Type       string      `json:"type"`
	Processors []*postStep `json:"processors"`
	Sep        tokenAndID  `json:"sep"`
	Cls        tokenAndID  `json:"cls"`
	Single     []struct {
		SpecialToken *struct {
			ID string `json:"id"`
		} `json:"SpecialToken"`
		Sequence *struct {
			ID string `json:"id"`
		} `json:"Sequence"`
	} `json:"single"`
	SpecialTokens map[string]struct {
		IDs []int64 `json:"ids"`
	} `json:"special_tokens"`
}

// tokenAndID is a pair ["token", id].
type tokenAndID struct {
	token string
	id    int64
}

// UnmarshalJSON reads the pair.
func (t *tokenAndID) UnmarshalJSON(data []byte) error {
	pair := []any{&t.token, &t.id}
	if err := json.Unmarshal(data, &pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return fmt.Errorf("%s is no pair of token and id", data)
	}
	return nil
}

// affixes are the ids before and behind a text.
func (p *postStep) affixes() (before, behind []int64, err error) {
	if p == nil {
		return nil, nil, nil
	}
	switch p.Type {
	case "ByteLevel": // moves offsets only
		return nil, nil, nil
	case "RobertaProcessing", "BertProcessing":
		return []int64{p.Cls.id}, []int64{p.Sep.id}, nil
	case "TemplateProcessing":
		return p.template()
	case "Sequence":
		for _, inner := range p.Processors {
			b, e, err := inner.affixes()
			if err != nil {
				return nil, nil, err
			}
			before, behind = append(b, before...), append(behind, e...)
		}
		return before, behind, nil
	default:
		return nil, nil, fmt.Errorf("%w: post-processor %q", ErrUnsupported, p.Type)
	}
}

func (p *postStep) template() (before, behind []int64, err error) {
	side, texts := &before, 0
	for _, s := range p.Single {
		switch {
		case s.Sequence != nil:
			side = &behind
			texts++
		case s.SpecialToken != nil:
			special, ok := p.SpecialTokens[s.SpecialToken.ID]
			if !ok {
				return nil, nil, fmt.Errorf("the template names the token %q, which it does not define", s.SpecialToken.ID)
			}
			*side = append(*side, special.IDs...)
		}
	}
	if texts != 1 {
		return nil, nil, fmt.Errorf("the template of one text has %d places for it, wanted 1", texts)
	}
	return before, behind, nil
}

// mergeRule is "left right" or ["left", "right"].
type mergeRule [2]string

// UnmarshalJSON reads either form.
func (m *mergeRule) UnmarshalJSON(data []byte) error {
	if !bytes.HasPrefix(data, []byte(`"`)) {
		var pair []string
		if err := json.Unmarshal(data, &pair); err != nil {
			return err
		}
		if len(pair) != 2 {
			return fmt.Errorf("%s is no merge of two", data)
		}
		m[0], m[1] = pair[0], pair[1]
		return nil
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	left, right, ok := cutBlank(text)
	if !ok {
		return fmt.Errorf("%q is no merge of two", text)
	}
	m[0], m[1] = left, right
	return nil
}

func cutBlank(s string) (left, right string, ok bool) {
	before, after, ok := bytes.Cut([]byte(s), []byte(" "))
	return string(before), string(after), ok && len(before) > 0 && len(after) > 0
}
