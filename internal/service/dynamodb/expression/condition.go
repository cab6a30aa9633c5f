package expression

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

// A Condition is what an item may fulfil. The nil Condition always holds.
type Condition struct {
	op    string // and, or, not, between, in, a comparison or a function; "path" and "value" for operands
	args  []*Condition
	path  Path
	value item.Value
}

// Condition reads a condition or a filter; what is the parameter's name.
func (h *Placeholders) Condition(what, text string) (c *Condition, err error) {
	err = h.read(what, text, conditions, func(p *parser) {
		c, _ = p.or()
		p.boolean(c)
	})
	return c, err
}

// or reads conditions joined by OR; bare says that the whole stood in parentheses.
func (p *parser) or() (c *Condition, bare bool) {
	c, bare = p.and()
	for p.take("OR") {
		p.count()
		right, _ := p.and()
		p.boolean(c)
		p.boolean(right)
		c, bare = &Condition{op: "or", args: []*Condition{c, right}}, false
	}
	return c, bare
}

func (p *parser) and() (c *Condition, bare bool) {
	c, bare = p.not()
	for p.take("AND") {
		p.count()
		right, _ := p.not()
		p.boolean(c)
		p.boolean(right)
		c, bare = &Condition{op: "and", args: []*Condition{c, right}}, false
	}
	return c, bare
}

func (p *parser) not() (c *Condition, bare bool) {
	if !p.take("NOT") {
		return p.comparison()
	}
	p.count()
	c, _ = p.not()
	p.boolean(c)
	return &Condition{op: "not", args: []*Condition{c}}, false
}

// boolean notes what is no condition by itself: an operand, or the function size.
func (p *parser) boolean(c *Condition) {
	switch c.op {
	case "path", "value":
		p.syntax()
	case "size":
		p.wrong(misusedFunction, "The function is not allowed to be used this way in an expression; function: size")
	}
}

var comparisons = []string{"=", "<>", "<", "<=", ">", ">="}

// comparison reads one comparison, one function, or what stands in parentheses.
func (p *parser) comparison() (c *Condition, bare bool) {
	left, bare := p.primary()
	t := p.peek()
	switch {
	case t.kind == symbol && slices.Contains(comparisons, t.text):
		p.at++
		p.count()
		right, _ := p.primary()
		c = &Condition{op: t.text, args: []*Condition{left, right}}
		p.distinctOperands(c)
	case p.take("BETWEEN"):
		p.count()
		low, _ := p.primary()
		p.expect("AND")
		high, _ := p.primary()
		c = &Condition{op: "between", args: []*Condition{left, low, high}}
		p.bounds(low, high)
	case p.take("IN"):
		p.count()
		p.expect("(")
		c = &Condition{op: "in", args: append([]*Condition{left}, p.arguments()...)}
		if len(c.args) > inMax+1 {
			p.wrong(operandCount, fmt.Sprintf("Incorrect number of operands for operator or function; operator or function: IN, number of operands: %d", len(c.args)-1))
		}
	default:
		if functions[left.op] > 0 {
			p.judge()
		}
		return left, bare
	}
	p.operands(c.args)
	p.judge()
	return c, false
}

// inMax is how many values IN may list, as the service documents it.
const inMax = 100

// primary reads an operand, a function, or a condition in parentheses.
func (p *parser) primary() (c *Condition, bare bool) {
	t := p.peek()
	switch {
	case p.take("("):
		c, twice := p.or()
		p.expect(")")
		if twice {
			p.wrong(parentheses, "The expression has redundant parentheses;")
		}
		if c.op == "path" && (p.is(".") || p.is("[")) {
			return &Condition{op: "path", path: p.steps(c.path)}, false
		}
		return c, true
	case t.kind == valueHolder:
		return &Condition{op: "value", value: p.value()}, false
	case t.kind == word && p.tokens[p.at+1].text == "(" && !slices.Contains(p.keywords, strings.ToUpper(t.text)):
		return p.function(), false
	}
	return &Condition{op: "path", path: p.path()}, false
}

// arguments reads what stands between parentheses, the first of which was read.
func (p *parser) arguments() (args []*Condition) {
	for {
		c, _ := p.primary()
		args = append(args, c)
		if !p.take(",") {
			p.expect(")")
			return args
		}
	}
}

