package config

import (
	"time"

	"pristine/capture"
	"pristine/capture/address"
	"pristine/challenge"
	"pristine/internal/polygon"
)

// Camera is one source of frames and what is inspected in them.
type Camera struct {
	Name         string            `yaml:"name"`
	Source       address.Address   `yaml:"source"`
	UserFile     string            `yaml:"user_file"` // of RTSP and HTTP cameras
	PasswordFile string            `yaml:"password_file"`
	Policy       capture.Policy    `yaml:"policy"` // newest, every, fps:N or trigger
	Watch        Watch             `yaml:"watch"`  // of watch:// folders
	Trigger      Trigger           `yaml:"trigger"`
	Adjust       Adjust            `yaml:"adjust"`
	Region       polygon.Rectangle `yaml:"region"`  // x, y, width, height as shares of the frame
	Polygon      []polygon.Point   `yaml:"polygon"` // instead of Region
	Regions      []Region          `yaml:"regions"`
	Prompts      string            `yaml:"prompts"`
	Shadow       string            `yaml:"shadow_prompts"` // a second set, compared with Prompts
	References   string            `yaml:"references"`
	LearnParts   int               `yaml:"learn_parts"`
	MMPerPixel   float64           `yaml:"mm_per_pixel"` // of the adjusted picture; 0: not known
	Challenge    Challenge         `yaml:"challenge"`
	PartsOnly    bool              `yaml:"parts_only"`
	Track        Track             `yaml:"track"`
	FailFrames   int               `yaml:"fail_frames"` // N
	OfFrames     int               `yaml:"of_frames"`   // M
	HoldOff      time.Duration     `yaml:"hold_off"`
	OpenTimeout  time.Duration     `yaml:"open_timeout"`
	ReadTimeout  time.Duration     `yaml:"read_timeout"`
	SilentAfter  time.Duration     `yaml:"silent_after"`
	Health       Health            `yaml:"health"`
}

// Challenge says which synthetic defects a camera must find once it has learned its
// parts.
type Challenge struct {
	Size  challenge.Length `yaml:"size"`  // of the defects: 10% of the part, 40px or 0.5mm; 0: no challenge
	Found float64          `yaml:"found"` // the share of them that must be found
}

// Adjust turns the camera's pictures the right way.
type Adjust struct {
	SwapRedBlue bool            `yaml:"swap_red_blue"`
	Perspective []polygon.Point `yaml:"perspective"` // four corners
	Rotate      int             `yaml:"rotate"`
	Flip        string          `yaml:"flip"`
	Mask        []polygon.Point `yaml:"mask"` // polygon
}

// Region is one of several regions of a camera, each inspected separately.
type Region struct {
	Name       string            `yaml:"name"`
	Region     polygon.Rectangle `yaml:"region"`  // zero: none is written
	Polygon    []polygon.Point   `yaml:"polygon"` // instead of Region
	Prompts    string            `yaml:"prompts"`
	References string            `yaml:"references"`
}

// Stations returns the camera once for each of its regions, with the region's name,
// prompts and references. A camera without regions is one station. The region of a
// polygon is its bounds.
func (c *Camera) Stations() []Camera {
	if len(c.Regions) == 0 {
		s := *c
		s.Region = bounds(c.Region, c.Polygon)
		return []Camera{s}
	}
	var out []Camera
	for _, r := range c.Regions {
		s := *c
		s.Name, s.Region, s.Polygon, s.Regions = c.Name+"-"+r.Name, bounds(r.Region, r.Polygon), r.Polygon, nil
		if r.Prompts != "" {
			s.Prompts = r.Prompts
		}
		if r.References != "" {
			s.References = r.References
		}
		out = append(out, s)
	}
	return out
}

// Watch says what happens to the pictures of a watched folder.
type Watch struct {
	Then   string        `yaml:"then"`   // keep, move or delete
	Part   Pattern       `yaml:"part"`   // finds the part in a file's name
	Settle time.Duration `yaml:"settle"` // a file is read once it has not changed for so long
}

// Trigger says how a camera with policy trigger inspects parts.
type Trigger struct {
	Frames   int           `yaml:"frames"`
	Deadline time.Duration `yaml:"deadline"`
	GPIO     GPIO          `yaml:"gpio"`
}

// GPIO has the lines of a camera that a light barrier triggers. A line is its offset at
// the chip; -1 is none.
type GPIO struct {
	Chip      string        `yaml:"chip"` // "": off
	Trigger   int           `yaml:"trigger"`
	Busy      int           `yaml:"busy"`
	Pass      int           `yaml:"pass"`
	Reject    int           `yaml:"reject"`
	ActiveLow bool          `yaml:"active_low"`
	Debounce  time.Duration `yaml:"debounce"`
	InShadow  string        `yaml:"in_shadow"` // none, pass or reject
}

// Track separates parts where the source names none.
type Track struct {
	Axis        string  `yaml:"axis"`  // x or y; empty: the source names the parts
	Empty       string  `yaml:"empty"` // a picture of the empty belt
	LearnFrames int     `yaml:"learn_frames"`
	Difference  float64 `yaml:"difference"`
	MinArea     float64 `yaml:"min_area"`
}

// Health has the limits within which a picture is fit to be scored.
type Health struct {
	BlackMean        float64       `yaml:"black_mean"`
	OverexposedShare float64       `yaml:"overexposed_share"`
	FrozenFrames     int           `yaml:"frozen_frames"`
	MaxAge           time.Duration `yaml:"max_age"`
	MinWidth         int           `yaml:"min_width"`
	MinHeight        int           `yaml:"min_height"`
	Learn            time.Duration `yaml:"learn"`
	Blur             float64       `yaml:"blur"`
	Moved            float64       `yaml:"moved"`
	Shift            float64       `yaml:"shift"`
	Light            float64       `yaml:"light"`
	Banding          float64       `yaml:"banding"`
	ColourOrder      bool          `yaml:"colour_order"`
	Report           time.Duration `yaml:"report"` // between reports of a camera without parts that stays unfit
}

// SetDefaults sets the absent keys of a camera to their defaults.
func (c *Camera) SetDefaults() {
	*c = Camera{
		Policy: capture.Newest, Region: polygon.Whole(), Polygon: []polygon.Point{}, Regions: []Region{}, Adjust: Adjust{Perspective: []polygon.Point{}, Mask: []polygon.Point{}}, Prompts: "configs/prompts/part.yaml",
		Trigger:    Trigger{Frames: 1, Deadline: 500 * time.Millisecond, GPIO: GPIO{Trigger: -1, Busy: -1, Pass: -1, Reject: -1, Debounce: time.Millisecond, InShadow: "none"}},
		Watch:      Watch{Then: "keep", Settle: 500 * time.Millisecond},
		Track:      Track{LearnFrames: 200, Difference: 24, MinArea: 0.05},
		Challenge:  Challenge{Size: challenge.Length{Share: 0.1}, Found: 0.6},
		FailFrames: 2, OfFrames: 3, HoldOff: 2 * time.Second,
		OpenTimeout: 10 * time.Second, ReadTimeout: 5 * time.Second, SilentAfter: 10 * time.Second,
		Health: Health{BlackMean: 8, OverexposedShare: 0.6, FrozenFrames: 30, MaxAge: 2 * time.Second, MinWidth: 64, MinHeight: 64,
			Learn: time.Minute, Blur: 0.5, Moved: 0.5, Shift: 2, Light: 0.3, Banding: 8, ColourOrder: true, Report: 30 * time.Second},
	}
}
