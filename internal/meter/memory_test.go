package meter

import "testing"

func TestMemoryThatIsWrittenToCounts(t *testing.T) {
	before, err := OwnMemory()
	if err != nil {
		t.Fatal(err)
	}
	const size = 64 << 20
	sink = make([]byte, size)
	for i := range sink {
		sink[i] = 1
	}
	after, err := OwnMemory()
	if err != nil || after-before < size*9/10 {
		t.Errorf("%d bytes before and %d after %d were written: %v", before, after, size, err)
	}
	if peak, err := PeakMemory(); err != nil || peak < after {
		t.Errorf("the peak is %d bytes, after %d of its own: %v", peak, after, err)
	}
	sink = nil
	if _, err := statusBytes("VmNone"); err == nil {
		t.Error("a line that is not there was read")
	}
}
