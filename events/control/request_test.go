package control

import (
	"errors"
	"regexp"
	"testing"

	"github.com/nats-io/nats.go/micro"

	"pristine/events"
)

var hostile = []string{"", "belt", "../../etc/passwd", "belt.*", ">", "a b", "a\x00b", "a\nb", "\x1b[2J", "\xff\xfe", "$JS.API.>", "名", "-x", "a/b", "."}

// Whatever comes, a request is read or refused as wrong, and its names reach
// no terminal, file or subject that they should not.
func FuzzParse(f *testing.F) {
	for _, name := range hostile {
		f.Add(name, name, []byte("now"))
	}
	shown := regexp.MustCompile(`^[^\p{C}]*$`)
	f.Fuzz(func(t *testing.T, camera, part string, body []byte) {
		q, err := parse(micro.Headers{"Qc-Camera": {camera}, "Qc-Part": {part}}, body)
		if err != nil {
			if !errors.Is(err, ErrRequest) || !shown.MatchString(err.Error()) {
				t.Errorf("%q", err)
			}
			return
		}
		if q.camera != "" && events.CheckName(q.camera) != nil || len(q.part) > maxPart || !shown.MatchString(q.part) {
			t.Errorf(`%+v; want not q.camera != "" && events.CheckName(q.camera) != nil, len(q.part) <= maxPart, shown.MatchString(q.part)`, q)
		}
	})
}

// Names that are accepted make one key each, that of this camera at this
// station.
func FuzzKey(f *testing.F) {
	for _, name := range hostile {
		f.Add("plant.line-1.s1", name)
		f.Add(name, "belt")
	}
	key := regexp.MustCompile(`^set(\.[A-Za-z0-9][A-Za-z0-9_-]*){4}$`)
	f.Fuzz(func(t *testing.T, place, camera string) {
		s, err := events.ParseStation(place)
		if err == nil {
			err = checkKey(s, camera)
		}
		if got := setKey(s, camera); err == nil && !key.MatchString(got) {
			t.Errorf("%q", got)
		}
	})
}
