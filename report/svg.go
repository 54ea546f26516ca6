package report

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"
	"time"
)

// Size of a chart in its own units; it is scaled to its place.
const (
	chartWidth, chartHeight = 480.0, 200.0
	left, right             = 52.0, 12.0
	over, under             = 12.0, 36.0
)

// plot is a chart with time across and a value up.
type plot struct {
	strings.Builder
	from, to  time.Time
	low, high float64
}

func (p *plot) x(t time.Time) float64 {
	span := p.to.Sub(p.from).Seconds()
	if span <= 0 {
		return left
	}
	return left + (chartWidth-left-right)*t.Sub(p.from).Seconds()/span
}

func (p *plot) y(v float64) float64 {
	return over + (chartHeight-over-under)*(1-(v-p.low)/(p.high-p.low))
}

func (p *plot) open(title string) {
	fmt.Fprintf(p, `<svg class="chart" viewBox="0 0 %g %g" role="img" aria-label="%s" font-family="system-ui, sans-serif" font-size="12">`, chartWidth, chartHeight, html.EscapeString(title))
}

// axes draws round ticks up, and times across.
func (p *plot) axes(label func(float64) string) {
	step := roundStep((p.high - p.low) / 4)
	for v := math.Ceil(p.low/step-1e-9) * step; v <= p.high+1e-9; v += step {
		y := p.y(v)
		fmt.Fprintf(p, `<line class="grid" x1="%g" x2="%g" y1="%.1f" y2="%.1f" stroke="currentColor" stroke-opacity=".15"/><text class="tick" x="%g" y="%.1f" text-anchor="end" fill="currentColor">%s</text>`,
			left, chartWidth-right, y, y, left-6, y+4, label(v))
	}
	layout := "15:04"
	if p.to.Sub(p.from) > 36*time.Hour {
		layout = "01-02"
	}
	for i := range 5 {
		t := p.from.Add(time.Duration(float64(p.to.Sub(p.from)) * float64(i) / 4))
		anchor := []string{"start", "middle", "middle", "middle", "end"}[i]
		fmt.Fprintf(p, `<text class="tick" x="%.1f" y="%g" text-anchor="%s" fill="currentColor">%s</text>`, p.x(t), chartHeight-under+18, anchor, t.Local().Format(layout))
		if p.to.Sub(p.from) < 4*time.Minute {
			break // the times would be alike
		}
	}
}

// roundStep is 1, 2 or 5 times a power of ten, and at least v.
func roundStep(v float64) float64 {
	if !(v > 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v-1e-12 {
			return m * power
		}
	}
	return 10 * power
}

func (p *plot) path(class, stroke string, dash string, points [][2]float64) {
	if len(points) == 0 {
		return
	}
	fmt.Fprintf(p, `<polyline class="%s" fill="none" stroke="%s" stroke-width="2" stroke-linejoin="round"%s points="`, class, stroke, dash)
	for _, q := range points {
		fmt.Fprintf(p, "%.1f,%.1f ", q[0], q[1])
	}
	p.WriteString(`"/>`)
}

const dashed = ` stroke-dasharray="5 4" stroke-opacity=".7"`

func percent(v float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", 100*max(v, 0)), ".0") + " %" // a tick may be −0
}

// SVG draws the p-chart.
func (c PChart) SVG(from, to time.Time) template.HTML {
	p := plot{from: from, to: to, high: 0.01}
	if len(c.Points) == 0 {
		return ""
	}
	var line, low, high [][2]float64
	for _, q := range c.Points {
		p.high = max(p.high, q.Rate, c.Mean*2)
		if c.Limits {
			p.high = max(p.high, min(q.High, 3*c.Mean+0.02))
		}
	}
	p.high = math.Min(p.high*1.08, 1)
	p.open("Reject rate over time, with control limits")
	p.axes(percent)
	for _, q := range c.Points {
		x := p.x(q.Start)
		line = append(line, [2]float64{x, p.y(q.Rate)})
		low, high = append(low, [2]float64{x, p.y(q.Low)}), append(high, [2]float64{x, p.y(min(q.High, p.high))})
	}
	if c.Limits {
		p.path("limit", "currentColor", dashed, low)
		p.path("limit", "currentColor", dashed, high)
	}
	fmt.Fprintf(&p, `<line class="mean" x1="%g" x2="%g" y1="%.1f" y2="%.1f" stroke="currentColor" stroke-opacity=".5"/>`, left, chartWidth-right, p.y(c.Mean), p.y(c.Mean))
	p.path("series", "#2f6fd0", "", line)
	for i, q := range c.Points {
		if q.Out {
			fmt.Fprintf(&p, `<path class="out" d="M%.1f %.1f m-5 -5 l10 10 m0 -10 l-10 10" stroke="#c0392b" stroke-width="2.5"/>`, line[i][0], line[i][1])
		} else if len(c.Points) < 60 {
			fmt.Fprintf(&p, `<circle class="dot" cx="%.1f" cy="%.1f" r="2.5" fill="#2f6fd0"/>`, line[i][0], line[i][1])
		}
	}
	fmt.Fprintf(&p, `<text class="tick" x="%g" y="%g" text-anchor="end" fill="currentColor">mean %s%s</text></svg>`, chartWidth-right, chartHeight-2, percent(c.Mean), limitsWord(c.Limits))
	return template.HTML(p.String()) //nolint:gosec // numbers, times and escaped words
}

