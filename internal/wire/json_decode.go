package wire

import (
	"bytes"
	"unicode/utf8"
	"unsafe"
)

// depthMax bounds how deeply lists, maps and structures may nest in a request, in levels. DynamoDB allows 32 levels in an
// item, two of these each, within a handful of others.
const depthMax = 96

// itemsMax bounds the elements of all lists and the entries of all maps of one request together, so that a body of
// empty structures does not become many times its size in memory. The longest list
// that a model bounds has 500.
const itemsMax = 100_000

// blobChunkBytes is the size of the pieces in which small blobs of one request are allocated together.
const blobChunkBytes = 256 << 10

// JSONDecoder reads one JSON document member by member; generated code drives it. It accepts what encoding/json
// accepts, less four things: invalid UTF-8 is refused rather than replaced, nesting stops at depthMax, lists and maps
// at itemsMax, and a null in a list or a map is refused. The first member of a wrong type is remembered and skipped, so that text that is not
// JSON at all is reported before it, as AWS does. Strings it returns alias the document.
type JSONDecoder struct {
	// Key is the name of the member that NextMember found.
	Key string

	buf     []byte
	pos     int
	depth   int
	fresh   bool // nothing was read yet of the innermost list or map
	bad     bool // not JSON
	items   int
	typeErr *TypeError
	arena   arena
}

// NewJSONDecoder returns a decoder of buf.
func NewJSONDecoder(buf []byte) *JSONDecoder { return &JSONDecoder{buf: buf} }

// Err ends the document: it returns ErrMalformed if the document is not JSON or goes on after its value, a *TypeError
// for the first member of a wrong type, or nil.
func (d *JSONDecoder) Err() error {
	if !d.bad {
		d.skipSpace()
		if d.pos != len(d.buf) || d.depth != 0 {
			d.fail()
		}
	}
	if d.bad {
		return ErrMalformed
	}
	if d.typeErr != nil {
		return d.typeErr
	}
	return nil
}

func (d *JSONDecoder) fail() {
	d.bad = true
	d.pos = len(d.buf)
}

func (d *JSONDecoder) mistyped(want, got kind, text string) {
	if d.typeErr == nil {
		d.typeErr = &TypeError{want: want, got: got, text: text}
	}
}

// Refuse reports that the value just read breaks the form of its shape, such as a union with two members.
func (d *JSONDecoder) Refuse(why string) { d.mistyped(kindRefused, kindRefused, why) }

func (d *JSONDecoder) skipSpace() {
	for d.pos < len(d.buf) {
		switch d.buf[d.pos] {
		case ' ', '\n', '\t', '\r':
			d.pos++
		default:
			return
		}
	}
}

// peek returns the kind of the next value, or kindNone where none can begin.
func (d *JSONDecoder) peek() kind {
	d.skipSpace()
	if d.pos >= len(d.buf) {
		return kindNone
	}
	switch d.buf[d.pos] {
	case '"':
		return kindString
	case '{':
		return kindStructure
	case '[':
		return kindList
	case 't', 'f':
		return kindBoolean
	case 'n':
		return kindNull
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return kindNumber
	}
	return kindNone
}

// expect reports whether the next value is of kind want. If not, it is consumed: a null silently, any other value as
// a type error.
func (d *JSONDecoder) expect(want kind, expected kind) bool {
	got := d.peek()
	if got == want {
		return true
	}
	if got != kindNull && got != kindNone {
		d.mistyped(expected, got, d.boolText(got))
	}
	d.Skip()
	return false
}

func (d *JSONDecoder) boolText(got kind) string {
	if got == kindBoolean && d.buf[d.pos] == 't' {
		return "TRUE_VALUE"
	}
	return "FALSE_VALUE"
}

func (d *JSONDecoder) enter() bool {
	if d.depth++; d.depth > depthMax {
		d.fail()
		return false
	}
	d.pos++
	d.fresh = true
	return true
}

// BeginStructure enters a structure; false when the value is null or something else, which is then consumed.
func (d *JSONDecoder) BeginStructure() bool {
	return d.expect(kindStructure, kindStructure) && d.enter()
}

// BeginMap enters a map, as BeginStructure does.
func (d *JSONDecoder) BeginMap() bool { return d.expect(kindStructure, kindMap) && d.enter() }

// BeginList enters a list, as BeginStructure does.
func (d *JSONDecoder) BeginList() bool { return d.expect(kindList, kindList) && d.enter() }

