package pattern

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error is why a pattern is not valid, in the words of the service.
type Error struct {
	Reason string
	Source string // the pattern as given; empty: the service says no place
	Line   int    // from 1
	Column int    // from 1, in UTF-16 units; just behind what is wrong
	twice  bool   // the place is said twice, as the service does inside some lists
}

// Error is the reason and, where the service says one, the place: "… at [Source: (String)"…"; line: 1, column: 22]".
func (e *Error) Error() string {
	if e.Source == "" {
		return e.Reason
	}
	where := "\n at " + place(e.Source, e.Line, e.Column)
	if e.twice {
		where += where
	}
	return e.Reason + where
}

func place(source string, line, column int) string {
	return fmt.Sprintf("[Source: (String)\"%s\"; line: %d, column: %d]", source, line, column)
}

type token byte

const (
	tokenObject token = iota
	tokenObjectEnd
	tokenArray
	tokenArrayEnd
	tokenName
	tokenString
	tokenNumber
	tokenTrue
	tokenFalse
	tokenNull
	tokenEnd
)

// depthMax bounds how deep a pattern may nest.
const depthMax = 1000

// parser reads JSON token by token and knows at each moment where the service's own parser would stand, because error
// messages say it: behind a number or a word, behind the first quote of a string that nobody has asked for yet, and after
// a name already behind the beginning of its value.
type parser struct {
	text    string
	at      int
	stack   []open // what is open
	name    string // of the last tokenName
	value   string // text of the last number or, once asked for, string
	lazy    bool   // a string was begun and not read
	ahead   token  // the token behind a name, already begun
	hasNext bool
	first   bool // nothing was read in the innermost container yet
	ended   bool
}

type open struct {
	object bool
	at     int // offset behind its bracket
}

// fail stops parsing. It is recovered in Compile.
func (p *parser) fail(format string, args ...any) {
	line, column := p.where(p.at)
	panic(&Error{Reason: fmt.Sprintf(format, args...), Source: p.text, Line: line, Column: column})
}

// where says line and column of an offset, both from 1; columns count UTF-16 units.
func (p *parser) where(at int) (line, column int) {
	head := p.text[:min(at, len(p.text))]
	line = 1 + strings.Count(head, "\n")
	for _, r := range head[strings.LastIndexByte(head, '\n')+1:] {
		column += len16(r)
	}
	return line, column + 1
}

