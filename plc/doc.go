// Package plc answers a programmable logic controller over Modbus TCP: the
// controller triggers parts and reads verdicts.
//
//	server, err := plc.Listen("127.0.0.1:1502", []plc.Trigger{gate.Trigger})
//	defer server.Close()
//
// The agent is the Modbus server. Unit identifier 1 is the first camera, 2 the
// second, and so on. Addresses count from 0.
//
//	coil 0               Trigger       written by the controller
//	discrete input 0     Ready         a trigger is taken now
//	discrete input 1     Busy          the part is being inspected
//	discrete input 2     ResultValid   ResultOK and the registers are of the part
//	discrete input 3     ResultOK      the verdict is PASS, of an armed prompt set
//	discrete input 4     Heartbeat     changes each half second while the agent lives
//	discrete input 5     Shadow        the prompt set is not armed: act on nothing
//	input register 0     verdict       0 none, 1 PASS, 2 REVIEW, 3 FAIL, 4 INVALID; 0 in shadow
//	input register 1     1000 × P(defect)
//	input register 2, 3  part of the result, high word first
//	input register 4     triggers      that were taken, modulo 65,536
//	input register 5     refused       triggers that came while not Ready
//	input register 6     verdict in shadow, for display only; 0 of an armed set
//	holding register 0, 1  part        written before the trigger, high word first; 0: none
//
// The handshake: while Ready, the controller sets Trigger. Ready falls, Busy
// rises. When the verdict is there Busy falls and ResultValid rises. The
// controller reads the result and clears Trigger; ResultValid falls and Ready
// rises again.
//
// Promises: ResultOK is true only together with ResultValid and only for PASS of
// an armed set; in shadow Shadow is set, ResultOK is not, and the verdict stands
// in input register 6 instead of 0. A part without an answer in time has
// ResultValid with INVALID. One trigger,
// one result: setting a coil that is set already does nothing. The heartbeat is
// of the same process as the inspection, so that a controller that sees it stop
// must not trust what it read last.
//
// Non-promises: Modbus has neither users nor encryption: listen on the
// machine's own network only.
//
// Safe for concurrent use by several controllers, who share the signals.
package plc
