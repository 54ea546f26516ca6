package plc

import (
	"context"
	"fmt"
	"io"
	"log"
	"sync"
	"time"

	"github.com/simonvetter/modbus"
)

// beat is half a period of the heartbeat.
const beat = 500 * time.Millisecond

// idleClose is after what silence a controller's connection is closed.
const idleClose = 2 * time.Minute

// maxClients bounds the controllers that are connected at once.
const maxClients = 16

// Server is a Modbus TCP server.
type Server struct {
	units   []*unit
	modbus  *modbus.ModbusServer
	ctx     context.Context //nolint:containedctx // of the inspections that the server owns
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// Listen serves the triggers of the cameras at host:port, each as a unit, from
// 1.
func Listen(address string, triggers []Trigger) (*Server, error) {
	s := &Server{}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	for _, t := range triggers {
		u := &unit{trigger: t, run: s.running.Go}
		u.idle()
		s.units = append(s.units, u)
	}
	var err error
	s.modbus, err = modbus.NewServer(&modbus.ServerConfiguration{
		URL: "tcp://" + address, Timeout: idleClose, MaxClients: maxClients, Logger: log.New(io.Discard, "", 0),
	}, s)
	if err == nil {
		err = s.modbus.Start()
	}
	if err != nil {
		s.cancel()
		return nil, fmt.Errorf("listen for Modbus at %s: %w: is the port taken, or below 1024 without the right to it?", address, err)
	}
	s.running.Go(s.live)
	return s, nil
}

// Close ends the connections and waits for the inspections under way.
func (s *Server) Close() error {
	s.cancel()
	err := s.modbus.Stop()
	s.running.Wait()
	return err
}

func (s *Server) live() {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			for _, u := range s.units {
				u.mu.Lock()
				u.inputs[Heartbeat] = !u.inputs[Heartbeat]
				u.mu.Unlock()
			}
		case <-s.ctx.Done():
			return
		}
	}
}

// unit finds a camera. Unit 0 stands for the first too: many controllers send
// it, as the Modbus TCP guide recommends for devices without units.
func (s *Server) unit(id uint8) (*unit, error) {
	n := max(int(id), 1)
	if n > len(s.units) {
		return nil, modbus.ErrGWTargetFailedToRespond
	}
	return s.units[n-1], nil
}

// HandleCoils implements modbus.RequestHandler.
func (s *Server) HandleCoils(r *modbus.CoilsRequest) ([]bool, error) {
	u, err := s.unit(r.UnitId)
	if err != nil {
		return nil, err
	}
	if r.Addr != 0 || r.Quantity != 1 {
		return nil, modbus.ErrIllegalDataAddress
	}
	if r.IsWrite {
		u.set(s.ctx, r.Args[0])
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return []bool{u.coil}, nil
}

// HandleDiscreteInputs implements modbus.RequestHandler.
func (s *Server) HandleDiscreteInputs(r *modbus.DiscreteInputsRequest) ([]bool, error) {
	u, err := s.unit(r.UnitId)
	if err != nil {
		return nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return window(u.inputs[:], r.Addr, r.Quantity)
}

// HandleInputRegisters implements modbus.RequestHandler.
func (s *Server) HandleInputRegisters(r *modbus.InputRegistersRequest) ([]uint16, error) {
	u, err := s.unit(r.UnitId)
	if err != nil {
		return nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return window(u.results[:], r.Addr, r.Quantity)
}

// HandleHoldingRegisters implements modbus.RequestHandler.
func (s *Server) HandleHoldingRegisters(r *modbus.HoldingRegistersRequest) ([]uint16, error) {
	u, err := s.unit(r.UnitId)
	if err != nil {
		return nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	values, err := window(u.wanted[:], r.Addr, r.Quantity)
	if err == nil && r.IsWrite {
		copy(u.wanted[r.Addr:], r.Args)
	}
	return values, err
}
