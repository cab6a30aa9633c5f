package wire

import (
	"math"
	"net/http"
	"net/textproto"
	"strconv"
	"time"
	"unicode/utf8"
)

// An HTTPDecoder reads the members of a REST request that do not travel in its body. Generated code drives it. A
// value of a wrong type is remembered as a TypeError.
type HTTPDecoder struct {
	request *Request
	typeErr *TypeError
}

// text checks that a value is text.
func (d *HTTPDecoder) text(s *string) *string {
	if !utf8.ValidString(*s) {
		if d.typeErr == nil {
			d.typeErr = &TypeError{want: kindRefused, got: kindRefused, text: notText}
		}
		return nil
	}
	return s
}

const notText = "A value outside the body is not valid UTF-8"

// Label returns the value of label i of the path's template, nil when the path has fewer.
func (d *HTTPDecoder) Label(i int) *string {
	if i >= len(d.request.Labels) {
		return nil
	}
	return d.text(&d.request.Labels[i])
}

// Query returns the value of a parameter, the first when there are several, nil when it is absent.
func (d *HTTPDecoder) Query(name string) *string {
	if list := d.request.Query[name]; len(list) > 0 {
		return d.text(&list[0])
	}
	return nil
}

// QueryList returns all values of a parameter, nil when it is absent.
func (d *HTTPDecoder) QueryList(name string) []string {
	list := d.request.Query[name]
	for i := range list {
		d.text(&list[i])
	}
	return list
}

// Header returns the value of a header, nil when it is absent.
func (d *HTTPDecoder) Header(name string) *string {
	if list := d.request.Header[textproto.CanonicalMIMEHeaderKey(name)]; len(list) > 0 {
		return d.text(&list[0])
	}
	return nil
}

// Body returns the whole body.
func (d *HTTPDecoder) Body() []byte { return d.request.Body }

func (d *HTTPDecoder) mistyped(want kind, text string) {
	if d.typeErr == nil {
		d.typeErr = &TypeError{want: want, got: kindString, text: text}
	}
}

// Int32 reads an integer; nil for nil.
func (d *HTTPDecoder) Int32(s *string) *int32 {
	if s == nil {
		return nil
	}
	n, err := strconv.ParseInt(*s, 10, 32)
	if err != nil {
		d.mistyped(kindInteger, *s)
		return nil
	}
	v := int32(n)
	return &v
}

// Int64 reads a long; nil for nil.
func (d *HTTPDecoder) Int64(s *string) *int64 {
	if s == nil {
		return nil
	}
	n, err := strconv.ParseInt(*s, 10, 64)
	if err != nil {
		d.mistyped(kindLong, *s)
		return nil
	}
	return &n
}

// Float64 reads a double; nil for nil.
func (d *HTTPDecoder) Float64(s *string) *float64 {
	if s == nil {
		return nil
	}
	f, err := strconv.ParseFloat(*s, 64)
	if err != nil || math.IsNaN(f) {
		d.mistyped(kindDouble, *s)
		return nil
	}
	return &f
}

// Bool reads true or false; nil for nil.
func (d *HTTPDecoder) Bool(s *string) *bool {
	if s == nil {
		return nil
	}
	v := *s == "true"
	if !v && *s != "false" {
		d.mistyped(kindBoolean, *s)
		return nil
	}
	return &v
}

// Timestamp reads an ISO 8601 time or an HTTP date; nil for nil.
func (d *HTTPDecoder) Timestamp(s *string) *time.Time {
	if s == nil {
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, *s)
	if err != nil {
		t, err = http.ParseTime(*s)
	}
	if err != nil {
		d.mistyped(kindTimestamp, *s)
		return nil
	}
	t = t.UTC()
	return &t
}

// SetHeader puts a member of an answer into a header.
func (r *Response) SetHeader(name, value string) {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set(name, value)
}
