// Package soak measures whether a program grows: what it uses, sampled over hours, and the
// slope of each figure. Its test runs the whole agent under faults that come at random.
//
//	p, err := soak.Read(pid)        // resident memory, descriptors, threads
//	s := soak.SlopeOf(hours, bytes) // bytes an hour, with its interval
//
// Promises: a slope is that of Theil and Sen, the median of the slopes of all pairs, so that
// up to 29 % of the samples may lie anywhere: an outage is no trend.
//
// Non-promises: the interval takes samples as independent. They are not quite, so that it is
// rather narrow. A run of an hour cannot show a leak that is smaller than its interval.
//
// Functions share nothing.
package soak
