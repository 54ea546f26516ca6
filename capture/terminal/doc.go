// Package terminal shows a frame in a terminal, as finely as the terminal can.
//
//	protocol := terminal.Ask(os.Stdin, os.Stdout)
//	err := terminal.Draw(os.Stdout, &frame, terminal.Space{Columns: 80}, protocol)
//
// Kitty's graphics and sixels show pixels; half blocks need 24-bit colour and
// nothing else. Which of them a terminal knows it is asked, as the protocol of
// kitty says: by a picture that is not to be shown, and by its attributes, which
// every terminal tells.
//
// Promises: a terminal that does not answer within AnswerWithin gets half
// blocks, and so does what is no terminal; it is left in the mode in which it
// was found. Frames are made smaller than MostWidth, never larger.
//
// Non-promises: what stands between, such as tmux, may answer for itself and
// know no pictures.
package terminal
