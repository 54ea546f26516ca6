package tokenizer

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pristine/internal/gunzip"
)

// golden is written by training/golden/tokenizers_golden.py.
type golden struct {
	Texts          []string
	Clip, Siglip   [][]int64
	OpenAI, Pocket string // four letters a text: the digest of its ids
}

func readGolden(t testing.TB) *golden {
	t.Helper()
	var g golden
	if err := json.Unmarshal(gunzip.File(t, "testdata/golden.json.gz"), &g); err != nil {
		t.Fatal(err)
	}
	if len(g.Texts) < 5000 {
		t.Fatalf("%d golden strings, wanted 5000 or more", len(g.Texts))
	}
	return &g
}

func parse(t testing.TB, data []byte) *Tokenizer {
	t.Helper()
	tokenizer, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return tokenizer
}

// digest is that of the golden script.
func digest(ids []int64) string {
	text := make([]string, len(ids))
	for i, id := range ids {
		text[i] = strconv.FormatInt(id, 10)
	}
	sum := sha256.Sum256([]byte(strings.Join(text, ",")))
	return base64.StdEncoding.EncodeToString(sum[:3])
}

// compare counts the texts whose ids are not the golden ones.
func compare(t *testing.T, tokenizer *Tokenizer, texts []string, equal func(i int, ids []int64) bool) {
	t.Helper()
	different := 0
	for i, text := range texts {
		if ids := tokenizer.Encode(text); !equal(i, ids) {
			if different++; different <= 10 {
				t.Logf("%.80q: got %v", text, ids)
			}
		}
	}
	if different > 0 {
		t.Errorf("%d of %d texts differ", different, len(texts))
	}
}

func TestTheIDsEqualThoseOfHuggingFaceTokenizers(t *testing.T) {
	g := readGolden(t)
	for name, want := range map[string][][]int64{"clip": g.Clip, "siglip": g.Siglip} {
		t.Run(name, func(t *testing.T) {
			tokenizer := parse(t, gunzip.File(t, "testdata/"+name+".json.gz"))
			compare(t, tokenizer, g.Texts, func(i int, ids []int64) bool { return slices.Equal(ids, want[i]) })
		})
	}
	t.Run("siglip2", func(t *testing.T) {
		var want [][]int64
		if err := json.Unmarshal(gunzip.File(t, "testdata/siglip2.golden.json.gz"), &want); err != nil {
			t.Fatal(err)
		}
		compare(t, parse(t, gunzip.File(t, "testdata/siglip2.json.gz")), g.Texts, func(i int, ids []int64) bool { return slices.Equal(ids, want[i]) })
	})
	t.Run("pocket", func(t *testing.T) {
		tokenizer, err := Load("../../models/pocket/tokenizer.json")
		if err != nil {
			t.Fatal(err)
		}
		compare(t, tokenizer, g.Texts, func(i int, ids []int64) bool { return digest(ids) == g.Pocket[4*i:4*i+4] })
	})
	t.Run("openai", func(t *testing.T) {
		compare(t, parse(t, openAI(t)), g.Texts, func(i int, ids []int64) bool { return digest(ids) == g.OpenAI[4*i:4*i+4] })
	})
}

// Lower-cased, as SigLIP 2 was trained, the ids are those of transformers'
// Siglip2Tokenizer.
func TestLowercase(t *testing.T) {
	var want map[int][]int64
	if err := json.Unmarshal(gunzip.File(t, "testdata/siglip2.lower.golden.json.gz"), &want); err != nil {
		t.Fatal(err)
	}
	texts := readGolden(t).Texts
	tokenizer, plain := parse(t, gunzip.File(t, "testdata/siglip2.json.gz")), parse(t, gunzip.File(t, "testdata/siglip2.json.gz"))
	tokenizer.Lowercase()
	changed := 0
	for i, ids := range want {
		if got := tokenizer.Encode(texts[i]); !slices.Equal(got, ids) {
			t.Errorf("%q: got %v, want %v", texts[i], got, ids)
		}
		if !slices.Equal(plain.Encode(texts[i]), ids) {
			changed++
		}
	}
	if len(want) < 500 || changed < 100 {
		t.Errorf("%d texts, of which %d have capitals: the golden file is short", len(want), changed)
	}
	if upper, lower := tokenizer.Encode("a photo of a scratched PCB"), tokenizer.Encode("a photo of a scratched pcb"); !slices.Equal(upper, lower) {
		t.Errorf("PCB gives %v, pcb %v", upper, lower)
	}
}

