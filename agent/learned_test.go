package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"pristine/internal/config"
)

// The folder of learned parts is named by what they depend on, as earlier versions
// wrote it: an update does not make a camera learn again.
func TestNewLearnedFolder_NameIsThatOfEarlierVersions(t *testing.T) {
	c, err := config.Parse("edge.yaml", []byte("cameras: [{name: belt, source: 'rtsp://u:p@cam/1', region: [0, 0.25, 0.5, 0.75], adjust: {mask: [[0, 0], [1, 0], [0, 1]]}, track: {axis: x}}]"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := newLearnedFolder("dir", &c.Cameras[0].Stations()[0], "bundle", nil)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(`{"Camera":"belt","Source":"rtsp://***@cam/1","Bundle":"bundle","Region":[0,0.25,0.5,0.75],"Polygon":[],` +
		`"Adjust":{"SwapRedBlue":false,"Perspective":[],"Rotate":0,"Flip":"","Mask":[[0,0],[1,0],[0,1]]},"Axis":"x"}`))
	if want := "dir/belt-" + hex.EncodeToString(sum[:6]); f.dir != want {
		t.Errorf("got %s, want %s", f.dir, want)
	}
}
