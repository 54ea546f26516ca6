package users

import "fmt"

// Role is what a user may do. Each may do what those before it may.
type Role int

// The roles of routes and users. Nobody is the role of a route that needs no login.
const (
	Nobody   Role = iota
	Operator      // look, review
	Engineer      // also sets, references, arming
	Admin         // also users, configuration
)

var roleNames = []string{"nobody", "operator", "engineer", "admin"}

func (r Role) String() string { return roleNames[r] }

// MarshalText and UnmarshalText write and read a role by its name.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the role of a user.
func (r *Role) UnmarshalText(text []byte) error {
	for i, name := range roleNames {
		if i > 0 && name == string(text) {
			*r = Role(i)
			return nil
		}
	}
	return fmt.Errorf("a role is operator, engineer or admin (got %q)", text)
}
