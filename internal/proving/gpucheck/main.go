// Command gpucheck measures a model bundle on an execution provider and prints JSON
// after each part, the whole so far: the last one counts. scripts/gpu.py runs it. It
// needs no OpenCV.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"pristine/internal/proving"
)

func main() {
	var o proving.Options
	flag.StringVar(&o.Library, "library", "", "path of libonnxruntime.so")
	flag.StringVar(&o.Bundle, "bundle", "", "folder of a bundle, or of an export")
	flag.StringVar(&o.Reference, "reference", "", "bundle whose outputs on the CPU are right (default: the same)")
	flag.StringVar(&o.Provider, "provider", "cpu", "execution provider")
	flag.StringVar(&o.Precision, "precision", "fp32", "precision of engines")
	flag.StringVar(&o.CacheDir, "cache", "", "folder of engines")
	flag.IntVar(&o.Threads, "threads", 0, "threads of the CPU")
	flag.DurationVar(&o.Each, "each", 2*time.Second, "time to measure a batch")
	flag.BoolVar(&o.HandOver, "hand-over", false, "also measure the hand-over from the CPU")
	batches := flag.String("batches", "1,4,16", "pictures a run")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := measure(ctx, o, *batches)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gpucheck:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, o proving.Options, batches string) error {
	for text := range strings.SplitSeq(batches, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("-batches: %q is no number of pictures", text)
		}
		o.Batches = append(o.Batches, n)
	}
	var failed error
	encoder := json.NewEncoder(os.Stdout)
	o.Progress = func(r *proving.Report) { failed = errors.Join(failed, encoder.Encode(r)) }
	report, err := proving.Measure(ctx, o)
	if report != nil {
		o.Progress(report)
	}
	return errors.Join(err, failed)
}
