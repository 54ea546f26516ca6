package trigger_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"pristine/inspect"
	"pristine/trigger"
)

func ExampleHandler() {
	handler := trigger.Handler(func(_ context.Context, camera, part string) (inspect.Answer, error) {
		return inspect.Answer{Part: part, Verdict: inspect.Pass, Defect: 0.1}, nil
	})
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest("POST", "/trigger?camera=belt&part=A-17", nil))
	fmt.Println(answer.Code, answer.Body)
	// Output: 200 {"part":"A-17","verdict":"PASS","defect":0.1,"shadow":false,"took_ms":0}
}
