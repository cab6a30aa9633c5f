package pattern

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"
)

// expression reads a match expression up to its closing brace.
func (c *compiler) expression() (a alt) {
	if c.next() != tokenName {
		c.fail("Match expression name not found")
	}
	switch name := c.name; name {
	case "exactly":
		if c.next() != tokenString {
			c.fail("exact match pattern must be a string")
		}
		a = alt{op: isString, text: c.string()}
	case "prefix", "suffix":
		a = c.affix(name)
	case "equals-ignore-case":
		if c.next() != tokenString {
			c.fail("equals-ignore-case match pattern must be a string")
		}
		a = alt{op: isFold, text: fold(c.string())}
	case "wildcard":
		if c.next() != tokenString {
			c.fail("wildcard match pattern must be a string")
		}
		a = alt{op: isWildcard, parts: c.wildcard(c.string())}
	case "numeric":
		if c.next() != tokenArray {
			c.fail("Value of numeric must be an array.")
		}
		a = c.numeric()
	case "cidr":
		if c.next() != tokenString {
			c.fail("prefix match pattern must be a string")
		}
		a = alt{op: isCIDR, network: c.cidr(c.string())}
	case "exists":
		switch c.next() {
		case tokenTrue:
			a = alt{op: isThere}
		case tokenFalse:
			a = alt{op: isAbsent}
		default:
			c.fail("exists match pattern must be either true or false.")
		}
	case "anything-but":
		return c.anythingBut()
	default:
		c.fail("Unrecognized match type %s", name)
	}
	c.only()
	return a
}

// only reads the closing brace of a match expression.
func (c *compiler) only() {
	if c.next() != tokenObjectEnd {
		c.fail("Only one key allowed in match expression")
	}
}

// affix reads what a prefix or suffix is: a string, or one regardless of case.
func (c *compiler) affix(name string) alt {
	op, foldOp := isPrefix, isPrefixFold
	if name == "suffix" {
		op, foldOp = isSuffix, isSuffixFold
	}
	switch c.next() {
	case tokenString:
		return alt{op: op, text: c.string()}
	case tokenObject:
		if c.next() != tokenName {
			c.fail("%s expression name not found", strings.ToUpper(name[:1])+name[1:])
		}
		if c.name != "equals-ignore-case" {
			c.fail("Unsupported %s pattern: %s", name, c.name)
		}
		if c.next() != tokenString {
			c.fail("equals-ignore-case match pattern must be a string")
		}
		a := alt{op: foldOp, text: fold(c.string())}
		c.only()
		return a
	}
	c.fail("%s match pattern must be a string", name)
	return alt{}
}

// wildcard splits a wildcard pattern at its stars.
func (c *compiler) wildcard(s string) (parts []string) {
	var b strings.Builder
	star := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '*' && star:
			c.fail("Consecutive wildcard characters at pos %d", i)
		case s[i] == '*':
			parts = append(parts, b.String())
			b.Reset()
			star = true
			continue
		case s[i] == '\\':
			if i++; i == len(s) || s[i] != '*' && s[i] != '\\' {
				c.fail("Invalid escape character at pos %d", i-1)
			}
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
		star = false
	}
	parts = append(parts, b.String())
	return parts
}

// numeric reads an interval. What is wrong with a number itself is found last, as the service does it.
func (c *compiler) numeric() (a alt) {
	a.op = isRange
	if c.next() != tokenString {
		c.fail("Invalid member in numeric match expression, must be a string operator")
	}
	op := c.string()
	first := c.bound(op)
	second, tooMany := "", "Too many elements in numeric expression"
	switch op {
	case "=", "<", "<=":
	case ">", ">=":
		switch c.next() {
		case tokenArrayEnd:
			a.low, a.high, a.lowOpen = c.number64(first), posInf, op == ">"
			return a
		case tokenString:
		default:
			c.fail("Bad value in numeric range: %s", c.value)
		}
		upper := c.string()
		if upper != "<" && upper != "<=" {
			c.fail("Bad numeric range operator: %s", upper)
		}
		second, tooMany = c.bound(upper), "Too many terms in numeric range expression"
		a.highOpen = upper == "<"
	default:
		c.fail("Unrecognized numeric range operator: %s", op)
	}
	if c.next() != tokenArrayEnd {
		c.fail("%s", tooMany)
	}
	n := c.number64(first)
	switch op {
	case "=":
		a.low, a.high = n, n
	case "<", "<=":
		a.low, a.high, a.highOpen = negInf, n, op == "<"
	default:
		a.low, a.lowOpen, a.high = n, op == ">", c.number64(second)
		if a.low >= a.high {
			c.fail("Bottom must be less than top")
		}
	}
	return a
}

// bound reads the number behind an operator.
func (c *compiler) bound(op string) string {
	if c.next() != tokenNumber {
		if op == "=" {
			op = "equals"
		}
		c.fail("Value of %s must be numeric", op)
	}
	return c.value
}

