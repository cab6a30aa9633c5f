package wire

import (
	"math"
	"strconv"
	"time"
)

// Text reads a string; false when it is null or not a string.
func (d *JSONDecoder) Text() (string, bool) {
	if !d.expect(kindString, kindString) {
		return "", false
	}
	s := d.text()
	return s, !d.bad
}

// String reads a string, nil for null.
func (d *JSONDecoder) String() *string {
	s, ok := d.Text()
	if !ok {
		return nil
	}
	return d.arena.string(s)
}

// number consumes a number and returns its text.
func (d *JSONDecoder) number() []byte {
	from := d.pos
	digits := func() bool {
		at := d.pos
		for d.pos < len(d.buf) && '0' <= d.buf[d.pos] && d.buf[d.pos] <= '9' {
			d.pos++
		}
		return d.pos > at
	}
	at := func(c byte) bool { return d.pos < len(d.buf) && d.buf[d.pos] == c }
	if at('-') {
		d.pos++
	}
	if at('0') {
		d.pos++
	} else if !digits() {
		d.fail()
		return nil
	}
	if at('.') {
		d.pos++
		if !digits() {
			d.fail()
			return nil
		}
	}
	if at('e') || at('E') {
		d.pos++
		if at('+') || at('-') {
			d.pos++
		}
		if !digits() {
			d.fail()
			return nil
		}
	}
	return d.buf[from:d.pos]
}

// integer reads a number as Kinesis did when it was measured: fractions are cut off, and what is out of range becomes
// the nearest value within.
func (d *JSONDecoder) integer(as kind, low, high int64) (int64, bool) {
	if !d.expect(kindNumber, as) {
		return 0, false
	}
	raw := d.number()
	if d.bad {
		return 0, false
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		f, _ := strconv.ParseFloat(string(raw), 64) // out of range gives an infinity, which is what we want
		return clamp(f, low, high), true
	}
	return max(low, min(high, n)), true
}

func clamp(f float64, low, high int64) int64 {
	switch {
	case f != f:
		return 0
	case f <= float64(low):
		return low
	case f >= float64(high):
		return high
	}
	return int64(f)
}

// Int32 reads an integer, nil for null.
func (d *JSONDecoder) Int32() *int32 {
	n, ok := d.integer(kindInteger, math.MinInt32, math.MaxInt32)
	if !ok {
		return nil
	}
	v := int32(n)
	return &v
}

// Int64 reads a long, nil for null.
func (d *JSONDecoder) Int64() *int64 {
	n, ok := d.integer(kindLong, math.MinInt64, math.MaxInt64)
	if !ok {
		return nil
	}
	return &n
}

// Float64 reads a double, nil for null. A number too large for a double is a type error.
func (d *JSONDecoder) Float64() *float64 {
	if d.peek() == kindString { // the three values that JSON has no numbers for
		if f, ok := specialFloat(d.text()); ok && !d.bad {
			return &f
		}
		d.mistyped(kindDouble, kindString, "")
		return nil
	}
	if !d.expect(kindNumber, kindDouble) {
		return nil
	}
	raw := d.number()
	if d.bad {
		return nil
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		d.mistyped(kindDouble, kindNumber, "")
		return nil
	}
	return &f
}

func specialFloat(s string) (float64, bool) {
	switch s {
	case "NaN":
		return math.NaN(), true
	case "Infinity":
		return math.Inf(1), true
	case "-Infinity":
		return math.Inf(-1), true
	}
	return 0, false
}

// Bool reads a boolean, nil for null.
func (d *JSONDecoder) Bool() *bool {
	if d.peek() == kindString {
		d.mistyped(kindBoolean, kindString, d.text())
		return nil
	}
	if !d.expect(kindBoolean, kindBoolean) {
		return nil
	}
	v := d.buf[d.pos] == 't'
	d.Skip()
	if d.bad {
		return nil
	}
	return &v
}

// Blob reads a base64 string, nil for null.
func (d *JSONDecoder) Blob() []byte {
	if !d.expect(kindString, kindBlob) {
		return nil
	}
	raw, escaped := d.quoted()
	if d.bad {
		return nil
	}
	if !escaped && len(raw)%4 == 0 {
		if out, ok := d.arena.base64(raw, len(d.buf)-d.pos); ok {
			return out
		}
	}
	text := d.checked(raw, escaped)
	if d.bad {
		return nil
	}
	out, why := decodeBase64(text)
	if why != "" {
		d.mistyped(kindBlob, kindString, "'"+clip(text)+"' can not be converted to a Blob: "+why)
		return nil
	}
	return out
}

// Timestamp reads seconds since the epoch, nil for null. Digits beyond nanoseconds are cut off.
func (d *JSONDecoder) Timestamp() *time.Time {
	if !d.expect(kindNumber, kindTimestamp) {
		return nil
	}
	raw := d.number()
	if d.bad {
		return nil
	}
	t := epochSeconds(string(raw))
	return &t
}
