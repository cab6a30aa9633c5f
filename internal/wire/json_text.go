package wire

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// plainASCII reports that b has only bytes from 0x20 to 0x7f.
func plainASCII(b []byte) bool {
	const high, ones = 0x8080808080808080, 0x0101010101010101
	for len(b) >= 8 {
		w := binary.LittleEndian.Uint64(b)
		if (w|(w-ones*' ')&^w)&high != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c < ' ' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// unescape resolves the escapes of a string; half a surrogate pair becomes U+FFFD, as in encoding/json.
func unescape(raw []byte) ([]byte, bool) {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		next := bytes.IndexByte(raw[i:], '\\')
		if next < 0 {
			return append(out, raw[i:]...), true
		}
		out = append(out, raw[i:i+next]...)
		i += next + 1
		if i >= len(raw) {
			return nil, false
		}
		c := raw[i]
		i++
		switch c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, ok := hex4(raw[i:])
			if !ok {
				return nil, false
			}
			i += 4
			if utf16.IsSurrogate(r) {
				r, i = pair(r, raw, i)
			}
			out = utf8.AppendRune(out, r)
		default:
			return nil, false
		}
	}
	return out, true
}

// pair joins the surrogate half r with an escaped second half at i.
func pair(r rune, raw []byte, i int) (rune, int) {
	if i+6 <= len(raw) && raw[i] == '\\' && raw[i+1] == 'u' {
		if low, ok := hex4(raw[i+2:]); ok {
			if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
				return both, i + 6
			}
		}
	}
	return utf8.RuneError, i
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range b[:4] {
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

// epochSeconds reads a decimal number of seconds exactly, without a detour through floating point.
func epochSeconds(text string) time.Time {
	whole, frac := text, ""
	for i := range len(text) {
		switch text[i] {
		case 'e', 'E':
			f, _ := strconv.ParseFloat(text, 64)
			return secondsToTime(f)
		case '.':
			whole, frac = text[:i], text[i+1:]
		}
	}
	secs, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || secs > epochSecondsMax || secs < -epochSecondsMax {
		f, _ := strconv.ParseFloat(text, 64)
		return secondsToTime(f)
	}
	var nanos int64
	for i := range 9 {
		nanos *= 10
		if i < len(frac) {
			nanos += int64(frac[i] - '0')
		}
	}
	if whole[0] == '-' {
		nanos = -nanos
	}
	return time.Unix(secs, nanos).UTC()
}

// epochSecondsMax bounds timestamps, in seconds: the last one of year 9999. What is beyond becomes the bound.
const epochSecondsMax = 253402300799

func secondsToTime(f float64) time.Time {
	f = max(-epochSecondsMax, min(epochSecondsMax, f))
	whole := math.Floor(f)
	return time.Unix(int64(whole), int64((f-whole)*1e9)).UTC()
}
