package journal

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"pristine/capture"
	"pristine/internal/printing"
)

// ErrNothing is returned when the journal has no line that was asked for.
var ErrNothing = errors.New("the journal has no line of this unit and time that this user may read: use sudo, join the group systemd-journal or adm, or name the unit with --unit")

// Options say which lines are shown.
type Options struct {
	Unit   string        // of systemd
	Since  time.Duration // how far back; 0: all
	Follow bool          // shows new lines, too, until ctx ends
	Level  slog.Level    // and above; lines without a level are always shown
}

// Show prints the lines, the oldest first.
func Show(ctx context.Context, w io.Writer, o Options) error {
	args := []string{"--unit", o.Unit, "--output", "json", "--all", "--no-pager", "--quiet"} // without all, a message above 4096 bytes is null
	if o.Since > 0 {
		args = append(args, "--since", time.Now().Add(-o.Since).Format(time.DateTime))
	}
	if o.Follow {
		args = append(args, "--follow", "--lines", "50")
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	c := exec.CommandContext(ctx, "journalctl", args...)
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	shown, err := show(w, out, o.Level)
	if err != nil {
		stop()
	}
	ended := c.Wait()
	switch {
	case err != nil:
		return fmt.Errorf("read the journal: %w", err)
	case ctx.Err() != nil && o.Follow:
		return nil // the user ends it
	case ended != nil:
		return fmt.Errorf("read the journal: journalctl: %w: %s", ended, strings.TrimSpace(said.String()))
	case shown == 0:
		return ErrNothing
	}
	return nil
}

// mostLine is above what journald stores of a line (LineMax=, 48 KiB), as JSON escapes it.
const mostLine = 1 << 20

// show prints what journalctl writes, and returns how many lines it had.
func show(w io.Writer, r io.Reader, level slog.Level) (n int, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, mostLine)
	for lines.Scan() {
		e, ok := parse(lines.Bytes())
		if !ok {
			continue
		}
		n++
		if e.leveled && e.level < level {
			continue
		}
		if _, err := fmt.Fprintln(w, e); err != nil {
			return n, err
		}
	}
	return n, lines.Err()
}

// entry is one line of the log.
type entry struct {
	time    time.Time
	level   slog.Level
	leveled bool
	message string
	fields  []string // name=value
}

// String returns the entry as a line.
func (e entry) String() string {
	level := ""
	if e.leveled {
		level = e.level.String()
	}
	line := fmt.Sprintf("%s %-5s %s", e.time.Local().Format("01-02 15:04:05"), level, e.message)
	if len(e.fields) > 0 {
		line += "  " + strings.Join(e.fields, " ")
	}
	return printing.Printable(capture.Redact(line))
}

// parse reads an entry of the journal; false where it is none.
func parse(line []byte) (e entry, ok bool) {
	var j struct {
		Message json.RawMessage `json:"MESSAGE"`
		Micros  string          `json:"__REALTIME_TIMESTAMP"`
	}
	if json.Unmarshal(line, &j) != nil || len(j.Message) == 0 {
		return e, false
	}
	if micros, err := strconv.ParseInt(j.Micros, 10, 64); err == nil {
		e.time = time.UnixMicro(micros)
	}
	var text string
	if json.Unmarshal(j.Message, &text) != nil { // journalctl writes bytes that are no text as numbers
		var raw []int
		if json.Unmarshal(j.Message, &raw) != nil {
			return e, false
		}
		var b strings.Builder
		for _, n := range raw {
			b.WriteByte(byte(n))
		}
		text = strings.ToValidUTF8(b.String(), "�")
	}
	e.message = text
	pairs, found := fromJSON(text)
	if !found {
		pairs, found = fromText(text)
	}
	if found {
		e.setPairs(pairs)
	}
	return e, true
}

type pair struct{ name, value string }

// setPairs fills in the entry from the pairs of a log line, if they are one.
func (e *entry) setPairs(pairs []pair) {
	at := func(name string) int {
		return slices.IndexFunc(pairs, func(p pair) bool { return p.name == name })
	}
	level, message := at(slog.LevelKey), at(slog.MessageKey)
	if level < 0 || message < 0 || e.level.UnmarshalText([]byte(pairs[level].value)) != nil {
		return
	}
	e.leveled, e.message = true, pairs[message].value
	if i := at(slog.TimeKey); i >= 0 {
		if t, err := time.Parse(time.RFC3339Nano, pairs[i].value); err == nil {
			e.time = t
		}
	}
	for _, p := range pairs {
		if p.name == slog.LevelKey || p.name == slog.MessageKey || p.name == slog.TimeKey {
			continue
		}
		if strings.ContainsFunc(p.value, unicode.IsSpace) || p.value == "" {
			p.value = strconv.Quote(p.value)
		}
		e.fields = append(e.fields, p.name+"="+p.value)
	}
}

// fromJSON reads a line of log.format json.
func fromJSON(text string) (pairs []pair, ok bool) {
	var fields map[string]any
	if !strings.HasPrefix(text, "{") || json.Unmarshal([]byte(text), &fields) != nil {
		return nil, false
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value, isText := fields[name].(string)
		if !isText {
			data, _ := json.Marshal(fields[name]) // it was JSON
			value = string(data)
		}
		pairs = append(pairs, pair{name, value})
	}
	return pairs, true
}

// fromText reads a line of log.format text: name=value, quoted where it has to be.
func fromText(text string) (pairs []pair, ok bool) {
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimLeft(text, " ") {
		name, rest, found := strings.Cut(text, "=")
		if !found || name == "" || strings.ContainsAny(name, " \"") {
			return nil, false
		}
		value, _, _ := strings.Cut(rest, " ")
		text = rest[len(value):]
		if strings.HasPrefix(rest, `"`) {
			quoted, err := strconv.QuotedPrefix(rest)
			if err != nil {
				return nil, false
			}
			value, _ = strconv.Unquote(quoted) // QuotedPrefix checked it
			text = rest[len(quoted):]
		}
		pairs = append(pairs, pair{name, value})
	}
	return pairs, len(pairs) > 0
}
