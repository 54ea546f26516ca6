package users_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"pristine/users"
)

func ExampleAccess_Guard() {
	dir, err := os.MkdirTemp("", "users")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := users.OpenFile(filepath.Join(dir, "users.json"))
	if _, err := file.Set("ann", users.Engineer, "a long password"); err != nil {
		fmt.Println(err)
		return
	}
	page := users.NewAccess(file).Guard(users.Operator, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "hello", users.Of(r.Context()).Name)
	}))
	for _, password := range []string{"a long password", "wrong"} {
		request := httptest.NewRequest("GET", "/status", nil)
		request.SetBasicAuth("ann", password)
		answer := httptest.NewRecorder()
		page.ServeHTTP(answer, request)
		fmt.Println(answer.Code)
	}
	// Output:
	// 200
	// 401
}
