// Package manpage writes the manual pages of a command line: one of the program and
// one of each command, from the same text as its help.
//
//	err := manpage.Write("man", parser.Model, manpage.Source{Version: "0.2.0", Date: date})
//
// The pages are man(7) as mandoc and groff read it. The same model and source give
// the same bytes. Hidden commands and flags have no place in them.
package manpage
