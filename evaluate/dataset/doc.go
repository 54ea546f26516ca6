// Package dataset finds out which pictures of a labelled folder are good,
// which are bad, of what defect, and where their masks lie.
//
//	pictures, err := dataset.Open("bottle")
//
// Layouts, told apart by what is there:
//
//	MVTec AD   test/good, test/DEFECT, ground_truth/DEFECT/NAME_mask.png; train/good
//	VisA       Data/Images/Normal, Data/Images/Anomaly, Data/Masks/Anomaly
//	plain      good/ (or ok, normal, pristine) beside bad/ (or defective, ng,
//	           anomaly); folders within bad name the defects; references/
//	CSV        path,label[,defect][,mask] with a heading, paths relative to it
//
// Good pictures in train or references are kept for references and never
// measured.
//
// Promises: every picture file of a layout gets exactly one label, or the
// folder is refused with the reason: none is left out silently. Pictures come
// sorted by their paths. Nothing is decoded.
package dataset
