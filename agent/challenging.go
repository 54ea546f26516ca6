package agent

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"pristine/capture"
	"pristine/challenge"
	"pristine/events"
	"pristine/inspect"
	"pristine/prompts"
)

// The number of good parts for planting, and the smallest number of defects of each
// kind. With 7 kinds and one size this takes 32 to 48 encodes, or 2 to 10 seconds on a
// CPU.
const (
	challengePictures = 6
	challengePerKind  = 4
)

// trialPictures are good parts from the learning phase of a camera.
type trialPictures struct {
	mu  sync.Mutex
	all []*challenge.Picture
}

// add keeps a copy of a frame until there are enough.
func (t *trialPictures) add(k *camera, f *capture.Frame) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.all) < challengePictures {
		t.all = append(t.all, k.view().Challenged(f.Part, append([]byte(nil), f.Pix...), f.Width, f.Height))
	}
}

func (t *trialPictures) set(all []*challenge.Picture) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = all
}

func (t *trialPictures) list() []*challenge.Picture {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all
}

// challenged is the stored result of a camera's challenge.
type challenged struct {
	Synthetic   bool      `json:"synthetic"` // always true
	At          time.Time `json:"at"`
	Of          string    `json:"of"` // hash of what was challenged, and how
	Pixels      int       `json:"px"`
	Planted     int       `json:"planted"`
	Found       int       `json:"found"`
	Insensitive bool      `json:"insensitive"`
	Detail      string    `json:"detail"`
}

func (c *challenged) sensitivity() prompts.Sensitivity {
	return prompts.Sensitivity{Insensitive: c.Insensitive, Detail: c.Detail}
}

// challenges reports whether the camera runs a challenge after learning.
func (k *camera) challenges() bool {
	return k.config.Challenge.Size != challenge.Length{} && k.learnsParts()
}

// waitsForChallenge reports whether the camera's frames wait for the challenge because
// none may be lost. A live camera's frames continue without a verdict.
func (k *camera) waitsForChallenge() bool {
	return !k.config.Source.Live() || k.config.Policy == capture.Every
}

// unreadyStation is unready for the camera's own frames, which continue while it learns.
func (k *camera) unreadyStation() (inspect.Reason, string) {
	l := k.learning.Load()
	if l == nil || l.challenging == nil {
		return inspect.ReasonNone, ""
	}
	return inspect.ReasonLearning, l.String()
}

