package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Export is a Hugging Face export of a CLIP-type model, or of DINOv2, as it lies on
// the disk:
//
//	config.json  preprocessor_config.json or processor_config.json  tokenizer.json
//	onnx/vision_model.onnx  onnx/text_model.onnx    or  onnx/model.onnx
//
// of which DINOv2 has no tokenizer and one model only, and
// where the ONNX files may also lie beside the others, and all may be links, as
// in Hugging Face's cache. The names are those of Manifest.Files.
type Export struct {
	Manifest Manifest
	Sources  map[string]string // paths by name, all files that the bundle needs
}

// ExportOptions say how an export is read.
type ExportOptions struct {
	Name       string  // of the bundle; empty: that of the repository in Hugging Face's cache, else of the folder
	Variant    string  // such as fp16 for vision_model_fp16.onnx; empty: full precision
	LogitScale float64 // where the model does not carry its own; 0: CLIP's 100
}

// ErrExport is returned within an error when files are no export of a
// CLIP-type model.
var ErrExport = errors.New("it is no Hugging Face export of a CLIP-type model")

// isExport reports whether a folder looks like one.
func isExport(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "config.json"))
	return err == nil
}

// openExport opens an export where it lies.
func openExport(dir string) (*Bundle, error) {
	dir, err := snapshot(dir)
	if err != nil {
		return nil, fmt.Errorf("open bundle: %w", err)
	}
	e, err := ReadExport([]string{dir}, ExportOptions{})
	if err != nil {
		return nil, fmt.Errorf("open bundle: %w", err)
	}
	m := &e.Manifest
	place := func(name string) (string, error) { return filepath.Rel(dir, e.Sources[name]) }
	if m.Image.File, err = place(m.Image.File); err != nil {
		return nil, fmt.Errorf("open bundle: %w", err)
	}
	if !m.PicturesOnly {
		if m.Text.File, err = place(m.Text.File); err != nil {
			return nil, fmt.Errorf("open bundle: %w", err)
		}
	}
	for name := range e.Sources {
		file, err := place(name)
		if err != nil {
			return nil, fmt.Errorf("open bundle: %w", err)
		}
		if m.Files[file], err = hashFile(e.Sources[name]); err != nil {
			return nil, fmt.Errorf("open bundle: %w", err)
		}
	}
	return &Bundle{Dir: dir, Manifest: *m, Hash: m.hash()}, nil
}

// ReadExport reads the files of an export, or those in its folder, and derives
// the manifest of a bundle, but for the hashes.
func ReadExport(paths []string, o ExportOptions) (*Export, error) {
	files, err := exportFiles(paths)
	if err != nil {
		return nil, err
	}
	r := &exportReader{files: files, options: o, export: &Export{Sources: map[string]string{}}}
	if err := r.read(); err != nil {
		return nil, fmt.Errorf("read export %s: %w", paths[0], err)
	}
	if r.export.Manifest.Name == "" {
		r.export.Manifest.Name = exportName(paths[0])
	}
	return r.export, nil
}

// exportName is the repository's or the folder's, also where only its files are
// given.
func exportName(path string) string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		absolute = path
	}
	if name := repository(absolute); name != "" {
		return name
	}
	if info, err := os.Stat(absolute); err == nil && !info.IsDir() {
		absolute = filepath.Dir(absolute)
	}
	if filepath.Base(absolute) == "onnx" {
		absolute = filepath.Dir(absolute)
	}
	return filepath.Base(absolute)
}

// exportFiles lists files by base name: those given, and those of folders and
// their onnx folders.
func exportFiles(paths []string) (map[string]string, error) {
	files := map[string]string{}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("read export: %w", err)
		}
		if !info.IsDir() {
			files[filepath.Base(path)] = path
			continue
		}
		if path, err = snapshot(path); err != nil {
			return nil, fmt.Errorf("read export: %w", err)
		}
		for _, dir := range []string{path, filepath.Join(path, "onnx")} {
			entries, err := os.ReadDir(dir)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("read export: %w", err)
			}
			for _, e := range entries {
				if isFile(filepath.Join(dir, e.Name())) {
					files[e.Name()] = filepath.Join(dir, e.Name())
				}
			}
		}
	}
	return files, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
