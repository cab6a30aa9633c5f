package scenario

import (
	"embed"
	"fmt"
	"path"
	"strings"
)

//go:embed library/*.yaml
var library embed.FS

// Ready is a scenario of the library.
type Ready struct {
	Scenario *Scenario
	File     string // name of the file
	Content  []byte
}

// Library returns the scenarios that come with the program, by name.
func Library() ([]Ready, error) {
	files, err := library.ReadDir("library")
	if err != nil {
		return nil, err
	}
	var all []Ready
	for _, f := range files {
		b, err := library.ReadFile(path.Join("library", f.Name()))
		if err != nil {
			return nil, err
		}
		s, err := Read(f.Name(), b)
		if err != nil {
			return nil, err
		}
		all = append(all, Ready{Scenario: s, File: f.Name(), Content: b})
	}
	return all, nil
}

// Find returns a scenario of the library by its name.
func Find(name string) (Ready, error) {
	all, err := Library()
	if err != nil {
		return Ready{}, err
	}
	var names []string
	for _, r := range all {
		if r.Scenario.Name == name {
			return r, nil
		}
		names = append(names, r.Scenario.Name)
	}
	return Ready{}, fmt.Errorf("no scenario %q comes with hookswitch; there are %s", name, strings.Join(names, ", "))
}
