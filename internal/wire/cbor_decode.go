package wire

import (
	"math"
	"time"
	"unicode/utf8"
	"unsafe"
)

// CBORDecoder reads one CBOR document member by member, with the methods of JSONDecoder and the same rules. Lengths
// may be definite or not; integers and floats may have any width; tags are passed over. A timestamp is milliseconds
// since the epoch, as Kinesis has it, or seconds. Nothing is allocated by a declared length. Strings and blobs alias the document.
type CBORDecoder struct {
	// Key is the name of the member that NextMember found.
	Key string

	buf     []byte
	pos     int
	depth   int
	left    [depthMax + 1]uint64 // items left on each level; indefinite where the end is marked
	bad     bool
	items   int
	typeErr *TypeError
	arena   arena
}

// CBOR's major types, and the additional information that means "no length given".
const (
	cborUint = iota
	cborNegative
	cborBytes
	cborText
	cborArray
	cborMap
	cborTag
	cborSimple

	cborIndefinite = 31
	indefinite     = math.MaxUint64
)

// NewCBORDecoder returns a decoder of buf.
func NewCBORDecoder(buf []byte) *CBORDecoder { return &CBORDecoder{buf: buf} }

// Err ends the document, as JSONDecoder.Err does.
func (d *CBORDecoder) Err() error {
	if d.bad || d.pos != len(d.buf) || d.depth != 0 {
		return ErrMalformed
	}
	if d.typeErr != nil {
		return d.typeErr
	}
	return nil
}

func (d *CBORDecoder) fail() {
	d.bad = true
	d.pos = len(d.buf)
}

func (d *CBORDecoder) mistyped(want, got kind, text string) {
	if d.typeErr == nil {
		d.typeErr = &TypeError{want: want, got: got, text: text}
	}
}

// Refuse reports that the value just read breaks the form of its shape.
func (d *CBORDecoder) Refuse(why string) { d.mistyped(kindRefused, kindRefused, why) }

// head reads the head of an item: its major type, its additional information and its argument, which is indefinite
// for an item without a length.
func (d *CBORDecoder) head() (major, info byte, arg uint64) {
	if d.pos >= len(d.buf) {
		d.fail()
		return cborSimple, 0, 0
	}
	first := d.buf[d.pos]
	d.pos++
	major, info = first>>5, first&31
	if info < 24 {
		return major, info, uint64(info)
	}
	if info == cborIndefinite && (major >= cborBytes && major <= cborMap) {
		return major, info, indefinite
	}
	if info > 27 {
		d.fail()
		return cborSimple, 0, 0
	}
	size := 1 << (info - 24)
	if len(d.buf)-d.pos < size {
		d.fail()
		return cborSimple, 0, 0
	}
	for _, c := range d.buf[d.pos : d.pos+size] {
		arg = arg<<8 | uint64(c)
	}
	d.pos += size
	return major, info, arg
}

// peek passes over tags, depthMax of them at most, and returns the kind of the next value.
func (d *CBORDecoder) peek() kind {
	for tags := 0; d.pos < len(d.buf) && d.buf[d.pos]>>5 == cborTag; tags++ {
		if tags == depthMax {
			d.fail()
			return kindNone
		}
		d.head()
	}
	if d.pos >= len(d.buf) {
		return kindNone
	}
	switch first := d.buf[d.pos]; first >> 5 {
	case cborUint, cborNegative:
		return kindNumber
	case cborBytes:
		return kindBlob
	case cborText:
		return kindString
	case cborArray:
		return kindList
	case cborMap:
		return kindStructure
	default:
		switch first & 31 {
		case 20, 21:
			return kindBoolean
		case 22, 23:
			return kindNull
		case 25, 26, 27:
			return kindNumber
		}
	}
	return kindNone
}

// expect reports whether the next value is of kind want. If not, it is consumed: a null silently, any other value as
// a type error.
func (d *CBORDecoder) expect(want, expected kind) bool {
	got := d.peek()
	if got == want {
		return true
	}
	text := "FALSE_VALUE"
	if got == kindBoolean && d.buf[d.pos]&31 == 21 {
		text = "TRUE_VALUE"
	}
	if got != kindNull && got != kindNone {
		d.mistyped(expected, got, text)
	}
	d.Skip()
	return false
}

func (d *CBORDecoder) enter() bool {
	_, _, n := d.head()
	if d.bad {
		return false
	}
	if d.depth++; d.depth > depthMax {
		d.fail()
		return false
	}
	d.left[d.depth] = n
	return true
}

