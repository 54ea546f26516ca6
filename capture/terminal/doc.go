// Package terminal shows a frame in a terminal, at the best resolution it supports.
//
//	protocol := terminal.Ask(os.Stdin, os.Stdout)
//	err := terminal.Draw(os.Stdout, &frame, terminal.Space{Columns: 80}, protocol)
//
// Kitty's graphics and sixels show pixels; half blocks only need 24-bit colour. Ask
// queries the terminal as kitty's protocol describes: it sends an invisible picture and
// then requests the device attributes, which every terminal answers.
//
// Promises: half blocks are used if the terminal does not answer within AnswerWithin,
// or if the output is not a terminal. The terminal's mode is restored. Frames are scaled
// down to MostWidth, never up.
//
// Non-promises: a multiplexer such as tmux may answer instead of the terminal, without
// support for pictures.
package terminal
