package main

import (
	"fmt"

	"pristine/internal/config"
	"pristine/internal/polygon"
	"pristine/internal/usage"
	"pristine/observe"
)

// viewFlags say what a camera inspects of its pictures: as a configuration has
// it, or by hand.
type viewFlags struct {
	Config  string    `placeholder:"FILE" help:"Take region and polygon from a camera of this configuration."`
	Camera  string    `placeholder:"NAME" help:"Name of that camera, or NAME-REGION of one with regions (default: the only one)."`
	Region  []float64 `placeholder:"X,Y,W,H" help:"Inspected area, as region in the configuration."`
	Polygon []float64 `placeholder:"X,Y,X,Y,…" help:"Corners of the inspected area, as polygon in the configuration."`
}

func (f *viewFlags) view() (observe.View, error) {
	switch {
	case f.Config != "" && len(f.Region)+len(f.Polygon) > 0:
		return observe.View{}, usage.Error(fmt.Errorf("--config: give either --config, or --region or --polygon"))
	case f.Config == "" && f.Camera != "":
		return observe.View{}, usage.Error(fmt.Errorf("--camera %s: give the configuration that has it with --config FILE", f.Camera))
	case f.Config != "":
		return f.configured()
	case len(f.Polygon)%2 != 0 || len(f.Polygon) > 0 && len(f.Polygon) < 6:
		return observe.View{}, usage.Error(fmt.Errorf("--polygon: must be three or more corners x,y as shares of the picture (got %v)", f.Polygon))
	}
	var c config.Camera
	if len(f.Region) > 0 {
		if err := c.Region.UnmarshalNumbers(f.Region); err != nil {
			return observe.View{}, usage.Error(fmt.Errorf("--region: %w", err))
		}
	}
	c.Polygon = make([]polygon.Point, len(f.Polygon)/2)
	for i := range c.Polygon {
		if err := c.Polygon[i].UnmarshalNumbers(f.Polygon[2*i : 2*i+2]); err != nil {
			return observe.View{}, usage.Error(fmt.Errorf("--polygon: corner %d %w", i+1, err))
		}
	}
	if len(c.Polygon) > 0 {
		if err := polygon.Check(c.Polygon); err != nil {
			return observe.View{}, usage.Error(fmt.Errorf("--polygon: %w", err))
		}
	}
	s := c.Stations()[0] // the region of a polygon is its bounds
	return observe.View{Region: s.Region, Polygon: s.Polygon}, nil
}

func (f *viewFlags) configured() (observe.View, error) {
	loaded, err := config.Load(f.Config)
	if err != nil {
		return observe.View{}, usage.Error(err)
	}
	var names []string
	var found []config.Camera
	for i := range loaded.Cameras {
		for _, s := range loaded.Cameras[i].Stations() {
			if names = append(names, s.Name); f.Camera == "" || s.Name == f.Camera {
				found = append(found, s)
			}
		}
	}
	if len(found) != 1 {
		return observe.View{}, usage.Error(fmt.Errorf("--camera %q: name one of the cameras of %s: %v", f.Camera, f.Config, names))
	}
	return observe.View{Region: found[0].Region, Polygon: found[0].Polygon, MMPerPixel: found[0].MMPerPixel}, nil
}
