package main

import (
	"errors"
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
		Long: `Hookswitch is a contact center that behaves: queues, routing, agents, calls, chats and tasks whose every movement becomes
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
	root.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	root.SuggestionsMinimumDistance = 2
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
	refuseWrongArguments(root)
	return root
}

// refuseWrongArguments has every command refuse arguments that it does not understand as a wrong command line.
func refuseWrongArguments(c *cobra.Command) {
	check := c.Args
	switch {
	case c.HasSubCommands():
		check = noSuchCommand
	case check == nil:
		check = cobra.ArbitraryArgs
	}
	c.Args = func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usage("%v\nTry: %s --help", err, cmd.CommandPath())
		}
		return nil
	}
	for _, sub := range c.Commands() {
		refuseWrongArguments(sub)
	}
}

// arguments takes exactly these.
func arguments(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return fmt.Errorf("%s is missing", strings.Join(names[len(args):], " "))
		case len(args) > len(names):
			return fmt.Errorf("%q is one argument too many", args[len(names)])
		}
		return nil
	}
}

func noArguments(cmd *cobra.Command, args []string) error { return arguments()(cmd, args) }

func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	words := fmt.Sprintf("%s has no command %q", cmd.CommandPath(), args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		words += ", perhaps you mean " + strings.Join(near, " or ")
	}
	return errors.New(words)
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
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			if sh.json {
				return sh.writeJSON(map[string]string{"version": version})
			}
			_, err := fmt.Fprintln(sh.out, "hookswitch", version)
			return err
		},
	}
}
