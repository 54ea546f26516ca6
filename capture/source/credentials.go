package source

import (
	"fmt"
	"net/url"
	"os"
	"strings"

	"pristine/capture"
)

// withCredentials returns the target with the user and password that stand in
// files. They are read at each opening, so that a new password needs no restart.
func withCredentials(target string, o Options) (string, error) {
	if o.UserFile == "" && o.PasswordFile == "" {
		return target, nil
	}
	u, err := url.Parse(target)
	if err != nil {
		return "", fmt.Errorf("open camera %s: %w: no valid URL", capture.Redact(target), capture.ErrProtocol)
	}
	user, err := secret(o.UserFile)
	if err != nil {
		return "", fmt.Errorf("open camera %s: read its user: %w", capture.Redact(target), err)
	}
	password, err := secret(o.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("open camera %s: read its password: %w", capture.Redact(target), err)
	}
	u.User = url.UserPassword(user, password)
	return u.String(), nil
}

// secret returns the text of a file without the line end that editors add.
func secret(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	text := strings.TrimRight(string(data), "\r\n")
	if text == "" {
		return "", fmt.Errorf("%s is empty", file)
	}
	return text, nil
}
