package config

import "time"

// note adds to a key what its type does not show.
type note func(*Key)

func means(text string) note { return func(k *Key) { k.Meaning = text } }

func oneWord(text string, values ...string) note {
	return func(k *Key) { k.Meaning, k.Values = text, values }
}

func matches(text, allowed, pattern string) note {
	return func(k *Key) { k.Meaning, k.Allowed, k.pattern = text, allowed, pattern }
}

func ranges(text string, least, most float64) note {
	return func(k *Key) { k.Meaning, k.least, k.most = text, &least, &most }
}

func fromLeast(text string, least float64) note {
	return func(k *Key) { k.Meaning, k.least = text, &least }
}

func lasts(text string, least time.Duration) note { return fromLeast(text, float64(least)) }

// zeroOr also allows 0, below the limit of n.
func zeroOr(n note, allowed string) note {
	return func(k *Key) {
		n(k)
		k.Allowed = allowed
		zero := 0.0
		k.least = &zero
	}
}

const (
	namePattern   = `^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`
	nameAllowed   = "1 to 63 letters, digits, - or _, beginning with a letter or digit"
	listenPattern = `^$|^[^:]*:[^:]*$|^\[.*\]:[^:]*$`
	mebibyte      = 1 << 20
)

// notes holds every key; a test compares it with the configuration.
var notes = map[string]note{
	"station":      means("The agent's place in the plant. Events go to the subject qc.SITE.LINE.NAME.TYPE."),
	"station.site": matches("The plant.", nameAllowed, namePattern),
	"station.line": matches("The production line.", nameAllowed, namePattern),
	"station.name": matches("The station at the line. Two agents must not share site, line and name.", nameAllowed, namePattern),

	"model":            means("The CLIP-type model, and where it runs."),
	"model.bundle":     matches("Folder of the model bundle, or of a Hugging Face CLIP export.", "a folder", `\S`),
	"model.references": means("Folder of a second bundle, or of an export of CLIP, SigLIP or DINOv2, for the patches of references. Empty: model.bundle."),
	"model.providers":  oneWord("Execution providers of ONNX Runtime, in order of preference.", "cpu", "cuda", "tensorrt", "openvino", "openvino:GPU", "openvino:NPU"),
	"model.policy":     oneWord("require: stop if the first provider is missing. fallback: run degraded on the next one.", "require", "fallback"),
	"model.threads":    ranges("Threads of a run of ONNX Runtime. 0: one per core, or on the CPU parallel runs of one thread each if frames queue.", 0, 256),
	"model.max_batch":  ranges("Pictures of several cameras that are encoded at once.", 1, 64),
	"model.cache_dir":  means("Folder of TensorRT engines, of embeddings of prompts, and of what the model returned for reference pictures."),
	"model.precision":  oneWord("Precision of TensorRT, and of OpenVINO on GPU and NPU. int8 needs another model.", "fp32", "fp16"),

	"cameras":                            means("The cameras, each inspected separately."),
	"cameras[].name":                     matches("Names the camera in events, files and requests.", nameAllowed, namePattern),
	"cameras[].source":                   matches("Where the frames come from.", "rtsp://, rtsps://, http://, https://, v4l2://, csi://, gst://, file://, dir://, replay://, watch://, testline://, or a path of a video or a folder", ``),
	"cameras[].user_file":                means("File with the user of an RTSP or HTTP camera. It is read each time the camera is opened."),
	"cameras[].password_file":            means("File with the password of an RTSP or HTTP camera. It is read each time the camera is opened."),
	"cameras[].policy":                   matches("Which frames are inspected. newest: drop older frames. every: skip nothing (files, folders). fps:N: the newest, N per second. trigger: a part on request.", "newest, every, fps:N with N from 0.01 to 240, trigger", `^(newest|every|trigger|fps:[0-9.]+)$`),
	"cameras[].trigger":                  means("How parts are inspected with policy trigger."),
	"cameras[].trigger.frames":           ranges("Frames of each part, taken after the trigger.", 1, 1000),
	"cameras[].trigger.deadline":         lasts("A part without a verdict after this time is INVALID: no_frame or late.", time.Millisecond),
	"cameras[].trigger.gpio":             means("A light barrier and a reject gate at GPIO lines of this machine. -1: no line."),
	"cameras[].trigger.gpio.chip":        matches("The GPIO chip, such as /dev/gpiochip0. Empty: off.", "a path below /dev, or empty", `^$|^/dev/`),
	"cameras[].trigger.gpio.trigger":     ranges("Input line: each rising edge is a part.", -1, mostLines-1),
	"cameras[].trigger.gpio.busy":        ranges("Output line: a part is being inspected.", -1, mostLines-1),
	"cameras[].trigger.gpio.pass":        ranges("Output line: the last part is PASS.", -1, mostLines-1),
	"cameras[].trigger.gpio.reject":      ranges("Output line: the last part is not PASS.", -1, mostLines-1),
	"cameras[].trigger.gpio.active_low":  means("The lines are active when they are low."),
	"cameras[].trigger.gpio.debounce":    lasts("Edges of the trigger within this time are one edge.", 0),
	"cameras[].trigger.gpio.in_shadow":   oneWord("Output that a verdict drives while the prompt set is not armed.", "none", "pass", "reject"),
	"cameras[].adjust":                   means("Adjusts the camera's pictures, in the order of these keys."),
	"cameras[].adjust.swap_red_blue":     means("Swap red and blue."),
	"cameras[].adjust.perspective":       means("Four corners of the part's plane, clockwise from the upper left, as shares of the frame: [[0.1, 0], [0.9, 0], [1, 1], [0, 1]]."),
	"cameras[].adjust.rotate":            oneWord("Degrees clockwise.", "0", "90", "180", "270"),
	"cameras[].adjust.flip":              oneWord("Mirror the picture.", "", "horizontal", "vertical", "both"),
	"cameras[].adjust.mask":              means("A polygon, [[x, y], …] as shares of the frame. The outside becomes black."),
	"cameras[].region":                   means("The inspected rectangle: x, y, width, height as shares of the adjusted picture."),
	"cameras[].polygon":                  means("Instead of region: [[x, y], …] as shares of the picture. The outside is not scored or checked for health, but stays in the evidence."),
	"cameras[].regions":                  means("Several regions instead of one. Each is inspected separately as camera NAME-REGION."),
	"cameras[].regions[].name":           matches("Names the region. The camera's name is its prefix.", nameAllowed, namePattern),
	"cameras[].regions[].region":         means("x, y, width, height as shares of the adjusted picture."),
	"cameras[].regions[].polygon":        means("Instead of region: [[x, y], …] as shares of the picture."),
	"cameras[].regions[].prompts":        means("Prompt set of this region. Empty: the camera's."),
	"cameras[].regions[].references":     means("Folder of good pictures of this region. Empty: the camera's."),
	"cameras[].prompts":                  matches("The prompt set.", "a file", `\S`),
	"cameras[].shadow_prompts":           means("A second prompt set, scored on the same frames and only compared. Empty: none."),
	"cameras[].references":               means("Folder of good pictures of this part at this camera. Empty: those stored beside the prompt set."),
	"cameras[].learn_parts":              ranges("Without references: learn this many parts at the start as good ones, 3 or more. 0: none.", 0, 1000),
	"cameras[].mm_per_pixel":             ranges("Millimetres per pixel of the adjusted picture. 0: unknown.", 0, 1000),
	"cameras[].challenge":                means("Synthetic defects that are planted into good parts after learn_parts. If a camera misses them, its PASS becomes REVIEW insensitive."),
	"cameras[].challenge.size":           means("Size of the defects: a share of the part's length (10%), pixels (40px) or, with mm_per_pixel, millimetres (0.5mm). 0: no challenge."),
	"cameras[].challenge.found":          ranges("Share of the defects that must be found.", 0, 1),
	"cameras[].parts_only":               means("Inspect only frames in which the source names a part."),
	"cameras[].watch":                    means("How the pictures of a watch:// folder are handled."),
	"cameras[].watch.then":               oneWord("What happens to a picture whose event is stored: keep; move to done, rejected or review below the folder; delete.", "keep", "move", "delete"),
	"cameras[].watch.part":               means("Regular expression that finds the part in a file's name: its group (?P<part>…), the first group, or the match. Empty: the name is the part."),
	"cameras[].watch.settle":             lasts("A file is read when it has not changed for this time.", 10*time.Millisecond),
	"cameras[].track":                    means("Finds parts by their difference from the empty belt."),
	"cameras[].track.axis":               oneWord("The axis along which parts travel. Empty: off, the source names the parts.", "", "x", "y"),
	"cameras[].track.empty":              means("A picture of the empty belt. Empty: it is learned."),
	"cameras[].track.learn_frames":       ranges("Frames at the start that the empty belt is learned from. They are not inspected.", 1, 60000),
	"cameras[].track.difference":         ranges("Grey levels by which a part differs from the belt.", 1, 255),
	"cameras[].track.min_area":           ranges("Minimum share of the region that a part covers.", 0, 1),
	"cameras[].fail_frames":              ranges("FAIL needs this many of of_frames frames.", 1, 1000),
	"cameras[].of_frames":                ranges("Frames that fail_frames counts among.", 1, 1000),
	"cameras[].hold_off":                 lasts("Minimum time between two FAILs of a camera without part names.", 0),
	"cameras[].open_timeout":             lasts("Time to open the camera.", 100*time.Millisecond),
	"cameras[].read_timeout":             lasts("Time to wait for a frame of a live camera.", 100*time.Millisecond),
	"cameras[].silent_after":             lasts("Without a frame for this time the camera is INVALID: no_frame. 0s: never.", 0),
	"cameras[].health":                   means("Checks that make a picture unfit (INVALID). 0 switches a check off."),
	"cameras[].health.black_mean":        ranges("A picture is black below this mean grey level.", 0, 255),
	"cameras[].health.overexposed_share": ranges("Share of pixels at 250 or more.", 0, 1),
	"cameras[].health.frozen_frames":     ranges("Identical frames in a row.", 0, 100000),
	"cameras[].health.max_age":           lasts("Older frames are stale.", 0),
	"cameras[].health.min_width":         ranges("Pixels.", 1, 16384),
	"cameras[].health.min_height":        ranges("Pixels.", 1, 16384),
	"cameras[].health.learn":             lasts("Time to learn the camera's usual pictures, for the checks below. 0s: switches them off.", 0),
	"cameras[].health.blur":              ranges("Blurred below this share of the learned sharpness.", 0, 1),
	"cameras[].health.moved":             ranges("Moved below this correlation with the learned view.", 0, 1),
	"cameras[].health.shift":             ranges("Moved by more than this many pixels for some seconds.", 0, 100),
	"cameras[].health.light":             ranges("Relative change of the light.", 0, 10),
	"cameras[].health.banding":           ranges("Bright and dark stripes, RMS in grey levels.", 0, 255),
	"cameras[].health.colour_order":      means("Refuse pictures with red and blue swapped."),
	"cameras[].health.report":            lasts("Interval of the events during a period of unfit pictures, or of REVIEW at a camera without part names.", time.Second),

	"events":                    means("Events wait in a store on the device until the hub has them."),
	"events.dir":                matches("Folder of the store. The last good configuration is kept beside it, as DIR.last-good.yaml.", "a folder", `\S`),
	"events.listen":             matches("Address of the embedded NATS server. Empty: this process only.", "host:port, or empty", listenPattern),
	"events.max_bytes":          fromLeast("Size of the events on the disk.", mebibyte),
	"events.evidence_bytes":     fromLeast("Size of the pictures on the disk.", mebibyte),
	"events.jpeg_quality":       ranges("Of the pictures.", 1, 100),
	"events.heartbeat":          zeroOr(lasts("Interval of the agent's state events. 0s: none.", time.Second), "0s, or 1s or more"),
	"events.request_deadline":   ranges("A request over NATS is answered by then.", float64(50*time.Millisecond), float64(maxDeadline)),
	"events.hub":                means("The plant's NATS server. Without a url the embedded server is the hub."),
	"events.hub.url":            matches("Address of the hub, or several separated by commas. Without user and password.", "nats://, tls://, ws:// or wss://, or empty", `^$|^\s*(nats|tls|wss?)://[^@,\s]+\s*(,\s*(nats|tls|wss?)://[^@,\s]+\s*)*$`),
	"events.hub.max_bytes":      zeroOr(fromLeast("Size in bytes of the event stream that the agent creates at the hub if there is none. 0: no limit. An account with max_bytes_required needs one.", 1<<20), "0, for no limit, or at least 1048576"),
	"events.hub.evidence_bytes": fromLeast("Size in bytes of the bucket with pictures that the agent creates at the hub if there is none.", 1<<20),
	"events.hub.creds_file":     means("NATS credentials file (JWT and seed)."),
	"events.hub.nkey_file":      means("File with the seed of an nkey."),
	"events.hub.user_file":      means("File with the user."),
	"events.hub.password_file":  means("File with the password."),
	"events.hub.ca_file":        means("Certificate of the CA that signed the hub's certificate (PEM)."),
	"events.hub.cert_file":      means("The agent's own certificate (PEM)."),
	"events.hub.key_file":       means("Key of the agent's own certificate (PEM)."),

	"history":            means("Results, embeddings, thumbnails, labels and changes, kept on the device for the page, searches and reports."),
	"shifts":             means("Start times of the shifts, in local time and in order, such as 06:00, 14:00 and 22:00, for the page and edge report --shift. Empty: a shift is the last eight hours."),
	"history.dir":        means("Folder of the history. Empty: history in events.dir."),
	"history.max_age":    lasts("Older results are removed. 0s: no limit.", 0),
	"history.max_bytes":  zeroOr(fromLeast("Size of the history on the disk. The oldest results are removed first. 4294967296 holds some 4,000,000 results, or 40,000 with pictures. 0: no history.", 16*mebibyte), "0, or 16777216 or more"),
	"history.pass_every": ranges("One in this many PASS results of a camera keeps its picture as a sample for review. FAIL, REVIEW and INVALID always do. 0: no PASS does.", 0, 1000000),

	"http":            means("The operator's page, /status, /healthz and /metrics."),
	"http.listen":     matches("Address of the page. Empty: none.", "host:port, or empty", listenPattern),
	"http.login":      oneWord("auto: a login is required unless the page listens on a loopback address. always: it is always required.", "auto", "always"),
	"http.users_file": means("File of the users, with hashes of their passwords; edge user add writes it. Empty: users.json in events.dir."),
	"http.cert_file":  means("Certificate of the page (PEM), for TLS. Empty: no TLS."),
	"http.key_file":   means("Key of that certificate (PEM)."),
	"modbus":          means("Signals for a controller over Modbus TCP. Unit 1 is the first camera with policy trigger, and so on. No users, no encryption."),
	"modbus.listen":   matches("Address of the Modbus server. Empty: none.", "host:port, or empty", listenPattern),

	"log":        means("The log, on standard error."),
	"log.level":  oneWord("Lowest severity that is logged.", "debug", "info", "warn", "error"),
	"log.format": oneWord("text for people, json for programs.", "text", "json"),

	"security":                means("Restricts bundles and prompt sets to those that a trusted key signed (minisign)."),
	"security.trusted_keys":   means("Public keys of minisign: files, or the second line of one. Empty: no checks."),
	"security.require_signed": oneWord("Files that are refused without the signature of a trusted key.", Bundles, Sets),
	"profiling":               means("Sends profiles to a Pyroscope server. Without a url it is off."),
	"profiling.url":           matches("Address of the Pyroscope server, without user and password.", "http:// or https://, or empty", `^$|^https?://[^@,\s]+$`),
	"profiling.application":   means("Name of the application in Pyroscope."),
	"profiling.user_file":     means("File with the user."),
	"profiling.password_file": means("File with the password."),

	"tracing":               means("Sends traces of parts to an OpenTelemetry collector (OTLP over HTTP). Without a url it is off."),
	"tracing.url":           matches("Address of the collector, without user and password; without a path, /v1/traces.", "http:// or https://, or empty", `^$|^https?://[^@,\s]+$`),
	"tracing.sample":        ranges("Share of the parts that are traced.", 0, 1),
	"tracing.user_file":     means("File with the user."),
	"tracing.password_file": means("File with the password."),
}