// BeginStructure enters a structure; false when the value is null or something else, which is then consumed.
func (d *CBORDecoder) BeginStructure() bool {
	return d.expect(kindStructure, kindStructure) && d.enter()
}

// BeginMap enters a map, as BeginStructure does.
func (d *CBORDecoder) BeginMap() bool { return d.expect(kindStructure, kindMap) && d.enter() }

// BeginList enters a list, as BeginStructure does.
func (d *CBORDecoder) BeginList() bool { return d.expect(kindList, kindList) && d.enter() }

// next reports whether the innermost level has one more item, and leaves the level if not.
func (d *CBORDecoder) next() bool {
	if d.bad {
		return false
	}
	switch n := d.left[d.depth]; n {
	case 0:
		d.depth--
		return false
	case indefinite:
		if d.pos < len(d.buf) && d.buf[d.pos] == 0xff {
			d.pos++
			d.depth--
			return false
		}
	default:
		d.left[d.depth] = n - 1
	}
	if d.pos >= len(d.buf) {
		d.fail()
	}
	return !d.bad
}

// NextElement moves to the next element of a list; false after the last, when the list is left.
func (d *CBORDecoder) NextElement() bool {
	if !d.next() {
		return false
	}
	if d.peek() == kindNull {
		d.Refuse("null is not allowed in a list")
	}
	return d.counted()
}

// counted counts one more item of a list or map.
func (d *CBORDecoder) counted() bool {
	if d.items++; d.items > itemsMax {
		d.fail()
	}
	return !d.bad
}

// NextMember moves to the value of the next member of a structure or map and sets Key; false after the last.
func (d *CBORDecoder) NextMember() bool {
	if !d.next() {
		return false
	}
	if d.peek() != kindString {
		d.fail()
		return false
	}
	d.Key = d.text()
	return !d.bad
}

// NextEntry is NextMember for maps, whose values may not be null.
func (d *CBORDecoder) NextEntry() bool {
	if !d.NextMember() {
		return false
	}
	if d.peek() == kindNull {
		d.Refuse("null is not allowed in a map")
	}
	return d.counted()
}

// IsNull reports whether the next value is null, and consumes it then.
func (d *CBORDecoder) IsNull() bool {
	if d.peek() != kindNull {
		return false
	}
	d.pos++
	return true
}

// Skip consumes one value of any kind.
func (d *CBORDecoder) Skip() {
	switch d.peek() {
	case kindStructure:
		if d.enter() {
			for d.next() {
				d.Skip()
				d.Skip()
			}
		}
	case kindList:
		if d.enter() {
			for d.next() {
				d.Skip()
			}
		}
	case kindString:
		d.text()
	case kindBlob:
		d.run()
	case kindNumber, kindBoolean, kindNull:
		d.head()
	default:
		// Simple values without a meaning for us, but well-formed.
		if major, info, arg := d.head(); major != cborSimple || info > 24 || (info == 24 && arg < 32) {
			d.fail()
		}
	}
}

// run reads the bytes of a byte or text string, joining the pieces of one without a length.
func (d *CBORDecoder) run() []byte {
	major, _, n := d.head()
	if d.bad {
		return nil
	}
	if n != indefinite {
		return d.take(n)
	}
	joined := []byte{}
	for {
		if d.pos < len(d.buf) && d.buf[d.pos] == 0xff {
			d.pos++
			return joined
		}
		piece, _, n := d.head()
		if d.bad || piece != major || n == indefinite {
			d.fail()
			return nil
		}
		part := d.take(n)
		if major == cborText && !utf8.Valid(part) { // each piece must be whole text
			d.fail()
			return nil
		}
		joined = append(joined, part...)
	}
}

func (d *CBORDecoder) take(n uint64) []byte {
	if d.bad || n > uint64(len(d.buf)-d.pos) {
		d.fail()
		return nil
	}
	from := d.pos
	d.pos += int(n)
	return d.buf[from:d.pos:d.pos]
}

func (d *CBORDecoder) text() string {
	b := d.run()
	if len(b) == 0 {
		return ""
	}
	if !plainASCII(b) && !utf8.Valid(b) {
		d.fail()
		return ""
	}
	return unsafe.String(&b[0], len(b))
}

// Text reads a string; false when it is null or not a string.
func (d *CBORDecoder) Text() (string, bool) {
	if !d.expect(kindString, kindString) {
		return "", false
	}
	s := d.text()
	return s, !d.bad
}

