package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pristine/events"
	"pristine/infer"
	"pristine/internal/need"
	"pristine/internal/untar"
)

const exports = "infer/testdata/exports/"

// exportGolden is what Python computed with an export, see
// training/golden/exports.py.
type exportGolden struct {
	Pictures []struct {
		File      string
		Embedding []float32
	}
	Texts []struct {
		Text      string
		Embedding []float32
	}
}

func readExportGolden(t *testing.T, name string) (g exportGolden) {
	t.Helper()
	data, err := os.ReadFile(exports + name + ".golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	if len(g.Pictures) < 4 || len(g.Texts) < 8 {
		t.Fatal("the golden file is short")
	}
	return g
}

// embed runs edge embed on several inputs.
func embed(t *testing.T, args ...string) [][]float32 {
	t.Helper()
	out, _ := edge(t, exitClean, append([]string{"embed"}, args...)...)
	var all []embedded
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatal(err)
	}
	vectors := make([][]float32, len(all))
	for i := range all {
		vectors[i] = all[i].Embedding
	}
	return vectors
}

// softmax is the zero-shot probabilities of texts for a picture, as CLIP's
// README computes them.
func softmax(picture []float32, texts [][]float32, scale float64) []float64 {
	p, sum := make([]float64, len(texts)), 0.0
	for i, t := range texts {
		p[i] = math.Exp(scale * infer.Cosine(picture, t))
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

func TestAnExportGivesPythonsNumbersFromJPEGAndText(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	for name, scale := range map[string]float64{"clip": 100, "clip-gelu": 30, "siglip": 100} {
		t.Run(name, func(t *testing.T) {
			g := readExportGolden(t, name)
			export := untar.Gzip(t, exports+name+".tar.gz")
			models := t.TempDir()
			edge(t, exitClean, "model", "import", export, "--models", models)
			for _, bundle := range []string{export, filepath.Join(models, name)} {
				pictureArgs, textArgs := []string{"image", "--bundle", bundle}, []string{"text", "--bundle", bundle}
				var goldenTexts [][]float32
				for _, p := range g.Pictures {
					pictureArgs = append(pictureArgs, exports+p.File)
				}
				for _, text := range g.Texts {
					textArgs, goldenTexts = append(textArgs, text.Text), append(goldenTexts, text.Embedding)
				}
				pictures, texts := embed(t, pictureArgs...), embed(t, textArgs...)
				for i, v := range texts {
					if c := infer.Cosine(v, g.Texts[i].Embedding); !(c >= 0.9999) {
						t.Errorf("%q: cosine %.6f to Python's embedding, want 0.9999", g.Texts[i].Text, c)
					}
				}
				for i, v := range pictures {
					if c := infer.Cosine(v, g.Pictures[i].Embedding); !(c >= 0.9999) {
						t.Errorf("%s: cosine %.6f to Python's embedding, want 0.9999", g.Pictures[i].File, c)
					}
					ours, want := softmax(v, texts, scale), softmax(g.Pictures[i].Embedding, goldenTexts, scale)
					for k := range want {
						if math.Abs(ours[k]-want[k]) > 0.0005 {
							t.Errorf("%s, %q: probability %.4f, Python says %.4f", g.Pictures[i].File, g.Texts[k].Text, ours[k], want[k])
						}
					}
				}
			}
		})
	}
}

func TestModelCommands(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	models := t.TempDir()
	export := untar.Gzip(t, exports+"clip-gelu.tar.gz")
	out, _ := edge(t, exitClean, "model", "import", export, "--models", models, "--name", "line-3")
	bundle := filepath.Join(models, "line-3")
	if !strings.Contains(out, bundle+" is ready") {
		t.Errorf("import says %q", out)
	}
	if _, err := edge(t, exitFailed, "model", "import", export, "--models", models, "--name", "line-3"); !strings.Contains(err, "there is a bundle of this name already") {
		t.Errorf("a second import says %q", err)
	}
	if out, _ := edge(t, exitClean, "model", "list", "--models", models); !strings.Contains(out, "32 px") {
		t.Errorf("list says %q", out)
	}
	if out, _ := edge(t, exitClean, "model", "show", bundle); !strings.Contains(out, "shortest side 32, centre crop, bicubic") || !strings.Contains(out, "logit scale 30") || !strings.Contains(out, "with references: small defects are found where they are") {
		t.Errorf(`show says %q; want strings.Contains(out, "shortest side 32, centre crop, bicubic"), strings.Contains(out, "logit scale 30"), strings.Contains(out, "with references: small defects are found where they are")`, out)
	}
	if out, _ := edge(t, exitClean, "model", "verify", "models/pocket"); !strings.Contains(out, "golden embeddings agree") {
		t.Errorf("verify says %q", out)
	}
	edge(t, exitClean, "score", "--bundle", bundle, exports+"picture-0.jpg")
	if _, err := edge(t, exitUsage, "model", "remove", "../line-3", "--models", models); !strings.Contains(err, "letters, digits") {
		t.Errorf("remove of a path says %q", err)
	}
	edge(t, exitClean, "model", "remove", "line-3", "--models", models)
	if left, err := os.ReadDir(models); err != nil || len(left) != 0 {
		t.Errorf("remove left %v, %v", left, err)
	}
}

func TestModelBuild(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	if out, _ := edge(t, exitClean, "model", "build", "models/pocket", "--provider", "cpu"); !strings.Contains(out, "runs on cpu after") {
		t.Errorf("build says %q", out)
	}
	// ONNX Runtime's wheel for the CPU has no other provider.
	for _, provider := range []string{"tensorrt", "cuda", "openvino"} {
		if _, err := edge(t, exitFailed, "model", "build", "models/pocket", "--provider", provider, "--cache-dir", t.TempDir()); !strings.Contains(err, provider+": this ONNX Runtime has no") || !strings.Contains(err, infer.LibraryVariable) {
			t.Errorf("without %s it says %q", provider, err)
		}
	}
}

func TestEveryProviderMayBeConfigured(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "edge.yaml")
	config := "model:\n  providers:\n    - " + strings.Join(infer.Providers(), "\n    - ") + "\n"
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	edge(t, exitClean, "check", file)
}

func TestTheStatesOfTheModelAreEvents(t *testing.T) {
	t.Parallel()
	var out, errs buffer
	config := configure(t, "testline://?fps=10", "model: {providers: [tensorrt, cpu], policy: fallback}\n")
	code := make(chan int, 1)
	go func() {
		code <- run(context.Background(), []string{"run", "--config", config, "--for", "3s"}, &out, &errs)
	}()
	for deadline := time.Now().Add(60 * time.Second); !listening.MatchString(out.String()); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the agent does not start: %s%s", out.String(), errs.String())
		}
	}
	var states []string
	_, _ = events.Subscribe(context.Background(), events.Hub{URL: listening.FindStringSubmatch(out.String())[1]}, events.SubscribeOptions{All: true}, func(r events.Received) error {
		var state events.State
		if err := json.Unmarshal(r.Data, &state); err == nil && state.Subject == "model" {
			states = append(states, state.State)
		}
		if strings.Contains(string(r.Data), `"stopped"`) {
			return context.Canceled
		}
		return nil
	})
	if c := <-code; c != exitClean {
		t.Fatalf("exit code %d: %s", c, errs.String())
	}
	if got := strings.Join(states, " "); got != "LOADING BUILDING DEGRADED" {
		t.Errorf("the model's states are %q", got)
	}
	if !strings.Contains(errs.String(), "this ONNX Runtime has no TensorRT provider") {
		t.Errorf("the log does not say why: %s", errs.String())
	}
}

