package wire

import (
	"encoding/base64"
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The append functions below are what generated encoders are made of. Each appends one value to dst and returns it.

// CloseJSON ends a list or structure whose items each ended in a comma.
func CloseJSON(dst []byte, closing byte) []byte {
	if dst[len(dst)-1] == ',' {
		dst[len(dst)-1] = closing
		return dst
	}
	return append(dst, closing)
}

const hexDigits = "0123456789abcdef"

// AppendJSONString appends s in quotes; invalid UTF-8 becomes U+FFFD.
func AppendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			dst = append(dst, s[from:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			from = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, s[from:i]...)
			dst = append(dst, "\uFFFD"...)
			i++
			from = i
			continue
		}
		i += size
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

// AppendJSONBlob appends b as a base64 string.
func AppendJSONBlob(dst, b []byte) []byte {
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, b)
	return append(dst, '"')
}

// AppendJSONInt appends n.
func AppendJSONInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

// AppendJSONBool appends true or false.
func AppendJSONBool(dst []byte, v bool) []byte { return strconv.AppendBool(dst, v) }

// AppendJSONFloat appends f; the three values that JSON has no numbers for become strings.
func AppendJSONFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(dst, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(dst, `"-Infinity"`...)
	}
	if size := math.Abs(f); size != 0 && (size < 1e-6 || size >= 1e21) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}

// AppendJSONTime appends t as seconds since the epoch, with up to three decimals where t has milliseconds. Some Java
// parsers refuse exponents and numbers longer than twenty characters.
func AppendJSONTime(dst []byte, t time.Time) []byte {
	millis := t.UnixMilli()
	if millis < 0 {
		dst = append(dst, '-')
		millis = -millis
	}
	dst = strconv.AppendInt(dst, millis/1000, 10)
	frac := millis % 1000
	if frac == 0 {
		return dst
	}
	dst = append(dst, '.', byte('0'+frac/100), byte('0'+frac/10%10), byte('0'+frac%10))
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// AppendJSONTimeISO appends t as a string in ISO 8601, for shapes that ask for it.
func AppendJSONTimeISO(dst []byte, t time.Time) []byte {
	return append(AppendTimeISO(append(dst, '"'), t), '"')
}

// AppendJSONRaw appends a document; an empty one as null.
func AppendJSONRaw(dst, raw []byte) []byte {
	if len(raw) == 0 {
		return append(dst, "null"...)
	}
	return append(dst, raw...)
}

// AppendTimeISO appends t as ISO 8601 in UTC, with milliseconds where it has any.
func AppendTimeISO(dst []byte, t time.Time) []byte {
	return t.UTC().Truncate(time.Millisecond).AppendFormat(dst, "2006-01-02T15:04:05.999Z07:00")
}

// AppendXMLText appends s with XML's special characters escaped.
func AppendXMLText(dst []byte, s string) []byte {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`"'&<>`, r) }) {
		return append(dst, s...)
	}
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder never fails
	return append(dst, b.String()...)
}

// AppendXMLFloat appends f.
func AppendXMLFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	return AppendJSONFloat(dst, f)
}

// AppendXMLOpen appends <name>.
func AppendXMLOpen(dst []byte, name string) []byte {
	return append(append(append(dst, '<'), name...), '>')
}

// AppendXMLClose appends </name>.
func AppendXMLClose(dst []byte, name string) []byte {
	return append(append(append(dst, '<', '/'), name...), '>')
}
