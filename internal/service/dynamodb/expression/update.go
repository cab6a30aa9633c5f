package expression

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

// An Update changes attributes of an item.
type Update struct{ actions []action }

// An action does one thing to what a path leads to.
type action struct {
	section string // SET, REMOVE, ADD or DELETE
	path    Path
	value   *operation
}

// An operation makes a value: "path", "value", "+", "-", "if_not_exists" or "list_append".
type operation struct {
	op    string
	args  []*operation
	path  Path
	value item.Value
}

// The service's refusals of an update that does not go with the item.
const (
	wrongOperand = "An operand in the update expression has an incorrect data type"
	noSuchPath   = "The document path provided in the update expression is invalid for update"
	noAttribute  = "The provided expression refers to an attribute that does not exist in the item"
)

// Update reads an update expression.
func (h *Placeholders) Update(text string) (*Update, error) {
	u := &Update{}
	err := h.read("UpdateExpression", text, updates, func(p *parser) {
		seen := map[string]bool{}
		for {
			section := strings.ToUpper(p.peek().text)
			if p.peek().kind != word || !slices.Contains([]string{"SET", "REMOVE", "ADD", "DELETE"}, section) {
				p.syntax()
			}
			p.at++
			if seen[section] {
				p.wrong(sectionTwice, "The \""+section+"\" section can only be used once in an update expression;")
			}
			seen[section] = true
			p.section(section, u)
			if p.peek().kind == end {
				return
			}
		}
	})
	return u, err
}

// section reads the actions of one section.
func (p *parser) section(section string, u *Update) {
	for {
		a := action{section: section, path: p.path()}
		p.distinct(u.Paths(), a.path)
		switch section {
		case "SET":
			p.expect("=")
			a.value = p.sum()
		case "ADD", "DELETE":
			a.value = &operation{op: "value", value: p.value()}
			p.setOrNumber(section, a.value.value.Kind)
		}
		u.actions = append(u.actions, a)
		if !p.take(",") {
			return
		}
	}
}

var typeNames = map[item.Kind]string{item.String: "STRING", item.Num: "NUMBER", item.Binary: "BINARY", item.Null: "NULL", item.Bool: "BOOLEAN",
	item.List: "LIST", item.Map: "MAP"}

// setOrNumber notes what cannot be added or deleted.
func (p *parser) setOrNumber(section string, kind item.Kind) {
	if name := typeNames[kind]; name != "" && (section != "ADD" || kind != item.Num) {
		p.wrong(operandCount, "Incorrect operand type for operator or function; operator: "+section+", operand type: "+name)
	}
}

// sum reads a value: an operand, or two joined by + or -.
func (p *parser) sum() *operation {
	if p.take("(") {
		v := p.sum()
		p.expect(")")
		return p.rest(v)
	}
	return p.rest(p.operand())
}

func (p *parser) rest(left *operation) *operation {
	for _, op := range []string{"+", "-"} {
		if p.take(op) {
			p.count()
			o := &operation{op: op, args: []*operation{left, p.bracketed()}}
			p.argumentTypes(o, item.Num)
			return o
		}
	}
	return left
}

func (p *parser) bracketed() *operation {
	if p.take("(") {
		v := p.operand()
		p.expect(")")
		return v
	}
	return p.operand()
}

// operand reads a path, a value or a function.
func (p *parser) operand() *operation {
	t := p.peek()
	switch {
	case t.kind == valueHolder:
		return &operation{op: "value", value: p.value()}
	case t.kind == word && p.tokens[p.at+1].text == "(":
		return p.updateFunction()
	}
	return &operation{op: "path", path: p.path()}
}

