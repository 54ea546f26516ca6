package unit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// ownUser is the service's own user. Install adds it where it is missing.
const ownUser = "pristine"

// userOf returns the name of the user that the agent runs as.
func userOf(name, file string) (string, error) {
	if name == "" {
		info, err := os.Stat(file)
		if err != nil {
			return "", err
		}
		uid := info.Sys().(*syscall.Stat_t).Uid
		if uid == 0 {
			return ownUser, nil
		}
		owner, err := user.LookupId(strconv.Itoa(int(uid)))
		if err != nil {
			return "", fmt.Errorf("the owner of %s has no name: say who runs the agent with --user: %w", file, err)
		}
		return owner.Username, nil
	}
	if _, err := user.Lookup(name); err != nil && name != ownUser {
		return "", fmt.Errorf("the user %s does not exist: useradd --system %s", name, name)
	}
	return name, nil
}

// rights are what a mode grants to a class of users.
const (
	mayRead  fs.FileMode = 4
	mayWrite fs.FileMode = 2
	mayEnter fs.FileMode = 1
)

// mayUse checks that the user may read and write what the agent does.
func (u *Unit) mayUse() error {
	if u.User == "root" {
		return nil
	}
	uid, gids := -1, []string{}
	if account, err := user.Lookup(u.User); err == nil {
		if uid, err = strconv.Atoi(account.Uid); err != nil {
			return fmt.Errorf("look up user %s: %w", u.User, err)
		}
		if gids, err = account.GroupIds(); err != nil {
			return fmt.Errorf("look up user %s: %w", u.User, err)
		}
	}
	may := func(path string, want fs.FileMode) bool {
		info, err := os.Stat(path)
		if err != nil {
			return false
		}
		owner := info.Sys().(*syscall.Stat_t)
		granted := info.Mode().Perm()
		switch {
		case int(owner.Uid) == uid:
			granted >>= 6
		case slices.Contains(gids, strconv.Itoa(int(owner.Gid))):
			granted >>= 3
		}
		return granted&want == want
	}
	var wrong []string
	add := ""
	if uid < 0 {
		add = "useradd --system " + u.User + " && "
	}
	refuse := func(path, verb, remedy string) {
		text := fmt.Sprintf("the user %s may not %s %s: %s, or name another with --user", u.User, verb, path, remedy)
		if !slices.Contains(wrong, text) {
			wrong = append(wrong, text)
		}
	}
	for _, path := range u.read {
		if !filepath.IsAbs(path) {
			path = filepath.Join(u.dir, path)
		}
		if closed := closedFolder(path, may); closed != "" {
			refuse(closed, "enter", "move what is in it to a folder such as /opt or /srv")
		} else if !may(path, mayRead) {
			refuse(path, "read", "chmod a+r "+path)
		}
	}
	for _, path := range u.write {
		if anyBelow([]string{path}, stateDir) {
			continue // systemd makes it, and gives it to the user
		}
		path = existing(path)
		if closed := closedFolder(path, may); closed != "" {
			refuse(closed, "enter", "move what is in it to a folder such as /opt or /srv")
		} else if !may(path, mayWrite|mayEnter) {
			refuse(path, "write to", fmt.Sprintf("%schown -R %s %s", add, u.User, path))
		}
	}
	if len(wrong) > 0 {
		return errors.New(strings.Join(wrong, "\n"))
	}
	return nil
}

// closedFolder returns the first folder above path that may not be entered.
func closedFolder(path string, may func(string, fs.FileMode) bool) (closed string) {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if !may(dir, mayEnter) {
			closed = dir
		}
		if dir == "/" {
			return closed
		}
	}
}

// existing returns path, or the nearest folder above it that is there.
func existing(path string) string {
	for {
		if _, err := os.Stat(path); err == nil || path == "/" {
			return path
		}
		path = filepath.Dir(path)
	}
}