func len16(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// next reads the next token.
func (p *parser) next() token {
	if p.lazy && !p.hasNext {
		p.string()
	}
	if p.hasNext {
		p.hasNext = false
		return p.enter(p.ahead)
	}
	p.space()
	if p.ended {
		return tokenEnd
	}
	if p.at >= len(p.text) {
		p.endOfInput()
	}
	c := p.text[p.at]
	if c == '}' || c == ']' {
		return p.close(c)
	}
	if len(p.stack) > 0 && !p.first {
		if c != ',' {
			p.at++
			kind := "Array"
			if p.stack[len(p.stack)-1].object {
				kind = "Object"
			}
			p.unexpected(p.at-1, "was expecting comma to separate %s entries", kind)
		}
		p.at++
		p.space()
		if p.at >= len(p.text) {
			p.endOfInput()
		}
		c = p.text[p.at]
	}
	p.first = false
	if len(p.stack) > 0 && p.stack[len(p.stack)-1].object {
		if c != '"' {
			p.at++
			p.unexpected(p.at-1, "was expecting double-quote to start field name")
		}
		p.at++
		p.lazy = true
		p.name = p.string()
		p.space()
		if p.at >= len(p.text) || p.text[p.at] != ':' {
			p.at = min(p.at+1, len(p.text))
			p.unexpected(p.at-1, "was expecting a colon to separate field name and value")
		}
		p.at++
		p.space()
		p.ahead, p.hasNext = p.begin(), true
		return tokenName
	}
	return p.enter(p.begin())
}

// begin reads the beginning of a value: of a string its first quote, of everything else all of it.
func (p *parser) begin() token {
	if p.at >= len(p.text) {
		p.endOfInput()
	}
	switch c := p.text[p.at]; {
	case c == '{':
		p.at++
		return tokenObject
	case c == '[':
		p.at++
		return tokenArray
	case c == '"':
		p.at++
		p.lazy = true
		return tokenString
	case c == '-' || '0' <= c && c <= '9':
		p.number()
		return tokenNumber
	}
	for _, w := range []struct {
		text string
		is   token
	}{{"true", tokenTrue}, {"false", tokenFalse}, {"null", tokenNull}} {
		if strings.HasPrefix(p.text[p.at:], w.text) {
			p.at += len(w.text)
			p.value = w.text
			return w.is
		}
	}
	p.at++
	p.unexpected(p.at-1, "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')")
	return tokenEnd
}

// enter opens what a token opens. A string behind a name stays unread until somebody asks for it.
func (p *parser) enter(t token) token {
	if t == tokenObject || t == tokenArray {
		if len(p.stack) == depthMax {
			p.fail("Document nesting depth (%d) exceeds the maximum allowed (%d)", depthMax+1, depthMax)
		}
		p.stack = append(p.stack, open{t == tokenObject, p.at})
		p.first = true
	} else if len(p.stack) == 0 {
		p.ended = true
	}
	return t
}

func (p *parser) close(c byte) token {
	p.at++
	if len(p.stack) == 0 {
		p.unexpected(p.at-1, "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')")
	}
	top := p.stack[len(p.stack)-1]
	if top.object != (c == '}') {
		want, kind := '}', "Object"
		if !top.object {
			want, kind = ']', "Array"
		}
		line, column := p.where(top.at - 1)
		p.fail("Unexpected close marker '%c': expected '%c' (for %s starting at %s)", c, want, kind, place(p.text, line, column))
	}
	p.stack = p.stack[:len(p.stack)-1]
	p.first = false
	p.ended = len(p.stack) == 0
	if c == '}' {
		return tokenObjectEnd
	}
	return tokenArrayEnd
}

func (p *parser) endOfInput() {
	p.at = len(p.text)
	if len(p.stack) == 0 {
		p.fail("No content to map due to end-of-input")
	}
	top := p.stack[len(p.stack)-1]
	kind := "Array"
	if top.object {
		kind = "Object"
	}
	line, column := p.where(top.at - 1)
	p.fail("Unexpected end-of-input: expected close marker for %s (start marker at %s)", kind, place(p.text, line, column))
}

func (p *parser) unexpected(at int, format string, args ...any) {
	r, _ := utf8.DecodeRuneInString(p.text[at:])
	p.fail("Unexpected character ('%c' (code %d)): %s", r, r, fmt.Sprintf(format, args...))
}

func (p *parser) number() {
	from := p.at
	digits := func() {
		start := p.at
		for p.at < len(p.text) && '0' <= p.text[p.at] && p.text[p.at] <= '9' {
			p.at++
		}
		if p.at == start {
			if p.at == len(p.text) {
				p.endOfInput()
			}
			p.at++
			p.unexpected(p.at-1, "Expected digit to follow minus sign, decimal point or exponent")
		}
	}
	if p.text[p.at] == '-' {
		p.at++
	}
	start := p.at
	digits()
	if p.text[start] == '0' && p.at > start+1 {
		p.fail("Invalid numeric value: Leading zeroes not allowed")
	}
	if p.at < len(p.text) && p.text[p.at] == '.' {
		p.at++
		digits()
	}
	if p.at < len(p.text) && (p.text[p.at] == 'e' || p.text[p.at] == 'E') {
		p.at++
		if p.at < len(p.text) && (p.text[p.at] == '+' || p.text[p.at] == '-') {
			p.at++
		}
		digits()
	}
	p.value = p.text[from:p.at]
}

// string reads the string that was begun, and returns it.
func (p *parser) string() string {
	if !p.lazy {
		return p.value
	}
	p.lazy = false
	from := p.at
	for i := from; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '"':
			p.at = i + 1
			p.value = p.text[from:i]
			return p.value
		case c == '\\':
			return p.escaped(from)
		case c < ' ':
			p.at = i + 1
			p.fail("Illegal unquoted character ((CTRL-CHAR, code %d)): has to be escaped using backslash to be included in string value", c)
		}
	}
	p.at = len(p.text)
	p.fail("Unexpected end-of-input: was expecting closing quote for a string value")
	return ""
}

func (p *parser) escaped(from int) string {
	var b strings.Builder
	for p.at = from; p.at < len(p.text); {
		c := p.text[p.at]
		p.at++
		switch {
		case c == '"':
			p.value = b.String()
			return p.value
		case c < ' ':
			p.fail("Illegal unquoted character ((CTRL-CHAR, code %d)): has to be escaped using backslash to be included in string value", c)
		case c != '\\':
			b.WriteByte(c)
		default:
			if p.at >= len(p.text) {
				p.fail("Unexpected end-of-input in character escape sequence")
			}
			r, n := unescape(p.text[p.at:])
			if n == 0 {
				bad, size := utf8.DecodeRuneInString(p.text[p.at:])
				p.at += size
				p.fail("Unrecognized character escape '%c' (code %d)", bad, bad)
			}
			p.at += n
			b.WriteRune(r)
		}
	}
	p.fail("Unexpected end-of-input: was expecting closing quote for a string value")
	return ""
}

// unescape reads what follows a backslash and says how many bytes it was, 0 when it is no escape.
func unescape[T string | []byte](s T) (r rune, n int) {
	if len(s) == 0 {
		return 0, 0
	}
	switch s[0] {
	case '"', '\\', '/':
		return rune(s[0]), 1
	case 'b':
		return '\b', 1
	case 'f':
		return '\f', 1
	case 'n':
		return '\n', 1
	case 'r':
		return '\r', 1
	case 't':
		return '\t', 1
	case 'u':
		hi, ok := hex4(s[1:])
		if !ok {
			return 0, 0
		}
		if hi < 0xD800 || hi > 0xDFFF {
			return hi, 5
		}
		if hi < 0xDC00 && len(s) >= 11 && s[5] == '\\' && s[6] == 'u' {
			if lo, ok := hex4(s[7:]); ok && 0xDC00 <= lo && lo <= 0xDFFF {
				return (hi-0xD800)<<10 + (lo - 0xDC00) + 0x10000, 11
			}
		}
		return utf8.RuneError, 5
	}
	return 0, 0
}

func hex4[T string | []byte](s T) (r rune, ok bool) {
	if len(s) < 4 {
		return 0, false
	}
	for i := range 4 {
		c := s[i]
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
