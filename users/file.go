package users

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/renameio/v2"
)

// User is one user.
type User struct {
	Name string `json:"name"`
	Role Role   `json:"role"`
	Hash string `json:"hash"`
}

// File is the users' file. It is read again when it has changed.
type File struct {
	path string
	mu   sync.Mutex
	read time.Time
	size int64
	all  []User
}

// Errors of users.
var (
	ErrName   = errors.New("a name has 1 to 40 letters, digits, dots, - or _")
	ErrNoUser = errors.New("there is no such user")
)

var validName = regexp.MustCompile(`^[\pL\pN][\pL\pN._-]{0,39}$`)

// OpenFile returns the file at a path, which need not exist yet.
func OpenFile(path string) *File { return &File{path: path} }

// Path is where the file is.
func (f *File) Path() string { return f.path }

// List returns the users, by name.
func (f *File) List() ([]User, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.load()
	return slices.Clone(f.all), err
}

func (f *File) load() error {
	info, err := os.Stat(f.path)
	if errors.Is(err, os.ErrNotExist) {
		f.all, f.read = nil, time.Time{}
		return nil
	}
	if err != nil {
		return fmt.Errorf("read users: %w", err)
	}
	if info.ModTime().Equal(f.read) && info.Size() == f.size {
		return nil
	}
	data, err := os.ReadFile(f.path)
	if err != nil {
		return fmt.Errorf("read users: %w", err)
	}
	var all []User
	if err := json.Unmarshal(data, &all); err != nil {
		return fmt.Errorf("read users: %s: %w", f.path, err)
	}
	f.all, f.read, f.size = all, info.ModTime(), info.Size()
	return nil
}

// Find returns a user.
func (f *File) Find(name string) (User, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(); err != nil {
		return User{}, err
	}
	for _, u := range f.all {
		if u.Name == name {
			return u, nil
		}
	}
	return User{}, fmt.Errorf("user %q: %w", name, ErrNoUser)
}

// Set adds a user, or gives one another role and password. It returns what the user
// was before, nil where there was none.
func (f *File) Set(name string, role Role, password string) (before *User, err error) {
	if !validName.MatchString(name) {
		return nil, fmt.Errorf("user %q: %w", name, ErrName)
	}
	if len(password) < leastPassword || len(password) > mostPassword {
		return nil, ErrPassword
	}
	u := User{name, role, hashPassword(password)}
	err = f.change(func(all []User) ([]User, error) {
		for i := range all {
			if all[i].Name == name {
				old := all[i]
				before, all[i] = &old, u
				return all, nil
			}
		}
		return append(all, u), nil
	})
	return before, err
}

// Remove removes a user.
func (f *File) Remove(name string) error {
	return f.change(func(all []User) ([]User, error) {
		for i := range all {
			if all[i].Name == name {
				return slices.Delete(all, i, i+1), nil
			}
		}
		return nil, fmt.Errorf("user %q: %w", name, ErrNoUser)
	})
}

func (f *File) change(act func([]User) ([]User, error)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(); err != nil {
		return err
	}
	all, err := act(slices.Clone(f.all))
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b User) int { return strings.Compare(a.Name, b.Name) })
	data, err := json.MarshalIndent(all, "", "  ")
	if err == nil {
		err = os.MkdirAll(filepath.Dir(f.path), 0o750)
	}
	if err == nil {
		err = renameio.WriteFile(f.path, append(data, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("write users: %w", err)
	}
	f.read = time.Time{}
	return f.load()
}

// ValidName reports whether a text may name a user.
func ValidName(name string) bool { return validName.MatchString(name) }
