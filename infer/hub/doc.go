// Package hub downloads exports of models from the Hugging Face hub, or a
// mirror with the same URLs.
//
//	h, err := hub.FromEnv()
//	dir, err := h.Pull(ctx, "Xenova/clip-vit-base-patch32", hub.Options{Dir: "models/.pull"})
//
// It takes only what one bundle needs: the settings, the tokenizer, and the
// ONNX files of one precision. HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE mean
// what they mean to huggingface_hub, which has no Go counterpart that checks
// hashes.
//
// Promises: a file has its name only when its size and its hash (SHA-256 of
// large files, Git's of small ones) are those that the hub states; a download
// that breaks off goes on where it stopped, also in another run; the token is
// sent to the hub's own host only, and is in no error.
//
// Non-promises: it does not lock; two runs for one model at once may disturb
// each other, and the hashes then refuse what they wrote.
package hub
