package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// streams are where a command reads and writes: data goes to out, words for people to err when out is data.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// terminal reports whether out is a terminal that wants colour and progress.
func (s streams) terminal() bool {
	f, ok := s.out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" && os.Getenv("CI") == ""
}

// colour reports whether to colour what goes to out.
func (s streams) colour() bool { return s.terminal() && os.Getenv("NO_COLOR") == "" }

// shared are the settings that every command knows.
type shared struct {
	streams
	endpoint string // where the server is
	json     bool
	config   string // file with settings
	named    bool   // the endpoint was given on the command line
}

func newRoot(io streams) *cobra.Command {
	sh := &shared{streams: io}
	root := &cobra.Command{
		Use:   "hookswitch",
		Short: "The event plane of a contact center, compatible with Amazon Connect and Kinesis clients",
		Long: `Hookswitch is a contact center that behaves: queues, routing, agents, calls and tasks whose every movement becomes
contact records, agent events and contact events, read by unmodified AWS clients.

Every flag can also be set by an environment variable (--log-level is HOOKSWITCH_LOG_LEVEL) or in the YAML file named by
--config. Flags win over the environment, the environment over the file.

Exit status: 0 done, 1 failed, 2 the command line was not understood, 3 nothing answers at the endpoint.`,
		Example: `  hookswitch demo                                  # a contact center at work, and what it publishes
  hookswitch serve                                 # serve on 127.0.0.1:4566
  eval "$(hookswitch env)"                         # point AWS clients at it
  hookswitch call --instance demo --accept alice   # a customer calls
  hookswitch tail --kind contact-record            # follow what is published
  hookswitch doctor --instance demo                # why is there no data?`,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			sh.named = cmd.Flags().Changed("endpoint")
			return settle(cmd, sh.config)
		},
	}
	root.SetIn(io.in)
	root.SetOut(io.out)
	root.SetErr(io.err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("%v\nTry: %s --help", err, cmd.CommandPath())
	})
	f := root.PersistentFlags()
	f.StringVar(&sh.endpoint, "endpoint", "http://127.0.0.1:4566", "where the server is, for the commands that talk to one")
	f.BoolVar(&sh.json, "json", false, "write JSON: one object, or one a line where there are many")
	f.StringVar(&sh.config, "config", "", "YAML file with settings, named as the flags are")
	root.AddCommand(commands(sh)...)
	return root
}

// environmentName returns the variable that sets a flag.
func environmentName(flag string) string {
	return "HOOKSWITCH_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func newVersion(sh *shared) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  hookswitch version --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if sh.json {
				return sh.writeJSON(map[string]string{"version": version})
			}
			_, err := fmt.Fprintln(sh.out, "hookswitch", version)
			return err
		},
	}
}
