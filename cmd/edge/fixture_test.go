package main

import (
	"sync"
	"sync/atomic"
	"testing"

	"pristine/infer"
	"pristine/observe"
)

// opened is what openPocketModel opened.
var opened atomic.Pointer[observe.Model]

// openPocketModel opens the built-in model once for all tests of the package.
var openPocketModel = sync.OnceValues(func() (*observe.Model, error) {
	model, err := observe.Open("models/pocket", infer.Options{})
	opened.Store(model)
	return model, err
})

// pocketModel returns the built-in model, which all tests share: do not close it.
func pocketModel(t *testing.T) *observe.Model {
	t.Helper()
	model, err := openPocketModel()
	if err != nil {
		t.Fatal(err)
	}
	return model
}

// closingModel runs the tests and then closes what they share, before leaks are
// looked for.
type closingModel struct{ m *testing.M }

func (c closingModel) Run() int {
	code := c.m.Run()
	if model := opened.Load(); model != nil {
		model.Close()
	}
	return code
}
