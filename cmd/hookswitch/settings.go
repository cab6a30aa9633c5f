package main

import (
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// commandLineOnly annotates a flag whose name means something else in the environment and in the settings file.
const commandLineOnly = "command-line-only"

// settle gives every flag that was not on the command line the value of its environment variable, or of the settings
// file. A file with a setting that no command knows is refused: a misspelt one would be ignored otherwise.
func settle(cmd *cobra.Command, path string) error {
	if path == "" {
		path = os.Getenv(environmentName("config"))
	}
	fromFile, err := readSettings(cmd.Root(), path)
	if err != nil {
		return err
	}
	var failed error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || f.Name == "help" || f.Name == "config" || failed != nil || f.Annotations[commandLineOnly] != nil {
			return
		}
		name := environmentName(f.Name)
		if value, ok := os.LookupEnv(name); ok && value != "" {
			if err := cmd.Flags().Set(f.Name, value); err != nil {
				failed = usage("%s=%q: %v", name, value, err)
			}
			return
		}
		if value, ok := fromFile[f.Name]; ok {
			if err := cmd.Flags().Set(f.Name, value); err != nil {
				failed = usage("%s: %s: %v", path, f.Name, err)
			}
		}
	})
	return failed
}

func readSettings(root *cobra.Command, path string) (map[string]string, error) {
	if path == "" {
		return nil, nil
	}
	k := koanf.New("\x00") // settings are flat: no delimiter inside a name
	if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
		return nil, usage("settings file: %v", err)
	}
	known := map[string]bool{}
	var collect func(*cobra.Command)
	collect = func(c *cobra.Command) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
		for _, sub := range c.Commands() {
			collect(sub)
		}
	}
	collect(root)
	values := map[string]string{}
	var unknown []string
	for name, v := range k.Raw() {
		if !known[name] || name == "config" || name == "help" {
			unknown = append(unknown, name)
			continue
		}
		values[name] = fmt.Sprint(v)
	}
	if len(unknown) > 0 {
		sort.Strings(unknown)
		return nil, usage("%s: unknown setting %s (settings are named as the flags are, see hookswitch serve --help)", path, strings.Join(unknown, ", "))
	}
	return values, nil
}
