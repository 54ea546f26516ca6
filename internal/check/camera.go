package check

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/sys/unix"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/internal/config"
	"pristine/internal/pictures"
	"pristine/internal/polygon"
	"pristine/prompts"
)

// camera checks one camera; written has its paths as they are in the file.
func (c *checker) camera(key string, written, k *config.Camera) {
	c.source(key, written, k)
	c.secret(key+".user_file", k.UserFile, false)
	c.secret(key+".password_file", k.PasswordFile, false)
	c.triggers(key, k)
	if k.Track.Empty != "" {
		if _, err := os.Stat(k.Track.Empty); err != nil {
			c.stop(EmptyBeltMissing, key+".track.empty", "%s", missing(err))
		}
	}
	live := c.set(key+".prompts", k.Prompts)
	shadow := c.set(key+".shadow_prompts", k.Shadow)
	if live != nil && shadow != nil && live.Tiles != shadow.Tiles {
		c.stop(SetsDiffer, key+".shadow_prompts", "has tiles: %d, and prompts has tiles: %d: give both the same", shadow.Tiles, live.Tiles)
	}
	c.references(key+".references", k.References)
	if k.References != "" && k.LearnParts > 0 {
		c.warn(LearnUnused, key+".learn_parts", "is not used: references has the good pictures")
	}
	if len(k.Regions) > 0 && written.Region != polygon.Whole() {
		c.warn(RegionUnused, key+".region", "is ignored, since each entry of regions has its own: remove one of the two")
	}
	for i, r := range k.Regions {
		at := fmt.Sprintf("%s.regions[%d]", key, i)
		c.set(at+".prompts", r.Prompts)
		c.references(at+".references", r.References)
	}
}

// set loads a prompt set, and checks that the references that it names exist.
func (c *checker) set(key, file string) *prompts.Set {
	if file == "" {
		return nil
	}
	set, err := prompts.Load(file)
	if errors.Is(err, fs.ErrNotExist) {
		c.stop(SetMissing, key, "%s is not there: a path is relative to the configuration's folder", file)
		return nil
	}
	if err != nil {
		c.stop(SetInvalid, key, "%v", err)
		return nil
	}
	c.signed(key, config.Sets, file)
	if set.References != "" {
		if _, err := os.Stat(set.ReferencesFile(file)); err != nil {
			c.stop(ReferencesMissing, key, "%s names the references %s, which are not there: make them with edge reference add %s DIR", file, set.ReferencesFile(file), file)
		}
	}
	return set
}

// references checks that a folder has pictures.
func (c *checker) references(key, dir string) {
	if dir == "" {
		return
	}
	if _, err := pictures.List(dir); err != nil {
		c.stop(ReferencesMissing, key, "%s", missing(err))
	}
}

// host matches what looks like an address without its scheme.
var host = regexp.MustCompile(`^(?:[^/\s]+@)?((?:\d{1,3}\.){3}\d{1,3}|[A-Za-z0-9.-]+:\d{1,5}|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?(?:/|$)`)

func (c *checker) source(key string, written, k *config.Camera) {
	key += ".source"
	a := k.Source
	switch a.Kind {
	case address.File, address.Replay:
		c.folder(key, written.Source.Text(), a)
	case address.Watch:
		c.watched(key, a.Target, k.Watch.Then)
		c.shared(key, k)
	case address.V4L2:
		if _, err := os.Stat(a.Target); err != nil {
			c.warn(CameraUnplugged, key, "%s is not there now: edge camera list shows what is plugged in", a.Target)
		}
	case address.RTSP, address.HTTP:
		if a.HasUser() {
			c.warn(CameraPassword, key, "holds a user and password for all to read: put them into files, and name these as user_file and password_file")
		}
	}
}

func (c *checker) folder(key, written string, a address.Address) {
	info, err := os.Stat(a.Target)
	if err != nil && host.MatchString(written) {
		c.fail(CameraScheme, key, "%s is taken for a file: write the scheme of the camera, such as rtsp://%s", capture.Redact(written), hidden(written))
		return
	}
	if err != nil {
		c.fail(CameraFileMissing, key, "%s", missing(err))
		return
	}
	if info.IsDir() && a.Kind == address.File {
		if _, err := pictures.List(a.Target); err != nil {
			c.fail(CameraFileMissing, key, "%v", err)
		}
	}
}

// watched checks a folder into which pictures arrive. It may be a share that is not
// mounted yet.
func (c *checker) watched(key, dir, then string) {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		c.warn(WatchMissing, key, "%s: the agent waits until the folder is there", missing(err))
	case !info.IsDir():
		c.fail(WatchIsFile, key, "%s is a file: name the folder into which pictures arrive", dir)
	case then != "keep" && unix.Access(dir, unix.W_OK|unix.X_OK) != nil:
		c.fail(WatchUnwritable, key, "pictures cannot be moved out of %s or deleted: give the agent's user the right to write there, or set watch.then to keep", dir)
	}
}

// shared checks that no other camera removes pictures from the folder that this one
// watches.
func (c *checker) shared(key string, k *config.Camera) {
	for i := range c.config.Cameras {
		o := &c.config.Cameras[i]
		if o == k {
			return // one finding of both
		}
		if o.Source.Kind == address.Watch && filepath.Clean(o.Source.Target) == filepath.Clean(k.Source.Target) && (o.Watch.Then != "keep" || k.Watch.Then != "keep") {
			c.fail(WatchShared, key, "camera %s also watches %s, and each would remove pictures before the other sees them: use one folder per camera, or one camera with several regions", o.Name, k.Source.Target)
			return
		}
	}
}

// hidden returns an address without its user and password.
func hidden(written string) string {
	if i := strings.LastIndex(written, "@"); i >= 0 {
		return "***" + written[i:]
	}
	return written
}

// triggers checks that something can trigger a camera with policy trigger.
func (c *checker) triggers(key string, k *config.Camera) {
	if k.Policy != capture.Trigger {
		return
	}
	if chip := k.Trigger.GPIO.Chip; chip != "" {
		if _, err := os.Stat(chip); err != nil {
			c.add(Finding{Code: GPIOMissing, Key: key + ".trigger.gpio.chip", Level: Warning, Stops: true, Message: chip + " is not there: ls /dev/gpiochip* shows those of this machine"})
		}
		return
	}
	if c.config.HTTP.Listen.On() || c.config.Modbus.Listen.On() {
		return
	}
	const remedy = "write http.listen, modbus.listen or trigger.gpio"
	if !c.config.Events.Listen.On() && !c.config.Events.Hub.URL.On() {
		c.fail(TriggerMissing, key+".policy", "nothing can trigger this camera: %s", remedy)
		return
	}
	where := "at the hub"
	if !c.config.Events.Hub.URL.On() {
		where = "at events.listen, " + c.config.Events.Listen.String()
	}
	c.warn(TriggerNATSOnly, key+".policy", "only requests over NATS (%s) can trigger this camera: else %s", where, remedy)
}