// vocabularyFile is OpenAI's, which scripts/setup.sh fetches.
const vocabularyFile = "../../.deps/clip/bpe_simple_vocab_16e6.txt.gz"

// openAI puts OpenAI's 49408 tokens into the small tokenizer.json, which has
// the same configuration.
func openAI(t testing.TB) []byte {
	t.Helper()
	var names, merges []string
	for _, r := range byteLetters() {
		names = append(names, string(r))
	}
	slices.SortFunc(names, func(a, b string) int {
		x, y := []rune(a)[0], []rune(b)[0]
		if (x > 255) != (y > 255) {
			return int(x) - int(y)
		}
		return strings.Compare(a, b)
	})
	for _, name := range names[:256] {
		names = append(names, name+"</w>")
	}
	lines := strings.Split(string(gunzip.File(t, vocabularyFile)), "\n")
	for _, line := range lines[1 : 49152-256-2+1] {
		merges, names = append(merges, line), append(names, strings.ReplaceAll(line, " ", ""))
	}
	vocabulary := map[string]int{}
	for i, name := range append(names, "<|startoftext|>", "<|endoftext|>") {
		vocabulary[name] = i
	}
	var file map[string]any
	if err := json.Unmarshal(gunzip.File(t, "testdata/clip.json.gz"), &file); err != nil {
		t.Fatal(err)
	}
	model := file["model"].(map[string]any)
	model["vocab"], model["merges"] = vocabulary, merges
	for _, token := range file["added_tokens"].([]any) {
		token := token.(map[string]any)
		token["id"] = vocabulary[token["content"].(string)]
	}
	post := file["post_processor"].(map[string]any)
	post["cls"], post["sep"] = []any{"<|startoftext|>", 49406}, []any{"<|endoftext|>", 49407}
	data, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestKnownIDsOfOpenAIsVocabulary(t *testing.T) {
	// From the model card's own example, "a photo of a cat".
	want := []int64{49406, 320, 1125, 539, 320, 2368, 49407}
	if got := parse(t, openAI(t)).Encode("a photo of a cat"); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAStepThatIsNotSupportedIsAnError(t *testing.T) {
	good := string(gunzip.File(t, "testdata/clip.json.gz"))
	for name, change := range map[string][2]string{
		"normaliser":     {`{"type":"NFC"}`, `{"type":"Nmt"}`},
		"pre-tokenizer":  {`"type":"ByteLevel"`, `"type":"Digits"`},
		"post-processor": {`"type":"RobertaProcessing"`, `"type":"Other"`},
		"model":          {`"type":"BPE"`, `"type":"WordLevel"`},
		"byte fallback":  {`"byte_fallback":false`, `"byte_fallback":true`}, // the vocabulary has no bytes
		"whole words":    {`"ignore_merges":false`, `"ignore_merges":true`},
		"dropout":        {`"dropout":null`, `"dropout":0.1`},
		"behaviour":      {`"behavior":"Removed"`, `"behavior":"MergedWithNext"`},
		"pattern":        {`[\\p{N}]`, `\\w`},
		"look-ahead":     {`[\\p{N}]`, `(?=x)`},
		"single words":   {`"single_word":false`, `"single_word":true`},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(good, change[0]) {
				t.Fatalf("the golden tokenizer has no %s", change[0])
			}
			if _, err := Parse([]byte(strings.Replace(good, change[0], change[1], 1))); !errors.Is(err, ErrUnsupported) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestADamagedFileIsAnError(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":           "",
		"no model":          "{}",
		"merge of three":    `{"model":{"type":"BPE","vocab":{"a":0},"merges":[["a","b","c"]]}}`,
		"unknown merge":     `{"model":{"type":"BPE","vocab":{"a":0},"merges":["a b"]}}`,
		"no unknown token":  `{"model":{"type":"WordPiece","vocab":{"a":0},"unk_token":"[UNK]"}}`,
		"unknown id":        `{"model":{"type":"Unigram","vocab":[["a",-1]],"unk_id":1}}`,
		"charsmap cut":      `{"normalizer":{"type":"Precompiled","precompiled_charsmap":"AAgAAAAY"},"model":{"type":"Unigram","vocab":[["a",-1]],"unk_id":0}}`,
		"template of none":  `{"post_processor":{"type":"TemplateProcessing","single":[]},"model":{"type":"Unigram","vocab":[["a",-1]],"unk_id":0}}`,
		"replacement of ab": `{"pre_tokenizer":{"type":"Metaspace","replacement":"ab"},"model":{"type":"Unigram","vocab":[["a",-1]],"unk_id":0}}`,
	} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestUnknownCountsWhatTheVocabularyDoesNotHave(t *testing.T) {
	if n := parse(t, gunzip.File(t, "testdata/siglip.json.gz")).Unknown("a photo of 撱"); n != 1 {
		t.Errorf("SigLIP's kind: %d, want 1", n)
	}
	if n := parse(t, gunzip.File(t, "testdata/clip.json.gz")).Unknown("a photo of 撱"); n != 0 {
		t.Errorf("CLIP's kind knows every byte: %d, want 0", n)
	}
}

func FuzzEncode(f *testing.F) {
	var all []*Tokenizer
	for _, name := range []string{"clip", "siglip", "siglip2"} {
		all = append(all, parse(f, gunzip.File(f, "testdata/"+name+".json.gz")))
	}
	pocket, err := Load("../../models/pocket/tokenizer.json")
	if err != nil {
		f.Fatal(err)
	}
	all = append(all, pocket)
	f.Add("a scratched part")
	f.Add("e\u0301 ｆ 🙂 \x00<|endoftext|></s>")
	f.Fuzz(func(t *testing.T, text string) {
		for _, tokenizer := range all {
			ids := tokenizer.Encode(text)
			if n := len(tokenizer.suffix); !slices.Equal(ids[len(ids)-n:], tokenizer.suffix) {
				t.Fatal("the special tokens are missing")
			}
			for _, id := range ids {
				if id < 0 || id > tokenizer.MaxID() {
					t.Fatalf("id %d is not one of the vocabulary", id)
				}
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"normalizer":{"type":"Precompiled","precompiled_charsmap":"AAgAAAAY"},"model":{"type":"Unigram","vocab":[["a",-1]],"unk_id":0}}`))
	f.Add([]byte(`{"pre_tokenizer":{"type":"Metaspace","replacement":"_"},"model":{"type":"Unigram","vocab":[["a",-1]],"unk_id":0}}`))
	f.Add([]byte(`{"pre_tokenizer":{"type":"ByteLevel"},"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}}`))
	f.Add([]byte(`{"normalizer":{"type":"BertNormalizer"},"model":{"type":"WordPiece","vocab":{"a":0},"unk_token":"a"}}`))
	f.Add([]byte(`{"pre_tokenizer":{"type":"Split","pattern":{"String":" "},"behavior":"MergedWithPrevious"},"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"],"fuse_unk":true,"unk_token":"a"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if tokenizer, err := Parse(data); err == nil {
			tokenizer.Encode("a Photo of éb")
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	tokenizer := parse(b, gunzip.File(b, "testdata/clip.json.gz"))
	for b.Loop() {
		tokenizer.Encode("a close-up photo of a scratched metal flange")
	}
}
