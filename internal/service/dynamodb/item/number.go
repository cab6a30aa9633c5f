package item

import (
	"math/big"
	"strings"
)

// What a number may be.
const (
	digitsMax      = 38   // significant digits
	exponentMax    = 125  // of the first digit: 9.99…E+125 is the largest number
	exponentMin    = -130 // 1E-130 is the smallest positive one
	numberBytesMax = 1024 // characters of a number as clients write it; no number needs a third of that
)

// A Number is a decimal, exact to 38 significant digits. The zero Number is 0.
type Number struct {
	negative bool
	digits   string // significant ones, neither beginning nor ending with a zero; "" for 0
	exponent int    // of the first digit: d.ddd × 10^exponent
}

// ParseNumber reads a number as clients write it: digits with an optional sign, point and exponent.
func ParseNumber(text string) (Number, error) {
	n, ok := parse(text)
	if !ok {
		return Number{}, Invalid("The parameter cannot be converted to a numeric value: %s", text)
	}
	return n, n.check()
}

// check refuses what is out of range.
func (n Number) check() error {
	switch {
	case n.digits == "":
		return nil
	case n.exponent > exponentMax:
		return Invalid("Number overflow. Attempting to store a number with magnitude larger than supported range")
	case n.exponent < exponentMin:
		return Invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range")
	case len(n.digits) > digitsMax:
		return Invalid("Attempting to store more than 38 significant digits in a Number")
	}
	return nil
}

func parse(text string) (n Number, ok bool) {
	if len(text) > numberBytesMax {
		return n, false
	}
	rest := text
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		n.negative = rest[0] == '-'
		rest = rest[1:]
	}
	exponent := 0
	if i := strings.IndexAny(rest, "eE"); i >= 0 {
		if exponent, ok = parseExponent(rest[i+1:]); !ok {
			return n, false
		}
		rest = rest[:i]
	}
	whole, fraction, _ := strings.Cut(rest, ".")
	if whole+fraction == "" || strings.Trim(whole, "0123456789") != "" || strings.Trim(fraction, "0123456789") != "" {
		return n, false
	}
	return normal(n.negative, whole+fraction, exponent+len(whole)-1), true
}

// parseExponent reads the digits after an E. What is far out of range stays out of range.
func parseExponent(text string) (int, bool) {
	negative := false
	if text != "" && (text[0] == '-' || text[0] == '+') {
		negative = text[0] == '-'
		text = text[1:]
	}
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n := 0
	for _, c := range text {
		n = min(10*n+int(c-'0'), 10*numberBytesMax)
	}
	if negative {
		n = -n
	}
	return n, true
}

// normal makes a number of digits, the first of which stands at exponent.
func normal(negative bool, digits string, exponent int) Number {
	trimmed := strings.TrimLeft(digits, "0")
	exponent -= len(digits) - len(trimmed)
	if trimmed = strings.TrimRight(trimmed, "0"); trimmed == "" {
		return Number{}
	}
	return Number{negative, trimmed, exponent}
}

// String writes the number as the service does: all digits, no exponent.
func (n Number) String() string {
	if n.digits == "" {
		return "0"
	}
	var b strings.Builder
	if n.negative {
		b.WriteByte('-')
	}
	point := n.exponent + 1 // digits before the point
	switch {
	case point <= 0:
		b.WriteString("0." + strings.Repeat("0", -point) + n.digits)
	case point >= len(n.digits):
		b.WriteString(n.digits + strings.Repeat("0", point-len(n.digits)))
	default:
		b.WriteString(n.digits[:point] + "." + n.digits[point:])
	}
	return b.String()
}

// Compare returns -1, 0 or 1 as n is less than, equal to or greater than m.
func (n Number) Compare(m Number) int {
	return strings.Compare(string(n.appendOrdered(nil)), string(m.appendOrdered(nil)))
}

// Add returns the sum of two numbers, which may be out of range.
func (n Number) Add(m Number) (Number, error) {
	scale := min(n.scale(), m.scale())
	sum := new(big.Int).Add(n.scaled(scale), m.scaled(scale))
	digits := new(big.Int).Abs(sum).String()
	out := normal(sum.Sign() < 0, digits, len(digits)-1+scale)
	return out, out.check()
}

// Negate returns -n.
func (n Number) Negate() Number {
	if n.digits != "" {
		n.negative = !n.negative
	}
	return n
}

// scale is the exponent of the last digit.
func (n Number) scale() int { return n.exponent - len(n.digits) + 1 }

// scaled returns the number as a multiple of 10^scale, which must not be above its own scale.
func (n Number) scaled(scale int) *big.Int {
	if n.digits == "" {
		return new(big.Int)
	}
	v, _ := new(big.Int).SetString(n.digits+strings.Repeat("0", n.scale()-scale), 10)
	if n.negative {
		v.Neg(v)
	}
	return v
}

// appendOrdered appends bytes that compare as numbers do: sign, exponent, digits and an end below all digits, all but the
// sign turned round for negative numbers.
func (n Number) appendOrdered(dst []byte) []byte {
	if n.digits == "" {
		return append(dst, 1)
	}
	turn, sign := byte(0), byte(2)
	if n.negative {
		turn, sign = 0xff, 0
	}
	dst = append(dst, sign, byte(n.exponent-exponentMin)^turn)
	for i := range len(n.digits) {
		dst = append(dst, (n.digits[i]-'0'+1)^turn)
	}
	return append(dst, turn)
}

// size is what a number counts in an item, in bytes: two digits a byte, and what goes with them.
func (n Number) size() int {
	if n.digits == "" {
		return 1
	}
	size := 1 + (len(n.digits)+1)/2
	if len(n.digits)%2 == 0 && n.exponent%2 == 0 {
		size++
	}
	if n.negative {
		size++
	}
	return size
}
