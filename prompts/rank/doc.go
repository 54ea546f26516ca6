// Package rank makes variants of a prompt set for an ablation: the set without each
// of its prompts, and with each of some common prompts that it lacks.
//
//	for _, v := range rank.Variants(set) { … compare v.Set with set … }
//
// The contribution of a prompt is what the set loses without it, on the user's own
// pictures. The words alone do not show which of them suit a model and a part.
//
// Promises: the given set does not change and shares no map or list with a variant.
// Parse would accept each variant. A variant differs from the given set in one
// prompt, or in one class if that was its only prompt.
//
// Functions are pure and safe for concurrent use.
package rank
