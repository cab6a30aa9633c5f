package expression

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// A problem is something wrong that is not the grammar. All are found, the first of each kind counts, and one of them is said:
// the one that the service says.
type problem int

const (
	parentheses problem = iota
	unknownFunction
	misusedFunction
	reservedWord
	sectionTwice
	noName
	noValue
	noHolder // noName or noValue, whichever is first
	pathOverlap
	pathConflict
	operandCount
	notDistinct
	operandType
	inCondition // of those below, in the first condition that has any
	problems
)

// A grammar is what differs between kinds of expressions beside their syntax.
type grammar struct {
	keywords []string  // which no attribute may have as a name
	order    []problem // in which problems are said
}

var (
	conditions = grammar{[]string{"AND", "OR", "NOT", "BETWEEN", "IN"}, []problem{parentheses, unknownFunction, misusedFunction, reservedWord, inCondition}}
	// ofCondition is the order within one condition.
	ofCondition = []problem{noHolder, operandCount, notDistinct, operandType}
	updates     = grammar{[]string{"SET", "REMOVE", "ADD", "DELETE"},
		[]problem{reservedWord, unknownFunction, sectionTwice, noName, noValue, pathOverlap, pathConflict, operandCount, operandType}}
	projections = grammar{nil, []problem{reservedWord, noName, pathOverlap, pathConflict}}
)

// A parser reads one expression.
type parser struct {
	grammar
	holders   *Placeholders
	text      string
	tokens    []token
	at        int
	operators int
	problems  [problems]string
}

// A refused expression ends the parse from any depth: it is the panic of fail and nothing else.
type refused struct{ text string }

func (refused) Error() string { return "expression refused" }

// read runs parse over a whole expression. what names the parameter in refusals.
func (h *Placeholders) read(what, text string, g grammar, parse func(*parser)) (err error) {
	if text == "" {
		return item.Invalid("Invalid %s: The expression can not be empty;", what)
	}
	if len(text) > bytesMax {
		return item.Invalid("Invalid %s: Expression size has exceeded the maximum allowed size; expression size: %d", what, len(text))
	}
	p := &parser{grammar: g, holders: h, text: text}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case refused:
			err = item.Invalid("Invalid %s: %s", what, r.text)
		default:
			panic(r)
		}
	}()
	tokens, bad, ok := lex(text)
	p.tokens = tokens
	if !ok {
		p.tokens = append(p.tokens, bad, token{end, "<EOF>", len(text), len(text)})
		p.at = len(tokens)
		p.syntax()
	}
	parse(p)
	if p.peek().kind != end {
		p.syntax()
	}
	for _, kind := range p.order {
		if text := p.problems[kind]; text != "" {
			return item.Invalid("Invalid %s: %s", what, text)
		}
	}
	return nil
}

// judge ends a condition: the first that has a problem decides which is said.
func (p *parser) judge() {
	for _, kind := range ofCondition {
		if text := p.problems[kind]; text != "" {
			p.wrong(inCondition, text)
			return
		}
	}
}

