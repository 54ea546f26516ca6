// Package ask asks people on a terminal: questions that have a line for an answer,
// and passwords, which are not shown.
package ask
