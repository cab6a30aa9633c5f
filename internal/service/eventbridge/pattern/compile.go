package pattern

import (
	"errors"
	"maps"
	"slices"
)

const (
	// branchesMax bounds what the "$or"s of a pattern multiply to.
	branchesMax = 1000
	// fieldsMax bounds the fields of one branch.
	fieldsMax = 64 * maskWords
)

// Pattern is a compiled event pattern. It is immutable.
type Pattern struct {
	branches []map[string][]alt // by path; a field of each path has to match, and one branch is enough
}

// operators are the names that a match expression may begin with. An "$or" whose members use them as keys is no "$or".
var operators = map[string]bool{
	"exactly": true, "prefix": true, "suffix": true, "equals-ignore-case": true, "wildcard": true, "anything-but": true,
	"numeric": true, "cidr": true, "exists": true,
}

// Compile reads a pattern. The error is an *Error.
func Compile(text string) (p *Pattern, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			p, err = nil, e
		}
	}()
	c := compiler{parser: parser{text: text}}
	if c.next() != tokenObject {
		c.fail("Filter is not an object")
	}
	branches := c.object([]map[string][]alt{{}}, "")
	if c.space(); c.at < len(c.text) {
		c.fail("Unrecognized token: extra content after the pattern")
	}
	return &Pattern{branches: branches}, nil
}

// Invalid tells whether err says that a pattern is not valid, and returns it.
func Invalid(err error) (*Error, bool) {
	var e *Error
	return e, errors.As(err, &e)
}

type compiler struct{ parser }

// object reads the members of an object and returns what the branches so far become with them.
func (c *compiler) object(branches []map[string][]alt, path string) []map[string][]alt {
	any := false
	for c.next() != tokenObjectEnd {
		any = true
		name := c.name
		full := name
		if path != "" {
			full = path + "." + name
		}
		if name == "$or" && c.isOr() {
			branches = c.or(branches, path)
			continue
		}
		switch c.next() {
		case tokenObject:
			branches = c.object(branches, full)
		case tokenArray:
			alts := c.alternatives()
			for _, b := range branches {
				if b[full] = alts; len(b) > fieldsMax {
					c.fail("Rule is too complex - more than %d fields", fieldsMax)
				}
			}
		default:
			c.fail("%q must be an object or an array", name)
		}
	}
	if !any {
		c.fail("Empty objects are not allowed")
	}
	return branches
}

// isOr looks ahead: an "$or" is an array of two objects or more, none of which uses an operator as a key.
func (c *compiler) isOr() (yes bool) {
	look := compiler{parser: c.parser}
	look.stack = slices.Clone(c.stack)
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(*Error); !ok {
				panic(r)
			}
			yes = false // it is read again, and then the error is said
		}
	}()
	if look.next() != tokenArray {
		return false
	}
	n := 0
	for depth, t := 1, look.next(); depth > 0; t = look.next() {
		switch t {
		case tokenObject, tokenArray:
			if depth == 1 {
				if t == tokenArray {
					return false
				}
				n++
			}
			depth++
		case tokenObjectEnd, tokenArrayEnd:
			if depth--; depth == 0 {
				return n >= 2
			}
		case tokenName:
			if depth == 2 && operators[look.name] {
				return false
			}
		default:
			if depth == 1 {
				return false
			}
		}
	}
	return false
}

// or reads the array of an "$or": each of its objects makes copies of the branches so far.
func (c *compiler) or(branches []map[string][]alt, path string) (all []map[string][]alt) {
	c.next()
	for c.next() != tokenArrayEnd {
		copies := make([]map[string][]alt, len(branches))
		for i, b := range branches {
			copies[i] = maps.Clone(b)
		}
		if all = append(all, c.object(copies, path)...); len(all) > branchesMax {
			c.fail("Rule is too complex - try using fewer conditions in $or")
		}
	}
	return all
}

// alternatives reads the array of what one field may be.
func (c *compiler) alternatives() (alts []alt) {
	for {
		switch t := c.next(); t {
		case tokenArrayEnd:
			if len(alts) == 0 {
				c.fail("Empty arrays are not allowed")
			}
			return alts
		case tokenString:
			alts = append(alts, alt{op: isString, text: c.string()})
		case tokenNumber:
			a := alt{op: isNumber, text: c.value}
			a.low, a.exact = comparable64(c.value)
			alts = append(alts, a)
		case tokenTrue, tokenFalse, tokenNull:
			alts = append(alts, alt{op: isWord, text: c.value})
		case tokenObject:
			alts = append(alts, c.expression())
		default:
			c.fail("Match value must be String, number, true, false, or null")
		}
	}
}