func limitsWord(there bool) string {
	if there {
		return ", dashed: limits of 3 σ"
	}
	return ", too few steps for limits"
}

// SVG draws the average of the margin.
func (e EWMA) SVG(from, to time.Time) template.HTML {
	if len(e.Points) == 0 {
		return ""
	}
	p := plot{from: from, to: to, low: e.Mean, high: e.Mean}
	for _, q := range e.Points {
		p.low, p.high = min(p.low, q.Value), max(p.high, q.Value)
		if e.Limits {
			p.low, p.high = min(p.low, q.Low), max(p.high, q.High)
		}
	}
	pad := max((p.high-p.low)*0.08, 0.01)
	p.low, p.high = p.low-pad, p.high+pad
	p.open("Average margin to the fail threshold over time, with control limits")
	p.axes(func(v float64) string { return fmt.Sprintf("%.2f", v) })
	var line, low, high [][2]float64
	for _, q := range e.Points {
		x := p.x(q.Start)
		line, low, high = append(line, [2]float64{x, p.y(q.Value)}), append(low, [2]float64{x, p.y(q.Low)}), append(high, [2]float64{x, p.y(q.High)})
	}
	if e.Limits {
		p.path("limit", "currentColor", dashed, low)
		p.path("limit", "currentColor", dashed, high)
	}
	p.path("series", "#2f6fd0", "", line)
	for i, q := range e.Points {
		if q.Out {
			fmt.Fprintf(&p, `<path class="out" d="M%.1f %.1f m-5 -5 l10 10 m0 -10 l-10 10" stroke="#c0392b" stroke-width="2.5"/>`, line[i][0], line[i][1])
		} else if len(e.Points) < 60 {
			fmt.Fprintf(&p, `<circle class="dot" cx="%.1f" cy="%.1f" r="2.5" fill="#2f6fd0"/>`, line[i][0], line[i][1])
		}
	}
	fmt.Fprintf(&p, `<text class="tick" x="%g" y="%g" text-anchor="end" fill="currentColor">fail threshold − P(defect)%s</text></svg>`, chartWidth-right, chartHeight-2, limitsWord(e.Limits))
	return template.HTML(p.String()) //nolint:gosec // numbers, times and escaped words
}

// mostBars of a Pareto chart; the rest is one bar.
const mostBars = 8

// Pareto draws bars, with their numbers beside them.
func Pareto(all []Bar) template.HTML {
	if len(all) == 0 {
		return ""
	}
	if len(all) > mostBars {
		rest := Bar{Name: "others"}
		for _, b := range all[mostBars-1:] {
			rest.N += b.N
		}
		all = append(append([]Bar{}, all[:mostBars-1]...), rest)
	}
	most := 1
	for _, b := range all {
		most = max(most, b.N)
	}
	const row, names = 26.0, 190.0
	var p strings.Builder
	fmt.Fprintf(&p, `<svg class="chart" viewBox="0 0 %g %g" role="img" aria-label="Defects by severity and number" font-family="system-ui, sans-serif" font-size="13">`, chartWidth, row*float64(len(all))+4)
	for i, b := range all {
		name := []rune(b.Name)
		if len(name) > 16 {
			name = append(name[:15], '…')
		}
		y := row * float64(i)
		width := (chartWidth - names - 60) * float64(b.N) / float64(most)
		label := string(name)
		if b.Severity != "" {
			label += " · " + b.Severity
		}
		fmt.Fprintf(&p, `<text x="%g" y="%g" text-anchor="end" fill="currentColor">%s</text><rect class="bar %s" x="%g" y="%g" width="%.1f" height="18" rx="3" fill="%s"/><text x="%.1f" y="%g" fill="currentColor">%d</text>`,
			names-8, y+18, html.EscapeString(label), html.EscapeString(severityClass(b.Severity)), names, y+4, max(width, 2), severityColour(b.Severity), names+width+8, y+18, b.N)
	}
	p.WriteString("</svg>")
	return template.HTML(p.String()) //nolint:gosec // numbers and escaped words
}

func severityClass(s string) string {
	switch s {
	case "critical", "major", "minor":
		return s
	}
	return "none"
}

func severityColour(s string) string {
	switch s {
	case "critical":
		return "#c0392b"
	case "major":
		return "#c77700"
	case "minor":
		return "#8a7400"
	}
	return "#5c6b78"
}