// challengeLoop challenges the live bank on each request, until ctx ends.
func (k *camera) challengeLoop(ctx context.Context) {
	for {
		select {
		case <-k.challengeAsked:
			k.challenge(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// challengeIfAsked challenges the live bank if there is a request.
func (k *camera) challengeIfAsked(ctx context.Context) {
	select {
	case <-k.challengeAsked:
		k.challenge(ctx)
	default:
	}
}

// askChallenge requests a challenge of the live bank.
func (k *camera) askChallenge() {
	select {
	case k.challengeAsked <- struct{}{}:
	default: // already requested
	}
}

// challenge plants defects into the learned good parts, and records in the live bank
// whether they are found. It restarts if the bank changes meanwhile. Before the first
// result there are no verdicts.
func (k *camera) challenge(ctx context.Context) {
	waiting := k.learning.Load() // waits for this challenge; may be nil
	for ctx.Err() == nil {
		bank := k.live.Bank()
		if bank.Learned() == nil || len(k.goodParts.list()) == 0 {
			break
		}
		result, err := k.challengeBank(ctx, bank, waiting)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			k.agent.log.Error("the challenge with synthetic defects failed: the smallest defect that this camera finds is unknown", "camera", k.config.Name, "err", err)
			k.publishState(ctx, events.State{Subject: "camera", Name: k.config.Name, State: "challenge_failed", Detail: err.Error()})
			break
		}
		if k.settle(bank, result) {
			k.report(ctx, result)
			break
		}
	}
	if waiting != nil && waiting.challenging != nil {
		k.learning.CompareAndSwap(waiting, nil)
	}
}

// settle records the result in the live bank, and reports whether that is still the
// challenged one.
func (k *camera) settle(bank *prompts.Bank, result *challenged) bool {
	k.acts.Lock()
	defer k.acts.Unlock()
	if k.live.Bank() != bank {
		return false
	}
	k.live.Swap(bank.WithSensitivity(result.sensitivity()))
	return true
}

func (k *camera) report(ctx context.Context, c *challenged) {
	if c.Insensitive {
		k.agent.log.Error("the camera misses planted defects: REVIEW instead of PASS", "camera", k.config.Name, "detail", c.Detail)
	} else {
		k.agent.log.Info("challenged with synthetic defects", "camera", k.config.Name, "detail", c.Detail)
	}
	if k.kept != nil {
		if err := k.kept.saveChallenge(c, k.goodParts.list()); err != nil {
			k.agent.log.Error("saving the challenge failed: the next start challenges again", "camera", k.config.Name, "err", err)
		}
	}
	state := "challenged"
	if c.Insensitive {
		state = "insensitive"
	}
	k.publishState(ctx, events.State{Subject: "camera", Name: k.config.Name, State: state, Detail: c.Detail, Counts: map[string]uint64{"planted": uint64(c.Planted), "found": uint64(c.Found)}})
}

// challengeBank runs the challenge.
func (k *camera) challengeBank(ctx context.Context, bank *prompts.Bank, waiting *learning) (*challenged, error) {
	pictures := k.goodParts.list()
	areas, err := challenge.Parts(pictures)
	if err != nil {
		return nil, err
	}
	size := max(k.config.Challenge.Size.On(challenge.Extent(areas), k.config.MMPerPixel), 2)
	// Each judge encodes a frame and its tiles, as a camera does.
	out, err := challenge.Run(ctx, pictures, challenge.Options{
		Judges: k.agent.model.Judges(2, k.view(), bank), Sizes: []int{size}, Repeats: (challengePerKind + len(pictures) - 1) / len(pictures), Seed: 1,
		Progress: func(done, total int) {
			if waiting != nil && waiting.challenging != nil {
				waiting.challenging.Store(&counted{done, total})
				k.agent.terminal.Progress("challenging with synthetic defects", done, total)
			}
		},
	})
	if err != nil {
		return nil, err
	}
	return k.judged(bank, out.Figures(k.config.MMPerPixel), size), nil
}

// judged reports whether the camera found enough.
func (k *camera) judged(bank *prompts.Bank, r *challenge.Report, size int) *challenged {
	found, planted := r.Escape.N-r.Escape.K, r.Escape.N
	c := &challenged{Synthetic: true, At: time.Now().UTC(), Of: k.challengeOf(bank), Pixels: size, Planted: planted, Found: found}
	if planted == 0 {
		c.Detail = "planted defects show nothing: no good part passes as it is"
		return c
	}
	c.Insensitive = float64(found) < k.config.Challenge.Found*float64(planted)
	c.Detail = fmt.Sprintf("%d of %d synthetic defects of %s were found", found, planted, sizeText(size, k.config.MMPerPixel))
	if c.Insensitive {
		c.Detail += fmt.Sprintf(", fewer than %.0f %%; most were missed of %s; try: %s", 100*k.config.Challenge.Found, strings.Join(missed(r), ", "), k.advice(bank, r))
	}
	return c
}

// missed returns the kinds of which most pass.
func missed(r *challenge.Report) []string {
	var names []string
	for _, f := range r.Kinds {
		if len(f.Sizes) > 0 && 2*f.Sizes[0].Found.K < f.Sizes[0].Found.N {
			names = append(names, string(f.Kind))
		}
	}
	return names
}

// advice returns the most helpful remedy.
func (k *camera) advice(bank *prompts.Bank, r *challenge.Report) string {
	const small, few = 0.25, 8
	switch {
	case r.PartShare < small:
		return fmt.Sprintf("a region around the part: it is %d px long and covers %.0f %% of what the camera inspects", r.PartPixels, 100*r.PartShare)
	case bank.References() < few:
		return fmt.Sprintf("more learn_parts: there are %d references", bank.References())
	default:
		return "a smaller region, or a larger challenge.size if such defects do not matter"
	}
}

func sizeText(pixels int, mmPerPixel float64) string {
	if mmPerPixel > 0 {
		return fmt.Sprintf("%.3g mm", float64(pixels)*mmPerPixel)
	}
	return fmt.Sprintf("%d px", pixels)
}

// challengeOf returns the identity of a result: the set, its thresholds and references,
// and the requirements.
func (k *camera) challengeOf(bank *prompts.Bank) string {
	return prompts.Sum([]byte(fmt.Sprint(bank.Set.Hash(), bank.Thresholds(), bank.ReferencesHash(), bank.Learned().Good.Hash(), k.config.Challenge, k.config.MMPerPixel)))
}