// operands notes what may not be compared: conditions, and all functions but size.
func (p *parser) operands(args []*Condition) {
	for _, a := range args {
		switch {
		case a.op == "path" || a.op == "value" || a.op == "size":
		case functions[a.op] > 0:
			p.wrong(misusedFunction, "The function is not allowed to be used this way in an expression; function: "+a.op)
		default:
			p.syntax()
		}
	}
}

// functions says how many operands each function has.
var functions = map[string]int{"attribute_exists": 1, "attribute_not_exists": 1, "attribute_type": 2, "begins_with": 2, "contains": 2, "size": 1}

func (p *parser) function() *Condition {
	p.count()
	name := p.next().text
	p.at++ // the parenthesis
	c := &Condition{op: name, args: p.arguments()}
	want, known := functions[name]
	if !known {
		p.wrong(unknownFunction, "Invalid function name; function: "+name)
		return &Condition{op: "size", args: c.args}
	}
	p.operands(c.args)
	if len(c.args) != want {
		p.wrong(operandCount, fmt.Sprintf("Incorrect number of operands for operator or function; operator or function: %s, number of operands: %d", name, len(c.args)))
		return c
	}
	p.distinctOperands(c)
	p.operandTypes(c)
	return c
}

// operandTypes notes operands of a function that can never be right.
func (p *parser) operandTypes(c *Condition) {
	wrongType := func(found string) {
		p.wrong(operandType, "Incorrect operand type for operator or function; operator or function: "+c.op+", operand type: "+found)
	}
	switch c.op {
	case "attribute_exists", "attribute_not_exists":
		if c.args[0].op != "path" {
			p.wrong(operandType, "Operator or function requires a document path; operator or function: "+c.op)
		}
	case "begins_with":
		for _, a := range c.args {
			if k := a.kind(); k != "" && k != item.String && k != item.Binary {
				wrongType(string(k))
			}
		}
	case "attribute_type":
		name := c.args[1]
		switch k := name.kind(); {
		case k == "":
			wrongType("{NS,SS,L,BS,N,M,B,BOOL,NULL,S}")
		case k != item.String:
			wrongType(string(k))
		case name.op == "value" && !slices.Contains(item.Kinds, item.Kind(name.value.Text)):
			p.wrong(operandType, "Invalid attribute type name found; type: "+name.value.Text+", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}")
		}
	case "size":
		if k := c.args[0].kind(); k == item.Num || k == item.Bool || k == item.Null {
			wrongType(string(k))
		}
	}
}

// kind is what an operand is known to be before there is an item; "" for attributes.
func (c *Condition) kind() item.Kind {
	switch c.op {
	case "value":
		return c.value.Kind
	case "size":
		return item.Num
	}
	return ""
}

// distinctOperands notes a comparison of an attribute with itself.
func (p *parser) distinctOperands(c *Condition) {
	if len(c.args) == 2 && c.args[0].op == "path" && c.args[1].op == "path" && slices.Equal(c.args[0].path, c.args[1].path) {
		p.wrong(notDistinct, "The first operand must be distinct from the remaining operands for this operator or function; operator: "+
			c.op+", first operand: "+c.args[0].path.text())
	}
}

// bounds notes bounds of BETWEEN that nothing lies between.
func (p *parser) bounds(low, high *Condition) {
	if low.op != "value" || high.op != "value" || low.value.Kind == "" || high.value.Kind == "" {
		return
	}
	words := "; lower bound operand: AttributeValue: " + shown(low.value) + ", upper bound operand: AttributeValue: " + shown(high.value)
	if low.value.Kind != high.value.Kind {
		p.wrong(operandType, "The BETWEEN operator requires same data type for lower and upper bounds"+words)
	} else if order, ok := low.value.Compare(high.value); ok && order > 0 {
		p.wrong(operandType, "The BETWEEN operator requires upper bound to be greater than or equal to lower bound"+words)
	}
}

func shown(v item.Value) string { return "{" + string(v.Kind) + ":" + v.Text + "}" }

