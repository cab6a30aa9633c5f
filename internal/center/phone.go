package center

import "strings"

// phoneDigitsMax is how many digits a number in E.164 has at most.
const phoneDigitsMax = 15

// IsPhoneNumber reports whether s is a phone number in E.164: a plus, and 2 to 15 digits that do not begin with 0.
func IsPhoneNumber(s string) bool {
	digits, ok := strings.CutPrefix(s, "+")
	return ok && len(digits) >= 2 && len(digits) <= phoneDigitsMax && digits[0] != '0' &&
		!strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' })
}