// NextElement moves to the next element of a list; false after the last, when the list is left.
func (d *JSONDecoder) NextElement() bool {
	if !d.separated(']') {
		return false
	}
	if d.peek() == kindNull {
		d.Refuse("null is not allowed in a list")
	}
	return d.counted()
}

// counted counts one more item of a list or map.
func (d *JSONDecoder) counted() bool {
	if d.items++; d.items > itemsMax {
		d.fail()
	}
	return !d.bad
}

// separated consumes the comma before the next element or member, or the closing byte.
func (d *JSONDecoder) separated(closing byte) bool {
	d.skipSpace()
	if d.pos >= len(d.buf) {
		d.fail()
		return false
	}
	c := d.buf[d.pos]
	if c == closing {
		d.pos++
		d.depth--
		d.fresh = false
		return false
	}
	if !d.fresh {
		if c != ',' {
			d.fail()
			return false
		}
		d.pos++
	}
	d.fresh = false
	return true
}

// NextMember moves to the value of the next member of a structure or map and sets Key; false after the last, when the
// structure is left.
func (d *JSONDecoder) NextMember() bool {
	if !d.separated('}') {
		return false
	}
	d.skipSpace()
	if d.pos >= len(d.buf) || d.buf[d.pos] != '"' {
		d.fail()
		return false
	}
	d.Key = d.text()
	d.skipSpace()
	if d.pos >= len(d.buf) || d.buf[d.pos] != ':' {
		d.fail()
		return false
	}
	d.pos++
	return !d.bad
}

// NextEntry is NextMember for maps, whose values may not be null.
func (d *JSONDecoder) NextEntry() bool {
	if !d.NextMember() {
		return false
	}
	if d.peek() == kindNull {
		d.Refuse("null is not allowed in a map")
	}
	return d.counted()
}

// IsNull reports whether the next value is null, and consumes it then.
func (d *JSONDecoder) IsNull() bool {
	if d.peek() != kindNull {
		return false
	}
	d.literal("null")
	return true
}

func (d *JSONDecoder) literal(word string) {
	if len(d.buf)-d.pos < len(word) || string(d.buf[d.pos:d.pos+len(word)]) != word {
		d.fail()
		return
	}
	d.pos += len(word)
}

// Skip consumes one value of any kind.
func (d *JSONDecoder) Skip() {
	switch d.peek() {
	case kindString:
		d.text()
	case kindStructure:
		if d.enter() {
			for d.NextMember() {
				d.Skip()
			}
		}
	case kindList:
		if d.enter() {
			for d.separated(']') {
				d.Skip()
			}
		}
	case kindBoolean:
		if d.buf[d.pos] == 't' {
			d.literal("true")
		} else {
			d.literal("false")
		}
	case kindNull:
		d.literal("null")
	case kindNumber:
		d.number()
	default:
		d.fail()
	}
}

// Raw returns the text of one value of any kind, for shapes that are documents; nil for null.
func (d *JSONDecoder) Raw() []byte {
	d.skipSpace()
	from := d.pos
	null := d.peek() == kindNull
	d.Skip()
	if d.bad || null {
		return nil
	}
	return d.buf[from:d.pos:d.pos]
}

// quoted returns what stands between the quotes of the string at pos, and whether it holds escapes.
func (d *JSONDecoder) quoted() (raw []byte, escaped bool) {
	rest := d.buf[d.pos+1:]
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		d.fail()
		return nil, false
	}
	if bytes.IndexByte(rest[:end], '\\') < 0 {
		d.pos += end + 2
		return rest[:end], false
	}
	for i := 0; i < len(rest); {
		switch rest[i] {
		case '"':
			d.pos += i + 2
			return rest[:i], true
		case '\\':
			i += 2
		default:
			i++
		}
	}
	d.fail()
	return nil, false
}

// text reads the string at pos.
func (d *JSONDecoder) text() string {
	raw, escaped := d.quoted()
	return d.checked(raw, escaped)
}

// checked turns a string's raw bytes into its value, refusing control characters and invalid UTF-8.
func (d *JSONDecoder) checked(raw []byte, escaped bool) string {
	if len(raw) == 0 {
		return ""
	}
	if !plainASCII(raw) {
		for _, c := range raw {
			if c < ' ' {
				d.fail()
				return ""
			}
		}
		if !utf8.Valid(raw) {
			d.fail()
			return ""
		}
	}
	if escaped {
		var ok bool
		if raw, ok = unescape(raw); !ok {
			d.fail()
			return ""
		}
		if len(raw) == 0 {
			return ""
		}
	}
	return unsafe.String(&raw[0], len(raw))
}
