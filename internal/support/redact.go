package support

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"pristine/capture"
)

// hidden stands where a secret was.
const hidden = "[redacted]"

// shortest is the length of the shortest value that is looked for everywhere: a
// shorter one is part of ordinary words.
const shortest = 4

// Redactor hides secrets in texts.
type Redactor struct {
	known    []string // the longest first
	replacer *strings.Replacer
}

// Learn has a value hidden wherever it stands, also as it is written in addresses, in
// JSON and in base64.
func (r *Redactor) Learn(value string) {
	value = strings.TrimSpace(value)
	if len(value) < shortest {
		return
	}
	quoted, _ := json.Marshal(value)
	for _, v := range []string{
		value, url.QueryEscape(value), url.PathEscape(value), url.UserPassword("", value).String()[1:], strings.Trim(string(quoted), `"`),
		base64.StdEncoding.EncodeToString([]byte(value)), base64.StdEncoding.EncodeToString([]byte(value + "\n")),
	} {
		if !slices.Contains(r.known, v) {
			r.known = append(r.known, v)
		}
	}
	slices.SortFunc(r.known, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, v := range r.known {
		pairs = append(pairs, v, hidden)
	}
	r.replacer = strings.NewReplacer(pairs...)
}

// LearnPair has a user's password hidden, and both as HTTP's basic authorization.
func (r *Redactor) LearnPair(user, password string) {
	r.Learn(password)
	if password = strings.TrimSpace(password); len(password) >= shortest {
		r.Learn(base64.StdEncoding.EncodeToString([]byte(strings.TrimSpace(user) + ":" + password)))
	}
}

// LearnFile has each line of a file of secrets hidden. A file that cannot be read has
// none: the agent cannot have read it here, either.
func (r *Redactor) LearnFile(file string) {
	f, err := os.Open(file)
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); !strings.HasPrefix(line, "-----") {
			r.Learn(line)
		}
	}
}

// LearnVariables has the values of environment variables hidden whose names say that
// they are secrets. Each is NAME=VALUE.
func (r *Redactor) LearnVariables(all []string) {
	for _, v := range all {
		name, value, found := strings.Cut(strings.TrimSpace(v), "=")
		if found && secretName.MatchString(name) {
			r.Learn(strings.Trim(value, `"'`))
		}
	}
}

var (
	secretName = regexp.MustCompile(`(?i)(password|passwd|passphrase|secret|token|credential|cookie|api[_-]?key|_key$|^key$|auth)`)

	patterns = []struct {
		is   *regexp.Regexp
		with string
	}{
		{regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|USER JWT|NKEY SEED|SEED)-----.*?(?:-----END [A-Z0-9 ]*-----|\z)`), hidden},
		{regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){0,2}`), hidden},                                          // JWT
		{regexp.MustCompile(`\bS[UAONCX][A-Z2-7]{40,}\b`), hidden},                                                             // seed of an nkey
		{regexp.MustCompile(`\$(?:argon2(?:id|i|d)|2[abxy]|5|6|y|pbkdf2[a-z0-9-]*|scrypt)\$[^\s"',]+`), hidden},                // hash of a password
		{regexp.MustCompile(`\b(?:hf|ghp|gho|ghs|glpat|glsa|glc|xox[abp])[_-][A-Za-z0-9_-]{8,}`), hidden},                      // tokens of services
		{regexp.MustCompile(`(?i)((?:authorization|cookie)\\*["']?\s*[:=]\s*\\*["']?)[^\s"'\\][^"'\\\r\n]*`), "${1}" + hidden}, // headers, to the end of their line
		{regexp.MustCompile(`(?i)\b(bearer|basic|digest)(\s+)[A-Za-z0-9+/=._~-]{6,}`), "${1}${2}" + hidden},
		{regexp.MustCompile(`(?i)([a-z0-9_.-]*(?:password|passwd|passphrase|passwort|secret|token|api[_-]?key|private[_-]?key|credentials?)(?:[_-](?:access[_-]key|key|value|hash))?\\*["']?\s*[:=]\s*)(\\+"[^"\\\n]*\\*"?|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|(?:[^\s,;}\]"'\\]|\\[^nrtu"'])+)`), "${1}" + hidden}, // up to what JSON escapes
		{regexp.MustCompile(`(?i)((?:^|\s)--?(?:pass|password|token|secret|key|creds)[ =])(\S+)`), "${1}" + hidden},
	}
)

// Text returns a text without its secrets.
func (r *Redactor) Text(text string) string {
	text = strings.ToValidUTF8(text, "�")
	if r.replacer != nil {
		text = r.replacer.Replace(text)
	}
	for _, p := range patterns {
		text = p.is.ReplaceAllString(text, p.with)
	}
	var all strings.Builder
	for line := range strings.Lines(text) {
		all.WriteString(capture.Redact(line))
	}
	return all.String()
}

// JSON returns JSON without the secrets of its strings, or text as Text does where it is
// none. Within a string, what is escaped would hide where a secret ends.
func (r *Redactor) JSON(text string) string {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var all strings.Builder
	encoder := json.NewEncoder(&all)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	var v any
	if err := decoder.Decode(&v); err != nil || decoder.More() || encoder.Encode(r.value(v)) != nil {
		return r.Text(text)
	}
	return all.String()
}

func (r *Redactor) value(v any) any {
	switch v := v.(type) {
	case string:
		return r.Text(v)
	case []any:
		for i := range v {
			v[i] = r.value(v[i])
		}
	case map[string]any:
		clean := make(map[string]any, len(v))
		for key, one := range v {
			if text, isText := one.(string); isText && text != "" && secretName.MatchString(key) && !strings.HasSuffix(key, "_file") {
				one = hidden
			}
			clean[r.Text(key)] = r.value(one)
		}
		return clean
	}
	return v
}

// JSONLines is JSON for a text with one value a line, and keeps the lines.
func (r *Redactor) JSONLines(text string) string {
	var all bytes.Buffer
	for line := range strings.Lines(text) {
		if err := json.Compact(&all, []byte(r.JSON(line))); err != nil {
			all.WriteString(r.Text(line))
			continue
		}
		all.WriteByte('\n')
	}
	return all.String()
}

var comment = regexp.MustCompile(`(?m)(^|[ \t])#.*$`)

// YAML returns a configuration without its secrets and comments.
func (r *Redactor) YAML(text string) string { return r.Text(comment.ReplaceAllString(text, "$1#")) }