func (c *compiler) number64(s string) float64 {
	f, ok := comparable64(s)
	if !ok {
		c.fail("Cannot compare number : %s", s)
	}
	return f
}

// cidr reads a network. The service says no place for what is wrong with it.
func (c *compiler) cidr(s string) netip.Prefix {
	address, bits, found := strings.Cut(s, "/")
	if !found || strings.Contains(bits, "/") {
		panic(&Error{Reason: "Malformed CIDR, one '/' required"})
	}
	n, err := strconv.Atoi(bits)
	if err != nil {
		panic(&Error{Reason: "Malformed CIDR, mask bits must be an integer"})
	}
	a, err := netip.ParseAddr(address)
	if err != nil || a.Zone() != "" {
		panic(&Error{Reason: "Nonstandard IP address: " + address})
	}
	p, err := a.Prefix(n)
	if err != nil {
		panic(&Error{Reason: "Malformed CIDR, bad mask bits"})
	}
	return p
}

func (c *compiler) anythingBut() (a alt) {
	a.op = isNot
	t := c.next()
	if t == tokenObject {
		if c.next() != tokenName {
			c.fail("Anything-But expression name not found")
		}
		switch c.name {
		case "prefix":
			a.not = c.notAffixes(isPrefix)
		case "suffix":
			a.not = c.notAffixes(isSuffix)
		case "wildcard":
			a.not = c.notWildcards()
		case "equals-ignore-case":
			a.not = c.notFolds()
		default:
			c.fail("Unsupported anything-but pattern: %s", c.name)
		}
		c.notOnly()
		c.notOnly()
		return a
	}
	switch t {
	case tokenArray:
		a.not = c.notValues()
	case tokenString:
		a.not = []alt{{op: isString, text: c.string()}}
	case tokenNumber:
		a.not = []alt{c.notNumber()}
	default:
		c.fail("Value of anything-but must be an array or single string/number value.")
	}
	c.notOnly()
	return a
}

// list reads the array that was begun, calling each for every string in it and for every number when numbers is set. What
// is wrong inside says its place twice.
func (c *compiler) list(numbers bool, wrong string, each func(t token)) {
	defer func() {
		if e, ok := recover().(*Error); ok {
			e.twice = e.Source != ""
			panic(e)
		}
	}()
	for n := 0; ; n++ {
		switch t := c.next(); {
		case t == tokenArrayEnd && n == 0:
			c.fail("Empty arrays are not allowed")
		case t == tokenArrayEnd:
			return
		case t == tokenString, t == tokenNumber && numbers:
			each(t)
		default:
			c.fail("%s", wrong)
		}
	}
}

func (c *compiler) notOnly() {
	if c.next() != tokenObjectEnd {
		c.fail("Too many elements in numeric expression") // the service's words, whatever the expression is
	}
}

func (c *compiler) notNumber() alt {
	a := alt{op: isNumber, text: c.value}
	a.low, a.exact = comparable64(c.value)
	return a
}

func (c *compiler) notValues() (not []alt) {
	kinds := map[token]bool{}
	c.list(true, "Inside anything but list, start|null|boolean is not supported.", func(t token) {
		kinds[t] = true
		if t == tokenNumber {
			not = append(not, c.notNumber())
		} else {
			not = append(not, alt{op: isString, text: c.string()})
		}
	})
	if len(kinds) > 1 {
		c.fail("Inside anything but list, either all values are number or string, mixed type is not supported")
	}
	return not
}

// notTexts reads a string or a list of strings. What wrongItem is empty for is said as wrong.
func (c *compiler) notTexts(wrong, wrongItem string, check func(string)) (texts []string) {
	take := func(token) {
		s := c.string()
		check(s)
		texts = append(texts, s)
	}
	switch t := c.next(); t {
	case tokenString:
		take(t)
	case tokenArray:
		c.list(false, cmp.Or(wrongItem, wrong), take)
	default:
		c.fail("%s", wrong)
	}
	return texts
}

func (c *compiler) notAffixes(op operator) (not []alt) {
	for _, s := range c.notTexts("prefix/suffix match pattern must be a string", "", func(s string) {
		if s == "" {
			c.fail("Null prefix/suffix not allowed")
		}
	}) {
		not = append(not, alt{op: op, text: s})
	}
	return not
}

func (c *compiler) notWildcards() (not []alt) {
	for _, s := range c.notTexts("wildcard match pattern must be a string", "", func(string) {}) {
		not = append(not, alt{op: isWildcard, parts: c.wildcard(s)})
	}
	return not
}

func (c *compiler) notFolds() (not []alt) {
	for _, s := range c.notTexts("equals-ignore-case match pattern must be a string",
		"Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.", func(string) {}) {
		not = append(not, alt{op: isFold, text: fold(s)})
	}
	return not
}
