package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hookswitch/hookswitch/internal/simulate/scenario"
)

func newScenario(sh *shared) *cobra.Command {
	c := &cobra.Command{
		Use:   "scenario",
		Short: "Files that say who calls, who works and what goes wrong; and ready ones",
		Long: `A scenario is a YAML file that says who works in a center and when, who calls and what about, and what goes wrong on the
way: hookswitch simulate --scenario lets it happen. Its fields are described by "hookswitch scenario schema"; with the
line below at the top of a file, editors show and complete them:

  # yaml-language-server: $schema=./scenario.schema.json`,
		Example: `  hookswitch scenario list
  hookswitch scenario show quiet-day > ours.yaml            # to begin with
  hookswitch scenario check ours.yaml
  hookswitch scenario schema > scenario.schema.json
  hookswitch simulate --scenario ./ours.yaml`,
	}
	c.AddCommand(
		&cobra.Command{
			Use: "list", Short: "List the ready scenarios", Example: "  hookswitch scenario list --json", Args: noArguments,
			RunE: func(*cobra.Command, []string) error { return sh.listScenarios() },
		},
		&cobra.Command{
			Use: "show NAME", Short: "Print the file of a ready scenario", Example: "  hookswitch scenario show monday-peak", Args: arguments("NAME"),
			RunE: func(_ *cobra.Command, args []string) error {
				r, err := scenario.Find(args[0])
				if err != nil {
					return err
				}
				_, err = sh.out.Write(r.Content)
				return err
			},
		},
		&cobra.Command{
			Use: "check FILE...", Short: "Say what is wrong with scenario files, by line", Example: "  hookswitch scenario check *.yaml",
			Args: func(_ *cobra.Command, args []string) error {
				if len(args) == 0 {
					return errors.New("FILE is missing")
				}
				return nil
			},
			RunE: func(_ *cobra.Command, args []string) error { return sh.checkScenarios(args) },
		},
		&cobra.Command{
			Use: "schema", Short: "Print the JSON Schema of scenario files", Example: "  hookswitch scenario schema > scenario.schema.json", Args: noArguments,
			RunE: func(*cobra.Command, []string) error {
				_, err := sh.out.Write(scenario.Schema())
				return err
			},
		},
	)
	return c
}

func (sh *shared) listScenarios() error {
	all, err := scenario.Library()
	if err != nil {
		return err
	}
	var rows [][]string
	for _, r := range all {
		if sh.json {
			if err := sh.writeJSON(map[string]string{"name": r.Scenario.Name, "description": r.Scenario.Description}); err != nil {
				return err
			}
		}
		rows = append(rows, []string{r.Scenario.Name, r.Scenario.Description})
	}
	if sh.json {
		return nil
	}
	return sh.writeTable([]string{"name", "description"}, rows)
}

// checkScenarios reads all the files, so that everything that is wrong is said at once.
func (sh *shared) checkScenarios(files []string) error {
	var wrong []error
	for _, f := range files {
		s, err := readScenario(f)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		if sh.json {
			err = sh.writeJSON(map[string]string{"file": f, "name": s.Name})
		} else {
			_, err = fmt.Fprintf(sh.out, "%s: %s can run\n", f, s.Name)
		}
		if err != nil {
			return err
		}
	}
	return errors.Join(wrong...)
}

func readScenario(file string) (*scenario.Scenario, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return scenario.Read(file, b)
}

// findScenario finds a ready scenario by its name, or reads a file, which has a dot or a slash in its name.
func findScenario(name string) (*scenario.Scenario, error) {
	if strings.ContainsAny(name, "./\\") {
		return readScenario(name)
	}
	r, err := scenario.Find(name)
	if err != nil {
		return nil, fmt.Errorf("%w; a file needs a dot or a slash in its name, such as ./%s", err, name)
	}
	return r.Scenario, nil
}
