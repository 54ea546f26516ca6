// Package assets finds the files that come with the program, whatever folder it
// is started in: model bundles, prompt sets, ONNX Runtime.
//
//	bundle := assets.Find("models/pocket")
//
// A relative path is looked for in this order: the working directory;
// $PRISTINE_HOME; the program's folder and the one above it; /usr/share/pristine
// and /usr/lib/pristine, also below the prefix that the program is installed
// under, such as /usr/local; /var/lib/pristine. The first one that exists is
// taken; where none does, Find returns the path as it was given, so that an error
// shows what was asked for.
package assets
