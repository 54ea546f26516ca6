package infer

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	ort "github.com/yalue/onnxruntime_go"
)

// ortNames are ONNX Runtime's names of the providers.
var ortNames = map[string]string{"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider", "tensorrt": "TensorrtExecutionProvider", openvino: "OpenVINOExecutionProvider"}

// Placement is how many runs of nodes each provider took, by ONNX Runtime's
// name of it.
type Placement map[string]int

// placement asks ONNX Runtime which provider runs the nodes of a model: a
// provider may start and yet take none. The answer stands in the profile of a
// session, which is written when that ends; so it has a session of its own.
func placement(provider string, m *modelFile, inputs, outputs []string, feed []ort.Value, o Options) (Placement, error) {
	dir, err := os.MkdirTemp("", "pristine-profile-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	session, err := openWith(provider, m, inputs, outputs, o, func(options *ort.SessionOptions) error {
		return options.EnableProfiling(filepath.Join(dir, "profile"))
	})
	if err != nil {
		return nil, err
	}
	results := make([]ort.Value, len(outputs))
	err = session.Run(feed, results)
	for _, r := range results {
		if r != nil {
			_ = r.Destroy()
		}
	}
	if destroyed := session.Destroy(); err != nil || destroyed != nil {
		return nil, fmt.Errorf("run the model to see where it runs: %w", firstError(err, destroyed))
	}
	files, err := filepath.Glob(filepath.Join(dir, "profile*"))
	if err != nil || len(files) != 1 {
		return nil, fmt.Errorf("ONNX Runtime wrote %d profiles, wanted 1", len(files))
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		return nil, err
	}
	return parseProfile(data)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// parseProfile counts the runs of nodes in a profile of ONNX Runtime.
func parseProfile(data []byte) (Placement, error) {
	var events []struct {
		Category  string `json:"cat"`
		Arguments struct {
			Provider string `json:"provider"`
		} `json:"args"`
	}
	if err := json.Unmarshal(data, &events); err != nil {
		return nil, fmt.Errorf("read ONNX Runtime's profile: %w", err)
	}
	p := Placement{}
	for _, e := range events {
		if e.Category == "Node" && e.Arguments.Provider != "" {
			p[e.Arguments.Provider]++
		}
	}
	if len(p) == 0 {
		return nil, fmt.Errorf("ONNX Runtime's profile names no provider")
	}
	return p, nil
}

// check returns an error where a provider took none of the nodes.
func (p Placement) check(provider string) error {
	name, _ := splitProvider(provider)
	if p[ortNames[name]] > 0 || name == rtxPlugin.provider && p[rtxPlugin.name] > 0 {
		return nil
	}
	return fmt.Errorf("%s started, but took no node of the model: it runs on %v: see ONNX Runtime's messages for the missing library", provider, map[string]int(p))
}
