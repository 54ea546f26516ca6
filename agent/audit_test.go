package agent

import (
	"bytes"
	"testing"

	"pristine/internal/config"
)

// A changed password is another configuration, although no text of it shows one.
func TestConfigurationHash(t *testing.T) {
	hash := func(text string) []byte {
		c, err := config.Parse("edge.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return configurationHash(c)
	}
	const text = "cameras: [{name: a, source: 'rtsp://u:one@cam/1'}]"
	if !bytes.Equal(hash(text), hash(text+" # a comment")) {
		t.Error("a comment changed the hash")
	}
	for _, other := range []string{"cameras: [{name: a, source: 'rtsp://u:two@cam/1'}]", text + "\nlog: {level: debug}"} {
		if bytes.Equal(hash(text), hash(other)) {
			t.Errorf("%s has the hash of %s", other, text)
		}
	}
}
