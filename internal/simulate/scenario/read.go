package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Bounds of a file.
const (
	fileBytesMax = 1 << 20 // bytes
	problemsMax  = 30      // that are told of one file
	contentDepth = 50      // levels of a flow's content
)

// Problem is one thing that is wrong with a file, and what to do about it.
type Problem struct {
	File   string
	Line   int // from 1
	Path   string
	Detail string
}

// Error says where the problem is and what it is.
func (p Problem) Error() string {
	if p.Path == "" {
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Detail)
	}
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Path, p.Detail)
}

// Read reads a scenario; file is its name in what is said about it. The error joins the Problems, in the order of their
// lines.
func Read(file string, content []byte) (*Scenario, error) {
	r := &reader{file: file, lines: map[string]int{}}
	if len(content) > fileBytesMax {
		r.fail(1, "", "the file is larger than %d bytes", fileBytesMax)
		return nil, r.err()
	}
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(content))
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		r.fail(1, "", "the file is empty; \"hookswitch scenario show quiet-day\" shows what one looks like")
	case err != nil:
		line, words := yamlError(err)
		r.fail(line, "", "no YAML: %s", words)
	case dec.Decode(new(yaml.Node)) != io.EOF:
		r.fail(1, "", "more than one document; a file holds one scenario")
	}
	if len(r.problems) > 0 {
		return nil, r.err()
	}
	s := &Scenario{}
	setDefaults(reflect.ValueOf(s).Elem())
	r.value("", doc.Content[0], reflect.ValueOf(s).Elem(), "")
	if len(r.problems) == 0 {
		r.check(s)
	}
	return s, r.err()
}

// yamlError takes the line out of an error of the YAML package, as in "yaml: line 3: did not find expected key".
func yamlError(err error) (line int, words string) {
	words = strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(words, "line "); ok {
		if n, after, ok := strings.Cut(rest, ": "); ok {
			if line, err := strconv.Atoi(n); err == nil {
				return line, after
			}
		}
	}
	return 1, words
}

// reader reads one file.
type reader struct {
	file     string
	lines    map[string]int // by path; where values are
	problems []Problem
}

func (r *reader) fail(line int, path, format string, args ...any) {
	r.problems = append(r.problems, Problem{File: r.file, Line: line, Path: path, Detail: fmt.Sprintf(format, args...)})
}

// at fails at the place of a value, or of what it would stand in.
func (r *reader) at(path, format string, args ...any) {
	line, ok := r.lines[path]
	for p := path; !ok && p != ""; line, ok = r.lines[p] {
		p = p[:max(strings.LastIndexAny(p, ".["), 0)]
	}
	r.fail(max(line, 1), path, format, args...)
}

func (r *reader) err() error {
	slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.Line - b.Line })
	var all []error
	for i, p := range r.problems {
		if i == problemsMax {
			all = append(all, fmt.Errorf("%s: and %d more", r.file, len(r.problems)-i))
			break
		}
		all = append(all, p)
	}
	return errors.Join(all...)
}

// value reads a node into a value, whose defaults are set.
func (r *reader) value(path string, n *yaml.Node, to reflect.Value, tag reflect.StructTag) {
	r.lines[path] = n.Line
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		r.fail(n.Line, path, "anchors and aliases are not read; write it out")
		return
	}
	switch to.Interface().(type) {
	case Duration, Clock, Share, Content:
		r.scalar(path, n, to, tag)
		return
	}
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		setDefaults(to.Elem())
		r.value(path, n, to.Elem(), tag)
	case reflect.Struct:
		r.fields(path, n, to)
	case reflect.Slice:
		r.list(path, n, to, tag)
	case reflect.Map:
		r.texts(path, n, to, tag)
	default:
		r.scalar(path, n, to, tag)
	}
}

