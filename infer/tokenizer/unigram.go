package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// unigram is SentencePiece's model: of all ways to cut a text into known
// pieces, the likeliest.
type unigram struct {
	ids       map[string]int64
	scores    []float64 // log probabilities
	longest   int       // bytes of the longest piece
	unknownID int64     // −1: a text with an unknown letter cannot be cut
	minimum   float64
}

// unknownPenalty is kUnkPenalty of SentencePiece's unigram_model.cc.
const unknownPenalty = 10

type scored struct {
	piece string
	score float64
}

// UnmarshalJSON reads a pair ["piece", score].
func (s *scored) UnmarshalJSON(data []byte) error {
	pair := []any{&s.piece, &s.score}
	if err := json.Unmarshal(data, &pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return fmt.Errorf("%s is no pair of piece and score", data)
	}
	return nil
}

func (m *modelSettings) unigram() (model, map[string]int64, error) {
	if m.ByteFallback {
		return nil, nil, fmt.Errorf("%w: Unigram with byte_fallback", ErrUnsupported)
	}
	var list []scored
	if err := json.Unmarshal(m.Vocab, &list); err != nil {
		return nil, nil, fmt.Errorf("read the vocabulary: %w", err)
	}
	if m.UnknownID == nil || *m.UnknownID < 0 || *m.UnknownID >= int64(len(list)) {
		return nil, nil, errors.New("unk_id does not lie within the vocabulary")
	}
	u := &unigram{ids: make(map[string]int64, len(list)), unknownID: *m.UnknownID, minimum: math.Inf(1)}
	for id, s := range list {
		u.ids[s.piece] = int64(id)
		u.scores = append(u.scores, s.score)
		u.longest = max(u.longest, len(s.piece))
		u.minimum = min(u.minimum, s.score)
	}
	return u, u.ids, nil
}

func (u *unigram) unknown() int64 { return u.unknownID }

// node is the best way to an end of the text.
type node struct {
	score float64
	from  int // −1: there is none yet
	id    int64
}

// appendIDs finds the likeliest pieces (Viterbi); neighbours that are unknown
// become one.
func (u *unigram) appendIDs(ids []int64, piece string) []int64 {
	best := u.paths(piece)
	start := len(ids)
	for end, fused := len(piece), 0; end > 0; end = best[end].from {
		n := best[end]
		if n.id == u.unknownID {
			if fused == 0 {
				fused = end
			}
			if n.from > 0 && best[n.from].id == u.unknownID {
				continue
			}
			id, known := u.ids[piece[n.from:fused]]
			if !known {
				id = u.unknownID
			}
			ids, fused = append(ids, id), 0
			continue
		}
		ids = append(ids, n.id)
	}
	for i, j := start, len(ids)-1; i < j; i, j = i+1, j-1 {
		ids[i], ids[j] = ids[j], ids[i]
	}
	return ids
}

func (u *unigram) paths(piece string) []node {
	best := make([]node, len(piece)+1)
	for i := range best {
		best[i].from = -1
	}
	reach := func(end, from int, score float64, id int64) {
		if n := &best[end]; n.from < 0 || score > n.score {
			*n = node{score, from, id}
		}
	}
	for from := 0; from < len(piece); {
		_, letter := utf8.DecodeRuneInString(piece[from:])
		single := false
		for end := from + 1; end <= min(len(piece), from+u.longest); end++ {
			if id, ok := u.ids[piece[from:end]]; ok {
				reach(end, from, best[from].score+u.scores[id], id)
				single = single || end == from+letter
			}
		}
		if !single {
			reach(from+letter, from, best[from].score+u.minimum-unknownPenalty, u.unknownID)
		}
		from += letter
	}
	return best
}