func TestModelPull(t *testing.T) {
	const commit = "0123456789abcdef0123456789abcdef01234567"
	export, models := untar.Gzip(t, exports+"clip.tar.gz"), t.TempDir()
	files := http.StripPrefix("/owner/tiny/resolve/"+commit+"/", http.FileServer(http.Dir(export)))
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/models/owner/tiny/revision/main" {
			fmt.Fprintf(w, `{"sha": %q, "siblings": [{"rfilename": "config.json"}, {"rfilename": "preprocessor_config.json"}, {"rfilename": "tokenizer.json"},
				{"rfilename": "onnx/vision_model.onnx"}, {"rfilename": "onnx/text_model.onnx"}]}`, commit)
			return
		}
		data, _ := os.ReadFile(filepath.Join(export, strings.TrimPrefix(r.URL.Path, "/owner/tiny/resolve/"+commit)))
		w.Header().Set("X-Linked-Etag", fmt.Sprintf(`"%x"`, sha256.Sum256(data)))
		files.ServeHTTP(w, r)
	}))
	defer hub.Close()
	defer http.DefaultClient.CloseIdleConnections()
	t.Setenv("HF_ENDPOINT", hub.URL)
	edge(t, exitClean, "model", "pull", "owner/tiny", "--models", models)
	edge(t, exitClean, "model", "verify", filepath.Join(models, "tiny"))
	if left, err := os.ReadDir(filepath.Join(models, ".pull")); err != nil || len(left) != 0 {
		t.Errorf("the download is still there: %v, %v", left, err)
	}
	if _, err := edge(t, exitUsage, "model", "pull", "owner/tiny", "--models", models); !strings.Contains(err, "edge model remove tiny") {
		t.Errorf("a second pull says %q", err)
	}
	if _, err := edge(t, exitFailed, "model", "pull", "owner/absent", "--models", models); !strings.Contains(err, "check the name and the revision") {
		t.Errorf("a model that is not there: %q", err)
	}
}
