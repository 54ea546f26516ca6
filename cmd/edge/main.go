// Command edge is the inspection agent.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"pristine/infer"
	"pristine/internal/completion"
	"pristine/internal/printing"
	"pristine/internal/provider"
	"pristine/internal/signals"
	"pristine/internal/usage"
	"pristine/internal/version"
)

// Exit codes of every command.
const (
	exitClean  = 0
	exitFailed = 1 // something went wrong while it ran
	exitUsage  = 2 // wrong usage, configuration or prompt set
)

func main() {
	quietLibraries()
	if err := provider.Loader(); err != nil {
		fmt.Fprintln(os.Stderr, "Warning: the installed providers may not load:", err)
	}
	ctx, release := signals.Stopping(context.Background())
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	release()
	os.Exit(code)
}

// quietLibraries keeps OpenCV from writing to standard error: errors are reported
// once, in our words and without the passwords of addresses. Set the variable to
// see OpenCV's own.
func quietLibraries() {
	if _, set := os.LookupEnv("OPENCV_LOG_LEVEL"); !set {
		_ = os.Setenv("OPENCV_LOG_LEVEL", "SILENT") // fails for an invalid name only
	}
}

// cli holds the commands and their common flags.
type cli struct {
	Init      initCommand      `cmd:"" help:"Make a part's folder from photos: prompt set, references, configuration."`
	Run       runCommand       `cmd:"" help:"Inspect the cameras of a configuration and publish events."`
	Record    recordCommand    `cmd:"" help:"Record the frames of cameras, to replay them later."`
	Camera    cameraCommand    `cmd:"" help:"List, measure and preview cameras."`
	Watch     watchCommand     `cmd:"" help:"Show the events of agents as they arrive."`
	Fleet     fleetCommand     `cmd:"" help:"List the agents of a plant, and push prompt sets to them."`
	Score     scoreCommand     `cmd:"" help:"Score pictures with a prompt set."`
	Eval      evalCommand      `cmd:"" help:"Measure a prompt set on good and bad pictures."`
	Challenge challengeCommand `cmd:"" help:"Plant synthetic defects into good pictures and report which are found."`
	Embed     embedCommand     `cmd:"" help:"Print embeddings of pictures or texts."`
	Bench     benchCommand     `cmd:"" help:"Measure how fast the agent is on a source."`
	Prompts   promptsCommand   `cmd:"" help:"Check and improve prompt sets."`
	Reference referenceCommand `cmd:"" help:"Store good and bad reference pictures with a prompt set."`
	Check     checkCommand     `cmd:"" help:"Check configuration and prompt files."`
	Alive     aliveCommand     `cmd:"" help:"Ask a running agent whether it is alive, for containers and scripts."`
	Doctor    doctorCommand    `cmd:"" help:"Examine a station: configuration, cameras, model, hub, clock, disk, machine."`
	Support   supportCommand   `cmd:"" name:"support-bundle" help:"Pack logs, configuration and state for support, without secrets."`
	Service   serviceCommand   `cmd:"" help:"Install the agent as a systemd service, without a package."`
	Logs      logsCommand      `cmd:"" help:"Show the log of an agent that runs as a service."`
	Config    configCommand    `cmd:"" help:"Explain and compare configurations, and print their schema."`
	Model     modelCommand     `cmd:"" help:"Import, list, check and remove model bundles."`
	Provider  providerCommand  `cmd:"" help:"List and install execution providers, such as CUDA."`
	Version   versionCommand   `cmd:"" help:"Print the versions of the program, the bundle and the libraries."`

	Calibrate  calibrateCommand  `cmd:"" help:"Choose the thresholds of a prompt set for a target, and record their intervals."`
	Report     reportCommand     `cmd:"" help:"Report on a shift or any other period: counts, rejects, charts, changes."`
	Audit      auditCommand      `cmd:"" help:"List and verify changes of sets, thresholds, references and users."`
	Study      studyCommand      `cmd:"" help:"Analyse how well appraisers agree with themselves, each other and the truth."`
	User       userCommand       `cmd:"" help:"Add, list and remove users of the page."`
	Search     searchCommand     `cmd:"" help:"Find the pictures nearest to a text or a picture."`
	Completion completionCommand `cmd:"" help:"Print the completion script for your shell."`
	Man        manCommand        `cmd:"" hidden:"" help:"Write the manual pages, for packages."`
	Verbose    bool              `short:"v" help:"Also list skipped files of other programs, such as thumbnails."`
	Number     kong.VersionFlag  `name:"version" hidden:"" help:"Print the version."`
	Testline   testlineCommand   `cmd:"" help:"Write labelled pictures of the built-in belt, to try commands on."`
}

// streams are the outputs of a command.
type streams struct {
	out, err io.Writer
	verbose  bool // also say what was skipped as it should be
}

// run runs one command and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var commands cli
	code, exited := exitClean, false
	s := &streams{out: stdout, err: stderr}
	parser, err := kong.New(&commands,
		kong.Name("edge"),
		kong.Description("Pristine: inspects parts on a production line by text prompts and good examples.\n\nStart with `edge run --config configs/demo.yaml`, which shows the built-in belt. For your own part: `edge init PART --good PHOTOS`."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(c int) { code, exited = c, true }),
		kong.UsageOnError(),
		asset,
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 80}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(s),
		kong.Vars{"providers": strings.Join(infer.Providers(), ","), "provider_list": strings.Join(infer.Providers(), ", "), "version": "edge " + version.String()},
	)
	if err != nil {
		fmt.Fprintln(stderr, "Error:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	} else if args[0] == "help" {
		args = append(slices.Clone(args[1:]), "--help")
	}
	completion.Answer(parser, func(c int) { code, exited = c, true })
	if exited {
		return code
	}
	command, err := parser.Parse(args)
	if exited {
		return code
	}
	if err != nil {
		fmt.Fprintf(stderr, "Error: %v\nTry: %s\n", err, completion.Remedy(err, "edge"))
		return exitUsage
	}
	s.verbose = commands.Verbose
	if err := command.Run(); err != nil {
		fmt.Fprintln(stderr, "Error:", printing.PrintableLines(err.Error()))
		if usage.Is(err) {
			return exitUsage
		}
		return exitFailed
	}
	return exitClean
}
