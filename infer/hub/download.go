package hub

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// download is one file on its way.
type download struct {
	hub      *Hub
	url      string
	path     string
	progress func(file string, done, total int64)
	want     stated
}

// partSuffix marks a file that is not whole.
const partSuffix = ".part"

// stallAfter is how long a connection may be silent.
const stallAfter = time.Minute

var errStalled = errors.New("the connection is silent")

// run fetches the file unless it is there, and renames it when it is
// whole and right.
func (d *download) run(ctx context.Context) error {
	var err error
	if d.want, err = d.hub.state(ctx, d.url); err != nil {
		return err
	}
	if d.check(d.path) == nil {
		d.report(d.want.size)
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(d.path), 0o755); err != nil {
		return err
	}
	if err := d.fetchAll(ctx); err != nil {
		return explain(err)
	}
	if err := d.check(d.path + partSuffix); err != nil {
		// A part that goes on from wrong bytes never becomes right.
		return errors.Join(err, os.Remove(d.path+partSuffix))
	}
	return os.Rename(d.path+partSuffix, d.path)
}

// fetchAll fetches until the part is whole, going on after breaks.
func (d *download) fetchAll(ctx context.Context) error {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval = 200*time.Millisecond, 10*time.Second
	for attempts := 0; ; {
		before := d.have()
		err := d.fetch(ctx)
		if err == nil {
			return nil
		}
		var status *statusError
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &status) && !status.passing(), isLocal(err):
			return err
		case d.have() > before:
			attempts = 0
			waits.Reset()
		}
		if attempts++; attempts >= maxAttempts {
			return fmt.Errorf("the download broke off %d times, run this again to go on: %w", attempts, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(waits.NextBackOff()):
		}
	}
}

// isLocal tells errors of the disk from those of the network.
func isLocal(err error) bool {
	var path *os.PathError
	return errors.As(err, &path)
}

func explain(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("the disk is full: free space and run this again, it resumes where it stopped: %w", err)
	}
	return err
}

// have is how much of the file is there.
func (d *download) have() int64 {
	info, err := os.Stat(d.path + partSuffix)
	if err != nil {
		return 0
	}
	return info.Size()
}

// fetch asks for what is missing once.
func (d *download) fetch(ctx context.Context) (err error) {
	have := d.have()
	if have == d.want.size && have > 0 {
		return nil
	}
	header := http.Header{}
	if have > 0 && have < d.want.size {
		header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	} else {
		have = 0
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stalled := time.AfterFunc(stallAfter, func() { cancel(errStalled) })
	defer stalled.Stop()
	response, err := d.hub.do(ctx, http.MethodGet, d.url, header)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusPartialContent || !strings.HasPrefix(response.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", have)) {
		have = 0 // it sends the whole file
		if response.StatusCode == http.StatusPartialContent {
			return fmt.Errorf("%w: it sends the bytes %q", ErrDamaged, response.Header.Get("Content-Range"))
		}
	}
	flags := os.O_CREATE | os.O_WRONLY
	if have == 0 {
		flags |= os.O_TRUNC
	}
	part, err := os.OpenFile(d.path+partSuffix, flags, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, part.Close()) }()
	if _, err := part.Seek(have, io.SeekStart); err != nil {
		return err
	}
	// One byte more than stated shows a file that is too long.
	n, err := io.Copy(&reporting{part, d, have, stalled}, io.LimitReader(response.Body, d.want.size-have+1))
	if err != nil {
		return errors.Join(err, context.Cause(ctx))
	}
	if have+n < d.want.size {
		return fmt.Errorf("after %d of %d bytes: %w", have+n, d.want.size, io.ErrUnexpectedEOF)
	}
	return part.Sync()
}

// reporting tells the progress of what is written.
type reporting struct {
	io.Writer
	d       *download
	done    int64
	stalled *time.Timer
}

// Write implements io.Writer.
func (r *reporting) Write(p []byte) (int, error) {
	n, err := r.Writer.Write(p)
	r.done += int64(n)
	r.stalled.Reset(stallAfter)
	r.d.report(r.done)
	return n, err
}

func (d *download) report(done int64) {
	if d.progress != nil {
		d.progress(filepath.Base(d.path), done, d.want.size)
	}
}

// check compares a file with what the hub states.
func (d *download) check(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != d.want.size {
		return fmt.Errorf("%w: it has %d bytes, the hub states %d", ErrDamaged, info.Size(), d.want.size)
	}
	h := sha256.New()
	if len(d.want.etag) == 2*sha1.Size { // Git's hash of a blob
		h = sha1.New()
		fmt.Fprintf(h, "blob %d\x00", d.want.size)
	}
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if sum := hex.EncodeToString(h.Sum(nil)); sum != d.want.etag {
		return fmt.Errorf("%w: its hash is %s, the hub states %s: run this again", ErrDamaged, sum, d.want.etag)
	}
	return nil
}
