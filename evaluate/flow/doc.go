// Package flow is a pipeline that decodes, encodes and scores many picture files, so
// that the encoder never waits for the disk.
//
//	err := flow.Run(ctx, files, flow.Steps[frame, output]{Decode: decode, Encode: encode, Use: score})
//
// Files are decoded on all cores, a bounded number in advance, and encoded in batches.
// Use gets one at a time, in the order of the files, while the next batch is encoded.
//
// Promises: every file reaches exactly one of Use and Failed. Order and results
// do not depend on timing. At most ahead+2·batch pictures are in memory. All goroutines
// have ended when Run returns.
package flow
