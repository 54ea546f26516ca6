package source

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/capture"
)

// secrets writes a user and a password to files.
func secrets(t *testing.T, user, password string) Options {
	t.Helper()
	dir := t.TempDir()
	o := Options{UserFile: filepath.Join(dir, "user"), PasswordFile: filepath.Join(dir, "password")}
	for file, text := range map[string]string{o.UserFile: user, o.PasswordFile: password} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func TestOpen_RTSPCredentialsFromFiles(t *testing.T) {
	host, _ := rtspServer(t, "--user", "admin", "--password", "hunter2")
	s, err := open(t, "rtsp://"+host+"/stream", secrets(t, "admin\n", "hunter2\n"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n, _, err := read(t, s, 3); n != 3 {
		t.Errorf("got %d frames and %v, want 3", n, err)
	}
	_, err = open(t, "rtsp://"+host+"/stream", secrets(t, "admin", "wrong-secret"))
	if !errors.Is(err, capture.ErrAuth) || strings.Contains(err.Error(), "wrong-secret") || strings.Contains(err.Error(), "admin") {
		t.Errorf("wrong password: got %v, want ErrAuth without the credentials", err)
	}
}

// The password is changed in camera and file while the agent runs: the next
// opening has the new one.
func TestOpen_HTTPCredentialsAreReadAnewAtEachOpening(t *testing.T) {
	password := "p/1: ü"
	picture := jpegOf(t, 64, 48)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, given, _ := r.BasicAuth(); user != "line@plant" || given != password {
			w.Header().Set("WWW-Authenticate", `Basic realm="camera"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write(picture)
	}))
	defer server.Close()
	o := secrets(t, "line@plant\r\n", password+"\n")
	for range 2 {
		s, err := open(t, server.URL+"/shot.jpg#fps=100", o)
		if err != nil {
			t.Fatal(err)
		}
		if n, _, err := read(t, s, 2); n != 2 {
			t.Errorf("got %d pictures and %v, want 2", n, err)
		}
		s.Close()
		password = "second"
		if err := os.WriteFile(o.PasswordFile, []byte(password), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(o.PasswordFile, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, server.URL+"/shot.jpg", o); err == nil || !strings.HasSuffix(err.Error(), "password is empty") {
		t.Errorf("empty file: got %v, want an error that says so", err)
	}
	o.UserFile += "-missing"
	if _, err := open(t, server.URL+"/shot.jpg", o); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "read its user") {
		t.Errorf("no file: got %v, want an error that names it", err)
	}
}
