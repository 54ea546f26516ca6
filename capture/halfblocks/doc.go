// Package halfblocks draws a frame on a terminal.
//
//	halfblocks.Draw(os.Stdout, &frame, 80)
//
// Each character is the upper half block "▀" with the colour of the upper pixel
// before that of the lower, so that a line of text shows two rows of pixels.
// It needs a terminal with 24-bit colour and nothing else: no sixels, no
// protocol of one terminal's own, and it passes through ssh and tmux.
//
// Each pixel shown is the mean of those that it stands for. A frame that is
// shorter or narrower than one pixel is not drawn.
package halfblocks