func (r *reader) fields(path string, n *yaml.Node, to reflect.Value) {
	if n.Kind != yaml.MappingNode {
		r.fail(n.Line, path, "must be fields, such as %s: …", names(to.Type())[0])
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		f, ok := field(to.Type(), key.Value)
		switch {
		case !ok:
			r.fail(key.Line, below(path, key.Value), "no such field; there are %s", strings.Join(names(to.Type()), ", "))
		case seen[key.Value]:
			r.fail(key.Line, below(path, key.Value), "is there twice; leave one out")
		default:
			r.value(below(path, key.Value), n.Content[i+1], to.FieldByIndex(f.Index), f.Tag)
		}
		seen[key.Value] = true
	}
	for i := range to.NumField() {
		f := to.Type().Field(i)
		if name := f.Tag.Get("yaml"); f.Tag.Get("need") != "" && !seen[name] {
			r.fail(n.Line, below(path, name), "is missing: %s", f.Tag.Get("is"))
		}
	}
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func field(t reflect.Type, name string) (reflect.StructField, bool) {
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("yaml") == name {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

func names(t reflect.Type) []string {
	var all []string
	for i := range t.NumField() {
		all = append(all, t.Field(i).Tag.Get("yaml"))
	}
	return all
}

func (r *reader) list(path string, n *yaml.Node, to reflect.Value, tag reflect.StructTag) {
	if n.Kind != yaml.SequenceNode {
		r.fail(n.Line, path, "must be a list")
		return
	}
	if most, _ := strconv.Atoi(tag.Get("most")); len(n.Content) > most {
		r.fail(n.Line, path, "has %d entries; there may be %d", len(n.Content), most)
		return
	}
	if tag.Get("need") != "" && len(n.Content) == 0 {
		r.fail(n.Line, path, "is empty: %s", tag.Get("is"))
	}
	to.Set(reflect.MakeSlice(to.Type(), len(n.Content), len(n.Content)))
	for i, e := range n.Content {
		setDefaults(to.Index(i))
		r.value(fmt.Sprintf("%s[%d]", path, i), e, to.Index(i), tag)
	}
}

func (r *reader) texts(path string, n *yaml.Node, to reflect.Value, tag reflect.StructTag) {
	if n.Kind != yaml.MappingNode {
		r.fail(n.Line, path, "must be fields")
		return
	}
	if most, _ := strconv.Atoi(tag.Get("most")); len(n.Content)/2 > most {
		r.fail(n.Line, path, "has %d entries; there may be %d", len(n.Content)/2, most)
		return
	}
	m := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		at := below(path, k.Value)
		r.lines[at] = k.Line
		if _, twice := m[k.Value]; twice {
			r.fail(k.Line, at, "is there twice; leave one out")
		}
		m[k.Value] = r.text(at, v)
	}
	to.Set(reflect.ValueOf(m))
}

func (r *reader) text(path string, n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" {
		r.fail(n.Line, path, "must be text; write it in quotes: %s", strconv.Quote(n.Value))
	}
	return n.Value
}

// scalar reads what has no parts.
func (r *reader) scalar(path string, n *yaml.Node, to reflect.Value, tag reflect.StructTag) {
	if _, ok := to.Interface().(Content); ok {
		r.content(path, n, to)
		return
	}
	if n.Kind != yaml.ScalarNode {
		r.fail(n.Line, path, "must be %s", article(to))
		return
	}
	v := n.Value
	wrong := func(format string, args ...any) { r.fail(n.Line, path, format, args...) }
	switch to.Interface().(type) {
	case Duration:
		d, ok := parseDuration(v)
		if !ok {
			wrong("%q is no length of time; write a number with its unit, such as 90s, 2m or 1h30m", v)
			return
		}
		to.SetInt(int64(d))
		least, most := mustDuration(tag.Get("least")), mustDuration(tag.Get("most"))
		if d < least || d > most {
			wrong("%s is not from %s to %s", v, tag.Get("least"), tag.Get("most"))
		}
		return
	case Clock:
		c, ok := parseClock(v)
		if !ok {
			wrong("%q is no time of day; write it as \"08:30\"", v)
		}
		to.SetInt(int64(c))
		return
	}
	switch to.Kind() {
	case reflect.String:
		s := r.text(path, n)
		to.SetString(s)
		r.form(path, n, s, tag)
	case reflect.Bool:
		if n.Tag != "!!bool" {
			wrong("%q is neither true nor false", v)
		}
		to.SetBool(v == "true")
	case reflect.Int:
		i, err := strconv.Atoi(v)
		if err != nil || n.Tag != "!!int" {
			wrong("%q is no whole number", v)
			return
		}
		to.SetInt(int64(i))
		r.within(path, n, float64(i), tag)
	default: // float64, Share
		f, err := strconv.ParseFloat(v, 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || n.Tag != "!!float" && n.Tag != "!!int" {
			wrong("%q is no number%s", v, map[bool]string{true: "; a share is from 0 to 1"}[to.Type() == reflect.TypeFor[Share]()])
			return
		}
		to.SetFloat(f)
		if to.Type() == reflect.TypeFor[Share]() {
			tag = `least:"0" most:"1"`
		}
		r.within(path, n, f, tag)
	}
}

func article(to reflect.Value) string {
	switch to.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	}
	return "one value"
}

func (r *reader) within(path string, n *yaml.Node, f float64, tag reflect.StructTag) {
	least, _ := strconv.ParseFloat(tag.Get("least"), 64)
	most, _ := strconv.ParseFloat(tag.Get("most"), 64)
	if f < least || f > most {
		r.fail(n.Line, path, "%s is not from %s to %s", n.Value, tag.Get("least"), tag.Get("most"))
	}
}

// form holds a text to what its tag asks for.
func (r *reader) form(path string, n *yaml.Node, s string, tag reflect.StructTag) {
	if one := tag.Get("one"); one != "" && !slices.Contains(strings.Fields(one), s) {
		r.fail(n.Line, path, "%q is not one of %s", s, strings.Join(strings.Fields(one), ", "))
	}
	if f, ok := forms[tag.Get("like")]; ok && !f.holds(s) {
		r.fail(n.Line, path, "%q is no %s", s, f.is)
	}
	if tag.Get("need") != "" && s == "" {
		r.fail(n.Line, path, "is empty: %s", tag.Get("is"))
	}
}

// setDefaults fills in what a file may leave out.
func setDefaults(v reflect.Value) {
	if v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		f, tag := v.Field(i), v.Type().Field(i).Tag
		usual, ok := tag.Lookup("default")
		if !ok {
			setDefaults(f)
			continue
		}
		switch f.Interface().(type) {
		case Duration:
			f.SetInt(int64(mustDuration(usual)))
			continue
		case Clock:
			c, _ := parseClock(usual)
			f.SetInt(int64(c))
			continue
		}
		switch f.Kind() {
		case reflect.String:
			f.SetString(usual)
		case reflect.Int:
			n, _ := strconv.Atoi(usual)
			f.SetInt(int64(n))
		default:
			n, _ := strconv.ParseFloat(usual, 64)
			f.SetFloat(n)
		}
	}
}
