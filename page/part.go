package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"net/http"
	"sort"

	"pristine/history"
	"pristine/internal/place"
)

// partView is one result with everything about it.
type partView struct {
	history.Result
	Position             string // of the mark on the scale, of 100
	ReviewAt             string
	FailAt               string
	MaybeWidth, BadWidth string
	HasMap               bool
	Places               []place.Place
	Width, Height        int // of the frame, that places lie in
	For                  []promptBar
	Against              []promptBar
	Facts                []fact
	Same                 []history.Result // earlier and later results of the same part
	Kinds                []string
	Use                  usable
	Note                 string
}

type promptBar struct {
	Class, Prompt string
	Cosine        float64
	Width         string // of 100
}

type fact struct{ Name, Value string }

// eventData is what the page reads of an event's data.
type eventData struct {
	Classes map[string]float64 `json:"classes"`
	Prompts *struct {
		For     []promptBar `json:"for"`
		Against []promptBar `json:"against"`
	} `json:"prompts"`
	Frame *struct {
		Sequence uint64  `json:"sequence"`
		AgeMS    float64 `json:"age_ms"`
		Width    int     `json:"width"`
		Height   int     `json:"height"`
		Dropped  uint64  `json:"dropped"`
		Name     string  `json:"name"`
		SHA256   string  `json:"sha256"`
	} `json:"frame"`
	Places       []place.Place      `json:"places"`
	Latency      map[string]float64 `json:"latency_ms"`
	Provider     string             `json:"provider"`
	References   int                `json:"references"`
	ShadowReason string             `json:"shadow_reason"`
	Frames       int                `json:"frames"`
}

func hundredths(v float64) string { return fmt.Sprintf("%.1f", 100*min(max(v, 0), 1)) }

func (p *Page) view(r *http.Request, h *history.History, result *history.Result) (*partView, error) {
	v := &partView{Result: *result, ReviewAt: hundredths(result.Review), FailAt: hundredths(result.Fail), MaybeWidth: hundredths(result.Fail - result.Review), BadWidth: hundredths(1 - result.Fail)}
	if result.Defect != nil {
		v.Position = hundredths(min(*result.Defect, 0.99)) // its mark is a hundredth wide
	}
	kept, err := h.Kept(r.Context(), result.ID)
	if err == nil {
		v.HasMap = len(kept.Map) > 0
		var data eventData
		if json.Unmarshal(kept.Data, &data) == nil {
			v.fill(&data)
		}
	}
	if result.Part != "" {
		if v.Same, err = h.Parts(r.Context(), history.Filter{Part: result.Part}, 12); err != nil {
			return nil, err
		}
	}
	v.Kinds = p.kinds(r, h)
	return v, nil
}

// kinds are the defects that were met lately, to be chosen from.
func (p *Page) kinds(r *http.Request, h *history.History) []string {
	now := p.options.Now()
	counts, err := h.Counts(r.Context(), history.Period{From: now.AddDate(0, 0, -7), To: now})
	if err != nil {
		return nil
	}
	var kinds []string
	seen := map[string]bool{}
	for _, c := range counts {
		if c.Likeliest != "" && !seen[c.Likeliest] && len(kinds) < 9 {
			seen[c.Likeliest] = true
			kinds = append(kinds, c.Likeliest)
		}
	}
	return kinds
}

func (v *partView) fill(d *eventData) {
	if d.Prompts != nil {
		v.For, v.Against = bars(d.Prompts.For), bars(d.Prompts.Against)
	}
	add := func(name, value string) {
		if value != "" {
			v.Facts = append(v.Facts, fact{name, value})
		}
	}
	if v.Places = place.Deciding(d.Places); d.Frame != nil {
		v.Width, v.Height = d.Frame.Width, d.Frame.Height
	}
	for _, p := range d.Places {
		add("Place", p.Text())
	}
	if f := d.Frame; f != nil {
		add("Frame", fmt.Sprintf("%d, %d × %d pixels", f.Sequence, f.Width, f.Height))
		add("Age at the verdict", fmt.Sprintf("%.0f ms", f.AgeMS))
		if f.Dropped > 0 {
			add("Frames dropped before it", fmt.Sprint(f.Dropped))
		}
		add("File", f.Name)
		add("SHA-256 of the pixels", f.SHA256)
	}
	stages := make([]string, 0, len(d.Latency))
	for stage := range d.Latency {
		stages = append(stages, stage)
	}
	sort.Strings(stages)
	for _, stage := range stages {
		add("Time to "+stage, fmt.Sprintf("%.1f ms", d.Latency[stage]))
	}
	add("Model runs on", d.Provider)
	add("Model bundle", v.Bundle)
	add("Prompt set", v.Set)
	add("SHA-256 of the set", v.SetSHA256)
	add("References", fmt.Sprint(d.References))
	add("In shadow because", d.ShadowReason)
	add("Event", v.Event)
}

// bars scales cosines to what CLIP gives in practice.
func bars(all []promptBar) []promptBar {
	for i := range all {
		all[i].Width = hundredths((all[i].Cosine + 0.1) / 0.5)
	}
	return all
}

func (p *Page) part(w http.ResponseWriter, r *http.Request) {
	p.showPart(w, r, r.PathValue("event"), "")
}

// showPart shows a part, with a sentence on what was just done with it.
func (p *Page) showPart(w http.ResponseWriter, r *http.Request, event, note string) {
	h, err := p.kept()
	var result *history.Result
	if err == nil {
		result, err = h.Part(r.Context(), event)
	}
	var v *partView
	if err == nil {
		v, err = p.view(r, h, result)
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	v.Use, v.Note = p.usable(r, result, "part"), note
	title := result.Part
	if title == "" {
		title = result.Camera
	}
	p.show(w, r, http.StatusOK, "part", "base", title, v)
}

// partFile serves what is kept beside a result. It never changes, so browsers keep
// it: the next part of Review is there before it is asked for.
func (p *Page) partFile(w http.ResponseWriter, r *http.Request) {
	h, err := p.kept()
	var result *history.Result
	if err == nil {
		result, err = h.Part(r.Context(), r.PathValue("event"))
	}
	var kept *history.Kept
	if err == nil {
		kept, err = h.Kept(r.Context(), result.ID)
	}
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "private, max-age=86400, immutable")
	var data []byte
	switch r.PathValue("file") {
	case "thumb.jpg":
		data = kept.Thumb
	case "picture.jpg":
		if data = kept.Picture; len(data) == 0 {
			data = kept.Thumb
		}
	case "map.png":
		width, height := 4, 3
		if c, err := jpeg.DecodeConfig(bytes.NewReader(kept.Picture)); err == nil {
			width, height = c.Width, c.Height
		}
		writeMap(w, r, kept.Map, width, height)
		return
	}
	if len(data) == 0 {
		w.Header().Set("Cache-Control", "no-store")
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	_, _ = w.Write(data)
}
