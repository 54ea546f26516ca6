package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Profiles go to the configured server, with the user from files; without a
// URL nothing is sent.
func TestProfilesGoWhereTheConfigurationSays(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	names, users := map[string]bool{}, map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		names[r.URL.Query().Get("name")] = true
		user, password, _ := r.BasicAuth()
		users[user+":"+password] = true
	}))
	defer server.Close()
	dir := t.TempDir()
	for file, text := range map[string]string{"user": "me\n", "password": "hidden\n"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pictures := frames(t, "testline://?fps=0", 1)
	edge(t, 0, "run", "--config", configure(t, pictures, "profiling: {url: '"+server.URL+"', application: my.line, user_file: "+dir+"/user, password_file: "+dir+"/password}\n"))
	mu.Lock()
	defer mu.Unlock()
	if len(names) == 0 || !users["me:hidden"] || len(users) != 1 {
		t.Errorf(`received %v from %v; want len(names) != 0, users["me:hidden"], len(users) == 1`, names, users)
	}
	for name := range names {
		if !strings.HasPrefix(name, "my.line") {
			t.Errorf("a profile is called %q", name)
		}
	}
}
