// Package control lets a plant ask its agents and push prompt sets to them,
// over NATS.
//
//	err := control.Serve(ctx, control.Options{Connect: connect, Station: station, Agent: agent})
//
// Each agent is a NATS micro service, so `nats micro ls` shows it; its subjects
// are qc.svc.<site>.<line>.<station>.<verb>:
//
//	inspect   a JPEG, or "now" for the next frame of the camera, which triggers
//	          one with policy trigger; headers Qc-Camera and Qc-Part; answers a
//	          Result, or an error: 400 the request is wrong, the part was
//	          triggered before or another is under way, 504 no frame or no
//	          verdict in time (its event says INVALID), 413, 429, 500
//	status    answers what a heartbeat says
//	snapshot  answers the next frame of the camera as JPEG
//	reload    reads the camera's prompt set again
//	learn     makes the camera learn its good parts and the health of its pictures
//	          anew: its next parts count as good and get no verdict
//	eval      labelled pictures as JSON, {"pictures": [{"label": "good",
//	          "evidence": "NAME.jpg"}, {"label": "bad", "defect": "crack",
//	          "jpeg": "BASE64"}, …]}: evidence is the name of a picture in the
//	          bucket where the request comes from; answers what edge eval --format
//	          json prints, of the set in effect: AUROC, overkill, escape and more.
//	          At most 200 pictures, 30 s, and one evaluation at a time
//
// Prompt sets go through the bucket qc-prompts: Push stages one, the agent
// validates it and acknowledges it, with warnings about doubtful prompts, or
// refuses it with the reason, Arm puts it into effect, and Rollback the one
// before.
//
// Promises, by test: a request is answered within its Deadline, with a verdict
// or with why there is none; a slow request does not hold up the next;
// requests that are too large or too many are refused and counted, as are names
// that are none; no picture is left out of an evaluation; a set that the agent
// refuses is never armed; what was pushed while the agent was away, or its
// watcher was lost, is found; a connection that is down is made again, with the
// secrets that the files hold then; Serve returns when no handler runs any more.
// Non-promises: a request that nobody answers was
// perhaps heard; a verdict that is asked for has one frame to go by; an
// evaluation takes its time from the cameras.
//
// Agent is called from several goroutines at once.
package control
