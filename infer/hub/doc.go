// Package hub downloads exports of models from the Hugging Face hub, or a
// mirror with the same URLs.
//
//	h, err := hub.FromEnv()
//	dir, err := h.Pull(ctx, "Xenova/clip-vit-base-patch32", hub.Options{Dir: "models/.pull"})
//
// It downloads only the files of one bundle: the settings, the tokenizer, and the ONNX
// files of one precision. HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE have the same meaning
// as in huggingface_hub. There is no Go library that checks hashes.
//
// Promises: a file gets its final name only if its size and its hash (SHA-256 for large
// files, Git's for small ones) match the hub's. An interrupted download resumes, also in
// a later run. The token is sent only to the hub's own host, and is never in an error.
//
// Non-promises: it does not lock. Two concurrent runs for one model may disturb each
// other; the hashes then refuse the result.
package hub