func (p *parser) updateFunction() *operation {
	p.count()
	o := &operation{op: p.next().text}
	for p.at++; ; p.expect(",") {
		o.args = append(o.args, p.bracketed())
		if p.take(")") {
			break
		}
	}
	switch {
	case o.op != "if_not_exists" && o.op != "list_append":
		p.wrong(unknownFunction, "Invalid function name; function: "+o.op)
	case len(o.args) != 2:
		p.wrong(operandType, fmt.Sprintf("Incorrect number of operands for operator or function; operator or function: %s, number of operands: %d", o.op, len(o.args)))
	case o.op == "list_append":
		p.argumentTypes(o, item.List)
	case o.args[0].op != "path":
		p.wrong(operandType, "Operator or function requires a document path; operator or function: "+o.op)
	}
	return o
}

// argumentTypes notes values that are not of the kind that a function works on.
func (p *parser) argumentTypes(o *operation, want item.Kind) {
	for _, a := range o.args {
		if a.op == "value" && a.value.Kind != "" && a.value.Kind != want {
			p.wrong(operandType, fmt.Sprintf("Incorrect operand type for operator or function; operator or function: %s, operand type: %s", o.op, a.value.Kind))
		}
	}
}

// Paths lists what the update changes.
func (u *Update) Paths() []Path {
	paths := make([]Path, len(u.actions))
	for i, a := range u.actions {
		paths[i] = a.path
	}
	return paths
}

// Apply returns the item as the update leaves it, or the service's refusal. The old item stays as it is. All values are
// made of the old item.
func (u *Update) Apply(old item.Item) (item.Item, error) {
	type change struct {
		action
		made item.Value
	}
	changes := make([]change, len(u.actions))
	for i, a := range u.actions {
		changes[i].action = a
		if a.value == nil {
			continue
		}
		v, err := a.value.make(old)
		if err != nil {
			return nil, err
		}
		changes[i].made = v
	}
	// Positions in a list are those of the old list: what is set beyond its end is added in the order of the positions,
	// and what is removed goes from the back.
	slices.SortStableFunc(changes, func(a, b change) int {
		x, y := a.path[len(a.path)-1].Index, b.path[len(b.path)-1].Index
		switch removeA, removeB := a.section == "REMOVE", b.section == "REMOVE"; {
		case removeA && removeB:
			return cmp.Compare(y, x)
		case removeA:
			return 1
		case removeB:
			return -1
		}
		return cmp.Compare(x, y)
	})
	it := item.Value{Kind: item.Map, Map: old}
	for _, c := range changes {
		var err error
		if it, err = edit(it, c.path, func(v item.Value, found bool) (item.Value, bool, error) { return c.action.apply(v, found, c.made) }); err != nil {
			return nil, err
		}
	}
	return it.Map, nil
}

// apply returns what an action makes of a value; keep is false when the attribute goes.
func (a action) apply(v item.Value, found bool, made item.Value) (out item.Value, keep bool, err error) {
	switch a.section {
	case "SET":
		return made, true, nil
	case "REMOVE":
		return v, false, nil
	case "DELETE":
		return subtract(v, found, made)
	}
	return Add(v, found, made)
}

func subtract(v item.Value, found bool, made item.Value) (item.Value, bool, error) {
	if !found {
		return v, false, nil
	}
	if v.Kind != made.Kind {
		return v, true, item.Invalid(wrongOperand)
	}
	rest := v.Without(made)
	return rest, len(rest.Set) > 0, nil
}

// Add returns a number or a set with another added; what is not there yet is nothing.
func Add(v item.Value, found bool, more item.Value) (item.Value, bool, error) {
	switch {
	case !found:
		return more, true, nil
	case v.Kind != more.Kind:
		return v, true, item.Invalid(wrongOperand)
	case v.IsSet():
		return v.Union(more), true, nil
	}
	n, err := v.Number().Add(more.Number())
	return item.OfNumber(n), true, err
}

