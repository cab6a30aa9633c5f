package pattern

import (
	"bytes"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

type operator byte

const (
	isString operator = iota
	isNumber
	isWord // true, false, null
	isFold
	isPrefix
	isPrefixFold
	isSuffix
	isSuffixFold
	isWildcard
	isRange
	isCIDR
	isThere
	isAbsent
	isNot
)

var posInf, negInf = math.Inf(1), math.Inf(-1)

// alt is one alternative of a field.
type alt struct {
	op                operator
	exact             bool         // isNumber: low is the number
	lowOpen, highOpen bool         // isRange: without the bound itself
	text              string       // folded where the case does not count
	low, high         float64      // isRange; isNumber: low
	parts             []string     // isWildcard: what stands between the stars
	network           netip.Prefix // isCIDR
	not               []alt        // isNot: none of these
}

type valueKind byte

const (
	stringValue valueKind = iota
	numberValue
	wordValue
)

// value is a leaf of an event.
type value struct {
	kind   valueKind
	text   []byte // a string without its quotes and escapes; else as it stands
	parsed bool   // number and exact are known
	exact  bool
	number float64
	folded []byte  // nil: not yet known
	spare  *[]byte // room for it
	addr   netip.Addr
	asAddr byte // 0 not yet tried, 1 addr is it, 2 is no address
}

func (v *value) num() (float64, bool) {
	if !v.parsed {
		v.parsed = true
		v.number, v.exact = comparable64(unsafeString(v.text))
	}
	return v.number, v.exact
}

func (v *value) fold() []byte {
	if v.folded == nil {
		from := len(*v.spare)
		*v.spare = appendFold(*v.spare, v.text)
		v.folded = (*v.spare)[from:len(*v.spare):len(*v.spare)]
	}
	return v.folded
}

func (v *value) address() (netip.Addr, bool) {
	if v.asAddr == 0 {
		v.asAddr = 2
		if n := len(v.text); n >= 2 && n <= 45 {
			if a, err := netip.ParseAddr(unsafeString(v.text)); err == nil && a.Zone() == "" {
				v.addr, v.asAddr = a, 1
			}
		}
	}
	return v.addr, v.asAddr == 1
}

// unsafeString views b as a string for a call that does not keep it.
func unsafeString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// matches tells whether v is what a says.
func (a *alt) matches(v *value) bool {
	switch a.op {
	case isThere:
		return true
	case isAbsent:
		return false
	case isNot:
		for i := range a.not {
			if a.not[i].matches(v) {
				return false
			}
		}
		return true
	case isNumber:
		if v.kind != numberValue {
			return false
		}
		if f, ok := v.num(); ok && a.exact {
			return f == a.low
		}
		return string(v.text) == a.text
	case isWord:
		return v.kind == wordValue && string(v.text) == a.text
	case isRange:
		if v.kind != numberValue {
			return false
		}
		f, ok := v.num()
		return ok && (f > a.low || f == a.low && !a.lowOpen) && (f < a.high || f == a.high && !a.highOpen)
	}
	if v.kind != stringValue {
		return false
	}
	switch a.op {
	case isString:
		return string(v.text) == a.text
	case isFold:
		return string(v.fold()) == a.text
	case isPrefix:
		return len(v.text) >= len(a.text) && string(v.text[:len(a.text)]) == a.text
	case isPrefixFold:
		f := v.fold()
		return len(f) >= len(a.text) && string(f[:len(a.text)]) == a.text
	case isSuffix:
		return len(v.text) >= len(a.text) && string(v.text[len(v.text)-len(a.text):]) == a.text
	case isSuffixFold:
		f := v.fold()
		return len(f) >= len(a.text) && string(f[len(f)-len(a.text):]) == a.text
	case isWildcard:
		return wild(a.parts, v.text)
	case isCIDR:
		addr, ok := v.address()
		return ok && a.network.Contains(addr)
	}
	return false
}

// wild tells whether s is the parts with anything between them.
func wild(parts []string, s []byte) bool {
	first, last := parts[0], parts[len(parts)-1]
	if len(parts) == 1 {
		return string(s) == first
	}
	if len(s) < len(first)+len(last) || string(s[:len(first)]) != first || string(s[len(s)-len(last):]) != last {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, p := range parts[1 : len(parts)-1] {
		i := bytes.Index(s, unsafe.Slice(unsafe.StringData(p), len(p)))
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return true
}

// fold brings strings that differ only in the case of their characters to one form.
func fold(s string) string { return string(appendFold(nil, []byte(s))) }

func appendFold(dst, s []byte) []byte {
	for len(s) > 0 {
		if c := s[0]; c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			dst, s = append(dst, c), s[1:]
			continue
		}
		r, n := utf8.DecodeRune(s)
		dst, s = utf8.AppendRune(dst, unicode.ToLower(unicode.ToUpper(r))), s[n:]
	}
	return dst
}

// exactDigits is how many decimal digits a double always holds.
const exactDigits = 15

// comparable64 returns the number that s says. Not ok: a double does not hold it, so that it is compared as text only.
func comparable64(s string) (f float64, ok bool) {
	if n, small := smallInteger(s); small {
		return n, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, false
	}
	digits, exp := decimal(s)
	if len(digits) == 0 {
		return 0, true
	}
	if f == 0 {
		return 0, false
	}
	if len(digits) <= exactDigits && exp > -300 && exp < 300 {
		return f, true
	}
	shortest, shortestExp := decimal(strconv.FormatFloat(f, 'e', -1, 64))
	return f, digits == shortest && exp == shortestExp
}

func smallInteger(s string) (float64, bool) {
	digits := s
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > exactDigits {
		return 0, false
	}
	n := int64(0)
	for i := range len(digits) {
		c := digits[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int64(c)
	}
	if len(digits) < len(s) {
		n = -n
	}
	return float64(n), true
}

// decimal takes a number apart: its digits without zeros at either end, and the power of ten of the first of them.
func decimal(s string) (digits string, exp int) {
	s = strings.TrimPrefix(s, "-")
	mantissa := s
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa = s[:i]
		n, err := strconv.Atoi(s[i+1:])
		if err != nil {
			n = math.MaxInt32
		}
		exp = n
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits = whole + fraction
	exp += len(whole) - 1
	trimmed := strings.TrimLeft(digits, "0")
	exp -= len(digits) - len(trimmed)
	return strings.TrimRight(trimmed, "0"), exp
}
