package strictyaml

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	yamlErrorLine = regexp.MustCompile(`^yaml: line (\d+): `)
	yamlAnchor    = regexp.MustCompile(`^yaml: unknown anchor '([^']*)' referenced`)
	quoted        = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'`)
	listOfBraces  = regexp.MustCompile(`\[.*\{\}`)
	textBraces    = regexp.MustCompile(`[\w'"]\s*\{\}|\{\}\s*[\w'"]`)
	beginsBraces  = regexp.MustCompile(`^\s*(?:-\s+|[\w-]+:\s+)+\{\}\s*[^\s#,\]}]`)
	cannotBegin   = regexp.MustCompile("(?:^\\s*|[-:]\\s+|[\\[,{]\\s*)([@`%])")
)

// syntax turns an error of the YAML library into a line and a message that
// names the remedy of the mistakes that people make.
func syntax(text string, err error) (line int, message string) {
	if m := yamlAnchor.FindStringSubmatch(err.Error()); m != nil {
		return max(1, lineOf(text, "*"+m[1])), fmt.Sprintf("nothing is named &%s: aliases are not supported, write the value out, or put it in quotes", m[1])
	}
	first, last, message := position(text, err)
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	inList := strings.HasSuffix(message, "',' or ']'")
	for at := first; at <= last; at++ {
		line := lines[at-1]
		if strings.Contains(indent(line), "\t") && strings.HasSuffix(message, "cannot start any token") {
			return at, tabMessage // also of an empty line or a comment
		}
		if why := mistake(line, inList); why != "" {
			return at, why
		}
	}
	return first, "not valid YAML: " + message + remedy(message)
}

const tabMessage = "a tab indents this line: use spaces"

// mistake names a common mistake in a line that YAML does not read. inList
// reports that the line is part of a list in brackets.
func mistake(line string, inList bool) string {
	content := strings.TrimSpace(line)
	if content == "" || content[0] == '#' {
		return ""
	}
	if strings.HasPrefix(line, "%YAML") {
		return "the version of YAML need not be said: remove this line"
	}
	if strings.Contains(indent(line), "\t") {
		return tabMessage
	}
	bare := quoted.ReplaceAllString(line, "''")
	if i := strings.Index(bare, " #"); i >= 0 {
		bare = bare[:i]
	}
	if i := strings.IndexAny(bare, curlyQuotes); i >= 0 {
		return curlyMessage([]rune(bare[i:])[0])
	}
	if r, found := strangeSpace(bare); found {
		return spaceMessage(r)
	}
	if listOfBraces.MatchString(bare) || inList && textBraces.MatchString(bare) {
		return "{} is a mapping to YAML: put every text that holds it in quotes, such as [\"cracked {}\", \"{} with a crack\"]"
	}
	if beginsBraces.MatchString(bare) {
		return "a text that begins with {} is a mapping to YAML: put it in quotes, such as \"{} with a crack\""
	}
	if m := cannotBegin.FindStringSubmatch(bare); m != nil {
		return fmt.Sprintf("a text cannot begin with %s: put it in quotes", m[1])
	}
	return ""
}

// lineOf returns the first line that holds a text; 0 where none does.
func lineOf(text, part string) int {
	i := strings.Index(text, part)
	return strings.Count(text[:max(i, 0)], "\n") + min(i, 0) + 1
}

// position reads the lines of a library's error: the first is where the mistake
// or what is not closed begins, the last where the library noticed it. Errors of
// its parser, unlike those of its scanner, count lines from 0 and leave the
// first one out.
func position(text string, err error) (first, last int, message string) {
	first, message = 1, err.Error()
	if m := yamlErrorLine.FindStringSubmatch(message); m != nil {
		first, _ = strconv.Atoi(m[1])
		message = message[len(m[0]):]
		if strings.HasPrefix(message, "did not find expected ") {
			first++
		}
	}
	message = strings.TrimPrefix(message, "yaml: ")
	last = noticed(text, message)
	if strings.HasSuffix(message, "expected key") || strings.HasSuffix(message, "'-' indicator") {
		first = last // else it is where the whole mapping or list begins
	}
	return min(first, last), last, message
}

// noticed returns the line at which the library stops: the last one of the
// shortest beginning of the text that has the same error.
func noticed(text, message string) int {
	lines := strings.SplitAfter(text, "\n")
	return 1 + sort.Search(len(lines)-1, func(n int) bool {
		var root yaml.Node
		err := yaml.Unmarshal([]byte(strings.Join(lines[:n+1], "")), &root)
		return err != nil && strings.HasSuffix(err.Error(), message)
	})
}

// remedy follows a message of the library.
func remedy(message string) string {
	switch {
	case strings.Contains(message, "mapping values are not allowed"):
		return ": put a text that holds \": \" in quotes, or look at the indentation of this line and the one before"
	case strings.Contains(message, "could not find expected ':'"):
		return ": a line must be \"key: value\" or \"- item\""
	case strings.Contains(message, "expected key"), strings.Contains(message, "'-' indicator"):
		return ": look at the indentation of this line and the one before"
	case strings.Contains(message, "',' or ']'"):
		return ": close the list with ], and put texts with special characters in quotes"
	case strings.Contains(message, "',' or '}'"):
		return ": close the mapping with }, and put texts with special characters in quotes"
	case strings.Contains(message, "unexpected end of stream"):
		return ": close the quote"
	}
	return ""
}
