package config

import (
	"fmt"
	"strings"

	"pristine/internal/polygon"
	"pristine/internal/strictyaml"
)

func validateRegion(d *strictyaml.Document, key string, r []float64) {
	if len(r) != 4 {
		d.Addf(key, "must be four numbers: x, y, width, height as shares of the frame (got %d)%s", len(r), commaRemedy(len(r) == 8))
		return
	}
	for i, v := range r {
		between(d, fmt.Sprintf("%s[%d]", key, i), v, 0, 1)
	}
	if d.Failed(key) {
		return
	}
	if x, y, w, h := r[0], r[1], r[2], r[3]; w <= 0 || h <= 0 || x+w > 1.000001 || y+h > 1.000001 {
		d.Addf(key, "must lie within the frame and have an area (got %v)", r)
	}
}

func (c *Camera) validateRegions(d *strictyaml.Document, key string) {
	seen := map[string]bool{}
	for i := range c.Regions {
		r, at := &c.Regions[i], fmt.Sprintf("%s[%d]", key, i)
		if !name.MatchString(r.Name) {
			d.Addf(at+".name", nameRule, r.Name)
		} else if seen[r.Name] {
			d.Addf(at+".name", "%q is the name of another region too", r.Name)
		}
		seen[r.Name] = true
		validateArea(d, at, r.Region, r.Polygon, r.Region == nil)
	}
	if len(c.Regions) > 0 && len(c.Polygon) > 0 {
		d.Addf(key[:strings.LastIndex(key, ".")]+".polygon", "cannot stand beside regions: give each region its own")
	}
}

// validateArea looks at a region or the polygon that stands instead of one.
// absent tells that no region is written.
func validateArea(d *strictyaml.Document, key string, region []float64, corners [][]float64, absent bool) {
	if len(corners) == 0 {
		validateRegion(d, key+".region", region)
		return
	}
	key += ".polygon"
	if !absent {
		d.Addf(key, "cannot stand beside region, which would be its bounds: keep one of them")
	}
	if n := len(corners); n < 3 {
		d.Addf(key, "must be of at least three points (got %d)", n)
	}
	points(d, key, corners)
	if !d.Failed(key) && polygon.Draw(polygon.Points(corners), leastSide, leastSide).Pixels() == 0 {
		d.Addf(key, "must have an area (got %v)", corners)
	}
}

// leastSide of a picture on which a polygon must hold a pixel.
const leastSide = 64

// bounds of a polygon, or the region where there is none.
func bounds(region []float64, corners [][]float64) []float64 {
	if len(corners) == 0 {
		return region
	}
	b := polygon.Bounds(polygon.Points(corners))
	return b[:]
}

func (a *Adjust) validate(d *strictyaml.Document, key string) {
	if a.Rotate != 0 && a.Rotate != 90 && a.Rotate != 180 && a.Rotate != 270 {
		d.Addf(key+".rotate", "must be 0, 90, 180 or 270 degrees clockwise (got %d)", a.Rotate)
	}
	if a.Flip != "" {
		oneOf(d, key+".flip", a.Flip, "horizontal", "vertical", "both")
	}
	if n := len(a.Perspective); n != 0 && n != 4 {
		d.Addf(key+".perspective", "must be four corners, clockwise from the upper left (got %d)", n)
	}
	if n := len(a.Mask); n != 0 && n < 3 {
		d.Addf(key+".mask", "must be a polygon of at least three points (got %d)", n)
	}
	points(d, key+".perspective", a.Perspective)
	points(d, key+".mask", a.Mask)
}

func points(d *strictyaml.Document, key string, all [][]float64) {
	for i, p := range all {
		at := fmt.Sprintf("%s[%d]", key, i)
		if len(p) != 2 || p[0] < 0 || p[0] > 1 || p[1] < 0 || p[1] > 1 {
			d.Addf(at, "must be [x, y], shares of the frame from 0 to 1 (got %v)%s", p, commaRemedy(len(p) == 4))
		}
	}
}

// commaRemedy follows the message about a list that has twice the numbers it
// should have, as decimal commas make it.
func commaRemedy(twice bool) string {
	if twice {
		return ": write decimals with a point, not a comma"
	}
	return ""
}
