package strictyaml

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

type part struct {
	Name    string    `yaml:"name"`
	Object  string    `yaml:"object"`
	Count   int       `yaml:"count"`
	Share   float64   `yaml:"share"`
	Region  []float64 `yaml:"region"`
	Prompts []prompt  `yaml:"prompts"`
	Limits  struct {
		Review float64 `yaml:"review"`
		Fail   float64 `yaml:"fail"`
	} `yaml:"limits"`
}

type prompt struct {
	Text string `yaml:"text"`
}

func (p *prompt) UnmarshalText(text []byte) error {
	p.Text = string(text)
	return nil
}

const german = "name: part\nobject: Gehäuse für Motor\ncount: 3\n"

func encoded(t *testing.T, e encoding.Encoding, text string) string {
	t.Helper()
	out, err := e.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What people's editors, keyboards and copies of web pages make of a file: one
// bad file a case, with the whole message.
func TestDecode_CommonMistakes(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"Windows-1252":                     {encoded(t, charmap.Windows1252, german), "p.yaml:2: the byte 0xE4 is not UTF-8 text (in Windows-1252, or ANSI, it is \"ä\"): save the file as UTF-8"},
		"Mac Roman, unprintable in ANSI":   {"name: a\nobject: b\x81c\n", "p.yaml:2: the byte 0x81 is not UTF-8 text: save the file as UTF-8"},
		"UTF-8 cut off":                    {"name: a\xc3", "p.yaml:1: the byte 0xC3 is not UTF-8 text (in Windows-1252, or ANSI, it is \"Ã\"): save the file as UTF-8"},
		"UTF-16 LE with mark":              {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), german), "p.yaml:1: the file is UTF-16 text: save the file as UTF-8"},
		"UTF-16 BE with mark":              {encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), german), "p.yaml:1: the file is UTF-16 text: save the file as UTF-8"},
		"UTF-16 LE without mark":           {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), german), "p.yaml:1: the file is UTF-16 text: save the file as UTF-8"},
		"UTF-16 BE without mark":           {encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), german), "p.yaml:1: the file is UTF-16 text: save the file as UTF-8"},
		"UTF-32":                           {"\xff\xfe\x00\x00n\x00\x00\x00", "p.yaml:1: the file is UTF-32 text: save the file as UTF-8"},
		"NUL":                              {"name: a\nobject: b\x00\n", "p.yaml:2: the control character U+0000 stands here: remove it"},
		"escape, CRLF":                     {"name: a\r\nobject: b\x1b\r\n", "p.yaml:2: the control character U+001B stands here: remove it"},
		"curly quotes":                     {"name: “part”\n", "p.yaml:1: name: “ is not a quote to YAML: write \" or ' (the straight ones)"},
		"low curly quotes":                 {"name: a\nobject: „part“\n", "p.yaml:2: object: „ is not a quote to YAML: write \" or ' (the straight ones)"},
		"single curly quotes":              {"name: ‘part’\n", "p.yaml:1: name: ‘ is not a quote to YAML: write \" or ' (the straight ones)"},
		"a key in curly quotes":            {"name: a\n“object”: b\n", "p.yaml:2: “ is not a quote to YAML: write \" or ' (the straight ones)"},
		"curly quotes around braces":       {"name: a\nprompts: [“cracked {}”, “broken {}”]\n", "p.yaml:2: “ is not a quote to YAML: write \" or ' (the straight ones)"},
		"curly quotes in a list":           {"name: a\nprompts:\n  - “cracked {}”\n", "p.yaml:3: prompts[0]: “ is not a quote to YAML: write \" or ' (the straight ones)"},
		"no-break spaces indent":           {"name: a\nlimits:\n\u00a0\u00a0review: 0.5\n", "p.yaml:3: a no-break space (U+00A0) stands here: replace it by plain spaces"},
		"no-break spaces indent a list":    {"name: a\nprompts:\n\u00a0\u00a0- cracked {}\n", "p.yaml:3: a no-break space (U+00A0) stands here: replace it by plain spaces"},
		"no-break space after the colon":   {"name: a\nobject:\u00a0b\n", "p.yaml:2: a no-break space (U+00A0) stands here: replace it by plain spaces"},
		"no-break space before a number":   {"count: \u00a03\n", "p.yaml:1: count: a no-break space (U+00A0) stands here: replace it by plain spaces"},
		"thin space indents":               {"limits:\n  review: 0.4\n\u2009\u2009fail: 0.5\n", "p.yaml:3: an unusual space (U+2009) stands here: replace it by plain spaces"},
		"zero-width space in a key":        {"na\u200bme: a\n", "p.yaml:1: an invisible space (U+200B) stands here: replace it by plain spaces"},
		"a tab indents":                    {"limits:\n\treview: 1\n", "p.yaml:2: a tab indents this line: use spaces"},
		"a tab behind spaces indents":      {"limits:\n  review: 0.4\n \tfail: 1\n", "p.yaml:3: a tab indents this line: use spaces"},
		"a tab indents a list":             {"prompts:\n\t- a\n\t- b\n", "p.yaml:2: a tab indents this line: use spaces"},
		"a second document":                {"name: a\n---\nlimits: {review: 0.1}\n", "p.yaml:2: a second document begins here and would not be read: remove this line (---), or what follows it"},
		"a second document behind a start": {"# a set\n---\nname: a\n--- # next\nobject: b\n", "p.yaml:4: a second document begins here and would not be read: remove this line (---), or what follows it"},
		"a second document with mistakes":  {"name: a\ncount: x\n---\nb: [\n", "p.yaml:2: count: must be a whole number (got \"x\")\np.yaml:3: a second document begins here and would not be read: remove this line (---), or what follows it"},
		"a third document":                 {"name: a\n---\n---\nobject: b\n", "p.yaml:2: a second document begins here and would not be read: remove this line (---), or what follows it"},
		"an empty document first":          {"---\n---\nname: a\n", "p.yaml:2: a second document begins here and would not be read: remove this line (---), or what follows it"},
		"a document behind its end":        {"name: a\n...\nobject: b\n", "p.yaml:3: a second document begins here and would not be read: remove the \"...\" before it, or this document"},
		"a tab before a comment":           {"limits:\n\t# c\n  review: 1\n", "p.yaml:2: a tab indents this line: use spaces"},
		"a tab on an empty line":           {"limits:\n\t\n  review: 1\n", "p.yaml:2: a tab indents this line: use spaces"},
		"a version of YAML":                {"%YAML 1.2\n---\nname: a\n", "p.yaml:1: the version of YAML need not be said: remove this line"},
		"octal":                            {"count: 010\n", "p.yaml:1: count: must be a whole number without a leading zero, which some readers of YAML take for octal (got \"010\"): write 10"},
		"negative octal":                   {"count: -007\n", "p.yaml:1: count: must be a whole number without a leading zero, which some readers of YAML take for octal (got \"-007\"): write -7"},
		"octal for a number":               {"share: 00.5\n", "p.yaml:1: share: must be a number without a leading zero, which some readers of YAML take for octal (got \"00.5\"): write 0.5"},
		"decimal comma":                    {"share: 0,5\n", "p.yaml:1: share: must be a number (got \"0,5\"): write 0.5, with a point"},
		"decimal commas in a mapping":      {"limits: {review: 0,4, fail: 0,6}\n", "p.yaml:1: limits: a decimal comma before 4: write a point, such as 0.5\np.yaml:1: limits: a decimal comma before 6: write a point, such as 0.5"},
		"braces in a list":                 {"name: a\n\nprompts: [cracked {}, broken {}]\ncount: 1\n", "p.yaml:3: {} is a mapping to YAML: put every text that holds it in quotes, such as [\"cracked {}\", \"{} with a crack\"]"},
		"braces in a list of the 1st line": {"prompts: [\"a {}\", cracked {}]\nname: a\n", "p.yaml:1: {} is a mapping to YAML: put every text that holds it in quotes, such as [\"cracked {}\", \"{} with a crack\"]"},
		"braces in a list of many lines":   {"name: a\nprompts: [\n  \"fine {}\",\n  cracked {},\n]\n", "p.yaml:4: {} is a mapping to YAML: put every text that holds it in quotes, such as [\"cracked {}\", \"{} with a crack\"]"},
		"a text begins with braces":        {"name: a\nprompts:\n  - {} with a crack\n", "p.yaml:3: a text that begins with {} is a mapping to YAML: put it in quotes, such as \"{} with a crack\""},
		"a value begins with braces":       {"name: a\nobject: {} part\ncount: 2\n", "p.yaml:2: a text that begins with {} is a mapping to YAML: put it in quotes, such as \"{} with a crack\""},
		"braces alone":                     {"name: {}\nprompts: [{}, a]\n", "p.yaml:1: name: {} is an empty mapping to YAML: put it in quotes, \"{}\"\np.yaml:2: prompts[0]: {} is an empty mapping to YAML: put it in quotes, \"{}\""},
		"a text begins with @":             {"name: a\nobject: @part\n", "p.yaml:2: a text cannot begin with @: put it in quotes"},
		"a text begins with %":             {"name: a\nprompts:\n  - %part\n", "p.yaml:3: a text cannot begin with %: put it in quotes"},
		"a colon in a text":                {"name: a\nobject: part: lid\n", "p.yaml:2: not valid YAML: mapping values are not allowed in this context: put a text that holds \": \" in quotes, or look at the indentation of this line and the one before"},
		"no colon":                         {"name: a\nobject b\ncount: 1\n", "p.yaml:2: not valid YAML: could not find expected ':': a line must be \"key: value\" or \"- item\""},
		"wrong indentation":                {"name: a\nlimits:\n    review: 0.5\n  fail: 0.6\n", "p.yaml:4: not valid YAML: did not find expected key: look at the indentation of this line and the one before"},
		"wrong indentation, far down":      {"name: a\nlimits:\n  review: 0.1\n  fail: 0.2\n# more\nprompts:\n  - a\n  b: c\n", "p.yaml:8: not valid YAML: did not find expected '-' indicator: look at the indentation of this line and the one before"},
		"a list that is not closed":        {"region: [0, 0\nname: a\n", "p.yaml:1: not valid YAML: did not find expected ',' or ']': close the list with ], and put texts with special characters in quotes"},
		"a quote that is not closed":       {"name: a\nobject: \"b\ncount: 1\n", "p.yaml:2: not valid YAML: found unexpected end of stream: close the quote"},
		"an alias of nothing":              {"name: a\nobject: *part\n", "p.yaml:2: nothing is named &part: aliases are not supported, write the value out, or put it in quotes"},
		"a mistake on the first line":      {"]", "p.yaml:1: not valid YAML: did not find expected node content"},
		"not a mapping":                    {"part", "p.yaml:1: must be a mapping of keys (got \"part\")"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			err := Decode("p.yaml", []byte(tc.in), &part{}).Err()
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecode_SoundFilesOfEveryEditor(t *testing.T) {
	want := part{Name: "part", Object: "Gehäuse", Count: 3}
	for name, in := range map[string]string{
		"byte order mark":          "\ufeffname: part\nobject: Gehäuse\ncount: 3\n",
		"CRLF":                     "name: part\r\nobject: Gehäuse\r\ncount: 3\r\n",
		"CR":                       "name: part\robject: Gehäuse\rcount: 3\r",
		"mark and CRLF":            "\ufeffname: part\r\nobject: Gehäuse\r\ncount: 3\r\n",
		"document start":           "---\nname: part\nobject: Gehäuse\ncount: 3\n",
		"document start, comment":  "# a part\n\n--- # it\nname: part\nobject: Gehäuse\ncount: 3\n",
		"trailing marker":          "name: part\nobject: Gehäuse\ncount: 3\n---\n",
		"trailing marker, comment": "name: part\nobject: Gehäuse\ncount: 3\n---\n# the end\n",
		"document end":             "name: part\nobject: Gehäuse\ncount: 3\n...\n",
		"document end and marker":  "name: part\nobject: Gehäuse\ncount: 3\n...\n---\n",
		"no newline at the end":    "name: part\nobject: Gehäuse\ncount: 3",
		"tabs between tokens":      "name:\tpart\nobject: Gehäuse\t# in German\ncount: 3\n",
	} {
		var got part
		if err := Decode("p.yaml", []byte(in), &got).Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	for in, want := range map[string]string{
		"object: \"“lid”\"": "“lid”", "object: the “new” lid": "the “new” lid", "object: 010": "010", "object: 0,5": "0,5",
		"object: \"\u00a0x\"": "\u00a0x", "object: 部品\u3000番号": "部品\u3000番号", "object: NO": "NO",
	} {
		var got part
		if err := Decode("p.yaml", []byte(in), &got).Err(); err != nil || got.Object != want {
			t.Errorf("%s: got %q, %v, want %q", in, got.Object, err, want)
		}
	}
}
