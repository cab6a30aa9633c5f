package main

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// doubleEscaped tells a pattern whose backslashes were escaped once too often upstream. SDKs never check patterns, so
// nobody noticed; taken literally, no phone number would match Connect's PhoneNumber.
var doubleEscaped = regexp.MustCompile(`\\\\[dwsSpP.+\-]`)

// lookAround says of each pattern with look-around, which Go's regexp lacks, how to check it without. A pattern that
// is not here stops the generator: add it with its meaning.
var lookAround = map[string]goPattern{
	`^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`: {Expr: `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`, NotPrefix: []string{"aws:"}},
	`^(?!aws:)[a-zA-Z+-=._:/]+$`:            {Expr: `[a-zA-Z+-=._:/]+`, NotPrefix: []string{"aws:"}},
	`^(?!d-)([\da-zA-Z]+)([-]*[\da-zA-Z])*$`: {
		Expr: `[\da-zA-Z]+(-*[\da-zA-Z])*`, NotPrefix: []string{"d-"}},
	`^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[a-zA-Z\d\S]{8,64}$`: {
		Expr: `[a-zA-Z\d\S]{8,64}`, Contains: []string{`[a-z]`, `[A-Z]`, `\d`}},
	"^(?!\\.$)(?!\\.\\.$)[\\p{L}\\p{Z}\\p{N}\\-_.:=@'|]+$": { // neither . nor ..
		Expr: `[\p{L}\p{Z}\p{N}\-_.:=@'|]+`, Contains: []string{`[^.]|\.{3}`}},
	`(?!aws:|connect:)[\x{0009}\x{000A}\x{000D}\x{0020}-\x{007E}\x{00A1}-\x{00FF}]+$`: {
		Expr: `[\x{0009}\x{000A}\x{000D}\x{0020}-\x{007E}\x{00A1}-\x{00FF}]+`, NotPrefix: []string{"aws:", "connect:"}},
}

// A goPattern is a model's pattern in the forms that package wire checks.
type goPattern struct {
	Text      string // as messages print it
	Changed   bool   // Text is not what the model says, which was wrong
	Set       *[2]uint64
	Min, Max  int
	Decimal   int
	Expr      string
	NotPrefix []string
	Contains  []string
}

var (
	javaUnicode   = regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`)
	longUnicode   = regexp.MustCompile(`\\u(10000)-\\u(10FFFF)`)
	decimalNumber = regexp.MustCompile(`^0\|\(\[1-9\]\\d\{0,(\d+)\}\)$`)
	hasLookAround = regexp.MustCompile(`\(\?<?[=!]`)
)

// translate turns a model's pattern, which Java matches as a whole, into Go's terms.
func translate(model string) (goPattern, error) {
	text := model
	if doubleEscaped.MatchString(text) {
		text = strings.ReplaceAll(text, `\\`, `\`)
	}
	if len(text) > 1 && text[0] == '/' && text[len(text)-1] == '/' {
		text = text[1 : len(text)-1]
	}
	p := goPattern{Text: text, Changed: text != model}
	expr := strings.ReplaceAll(text, `\uD800\uDC00-\uDBFF\uDFFF`, `\x{10000}-\x{10FFFF}`)
	expr = longUnicode.ReplaceAllString(expr, `\x{$1}-\x{$2}`)
	expr = javaUnicode.ReplaceAllString(expr, `\x{$1}`)
	expr = strings.ReplaceAll(expr, `\p{Print}`, `[\x20-\x7E]`)
	if hasLookAround.MatchString(expr) {
		known, ok := lookAround[expr]
		if !ok {
			return p, fmt.Errorf("pattern %q looks around; say in lookAround how to check it", expr)
		}
		expr, p.NotPrefix, p.Contains = known.Expr, known.NotPrefix, known.Contains
	}
	var digits int
	if n, _ := fmt.Sscanf(expr, `0|([1-9]\d{0,%d})`, &digits); n == 1 && decimalNumber.MatchString(expr) {
		p.Decimal = digits + 1
		return p, nil
	}
	if len(p.NotPrefix)+len(p.Contains) == 0 && p.asSet(expr) {
		return p, nil
	}
	p.Expr = `^(?:` + expr + `)$`
	for _, e := range append([]string{p.Expr}, p.Contains...) {
		if _, err := regexp.Compile(e); err != nil {
			return p, err
		}
	}
	return p, nil
}

// asSet recognizes the repetition of one class of ASCII characters, which needs no expression at all.
func (p *goPattern) asSet(expr string) bool {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return false
	}
	if re.Op == syntax.OpConcat { // anchors change nothing
		subs := re.Sub
		if len(subs) > 0 && subs[0].Op == syntax.OpBeginText {
			subs = subs[1:]
		}
		if len(subs) > 0 && subs[len(subs)-1].Op == syntax.OpEndText {
			subs = subs[:len(subs)-1]
		}
		if len(subs) != 1 {
			return false
		}
		re = subs[0]
	}
	var least, most int
	switch re.Op {
	case syntax.OpStar:
	case syntax.OpPlus:
		least = 1
	case syntax.OpRepeat:
		if re.Max == 0 {
			return false
		}
		least, most = re.Min, max(re.Max, 0)
	default:
		return false
	}
	class := re.Sub[0]
	if class.Op != syntax.OpCharClass || class.Flags&syntax.FoldCase != 0 {
		return false
	}
	var set [2]uint64
	for i := 0; i < len(class.Rune); i += 2 {
		for r := class.Rune[i]; r <= class.Rune[i+1]; r++ {
			if r > 127 {
				return false
			}
			set[r>>6] |= 1 << (r & 63)
		}
	}
	p.Set, p.Min, p.Max = &set, least, most
	return true
}
