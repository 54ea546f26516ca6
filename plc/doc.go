// Package plc serves a programmable logic controller over Modbus TCP: the controller
// triggers parts and reads verdicts.
//
//	server, err := plc.Listen("127.0.0.1:1502", []plc.Trigger{gate.Trigger})
//	defer server.Close()
//
// The agent is the Modbus server. Unit identifier 1 is the first camera, 2 the
// second, and so on. Addresses count from 0.
//
//	coil 0               Trigger       written by the controller
//	discrete input 0     Ready         a trigger would be accepted
//	discrete input 1     Busy          the part is being inspected
//	discrete input 2     ResultValid   ResultOK and the registers belong to the part
//	discrete input 3     ResultOK      the verdict is PASS, of an armed prompt set
//	discrete input 4     Heartbeat     changes every half second while the agent runs
//	discrete input 5     Shadow        the prompt set is not armed: ignore the result
//	input register 0     verdict       0 none, 1 PASS, 2 REVIEW, 3 FAIL, 4 INVALID; 0 in shadow
//	input register 1     1000 × P(defect)
//	input register 2, 3  part of the result, high word first
//	input register 4     triggers      accepted, modulo 65,536
//	input register 5     refused       triggers while not Ready
//	input register 6     verdict in shadow, for display only; 0 of an armed set
//	holding register 0, 1  part        written before the trigger, high word first; 0: none
//
// Handshake: while Ready, the controller sets Trigger. Ready falls, Busy rises. With
// the verdict Busy falls and ResultValid rises. The controller reads the result and
// clears Trigger. ResultValid falls and Ready rises again.
//
// Promises: ResultOK is true only together with ResultValid, and only for PASS of an
// armed set. In shadow Shadow is set, ResultOK is not, and the verdict is in input
// register 6 instead of 0. A part without an answer in time has ResultValid with
// INVALID. One trigger gives one result: setting a coil that is already set does
// nothing. The heartbeat comes from the inspecting process. When it stops, the
// controller must not trust the last values.
//
// Non-promises: Modbus has neither users nor encryption: listen on the machine network
// only.
//
// It is safe for concurrent use by several controllers, which share the signals.
package plc
