package expression

import "strings"

// kind is what a token is.
type kind byte

const (
	word        kind = iota // an attribute's name, a function or a keyword
	nameHolder              // #name
	valueHolder             // :value
	number                  // digits: the position in a list
	symbol
	end
)

// A token is a piece of an expression, from one byte to another.
type token struct {
	kind     kind
	text     string
	from, to int
}

// lex takes an expression apart; false, with the token that is none, when it has a byte that no token has.
func lex(text string) (tokens []token, bad token, ok bool) {
	for i := 0; i < len(text); {
		from, k := i, symbol
		switch c := text[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case letter(c):
			k, i = word, pass(text, i)
		case digit(c):
			for k = number; i < len(text) && digit(text[i]); {
				i++
			}
		case (c == '#' || c == ':') && pass(text, i+1) > i+1:
			if k = nameHolder; c == ':' {
				k = valueHolder
			}
			i = pass(text, i+1)
		case strings.HasPrefix(text[i:], "<="), strings.HasPrefix(text[i:], ">="), strings.HasPrefix(text[i:], "<>"):
			i += 2
		case strings.IndexByte("()[],.=<>+-", c) >= 0:
			i++
		default:
			return tokens, token{symbol, text[i : i+1], i, i + 1}, false
		}
		tokens = append(tokens, token{k, text[from:i], from, i})
	}
	return append(tokens, token{end, "<EOF>", len(text), len(text)}), token{}, true
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }

func digit(c byte) bool { return '0' <= c && c <= '9' }

// pass returns where the letters and digits from i on end.
func pass(text string, i int) int {
	for i < len(text) && (letter(text[i]) || digit(text[i])) {
		i++
	}
	return i
}
