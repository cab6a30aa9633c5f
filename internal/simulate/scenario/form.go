package scenario

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// form is what a text must look like.
type form struct {
	is      string
	pattern string
	valid   func(string) bool // nil: the pattern says it all
}

func (f form) holds(s string) bool {
	return regexp.MustCompile(f.pattern).MatchString(s) && (f.valid == nil || f.valid(s))
}

// forms are the forms by what the tag "like" calls them. They are never changed.
var forms = map[string]form{
	"name":   {is: "name: up to 60 letters, digits, dashes and underscores", pattern: `^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$`},
	"number": {is: `phone number in E.164, such as "+18005550100"`, pattern: `^\+[1-9][0-9]{7,14}$`},
	"key":    {is: `key: one of 0 to 9, * and #`, pattern: `^[0-9*#]$`},
	"keys":   {is: `keys: 1 to 20 of 0 to 9, * and #`, pattern: `^[0-9*#]{1,20}$`},
	"zone": {is: "time zone, such as Europe/Berlin", pattern: `^[A-Za-z0-9_+/-]{1,64}$`, valid: func(s string) bool {
		_, err := time.LoadLocation(s)
		return err == nil && s != "Local"
	}},
	"moment": {is: `date and time of day, such as "2026-03-02T08:00"`, pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$`, valid: func(s string) bool {
		_, err := time.Parse(momentLayout, s)
		return err == nil
	}},
}

const momentLayout = "2006-01-02T15:04"

const (
	durationPattern = `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`
	clockPattern    = `^([01][0-9]|2[0-3]):[0-5][0-9]$`
)

// parseDuration reads a length of time. Unlike Go it has no 0 without a unit, and nothing negative.
func parseDuration(s string) (Duration, bool) {
	if !regexp.MustCompile(durationPattern).MatchString(s) {
		return 0, false
	}
	d, err := time.ParseDuration(s)
	return Duration(d), err == nil
}

func mustDuration(s string) Duration {
	d, _ := time.ParseDuration(s)
	return Duration(d)
}

func parseClock(s string) (Clock, bool) {
	if !regexp.MustCompile(clockPattern).MatchString(s) {
		return 0, false
	}
	h, _ := strconv.Atoi(s[:2])
	m, _ := strconv.Atoi(s[3:])
	return Clock(h*60 + m), true
}

// String writes the time of day as a file has it.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// content keeps a flow as JSON. Text is taken to be JSON already.
func (r *reader) content(path string, n *yaml.Node, to reflect.Value) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" {
		to.SetString(n.Value)
		return
	}
	if n.Kind != yaml.MappingNode {
		r.fail(n.Line, path, "must be a flow: Version, StartAction, Actions …")
		return
	}
	b, err := json.Marshal(r.plain(path, n, 0))
	if err != nil { // a number that JSON does not have
		r.fail(n.Line, path, "cannot be written as JSON: %v", err)
		return
	}
	to.SetString(string(b))
}

// plain is a node as JSON values.
func (r *reader) plain(path string, n *yaml.Node, depth int) any {
	if depth > contentDepth || n.Kind == yaml.AliasNode || n.Anchor != "" {
		r.fail(n.Line, path, "anchors, aliases and more than %d levels are not read", contentDepth)
		return nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = r.plain(path, n.Content[i+1], depth+1)
		}
		return m
	case yaml.SequenceNode:
		all := make([]any, len(n.Content))
		for i, e := range n.Content {
			all[i] = r.plain(path, e, depth+1)
		}
		return all
	}
	var v any
	if err := n.Decode(&v); err != nil {
		r.fail(n.Line, path, "%v", err)
	}
	return v
}
