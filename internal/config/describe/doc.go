// Package describe prints keys of the configuration, and differences between
// configurations, for a terminal of 80 columns.
package describe
