package unit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"

	"github.com/google/renameio/v2"

	"pristine/internal/usage"
)

// Install writes the unit, and enables and starts it. Without a running systemd, such
// as in another root, the unit is enabled only and starts with the machine.
func (u *Unit) Install(ctx context.Context, w io.Writer) error {
	if u.dry {
		_, err := io.WriteString(w, u.Text)
		return err
	}
	if err := mayChange(u.root); err != nil {
		return err
	}
	for _, dir := range []string{"/usr/lib/systemd/system", "/lib/systemd/system"} {
		if path := filepath.Join(u.root, dir, u.Name+".service"); exists(path) {
			return usage.Error(fmt.Errorf("%s is there, of a package: write /etc/pristine/edge.yaml and run systemctl enable --now %s, or choose another --unit", path, u.Name))
		}
	}
	path := unitPath(u.root, u.Name)
	if _, err := written(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if u.root == "" {
		if err := u.prepare(ctx); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // as systemd's own folder
		return err
	}
	if err := renameio.WriteFile(path, []byte(u.Text), 0o644); err != nil {
		return fmt.Errorf("write the unit: %w", err)
	}
	fmt.Fprintf(w, "%s: runs as %s\n", path, u.User)
	if !running(u.root) {
		fmt.Fprintln(w, "systemd does not run here: the agent starts with the machine")
		return systemctl(ctx, u.root, "enable", u.Name)
	}
	for _, args := range [][]string{{"daemon-reload"}, {"enable", u.Name}, {"restart", u.Name}} {
		if err := systemctl(ctx, "", args...); err != nil {
			return fmt.Errorf("%w: see edge logs --unit %s", err, u.Name)
		}
	}
	_, err := fmt.Fprintf(w, "the agent runs, now and after each start of the machine: edge logs --follow --unit %s\n", u.Name)
	return err
}

// prepare adds the service's own user and the folders that the agent writes to.
func (u *Unit) prepare(ctx context.Context) error {
	account, err := user.Lookup(u.User)
	if err != nil {
		if out, err := exec.CommandContext(ctx, "useradd", "--system", "--user-group", "--home-dir", stateDir, "--shell", "/usr/sbin/nologin", u.User).CombinedOutput(); err != nil {
			return fmt.Errorf("add the user %s: %w: %s", u.User, err, bytes.TrimSpace(out))
		}
		if account, err = user.Lookup(u.User); err != nil {
			return err
		}
	}
	uid, err := strconv.Atoi(account.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(account.Gid)
	if err != nil {
		return err
	}
	for _, dir := range u.write {
		if exists(dir) || anyBelow([]string{dir}, stateDir) {
			continue
		}
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return err
		}
		if err := os.Chown(dir, uid, gid); err != nil {
			return err
		}
	}
	return nil
}

// Uninstall stops a service that Install installed and removes its unit. Name and
// root are as in Options. Configuration, data and user stay.
func Uninstall(ctx context.Context, w io.Writer, name, root string) error {
	if err := mayChange(root); err != nil {
		return err
	}
	path := unitPath(root, name)
	ours, err := written(path)
	if errors.Is(err, fs.ErrNotExist) {
		return usage.Error(fmt.Errorf("no such service is installed: %w", err))
	}
	if !ours {
		return err
	}
	live := running(root)
	args := []string{"disable", name}
	if live {
		args = []string{"disable", "--now", name}
	}
	if err := systemctl(ctx, root, args...); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	if live {
		if err := systemctl(ctx, "", "daemon-reload"); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(w, "removed %s; configuration, events and pictures are where they were\n", path)
	return err
}

func unitPath(root, name string) string {
	return filepath.Join(root, "/etc/systemd/system", name+".service")
}

// written reports whether Install wrote the unit. Another's is an error.
func written(path string) (bool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	if !bytes.HasPrefix(text, []byte(mark)) {
		return false, usage.Error(fmt.Errorf("edge service install did not write %s: choose another --unit, or remove it by hand", path))
	}
	return true, nil
}

func mayChange(root string) error {
	if root == "" && os.Geteuid() != 0 {
		return usage.Error(errors.New("only root can install and remove services: sudo edge service …, or --dry-run to see the unit"))
	}
	return nil
}

// running reports whether systemd manages the machine whose root this is.
func running(root string) bool { return root == "" && exists("/run/systemd/system") }

func systemctl(ctx context.Context, root string, args ...string) error {
	if root != "" {
		args = append([]string{"--root=" + root}, args...)
	}
	if out, err := exec.CommandContext(ctx, "systemctl", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("systemctl %s: %w: %s", args[len(args)-1], err, bytes.TrimSpace(out))
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
