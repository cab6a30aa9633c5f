package wire

import (
	"encoding/binary"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// CBOR structures, maps and lists are written without a length, between an opening byte and cborBreak.
const cborBreak = 0xff

// OpenCBORMap begins a structure or map.
func OpenCBORMap(dst []byte) []byte { return append(dst, cborMap<<5|cborIndefinite) }

// OpenCBORList begins a list.
func OpenCBORList(dst []byte) []byte { return append(dst, cborArray<<5|cborIndefinite) }

// CloseCBOR ends a structure, map or list.
func CloseCBOR(dst []byte) []byte { return append(dst, cborBreak) }

// AppendCBORString appends a text string.
func AppendCBORString(dst []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return append(appendCBORHead(dst, cborText, uint64(len(s))), s...)
}

// AppendCBORBlob appends a byte string.
func AppendCBORBlob(dst, b []byte) []byte {
	return append(appendCBORHead(dst, cborBytes, uint64(len(b))), b...)
}

// AppendCBORInt appends n.
func AppendCBORInt(dst []byte, n int64) []byte {
	if n < 0 {
		return appendCBORHead(dst, cborNegative, uint64(-1-n))
	}
	return appendCBORHead(dst, cborUint, uint64(n))
}

// AppendCBORBool appends true or false.
func AppendCBORBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, 0xf5)
	}
	return append(dst, 0xf4)
}

// AppendCBORFloat appends f as a double.
func AppendCBORFloat(dst []byte, f float64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, cborSimple<<5|27), math.Float64bits(f))
}

// AppendCBORTime appends t as milliseconds since the epoch, without a tag.
func AppendCBORTime(dst []byte, t time.Time) []byte { return AppendCBORInt(dst, t.UnixMilli()) }

// AppendCBORTimeSeconds appends t as seconds since the epoch under tag 1, with milliseconds where t has any.
func AppendCBORTimeSeconds(dst []byte, t time.Time) []byte {
	dst = append(dst, cborTag<<5|1)
	if millis := t.UnixMilli(); millis%1000 != 0 {
		return AppendCBORFloat(dst, float64(millis)/1000)
	}
	return AppendCBORInt(dst, t.Unix())
}

// appendCBORHead appends the head of an item of a major type.
func appendCBORHead(dst []byte, major byte, n uint64) []byte {
	major <<= 5
	switch {
	case n < 24:
		return append(dst, major|byte(n))
	case n <= math.MaxUint8:
		return append(dst, major|24, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, major|25), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, major|27), n)
}
