// Package control lets a plant send requests to its agents and push prompt sets to
// them, over NATS.
//
//	err := control.Serve(ctx, control.Options{Connect: connect, Station: station, Agent: agent})
//
// Each agent is a NATS micro service, so `nats micro ls` shows it; its subjects
// are qc.svc.<site>.<line>.<station>.<verb>:
//
//	inspect   a JPEG, or "now" for the next frame of the camera, which triggers
//	          one with policy trigger; headers Qc-Camera and Qc-Part; answers a
//	          Result, or an error: 400 the request is invalid, the part was
//	          already triggered or another is in progress, 504 no frame or no
//	          verdict in time (its event is INVALID), 413, 429, 500
//	status    answers the content of a heartbeat
//	snapshot  answers the next frame of the camera as JPEG
//	reload    reads the camera's prompt set again
//	learn     makes the camera learn its good parts and the health of its pictures
//	          again: its next parts count as good and get no verdict
//	eval      labelled pictures as JSON, {"pictures": [{"label": "good",
//	          "evidence": "NAME.jpg"}, {"label": "bad", "defect": "crack",
//	          "jpeg": "BASE64"}, …]}: evidence is the name of a picture in the
//	          bucket where the request comes from; answers the output of edge eval
//	          --format json for the live set: AUROC, overkill, escape and more.
//	          At most 200 pictures, 30 s, and one evaluation at a time
//
// Prompt sets are sent through the bucket qc-prompts. Push stages a set. The agent
// validates it and accepts it, with warnings about doubtful prompts, or refuses it
// with the reason. Arm puts it into effect, and Rollback restores the previous one.
//
// Promises, by test:
//   - A request is answered within its Deadline, with a verdict or with the reason why
//     there is none.
//   - A slow request does not delay the next one.
//   - Requests that are too large or too many, and invalid names, are refused and
//     counted.
//   - No picture is left out of an evaluation.
//   - A set that the agent refuses is never armed.
//   - Sets that were pushed while the agent or its watcher was down are found.
//   - A lost connection is retried with the current content of the secret files.
//   - Serve returns when no handler runs.
//
// Non-promises: an unanswered request may still have been executed. A verdict on
// request is based on a single frame. An evaluation slows the cameras down.
//
// Agent is called from several goroutines at once.
package control
