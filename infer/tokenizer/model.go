package tokenizer

import (
	"encoding/json"
	"fmt"
)

// modelSettings is the model of a tokenizer.json; each type has some of the
// keys.
type modelSettings struct {
	Type             string          `json:"type"`
	Vocab            json.RawMessage `json:"vocab"` // ids by token; of Unigram a list of tokens and scores
	Merges           []mergeRule     `json:"merges"`
	UnknownToken     string          `json:"unk_token"`
	UnknownID        *int64          `json:"unk_id"`
	ContinuingPrefix string          `json:"continuing_subword_prefix"`
	EndOfWordSuffix  string          `json:"end_of_word_suffix"`
	FuseUnknown      bool            `json:"fuse_unk"`
	ByteFallback     bool            `json:"byte_fallback"`
	IgnoreMerges     bool            `json:"ignore_merges"`
	Dropout          *float64        `json:"dropout"`
	MaxChars         *int            `json:"max_input_chars_per_word"`
}

func (m *modelSettings) build() (model, map[string]int64, error) {
	if m.Type == "Unigram" {
		return m.unigram()
	}
	vocabulary := map[string]int64{}
	if err := json.Unmarshal(m.Vocab, &vocabulary); err != nil {
		return nil, nil, fmt.Errorf("read the vocabulary: %w", err)
	}
	switch m.Type {
	case "WordPiece":
		w, err := m.wordPiece(vocabulary)
		return w, vocabulary, err
	case "BPE":
		b, err := m.bpe(vocabulary)
		return b, vocabulary, err
	default:
		return nil, nil, fmt.Errorf("%w: model %q: BPE, WordPiece and Unigram are", ErrUnsupported, m.Type)
	}
}