// edit returns in with what path leads to replaced by what fn makes of it. What is on the way is copied.
func edit(in item.Value, path Path, fn func(item.Value, bool) (item.Value, bool, error)) (item.Value, error) {
	step := path[0]
	switch {
	case step.Name != "" && in.Kind == item.Map:
		v, found := in.Map[step.Name]
		v, keep, err := descend(v, found, path, fn)
		if err != nil {
			return in, err
		}
		in.Map = in.Map.Clone()
		if keep {
			in.Map[step.Name] = v
		} else {
			delete(in.Map, step.Name)
		}
		return in, nil
	case step.Name == "" && in.Kind == item.List:
		var v item.Value
		found := step.Index < len(in.List)
		if found {
			v = in.List[step.Index]
		}
		v, keep, err := descend(v, found, path, fn)
		if err != nil {
			return in, err
		}
		in.List = slices.Clone(in.List)
		switch {
		case keep && found:
			in.List[step.Index] = v
		case keep:
			in.List = append(in.List, v)
		case found:
			in.List = slices.Delete(in.List, step.Index, step.Index+1)
		}
		return in, nil
	}
	return in, item.Invalid(noSuchPath)
}

func descend(v item.Value, found bool, path Path, fn func(item.Value, bool) (item.Value, bool, error)) (item.Value, bool, error) {
	if len(path) == 1 {
		return fn(v, found)
	}
	if !found {
		return v, false, item.Invalid(noSuchPath)
	}
	v, err := edit(v, path[1:], fn)
	return v, true, err
}

// make computes a value from the old item.
func (o *operation) make(old item.Item) (item.Value, error) {
	switch o.op {
	case "value":
		return o.value, nil
	case "path":
		v, ok := o.path.In(old)
		if !ok {
			return v, item.Invalid(noAttribute)
		}
		return v, nil
	case "if_not_exists":
		if v, ok := o.args[0].path.In(old); ok {
			return v, nil
		}
		return o.args[1].make(old)
	}
	left, err := o.args[0].make(old)
	if err != nil {
		return left, err
	}
	right, err := o.args[1].make(old)
	switch {
	case err != nil:
		return right, err
	case o.op == "list_append" && left.Kind == item.List && right.Kind == item.List:
		return item.Value{Kind: item.List, List: slices.Concat(left.List, right.List)}, nil
	case o.op == "list_append" || left.Kind != item.Num || right.Kind != item.Num:
		return left, item.Invalid(wrongOperand)
	}
	n := right.Number()
	if o.op == "-" {
		n = n.Negate()
	}
	n, err = left.Number().Add(n)
	return item.OfNumber(n), err
}

// Project returns what paths lead to, in documents that hold nothing else. Lists close up.
func Project(it item.Item, paths []Path) item.Item {
	return pick(item.Value{Kind: item.Map, Map: it}, paths, 0).Map
}

// pick returns the part of v that the steps of paths from depth on lead to; one that ends here leads to all of v.
func pick(v item.Value, paths []Path, depth int) item.Value {
	next := map[Step][]Path{}
	for _, path := range paths {
		if len(path) == depth {
			return v
		}
		next[path[depth]] = append(next[path[depth]], path)
	}
	out := item.Value{Kind: v.Kind}
	if v.Kind == item.Map {
		out.Map = item.Item{}
	}
	steps := make([]Step, 0, len(next))
	for s := range next {
		steps = append(steps, s)
	}
	slices.SortFunc(steps, func(a, b Step) int { return cmp.Compare(a.Index, b.Index) })
	for _, s := range steps {
		within := make([]Path, 0, len(next[s]))
		for _, path := range next[s] {
			if _, found := path[depth:].from(v); found {
				within = append(within, path)
			}
		}
		if len(within) == 0 {
			continue
		}
		member, _ := Path{s}.from(v)
		if part := pick(member, within, depth+1); v.Kind == item.Map {
			out.Map[s.Name] = part
		} else {
			out.List = append(out.List, part)
		}
	}
	return out
}

// from returns what the path leads to in a value that is a document.
func (p Path) from(v item.Value) (item.Value, bool) {
	return append(Path{{Name: "v"}}, p...).In(item.Item{"v": v})
}
