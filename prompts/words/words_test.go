package words

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestMisspelt(t *testing.T) {
	for word, want := range map[string]string{
		"brokn": "broken", "Brokn": "", "scrached": "scratched", "sratch": "scratch", "crakced": "cracked", "dammaged": "damaged", "contamintion": "contamination",
		"corrosoin": "corrosion", "flawles": "flawless", "crak": "crack", "mising": "missing", "stainned": "stained", "porousity": "porosity", "deformd": "deformed", "blistr": "blister",
	} {
		right, misspelt := Misspelt(word)
		if right != want || misspelt != (want != "") {
			t.Errorf("%s: got %q, %v, want %q", word, right, misspelt, want)
		}
	}
}

// Words of the trade, and English words next to those of the list, are right.
func TestMisspelt_NotWordsOfTheTrade(t *testing.T) {
	for word := range strings.FieldsSeq(`spall spalled burr burrs burred sprue chamfer solder weld spatter gasket knurl galled fretting patina bleb fisheye crazing dross
		underfill overmold overmoulded anodised anodized galvanised grey gray colour color deburred grommet bezel ferrule tinned selvedge weft warp slub neps flange flanged
		kintsugi voids voided tombstoning ghosting banding streaky blotchy dull mura moire haze scuffing crater cratered pinholed blistered delaminating PCBA OLED SMD ESD
		gusset sealant potting conformal whisker whiskers dewetting dewetted coplanarity lamella nib nibs orangepeel cookie cracker cracks crackle grater bracket brackets Paris Spain`) {
		if right, misspelt := Misspelt(word); misspelt {
			t.Errorf("%s is taken for %s", word, right)
		}
	}
}

// No word of training's prompts and pairs is misspelt or of another language, so that
// the tower's own words are never warned of.
func TestWords_OfTrainingAreRight(t *testing.T) {
	n := 0
	for _, name := range []string{"language/captions.py", "offdomain.txt", "words.py", "language/neutral.py", "language/judging.py", "render/lots.py", "language/gate.py"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "training", name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".py") {
			text = []byte(strings.Join(regexp.MustCompile(`(?s)""".*?"""|"[^"\n]*"`).FindAllString(string(text), -1), "\n"))
		}
		for _, word := range regexp.MustCompile(`\pL+`).FindAllString(string(text), -1) {
			n++
			if right, misspelt := Misspelt(word); misspelt {
				t.Errorf("%s: %s is taken for %s", name, word, right)
			}
			if language, _ := Foreign(word); language != "" {
				t.Errorf("%s: %s is taken for %s", name, word, language)
			}
		}
	}
	if n < 2000 {
		t.Errorf("only %d words", n)
	}
}

func TestForeign(t *testing.T) {
	for word, want := range map[string]entry{
		"mit": {"German", ""}, "Kratzer": {"German", "scratch"}, "beschädigt": {"German", "damaged"}, "rayé": {"French", "scratched"}, "graffio": {"Italian", "scratch"},
		"roto": {"Spanish", "broken"}, "kras": {"Dutch", "scratch"}, "with": {}, "die": {}, "pour": {}, "sin": {}, "on": {}, "main": {}, "fleck": {},
	} {
		if language, english := Foreign(word); language != want.language || english != want.english {
			t.Errorf("%s: got %q, %q, want %v", word, language, english, want)
		}
	}
	for word, entry := range lists().foreign {
		if lists().known[word] || entry.language == "" {
			t.Errorf("%s: %v is English, too", word, entry)
		}
	}
}

func TestOneAway(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"ab", "ba", true}, {"ab", "abc", true}, {"ab", "b", true}, {"ab", "ac", true}, {"ab", "ab", false}, {"abc", "cab", false}, {"abcd", "badc", false}, {"", "ab", false}, {"aab", "ab", true}} {
		if oneAway(c.a, c.b) != c.want || oneAway(c.b, c.a) != c.want {
			t.Errorf("%s, %s: want %v", c.a, c.b, c.want)
		}
	}
}
