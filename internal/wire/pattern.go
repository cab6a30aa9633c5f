package wire

import (
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
)

// A Pattern is the regular expression of a string shape, in whichever form checks it fastest. A value must match as a
// whole. Patterns may be used by many goroutines.
type Pattern struct {
	Text string // as messages print it

	// Exactly one of these three forms is set.
	Set     *ByteSet // Repeat.Min to Repeat.Max bytes of a set; Max 0 means any number
	Decimal int      // 0, or a number without leading zeros of at most this many digits
	Expr    string   // in Go's syntax, anchored on both ends

	Min, Max int // of Set

	// What Go's syntax cannot say of Expr.
	NotPrefix []string // the value begins with none of these
	Contains  []string // the value has a match of each of these

	last     atomic.Pointer[string] // the last value that matched Expr
	once     sync.Once
	expr     *regexp.Regexp
	contains []*regexp.Regexp
}

// ByteSet is a set of ASCII characters, one bit each.
type ByteSet [2]uint64

// Match reports whether s satisfies the pattern.
func (p *Pattern) Match(s string) bool {
	switch {
	case p.Set != nil:
		return p.inSet(s)
	case p.Decimal > 0:
		return p.isDecimal(s)
	}
	for _, prefix := range p.NotPrefix {
		if strings.HasPrefix(s, prefix) {
			return false
		}
	}
	p.once.Do(p.compile)
	for _, c := range p.contains {
		if !c.MatchString(s) {
			return false
		}
	}
	return p.expr.MatchString(s)
}

// matchAgain is Match for values that come again and again, such as the ARN of a stream that is written to: the last
// one that matched an expression is remembered, which is some twenty times faster than to match it anew.
func (p *Pattern) matchAgain(s string) bool {
	if p.Expr == "" {
		return p.Match(s)
	}
	if last := p.last.Load(); last != nil && *last == s {
		return true
	}
	if !p.Match(s) {
		return false
	}
	if len(s) <= rememberedMax {
		kept := strings.Clone(s) // s may alias a request
		p.last.Store(&kept)
	}
	return true
}

// rememberedMax is the longest value, in bytes, that a pattern remembers.
const rememberedMax = 2048

// compile is put off until a value comes, since a service has hundreds of patterns and a process starts in
// milliseconds. The generator has compiled each once, so it cannot fail.
func (p *Pattern) compile() {
	p.expr = regexp.MustCompile(p.Expr)
	for _, c := range p.Contains {
		p.contains = append(p.contains, regexp.MustCompile(c))
	}
}

func (p *Pattern) inSet(s string) bool {
	if len(s) < p.Min || p.Max > 0 && len(s) > p.Max {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c >= 128 || p.Set[c>>6]&(1<<(c&63)) == 0 {
			return false
		}
	}
	return true
}

func (p *Pattern) isDecimal(s string) bool {
	if s == "0" {
		return true
	}
	if s == "" || len(s) > p.Decimal || s[0] == '0' {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func (p *Pattern) rule() string { return "Member must satisfy regular expression pattern: " + p.Text }
