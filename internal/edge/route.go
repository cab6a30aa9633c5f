package edge

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// segmentsMax bounds the path that is looked at; the longest template of the models has 10 segments.
const segmentsMax = 64

// routes finds an operation by method and path. Paths are matched as they were sent, segment by segment, and only
// then percent-decoded, so that a label may hold an encoded slash: Connect takes whole ARNs where it takes ids.
type routes struct{ root node }

type node struct {
	literals map[string]*node
	label    *node
	ends     map[string][]end // by method; those with the most conditions first
}

// An end is where a template stops. Query is the literal query string that some templates ask for besides the path.
type end struct {
	op    *operation
	query url.Values
}

// add enters the template of one operation, such as "/users/{InstanceId}/{UserId}" or "/restapis?mode=import".
func (t *routes) add(method, template string, op *operation) error {
	path, query, _ := strings.Cut(template, "?")
	conditions, err := url.ParseQuery(query)
	if err != nil {
		return fmt.Errorf("template %q: %w", template, err)
	}
	at := &t.root
	for _, segment := range segments(path) {
		switch {
		case strings.HasSuffix(segment, "+}"):
			return fmt.Errorf("template %q has a greedy label, which is not understood", template)
		case strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "}"):
			if at.label == nil {
				at.label = &node{}
			}
			at = at.label
		case strings.ContainsAny(segment, "{}"):
			return fmt.Errorf("template %q has a label that is not a whole segment", template)
		default:
			next := at.literals[segment]
			if next == nil {
				next = &node{}
				if at.literals == nil {
					at.literals = map[string]*node{}
				}
				at.literals[segment] = next
			}
			at = next
		}
	}
	if at.ends == nil {
		at.ends = map[string][]end{}
	}
	ends := at.ends[method]
	place := 0
	for _, e := range ends {
		if len(e.query) == len(conditions) && e.query.Encode() == conditions.Encode() {
			return fmt.Errorf("template %s %q is that of %s", method, template, e.op.name)
		}
		if len(e.query) >= len(conditions) {
			place++
		}
	}
	at.ends[method] = append(ends[:place:place], append([]end{{op, conditions}}, ends[place:]...)...)
	return nil
}

// find returns the operation and the values of its labels in the order of the template. ok is false for a path that
// no template has.
func (t *routes) find(method, escapedPath string, query url.Values) (op *operation, labels []string, ok bool) {
	parts := segments(escapedPath)
	if len(parts) > segmentsMax {
		return nil, nil, false
	}
	op, labels = t.root.match(method, parts, query, nil)
	return op, labels, op != nil
}

// knows reports whether some operation has the method and path of r.
func (t *routes) knows(r *http.Request) bool {
	_, _, ok := t.find(r.Method, r.URL.EscapedPath(), r.URL.Query())
	return ok
}

// match tries the literal segment before the label, and comes back to the label if that led nowhere. It visits a node
// at most once for a path, so its work is bounded by the catalogue.
func (n *node) match(method string, parts []string, query url.Values, labels []string) (*operation, []string) {
	if len(parts) == 0 {
		for _, e := range n.ends[method] {
			if holds(e.query, query) {
				return e.op, labels
			}
		}
		return nil, nil
	}
	value, err := url.PathUnescape(parts[0])
	if err != nil {
		return nil, nil
	}
	if next := n.literals[value]; next != nil {
		if op, found := next.match(method, parts[1:], query, labels); op != nil {
			return op, found
		}
	}
	switch parts[0] {
	case "", ".", "..":
		return nil, nil // signatures do not cover such segments, so they must not mean anything
	}
	if n.label == nil {
		return nil, nil
	}
	return n.label.match(method, parts[1:], query, append(labels, value))
}

// holds reports whether query has every condition; one without a value only asks for the name.
func holds(conditions, query url.Values) bool {
	for name, want := range conditions {
		got, there := query[name]
		if !there || want[0] != "" && first(got) != want[0] {
			return false
		}
	}
	return true
}

// segments splits a path at its slashes. A slash at the end makes no difference, as it makes none at AWS: some
// templates have one and some SDKs drop it.
func segments(path string) []string {
	path = strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	if path == "" {
		return nil
	}
	return strings.SplitN(path, "/", segmentsMax+2)
}
