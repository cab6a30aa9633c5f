// Command awsgen writes internal/api and docs/compat from models. It is run by go generate; see internal/api/generate.go.
//
//	awsgen strip IN OUT        copies a botocore model, gzipped or not, without its documentation
//	awsgen generate [flags]    writes the api packages and the coverage pages of every service with an allow-list
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "awsgen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New("usage: awsgen strip IN OUT | awsgen generate [-models DIR] [-api DIR] [-compat DIR]")
	}
	switch args[0] {
	case "strip":
		if len(args) != 3 {
			return errors.New("usage: awsgen strip IN OUT")
		}
		return stripFile(args[1], args[2])
	case "generate":
		flags := flag.NewFlagSet("generate", flag.ContinueOnError)
		models := flags.String("models", "models", "folder of the models")
		api := flags.String("api", "internal/api", "folder of the api packages")
		compat := flags.String("compat", "docs/compat", "folder of the coverage pages")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		files, err := Generate(*models)
		if err != nil {
			return err
		}
		return write(files, *api, *compat)
	}
	return fmt.Errorf("unknown command %q", args[0])
}

// A File is one file to write: below the folder of the api packages or of the coverage pages.
type File struct {
	Compat bool
	Path   string
	Text   []byte
}

// Generate makes every file for the services that have an allow-list in the folder models.
func Generate(models string) ([]File, error) {
	lists, err := filepath.Glob(filepath.Join(models, "*.ops"))
	if err != nil {
		return nil, err
	}
	var files []File
	for _, list := range lists {
		name := strings.TrimSuffix(filepath.Base(list), ".ops")
		more, err := generateService(models, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files = append(files, more...)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no allow-list (*.ops) in %s", models)
	}
	return files, nil
}

// write writes files, and removes generated files that are no longer among them.
func write(files []File, api, compat string) error {
	keep := map[string]bool{}
	for _, f := range files {
		path := filepath.Join(api, f.Path)
		if f.Compat {
			path = filepath.Join(compat, f.Path)
		}
		keep[path] = true
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.Text, 0o644); err != nil {
			return err
		}
	}
	return filepath.WalkDir(api, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".gen.go") && !keep[path] {
			return os.Remove(path)
		}
		return err
	})
}