// Holds says whether the item fulfils the condition; a missing item is an empty one.
func (c *Condition) Holds(it item.Item) bool {
	if c == nil {
		return true
	}
	switch c.op {
	case "and":
		return c.args[0].Holds(it) && c.args[1].Holds(it)
	case "or":
		return c.args[0].Holds(it) || c.args[1].Holds(it)
	case "not":
		return !c.args[0].Holds(it)
	}
	first, found := c.args[0].operand(it)
	switch c.op {
	case "attribute_exists":
		return found
	case "attribute_not_exists":
		return !found
	case "in":
		return found && slices.ContainsFunc(c.args[1:], func(a *Condition) bool {
			v, ok := a.operand(it)
			return ok && v.Equal(first)
		})
	}
	second, both := c.args[1].operand(it)
	if both = both && found; !both {
		return c.op == "<>" || c.op == "not_contains"
	}
	switch c.op {
	case "between":
		high, ok := c.args[2].operand(it)
		return ok && ordered(">=", first, second) && ordered("<=", first, high)
	case "contains":
		return first.Contains(second)
	case "not_contains":
		return !first.Contains(second)
	case "attribute_type":
		return second.Kind == item.String && second.Text == string(first.Kind)
	case "begins_with":
		return first.Kind == second.Kind && (first.Kind == item.String || first.Kind == item.Binary) && strings.HasPrefix(first.Text, second.Text)
	}
	return ordered(c.op, first, second)
}

func ordered(op string, a, b item.Value) bool {
	switch op {
	case "=":
		return a.Equal(b)
	case "<>":
		return !a.Equal(b)
	}
	order, ok := a.Compare(b)
	switch op {
	case "<":
		return ok && order < 0
	case "<=":
		return ok && order <= 0
	case ">":
		return ok && order > 0
	case ">=":
		return ok && order >= 0
	}
	panic("no comparison: " + op)
}

// operand returns the value that stands for an operand; false when the item has none.
func (c *Condition) operand(it item.Item) (item.Value, bool) {
	switch c.op {
	case "value":
		return c.value, true
	case "path":
		return c.path.In(it)
	case "size":
		v, ok := c.args[0].operand(it)
		if !ok {
			return v, false
		}
		n, ok := length(v)
		return item.Value{Kind: item.Num, Text: strconv.Itoa(n)}, ok
	}
	panic("no operand: " + c.op)
}

// length is what the function size gives: characters of texts, bytes, members, elements. Other kinds have none.
func length(v item.Value) (int, bool) {
	switch v.Kind {
	case item.String:
		return len([]rune(v.Text)), true
	case item.Binary:
		return len(v.Text), true
	case item.StringSet, item.NumberSet, item.BinarySet:
		return len(v.Set), true
	case item.List:
		return len(v.List), true
	case item.Map:
		return len(v.Map), true
	}
	return 0, false
}

// In returns what the path leads to in an item.
func (p Path) In(it item.Item) (item.Value, bool) {
	v, ok := it[p[0].Name]
	for _, s := range p[1:] {
		switch {
		case !ok:
			return v, false
		case s.Name != "" && v.Kind == item.Map:
			v, ok = v.Map[s.Name]
		case s.Name == "" && v.Kind == item.List && s.Index < len(v.List):
			v = v.List[s.Index]
		default:
			return item.Value{}, false
		}
	}
	return v, ok
}

// Paths lists the paths that the condition looks at.
func (c *Condition) Paths() (paths []Path) {
	if c == nil {
		return nil
	}
	if c.op == "path" {
		paths = append(paths, c.path)
	}
	for _, a := range c.args {
		paths = append(paths, a.Paths()...)
	}
	return paths
}

// Compare makes the condition that a legacy parameter states of one attribute: op is a comparison, "between", "in",
// "contains", "not_contains", "begins_with", "attribute_exists" or "attribute_not_exists", with as many values as it takes.
func Compare(op, attribute string, values ...item.Value) *Condition {
	c := &Condition{op: op, args: []*Condition{{op: "path", path: Path{{Name: attribute}}}}}
	for _, v := range values {
		c.args = append(c.args, &Condition{op: "value", value: v})
	}
	return c
}

// Join joins conditions by "and" or "or"; nil when there are none.
func Join(op string, conditions []*Condition) (all *Condition) {
	for _, c := range conditions {
		if all == nil {
			all = c
		} else {
			all = &Condition{op: op, args: []*Condition{all, c}}
		}
	}
	return all
}
