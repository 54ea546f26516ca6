// Package printing writes what commands show: tables, JSON, and texts that fit
// into 80 columns.
//
//	t := printing.Table(os.Stdout, "Picture", "Verdict")
//	t.AppendRow(table.Row{printing.KeepEnd(file, 29), "PASS"})
//	t.Render()
//
// Promises: all tables and all JSON of the program look alike. Printable, KeepEnd
// and KeepStart return nothing that a terminal takes for a command.
//
// Everything is safe for concurrent use, but for a Table.
package printing
