package wire

import (
	"encoding/base64"
	"math"
	"strconv"
)

// Raw returns one value of any kind as JSON, for shapes that are documents; nil for null.
func (d *CBORDecoder) Raw() []byte {
	if d.IsNull() {
		return nil
	}
	out := d.appendJSON(nil)
	if d.bad {
		return nil
	}
	return out
}

// appendJSON appends one value as JSON; byte strings become base64.
func (d *CBORDecoder) appendJSON(dst []byte) []byte {
	switch d.peek() {
	case kindStructure:
		dst = append(dst, '{')
		if d.enter() {
			for d.NextMember() {
				dst = append(AppendJSONString(dst, d.Key), ':')
				dst = append(d.appendJSON(dst), ',')
			}
		}
		return CloseJSON(dst, '}')
	case kindList:
		dst = append(dst, '[')
		if d.enter() {
			for d.next() {
				dst = append(d.appendJSON(dst), ',')
			}
		}
		return CloseJSON(dst, ']')
	case kindString:
		return AppendJSONString(dst, d.text())
	case kindBlob:
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, d.run())
		return append(dst, '"')
	case kindBoolean:
		v := d.Bool()
		return AppendJSONBool(dst, v != nil && *v)
	case kindNumber:
		if d.buf[d.pos]>>5 == cborSimple {
			if f := d.Float64(); f != nil {
				return AppendJSONFloat(dst, *f)
			}
			return dst // malformed: nobody looks at dst
		}
		n, _ := d.integer(kindLong, math.MinInt64, math.MaxInt64)
		return AppendJSONInt(dst, n)
	}
	d.Skip()
	return append(dst, "null"...)
}

// AppendCBORRaw appends a JSON document as CBOR.
func AppendCBORRaw(dst, raw []byte) []byte {
	if len(raw) == 0 {
		return append(dst, 0xf6)
	}
	return appendCBORFromJSON(dst, NewJSONDecoder(raw))
}

// appendCBORFromJSON appends the next value of d as CBOR.
func appendCBORFromJSON(dst []byte, d *JSONDecoder) []byte {
	switch d.peek() {
	case kindStructure:
		dst = OpenCBORMap(dst)
		if d.enter() {
			for d.NextMember() {
				dst = AppendCBORString(dst, d.Key)
				dst = appendCBORFromJSON(dst, d)
			}
		}
		return CloseCBOR(dst)
	case kindList:
		dst = OpenCBORList(dst)
		if d.enter() {
			for d.separated(']') {
				dst = appendCBORFromJSON(dst, d)
			}
		}
		return CloseCBOR(dst)
	case kindString:
		return AppendCBORString(dst, d.text())
	case kindBoolean:
		v := d.Bool()
		return AppendCBORBool(dst, v != nil && *v)
	case kindNumber:
		text := string(d.number())
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return AppendCBORInt(dst, n)
		}
		f, _ := strconv.ParseFloat(text, 64)
		return AppendCBORFloat(dst, f)
	}
	d.Skip()
	return append(dst, 0xf6)
}
