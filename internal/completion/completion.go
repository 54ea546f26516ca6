package completion

import (
	"errors"
	"fmt"
	"slices"

	"github.com/alecthomas/kong"
	"github.com/willabides/kongplete"
)

// Answer prints what may follow and calls exit, if a shell asks for that; else it
// does nothing.
func Answer(parser *kong.Kong, exit func(code int)) {
	kongplete.Complete(parser, kongplete.WithExitFunc(exit))
}

// scripts tell each shell to ask the program. posener/complete answers as bash's
// complete -C expects; zsh has that by bashcompinit.
var scripts = map[string]string{
	"bash": "complete -o default -C edge edge\n",
	"zsh":  "autoload -U +X bashcompinit && bashcompinit\ncomplete -o default -C edge edge\n",
	"fish": `function __edge_complete
    set -lx COMP_LINE (commandline -cp)
    test -z (commandline -ct)
    and set COMP_LINE "$COMP_LINE "
    edge
end
complete -c edge -a "(__edge_complete)"
`,
}

// Script returns what a shell, bash, zsh or fish, reads to complete the program.
func Script(shell string) (string, error) {
	if s, ok := scripts[shell]; ok {
		return s, nil
	}
	return "", fmt.Errorf("no completion for %s: bash, zsh and fish are known", shell)
}

// Remedy returns what to type after wrong usage: the help of the command that it is of,
// as far as it was understood, or of the program. Who gave --json to a command with
// --format reads that.
func Remedy(err error, program string) string {
	var wrong *kong.ParseError
	if !errors.As(err, &wrong) || wrong.Context.Selected() == nil {
		return program + " --help"
	}
	command := wrong.Context.Selected()
	for _, flag := range command.Flags {
		for value := range flag.EnumMap() {
			if flag.Name == "format" && slices.Contains(wrong.Context.Args, "--"+value) {
				return command.FullPath() + " --format " + value
			}
		}
	}
	return command.FullPath() + " --help"
}