// wrap puts words around a refusal's own.
func wrap(before string, err error, after string) error {
	var refusal *wire.APIError
	if errors.As(err, &refusal) {
		return item.Invalid("%s%s%s", before, refusal.Message, after)
	}
	return err
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

// is reports whether the next token is a symbol, or a keyword in whatever case.
func (p *parser) is(text string) bool {
	t := p.peek()
	return (t.kind == symbol || t.kind == word) && strings.EqualFold(t.text, text)
}

func (p *parser) take(text string) bool {
	if !p.is(text) {
		return false
	}
	p.at++
	return true
}

func (p *parser) expect(text string) {
	if !p.take(text) {
		p.syntax()
	}
}

// syntax refuses the next token, and shows what stands around it.
func (p *parser) syntax() {
	t := p.peek()
	from, to := t.from, t.to
	if p.at > 0 {
		from = p.tokens[p.at-1].from
	}
	if p.at+1 < len(p.tokens) {
		to = p.tokens[p.at+1].to
	}
	panic(refused{"Syntax error; token: \"" + t.text + "\", near: \"" + p.text[from:to] + "\""})
}

// wrong notes a problem; the first of its kind counts.
func (p *parser) wrong(kind problem, text string) {
	if p.problems[kind] == "" {
		p.problems[kind] = text
	}
}

// count counts an operator or function.
func (p *parser) count() {
	if p.operators++; p.operators > operatorsMax {
		panic(refused{"The expression contains too many operators; operator count: " + strconv.Itoa(p.operators)})
	}
}

// A Path leads to an attribute, or to something inside a document.
type Path []Step

// A Step goes to a member of a map, or to an element of a list when Name is "".
type Step struct {
	Name  string
	Index int
}

func (s Step) text() string {
	if s.Name == "" {
		return "[" + strconv.Itoa(s.Index) + "]"
	}
	return s.Name
}

func (p Path) text() string {
	parts := make([]string, len(p))
	for i, s := range p {
		parts[i] = s.text()
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// path reads a path.
func (p *parser) path() Path { return p.steps(Path{{Name: p.name()}}) }

// steps reads the rest of a path.
func (p *parser) steps(path Path) Path {
	for {
		switch {
		case p.take("."):
			path = append(path, Step{Name: p.name()})
		case p.is("["):
			p.at++
			t := p.next()
			n, err := strconv.Atoi(t.text)
			if t.kind != number || err != nil || n > listIndexMax {
				p.at--
				p.syntax()
			}
			p.expect("]")
			path = append(path, Step{Index: n})
		default:
			return path
		}
	}
}

// listIndexMax is the largest position that an expression may name; no list in an item is so long.
const listIndexMax = 1 << 20

// name reads an attribute's name, plain or by its placeholder.
func (p *parser) name() string {
	t := p.next()
	switch t.kind {
	case word:
		if slices.Contains(p.keywords, strings.ToUpper(t.text)) {
			p.at--
			p.syntax()
		}
		if reserved[strings.ToUpper(t.text)] {
			p.wrong(reservedWord, "Attribute name is a reserved keyword; reserved keyword: "+t.text)
		}
		return t.text
	case nameHolder:
		name, ok := p.holders.names[t.text]
		if !ok || name == "" {
			words := "An expression attribute name used in the document path is not defined; attribute name: " + t.text
			p.wrong(noName, words)
			p.wrong(noHolder, words)
			return t.text
		}
		p.holders.used[t.text] = true
		return name
	}
	if t.kind != end {
		p.at--
	}
	p.syntax()
	return ""
}

// value reads a value's placeholder.
func (p *parser) value() item.Value {
	t := p.next()
	if t.kind != valueHolder {
		if t.kind != end {
			p.at--
		}
		p.syntax()
	}
	v, ok := p.holders.values[t.text]
	if !ok {
		words := "An expression attribute value used in expression is not defined; attribute value: " + t.text
		p.wrong(noValue, words)
		p.wrong(noHolder, words)
	}
	p.holders.used[t.text] = true
	return v
}

// Projection reads a projection expression: the paths to show.
func (h *Placeholders) Projection(text string) (paths []Path, err error) {
	err = h.read("ProjectionExpression", text, projections, func(p *parser) {
		for {
			paths = p.distinct(paths, p.path())
			if !p.take(",") {
				return
			}
		}
	})
	return paths, err
}

// distinct adds a path to others, none of which may be part of it or hold it.
func (p *parser) distinct(paths []Path, path Path) []Path {
	for _, other := range paths {
		if kind, words := clash(other, path); words != "" {
			p.wrong(kind, words+"; must remove or rewrite one of these paths; path one: "+other.text()+", path two: "+path.text())
			break
		}
	}
	return append(paths, path)
}

func clash(a, b Path) (problem, string) {
	for i := range min(len(a), len(b)) {
		switch {
		case a[i] == b[i]:
		case (a[i].Name == "") != (b[i].Name == ""):
			return pathConflict, "Two document paths conflict with each other"
		default:
			return 0, ""
		}
	}
	return pathOverlap, "Two document paths overlap with each other"
}
