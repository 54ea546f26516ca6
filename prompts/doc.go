// Package prompts turns prompt sets and reference pictures into scores.
//
//	set, err := prompts.Load("configs/prompts/part.yaml")
//	bank, err := prompts.NewBank(ctx, set, encoder, bundle)
//	bank, err = bank.WithReferences(references)
//	err = bank.Score(&observation, &scores)
//
// A set names states of a part; each state and template makes a sentence; the
// mean of their unit embeddings by the prompts' weights, made unit again, is
// the prototype of a class. An observation's cosines with the prototypes, times
// the bundle's logit scale (or over the set's temperature), go through a
// softmax over all classes; a class's weight multiplies its odds there, and is
// its share of the mean of defects that the text score points along. References
// are good pictures of the same part at the same camera: the distance of each
// patch to the nearest of theirs is added to the map that the text gives. Where
// there are bad ones too, a patch is as much farther as it is nearer to the
// patches by which they stand out. Where three or more good ones lie nearly as close
// to the others turned as to the others as they are, the part lies anyhow and is
// compared with them turned by one, two and three quarters, too (Set.Turned).
//
// References are compared at one scale or two: patches of the whole picture, and
// those of its tiles as one finer grid (Set.Detail). The maps are joined as a
// weighted mean; the whole picture's is never dropped. A reference patch that lies
// far from the other references takes that off the distance of what it matches.
// Text counts beside references as far as it says worse of a picture than of each
// of them, or by a weight (Set.TextWeight).
//
// A set with tiles has the frame and n×n half-overlapping tiles encoded and
// scored alike. Each cell between tiles takes the harmonic mean of P(defect) of
// those that cover it, as WinCLIP joins its windows, and the highest cells stand
// for the picture, so that a small defect is not averaged away; the cells are
// the map. Where a bundle gives patches, a patch keeps the higher of the two;
// where it gives none, references compare tiles.
//
// References lie in one file beside the set (Save, LoadReferences).
//
// The likeliest defect, its severity and the share of P(defect) that belongs to
// defects for review only (Set.Verdicts) come from one softmax over the defects
// at the place where the map is highest. Package verdict decides by them.
//
// Record writes thresholds, calibration and the record of a validation into a
// set's file; Bank.Armed tells whether that record, or a person's hand, lets the
// set publish FAIL as real. A calibration is used for the set, bundle and
// references that it was measured with, turned or not, at one detail, and for no
// others. Nothing passes by a single reference that is not calibrated.
//
// Promises: vectors of two bundles are never compared: that is an error. A set
// whose sentences say nothing about a part's condition scores Unknown. With
// references a picture of something else scores Unknown, too: one whose patches
// are mostly far from all of theirs, or that lacks most of what a single one
// shows; a local defect, however bad, does not. A Bank does not change once made
// and may score from many goroutines; Score allocates nothing when its Scores are
// reused.
//
// Non-promises: without references and thresholds of its own, a set's P(defect)
// ranks parts but is not calibrated.
//
// Sources: WinCLIP (Jeong et al., CVPR 2023) for states and templates, APRIL-GAN
// (Chen et al., 2023) for normalising each text before the mean, PatchCore (Roth
// et al., CVPR 2022) for nearest neighbours of patches.
package prompts