// String reads a string, nil for null.
func (d *CBORDecoder) String() *string {
	s, ok := d.Text()
	if !ok {
		return nil
	}
	return d.arena.string(s)
}

// integer reads a whole number, clamped, or a float, cut off and clamped.
func (d *CBORDecoder) integer(as kind, low, high int64) (int64, bool) {
	if !d.expect(kindNumber, as) {
		return 0, false
	}
	major, info, arg := d.head()
	if d.bad {
		return 0, false
	}
	switch major {
	case cborUint:
		return max(low, int64(min(uint64(high), arg))), true
	case cborNegative:
		if arg > math.MaxInt64 {
			return low, true
		}
		return min(high, max(low, -1-int64(arg))), true
	}
	return clamp(float(info, arg), low, high), true
}

// float turns the argument of a float of the width that info names into its value.
func float(info byte, arg uint64) float64 {
	switch info {
	case 25:
		return halfFloat(uint16(arg))
	case 26:
		return float64(math.Float32frombits(uint32(arg)))
	}
	return math.Float64frombits(arg)
}

// halfFloat widens an IEEE 754 half.
func halfFloat(h uint16) float64 {
	exponent, mantissa := int(h>>10&31), float64(h&1023)
	var f float64
	switch exponent {
	case 0:
		f = math.Ldexp(mantissa, -24)
	case 31:
		if mantissa != 0 {
			return math.NaN()
		}
		f = math.Inf(1)
	default:
		f = math.Ldexp(mantissa+1024, exponent-25)
	}
	if h&0x8000 != 0 {
		return -f
	}
	return f
}

// Int32 reads an integer, nil for null.
func (d *CBORDecoder) Int32() *int32 {
	n, ok := d.integer(kindInteger, math.MinInt32, math.MaxInt32)
	if !ok {
		return nil
	}
	v := int32(n)
	return &v
}

// Int64 reads a long, nil for null.
func (d *CBORDecoder) Int64() *int64 {
	n, ok := d.integer(kindLong, math.MinInt64, math.MaxInt64)
	if !ok {
		return nil
	}
	return &n
}

// Float64 reads a double, nil for null.
func (d *CBORDecoder) Float64() *float64 {
	if !d.expect(kindNumber, kindDouble) {
		return nil
	}
	major, info, arg := d.head()
	if d.bad {
		return nil
	}
	var f float64
	switch major {
	case cborUint:
		f = float64(arg)
	case cborNegative:
		f = -1 - float64(arg)
	default:
		f = float(info, arg)
	}
	return &f
}

// Bool reads a boolean, nil for null.
func (d *CBORDecoder) Bool() *bool {
	if d.peek() == kindString {
		d.mistyped(kindBoolean, kindString, d.text())
		return nil
	}
	if !d.expect(kindBoolean, kindBoolean) {
		return nil
	}
	v := d.buf[d.pos] == 0xf5
	d.pos++
	return &v
}

// Blob reads a byte string, or a text string of base64; nil for null.
func (d *CBORDecoder) Blob() []byte {
	if d.peek() == kindString {
		text := d.text()
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
	if !d.expect(kindBlob, kindBlob) {
		return nil
	}
	b := d.run()
	if d.bad {
		return nil
	}
	if b == nil {
		b = []byte{}
	}
	return b
}

// TimestampSeconds reads seconds since the epoch, as the Smithy RPC protocol has them, to the millisecond; nil for null.
func (d *CBORDecoder) TimestampSeconds() *time.Time {
	if !d.expect(kindNumber, kindTimestamp) {
		return nil
	}
	major, info, arg := d.head()
	if d.bad {
		return nil
	}
	var seconds float64
	switch major {
	case cborUint:
		seconds = float64(arg)
	case cborNegative:
		seconds = -1 - float64(arg)
	default:
		seconds = float(info, arg)
	}
	t := time.UnixMilli(clamp(math.Round(seconds*1000), -epochSecondsMax*1000, epochSecondsMax*1000)).UTC()
	return &t
}

// Timestamp reads milliseconds since the epoch, nil for null.
func (d *CBORDecoder) Timestamp() *time.Time {
	if !d.expect(kindNumber, kindTimestamp) {
		return nil
	}
	millis, ok := d.integer(kindTimestamp, -epochSecondsMax*1000, epochSecondsMax*1000)
	if !ok {
		return nil
	}
	t := time.UnixMilli(millis).UTC()
	return &t
}
