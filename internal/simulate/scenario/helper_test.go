package scenario

import (
	"testing"

	"go.yaml.in/yaml/v3"
)

// parse reads YAML.
func parse(t *testing.T, content []byte) *yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(content, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Content[0]
}
