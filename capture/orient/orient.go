package orient

// block is the side of the squares that transpositions go by, so that both
// pictures stay in the cache.
const block = 32

// Size returns the size of an upright picture.
func Size(width, height, orientation int) (w, h int) {
	if orientation >= 5 && orientation <= 8 {
		return height, width
	}
	return width, height
}

// Copy writes a BGR picture upright and packed. Rows of pix are stride bytes
// apart. out must hold 3·width·height bytes and must not overlap pix.
func Copy(out, pix []byte, stride, width, height, orientation int) {
	w, h := Size(width, height, orientation)
	// The pixel at column x and row y of out comes from first + x·right + y·down.
	first, right, down := 0, 3, stride
	lastColumn, lastRow := 3*(width-1), stride*(height-1)
	switch orientation {
	case 2:
		first, right = lastColumn, -3
	case 3:
		first, right, down = lastColumn+lastRow, -3, -stride
	case 4:
		first, down = lastRow, -stride
	case 5:
		right, down = stride, 3
	case 6:
		first, right, down = lastRow, -stride, 3
	case 7:
		first, right, down = lastColumn+lastRow, -stride, -3
	case 8:
		first, right, down = lastColumn, stride, -3
	}
	if right == 3 {
		for y := range h {
			copy(out[3*w*y:][:3*w], pix[first+y*down:])
		}
		return
	}
	for top := 0; top < h; top += block {
		for left := 0; left < w; left += block {
			for y := top; y < min(top+block, h); y++ {
				to := out[3*(y*w+left):]
				from := first + left*right + y*down
				for range min(block, w-left) {
					to[0], to[1], to[2] = pix[from], pix[from+1], pix[from+2]
					to, from = to[3:], from+right
				}
			}
		}
	}
}
