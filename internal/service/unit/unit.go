package unit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"pristine/deploy"
	"pristine/internal/assets"
	"pristine/internal/check"
	"pristine/internal/config"
	"pristine/internal/usage"
)

// DefaultName is the unit's name, which `edge logs` and `edge support-bundle` read.
const DefaultName = "edge"

// mark is the first line of a unit that Install wrote.
const mark = "# Written by edge service install; edge service uninstall removes it.\n"

// stateDir belongs to the service: the unit's StateDirectory.
const stateDir = "/var/lib/pristine"

// Options say what is installed.
type Options struct {
	Config  string                             // the agent's configuration
	Name    string                             // of the unit, without .service; "": DefaultName
	User    string                             // that the agent runs as; "": the owner of Config, or where that is root, pristine
	Root    string                             // folder that stands for the root of the machine; "": this machine
	Runtime string                             // the library of ONNX Runtime; without a folder: what the system's loader finds
	Bundles func(dir, references string) error // checks the model's bundles
	DryRun  bool                               // Install prints the unit and changes nothing
	program string                             // "": the running one
}

// Unit is a unit that can be installed.
type Unit struct {
	Name  string
	User  string
	Text  string
	root  string
	dry   bool
	dir   string   // that the agent starts in
	read  []string // what the agent opens
	write []string // folders that it writes to
}

// New returns the unit for a configuration. A configuration that an agent would not
// start with is an error, and so is a file that the user may not read.
func New(ctx context.Context, o Options) (*Unit, error) {
	u := &Unit{Name: o.Name, root: o.Root, dry: o.DryRun}
	if u.Name == "" {
		u.Name = DefaultName
	}
	if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`).MatchString(u.Name) {
		return nil, usage.Error(fmt.Errorf("a unit's name has letters, digits, -, _ and . only (got %q)", u.Name))
	}
	file, err := filepath.Abs(o.Config)
	if err != nil {
		return nil, err
	}
	settings, err := starting(ctx, file, o.Bundles)
	if err != nil {
		return nil, usage.Error(err)
	}
	program, err := programPath(o.program)
	if err != nil {
		return nil, err
	}
	u.read = append(u.read, program, file)
	if !filepath.IsAbs(o.Runtime) {
		o.Runtime = ""
	} else if o.Runtime, err = filepath.EvalSymlinks(o.Runtime); err != nil {
		return nil, fmt.Errorf("find ONNX Runtime: %w", err)
	} else {
		u.read = append(u.read, o.Runtime)
	}
	if u.User, err = userOf(o.User, file); err != nil {
		return nil, usage.Error(err)
	}
	if u.dir, err = workingDir(file, settings); err != nil {
		return nil, err
	}
	u.read = append(append(u.read, u.dir), settings.Model.Bundles()...)
	for i := range settings.Cameras {
		for _, station := range settings.Cameras[i].Stations() {
			for _, path := range []string{station.Prompts, station.References, station.Shadow} {
				if path != "" {
					u.read = append(u.read, path)
				}
			}
		}
	}
	u.write = writable(u.dir, file, settings)
	if err := u.mayUse(); err != nil {
		return nil, usage.Error(err)
	}
	u.Text = u.render(program, file, o.Runtime)
	return u, nil
}

// starting returns the settings of a configuration that an agent starts with.
func starting(ctx context.Context, name string, bundles func(dir, references string) error) (*config.Config, error) {
	file, err := config.Open(name)
	if err != nil {
		return nil, err
	}
	var wrong []error
	for _, f := range check.Configuration(ctx, file, check.Options{Starting: true, Bundles: bundles}) {
		if f.Stops && f.Level == check.Error {
			wrong = append(wrong, errors.New(f.String()))
		}
	}
	return file.Resolved(), errors.Join(wrong...)
}

func programPath(path string) (string, error) {
	if path == "" {
		var err error
		if path, err = os.Executable(); err != nil {
			return "", fmt.Errorf("find the running program: %w", err)
		}
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("find the running program: %w", err)
	}
	return real, nil
}

// render changes the shared unit where this installation differs.
func (u *Unit) render(program, file, runtime string) string {
	keys := map[string]string{
		"Documentation": "",
		"ExecStartPre":  "-" + quoted(program) + " check " + quoted(file),
		"ExecStart":     quoted(program) + " run --config " + quoted(file),
		"Environment":   "", "User": u.User, "Group": "",
		"WorkingDirectory": strings.ReplaceAll(u.dir, "%", "%%"),
	}
	if runtime != "" {
		keys["Environment"] = quoted("PRISTINE_ORT_LIB=" + runtime)
	}
	var own []string
	if home := os.Getenv(assets.Variable); home != "" {
		own = append(own, "Environment="+quoted(assets.Variable+"="+home))
	}
	if !anyBelow(u.write, stateDir) {
		keys["StateDirectory"] = "" // systemd would give it to the user, whoever's it is
	}
	var paths []string
	for _, path := range u.write {
		if !anyBelow([]string{path}, stateDir) {
			paths = append(paths, quoted(path))
		}
	}
	if len(paths) > 0 {
		own = append(own, "ReadWritePaths="+strings.Join(paths, " "))
	}
	// What hides the folders that the agent needs is relaxed.
	used := slices.Concat(u.read, u.write)
	if anyBelow(used, "/home", "/root", "/run/user") {
		keys["ProtectHome"] = "read-only"
	}
	if anyBelow(used, "/tmp", "/var/tmp") {
		keys["PrivateTmp"] = "no"
	}
	var out strings.Builder
	out.WriteString(mark)
	for line := range strings.Lines(deploy.Unit) {
		key, _, _ := strings.Cut(line, "=")
		value, changed := keys[key]
		switch {
		case changed && value != "":
			line = key + "=" + value + "\n"
		case changed:
			line = ""
		}
		out.WriteString(line)
		if key == "WorkingDirectory" && len(own) > 0 {
			out.WriteString(strings.Join(own, "\n") + "\n")
		}
	}
	return out.String()
}

// quoted returns a path as one word of a unit: in quotes where it has blanks, without
// the meaning that %, $ and \ have there.
func quoted(path string) string {
	path = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `%`, `%%`, `$`, `$$`).Replace(path)
	if strings.ContainsAny(path, " \t'") {
		return `"` + path + `"`
	}
	return path
}
