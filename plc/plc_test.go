package plc

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/simonvetter/modbus"
	"go.uber.org/goleak"

	"pristine/inspect"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// controller is a real Modbus client.
type controller struct {
	t      *testing.T
	client *modbus.ModbusClient
}

func connect(t *testing.T, triggers ...Trigger) *controller {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	server, err := Listen(address, triggers)
	if err != nil {
		t.Fatal(err)
	}
	client, err := modbus.NewClient(&modbus.ClientConfiguration{URL: "tcp://" + address, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(client.Close(), server.Close()); err != nil {
			t.Error(err)
		}
	})
	client.SetUnitId(1)
	return &controller{t, client}
}

// until waits for the signals, in the order of their addresses.
func (c *controller) until(ready, busy, valid, ok bool) {
	c.t.Helper()
	want := [4]bool{ready, busy, valid, ok}
	deadline := time.Now().Add(20 * time.Second)
	for {
		got, err := c.client.ReadDiscreteInputs(0, 4)
		if err != nil {
			c.t.Fatal(err)
		}
		if [4]bool(got) == want {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("ready, busy, valid, ok are %v, want %v", got, want)
		}
	}
}

func (c *controller) trigger(on bool) {
	c.t.Helper()
	if err := c.client.WriteCoil(0, on); err != nil {
		c.t.Fatal(err)
	}
}

func (c *controller) registers() []uint16 {
	c.t.Helper()
	got, err := c.client.ReadRegisters(0, registers, modbus.INPUT_REGISTER)
	if err != nil {
		c.t.Fatal(err)
	}
	return got
}

func TestTheHandshakeGivesEachPartItsVerdict(t *testing.T) {
	type asked struct {
		part   string
		answer chan inspect.Answer
	}
	questions := make(chan asked)
	c := connect(t, func(ctx context.Context, part string) (inspect.Answer, error) {
		q := asked{part, make(chan inspect.Answer)}
		questions <- q
		a, ok := <-q.answer
		if !ok {
			return a, inspect.ErrMissed
		}
		return a, nil
	})
	for _, tc := range []struct {
		part    uint32
		name    string
		answer  *inspect.Answer
		ok      bool
		code    uint16
		permill uint16
	}{
		{70001, "70001", &inspect.Answer{Verdict: inspect.Pass, Defect: 0.125}, true, 1, 125},
		{70002, "70002", &inspect.Answer{Verdict: inspect.Fail, Defect: 0.998}, false, 3, 998},
		{70003, "70003", &inspect.Answer{Verdict: inspect.Review, Defect: 0.6}, false, 2, 600},
		{0, "", nil, false, 4, 0}, // no answer in time
	} {
		c.until(true, false, false, false)
		if err := c.client.WriteUint32(0, tc.part); err != nil {
			t.Fatal(err)
		}
		c.trigger(true)
		q := <-questions
		if q.part != tc.name {
			t.Errorf("part %q was triggered, want %q", q.part, tc.name)
		}
		c.until(false, true, false, false)
		c.trigger(true) // setting a coil that is set already does nothing
		if tc.answer != nil {
			q.answer <- *tc.answer
		} else {
			close(q.answer)
		}
		c.until(false, false, true, tc.ok)
		if r := c.registers(); r[VerdictCode] != tc.code || r[DefectPermille] != tc.permill || uint32(r[PartHigh])<<16|uint32(r[PartLow]) != tc.part {
			t.Errorf("%s: registers %v; want r[VerdictCode] == tc.code, r[DefectPermille] == tc.permill, uint32(r[PartHigh])<<16|uint32(r[PartLow]) == tc.part", tc.name, r)
		}
		c.trigger(false)
	}
	c.until(true, false, false, false)
	if r := c.registers(); r[Taken] != 4 || r[Refused] != 0 || r[VerdictCode] != 0 {
		t.Errorf("registers %v, want 4 taken and none refused", r)
	}
}

func TestATriggerWhileBusyIsRefusedAndCounted(t *testing.T) {
	release := make(chan struct{})
	c := connect(t, func(context.Context, string) (inspect.Answer, error) {
		<-release
		return inspect.Answer{Verdict: inspect.Pass}, nil
	})
	c.trigger(true)
	c.until(false, true, false, false)
	c.trigger(false)
	c.trigger(true)
	if r := c.registers(); r[Taken] != 1 || r[Refused] != 1 {
		t.Errorf("registers %v, want one taken and one refused", r)
	}
	c.trigger(false)
	close(release)
	c.until(true, false, false, false) // nobody waits for the result any more
}

func TestTheHeartbeatChangesAndUnitsAreCameras(t *testing.T) {
	pass := func(context.Context, string) (inspect.Answer, error) {
		return inspect.Answer{Verdict: inspect.Pass}, nil
	}
	fail := func(context.Context, string) (inspect.Answer, error) {
		return inspect.Answer{Verdict: inspect.Fail}, nil
	}
	c := connect(t, pass, fail)
	c.client.SetUnitId(2)
	c.trigger(true)
	c.until(false, false, true, false)
	c.client.SetUnitId(0) // the first
	c.until(true, false, false, false)
	seen := map[bool]bool{}
	for deadline := time.Now().Add(20 * time.Second); len(seen) < 2 && time.Now().Before(deadline); {
		on, err := c.client.ReadDiscreteInput(Heartbeat)
		if err != nil {
			t.Fatal(err)
		}
		seen[on] = true
	}
	if len(seen) < 2 {
		t.Error("the heartbeat stands still")
	}
	c.client.SetUnitId(3)
	if _, err := c.client.ReadDiscreteInput(0); !errors.Is(err, modbus.ErrGWTargetFailedToRespond) {
		t.Errorf("unit 3 of 2: %v", err)
	}
	c.client.SetUnitId(1)
	for _, err := range []error{
		c.client.WriteCoil(1, true), c.client.WriteRegister(2, 1),
		func() error { _, err := c.client.ReadDiscreteInputs(3, 4); return err }(),
	} {
		if !errors.Is(err, modbus.ErrIllegalDataAddress) {
			t.Errorf("an address that does not exist: got %v, want %v", err, modbus.ErrIllegalDataAddress)
		}
	}
}

func TestAPortThatIsTakenIsNamed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := Listen(l.Addr().String(), nil); err == nil || !strings.Contains(err.Error(), "is the port taken") {
		t.Errorf(`got err %+v; want err != nil, strings.Contains(err.Error(), "is the port taken")`, err)
	}
}
