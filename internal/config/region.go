package config

import (
	"fmt"
	"strings"

	"pristine/internal/polygon"
	"pristine/internal/strictyaml"
)

func (c *Camera) validateRegions(d *strictyaml.Document, key string) {
	seen := map[string]bool{}
	for i := range c.Regions {
		r, at := &c.Regions[i], fmt.Sprintf("%s[%d]", key, i)
		if !name.MatchString(r.Name) {
			d.Addf(at+".name", nameRule, r.Name)
		} else if seen[r.Name] {
			d.Addf(at+".name", "%q is already the name of another region", r.Name)
		}
		seen[r.Name] = true
		validateArea(d, at, r.Region, r.Polygon, d.Has(at+".region"))
	}
	if len(c.Regions) > 0 && len(c.Polygon) > 0 {
		d.Addf(key[:strings.LastIndex(key, ".")]+".polygon", "cannot be used beside regions: give each region its own")
	}
}

// validateArea checks a region, or the polygon that replaces it; written reports whether
// the file has the region.
func validateArea(d *strictyaml.Document, key string, region polygon.Rectangle, corners []polygon.Point, written bool) {
	if len(corners) == 0 && !d.Failed(key+".polygon") {
		if region == (polygon.Rectangle{}) {
			d.Addf(key+".region", "%v", region.UnmarshalNumbers(nil))
		}
		return
	}
	key += ".polygon"
	if written {
		d.Addf(key, "cannot be used beside region, which would be its bounds: keep one of them")
	}
	if d.Failed(key) {
		return
	}
	if err := polygon.Check(corners); err != nil {
		d.Addf(key, "%s", err)
	}
}

// bounds returns the bounds of a polygon, or the region where there is no polygon.
func bounds(region polygon.Rectangle, corners []polygon.Point) polygon.Rectangle {
	if len(corners) == 0 {
		return region
	}
	return polygon.Bounds(corners)
}

func (a *Adjust) validate(d *strictyaml.Document, key string) {
	if a.Rotate != 0 && a.Rotate != 90 && a.Rotate != 180 && a.Rotate != 270 {
		d.Addf(key+".rotate", "must be 0, 90, 180 or 270 degrees clockwise (got %d)", a.Rotate)
	}
	if a.Flip != "" {
		oneOf(d, key+".flip", a.Flip, "horizontal", "vertical", "both")
	}
	if len(a.Perspective) > 0 && !d.Failed(key+".perspective") {
		if err := polygon.CheckCorners(a.Perspective); err != nil {
			d.Addf(key+".perspective", "%s", err)
		}
	}
	if len(a.Mask) > 0 && !d.Failed(key+".mask") {
		if err := polygon.Check(a.Mask); err != nil {
			d.Addf(key+".mask", "%s", err)
		}
	}
}
