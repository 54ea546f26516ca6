package testline

import (
	"context"
	"io"
	"math"
	"math/rand/v2"
	"time"

	"pristine/capture"
)

// Width of a frame in pixels.
const Width = 1920

// Height of a frame in pixels.
const Height = 1080

// The part's way through the frame, in pixels.
const (
	windowSize = 900
	spacing    = 960 // from part to part
	beltPeriod = 960 // of the belt's pattern
)

// Window is the part of the picture in which a named part lies wholly: x, y,
// width, height as shares of the frame.
func Window() [4]float64 {
	return [4]float64{(Width - windowSize) / 2.0 / Width, (Height - windowSize) / 2.0 / Height, float64(windowSize) / Width, float64(windowSize) / Height}
}

type line struct {
	options Options
	belt    []byte // Height rows of Width+beltPeriod pixels
	sprites map[int]*sprite
	frame   int
	scratch []byte  // of the blur
	sums    []int32 // of the blur
	ticker  *time.Ticker
}

// Open starts the line. Rendering the belt takes some tens of milliseconds.
func Open(o Options) capture.Source {
	l := &line{options: o, belt: renderBelt(o), sprites: map[int]*sprite{}}
	if o.FPS > 0 {
		l.ticker = time.NewTicker(time.Duration(float64(time.Second) / o.FPS))
	}
	return l
}

// renderBelt shades a woven rubber belt between two steel rails, under a lamp
// that is brightest in the middle of the view.
func renderBelt(o Options) []byte {
	r := random(o, 0, 4)
	const width = Width + beltPeriod
	noise := make([]float64, beltPeriod*Height)
	for i := range noise {
		noise[i] = r.NormFloat64()
	}
	belt := make([]byte, 3*width*Height)
	for y := range Height {
		light := 1 - 0.22*math.Pow(float64(y-Height/2)/(Height/2), 2)
		row := belt[3*y*width:][:3*width]
		for x := range beltPeriod {
			v := beltLevel(x, y, noise) * light
			row[3*x], row[3*x+1], row[3*x+2] = clamp(v+3), clamp(v+1), clamp(v)
		}
		for filled := 3 * beltPeriod; filled < len(row); filled *= 2 {
			copy(row[filled:], row[:filled])
		}
	}
	return belt
}

func beltLevel(x, y int, noise []float64) float64 {
	n := noise[y*beltPeriod+x]
	if y < 56 || y >= Height-56 { // the rails do not move, but are of one colour along
		depth := math.Abs(float64(y) - Height/2)
		return 120 + 30*math.Sin((depth-484)/18) + 2*n
	}
	weave := 4 * math.Sin(2*math.Pi*float64(x)/12) * math.Sin(2*math.Pi*float64(y)/12)
	seam := 0.0
	if x%480 < 5 {
		seam = -9
	}
	return 44 + weave + seam + 3.5*n
}

func clamp(v float64) byte { return byte(math.Min(math.Max(v, 0), 255)) }

// place is where a part lies in the frame: the middle of it, in pixels.
func (l *line) place(index, frame int) (x, y int) {
	r := rand.NewPCG(l.options.Seed<<8|5, uint64(index))
	shift := int(r.Uint64() % 61)
	return frame*l.options.Speed - index*spacing - spriteSize/2, Height/2 - 30 + shift
}

func inWindow(x int) bool {
	return x-center >= (Width-windowSize)/2 && x+center <= (Width+windowSize)/2
}

// Read implements capture.Source.
func (l *line) Read(ctx context.Context, f *capture.Frame) error {
	if l.ticker != nil {
		select {
		case <-l.ticker.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for l.lost() {
		l.frame++
	}
	// The parts in view have consecutive indices; the first one is leftmost.
	newest := l.frame * l.options.Speed / spacing
	oldest := max(newest-(Width+spriteSize)/spacing-1, 0)
	if l.options.Parts > 0 {
		if oldest >= l.options.Parts {
			return io.EOF
		}
		newest = min(newest, l.options.Parts-1)
	}
	f.Captured = time.Now()
	f.Resize(Width, Height)
	dx, dy := l.sway()
	l.drawBelt(f.Pix, dx, dy)
	f.Part, f.PartEnd = "", false
	for index := oldest; index <= newest; index++ {
		x, y := l.place(index, l.frame)
		s := l.sprites[index]
		if s == nil {
			s = newSprite(l.options, index)
			l.sprites[index] = s
		}
		s.draw(f.Pix, x-center+dx, y-center+dy)
		if inWindow(x) && !l.options.Unnamed {
			f.Part, f.PartEnd = s.truth.ID, !inWindow(x+l.options.Speed)
		}
	}
	for index := range l.sprites {
		if index < oldest {
			delete(l.sprites, index)
		}
	}
	l.disturb(f)
	l.frame++
	return nil
}

func (l *line) drawBelt(pix []byte, dx, dy int) {
	shift := (2*beltPeriod - l.frame*l.options.Speed%beltPeriod - dx) % beltPeriod
	for y := range Height {
		row := l.belt[3*(min(max(y-dy, 0), Height-1)*(Width+beltPeriod)+shift):]
		copy(pix[3*y*Width:3*(y+1)*Width], row)
	}
}

// draw puts the sprite on the belt with its upper left corner at x, y, and a
// soft shadow to its right and below.
func (s *sprite) draw(pix []byte, x, y int) {
	const shadow = 14
	for sy := range spriteSize {
		py := y + sy
		if py < 0 || py >= Height {
			continue
		}
		from, to := max(0, -x), min(spriteSize, Width-x)
		for sx := from; sx < to; sx++ {
			cover := uint32(s.cover[sy*spriteSize+sx])
			if cover == 255 {
				if sy >= shadow && sx >= shadow && s.cover[(sy-shadow)*spriteSize+sx-shadow] == 0 {
					p := pix[3*(py*Width+x+sx):][:3]
					p[0], p[1], p[2] = p[0]/8*5, p[1]/8*5, p[2]/8*5
				}
				continue
			}
			p, q := pix[3*(py*Width+x+sx):][:3], s.pix[3*(sy*spriteSize+sx):][:3]
			p[0] = q[0] + byte(uint32(p[0])*cover/255)
			p[1] = q[1] + byte(uint32(p[1])*cover/255)
			p[2] = q[2] + byte(uint32(p[2])*cover/255)
		}
	}
}

// Close implements capture.Source.
func (l *line) Close() error {
	if l.ticker != nil {
		l.ticker.Stop()
	}
	return nil
}
