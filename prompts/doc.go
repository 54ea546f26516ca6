// Package prompts turns prompt sets and reference pictures into scores.
//
//	set, err := prompts.Load("configs/prompts/part.yaml")
//	bank, err := prompts.NewBank(ctx, set, encoder, bundle)
//	bank, err = bank.WithReferences(references)
//	err = bank.Score(&observation, &scores)
//
// Text. A set names states of a part. Each state in each template is a sentence.
// The prototype of a class is the weighted mean of its unit sentence embeddings,
// normalised. An observation's cosines with the prototypes, times the bundle's
// logit scale (or divided by the set's temperature), go through a softmax over all
// classes. A class's weight multiplies its odds in that softmax, and weighs the
// class in the mean defect direction of the text score.
//
// References. These are good pictures of the same part at the same camera. Each
// patch of a picture is matched with its nearest reference patch, and the distances
// are the anomaly map. If there are bad references, a patch's distance grows by the
// amount it is closer to their distinctive patches. A reference patch that is far
// from the other references lowers the distance of what it matches, since good
// parts vary there. If three or more references match each other about as well
// rotated as upright, the part has no fixed orientation, and references are also
// matched rotated (Set.Turned).
//
// References are compared at one scale or two: the patches of the whole picture,
// and those of its tiles as one finer grid (Set.Detail). The two maps are averaged.
// The whole picture always counts. The text score is added by a weight, or by how
// far it exceeds that of every reference (Set.TextWeight).
//
// Tiles. A set with tiles also encodes n×n half-overlapping tiles of the frame.
// Each cell between tiles has the harmonic mean of P(defect) of the tiles that
// cover it, as WinCLIP aggregates its windows. The cells are the map, and its
// highest cells are the picture's score, so that a small defect is not averaged
// away. If the bundle returns patches, a patch keeps the higher of both scores. If
// it returns none, references compare tiles.
//
// References are stored in one file beside the set (Save, LoadReferences).
//
// One softmax over the defects, where the map is highest, gives the likeliest
// defect, its severity, and the share of P(defect) that belongs to defects for
// review only (Set.Verdicts). Package verdict decides by them.
//
// Record writes thresholds, calibration and the record of a validation into a
// set's file. Bank.Armed reports whether that record, or `arm: true`, lets the set
// publish FAIL as real. A calibration is valid only for the set, bundle,
// references, orientation and detail that it was measured with. Without a
// calibration nothing passes by a single reference.
//
// Promises: comparing vectors of two bundles is an error. A set whose sentences
// do not distinguish defects from good parts scores Unknown. With references, a
// picture of something else scores Unknown, too: most of its patches are far from
// every reference, or most of a single reference's patches are missing from it. A
// local defect, however bad, does not. A Bank is immutable and may score from many
// goroutines. Score allocates nothing when its Scores are reused.
//
// Non-promises: without references and thresholds of its own, a set's P(defect)
// ranks parts but is not calibrated.
//
// Sources: WinCLIP (Jeong et al., CVPR 2023) for states and templates, APRIL-GAN
// (Chen et al., 2023) for normalising each text before the mean, PatchCore (Roth
// et al., CVPR 2022) for nearest neighbours of patches.
package prompts
