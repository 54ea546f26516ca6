package infer

import (
	ort "github.com/yalue/onnxruntime_go"

	"pristine/internal/signals"
)

// Startable returns why a provider cannot start on this machine, such as a library
// that is missing; nil where it can. It opens no model: one may still be refused.
func Startable(provider string) error {
	if _, err := Load(""); err != nil {
		return err
	}
	options, err := ort.NewSessionOptions()
	if err != nil {
		return err
	}
	defer func() { _ = options.Destroy() }()
	defer goHandlers().Restore()
	signals.KeepStack(func() { err = configure(options, provider, "", Options{}) })
	return err
}
