package wire

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A QueryDecoder reads a form as the query services spell structures: Member.Inner, List.member.1, Map.entry.1.key.
// Generated code drives it with the name of each member in full.
type QueryDecoder struct {
	values  map[string][]string
	names   []string // of values, sorted, made when a list is asked for
	typeErr *TypeError
}

// decodeForm reads the form in the body, or in the query string when the body is empty.
func (c *Codec[I, O]) decodeForm(svc *Service, r *Request, in *I) error {
	if c.DecodeQuery == nil {
		return nil
	}
	values := r.Query
	if len(r.Body) > 0 {
		var ok bool
		if values, ok = parseForm(string(r.Body)); !ok {
			return NewError("MalformedQueryString", http.StatusBadRequest, "The query string is malformed.")
		}
	}
	d := QueryDecoder{values: values}
	c.DecodeQuery(in, &d)
	if d.typeErr != nil {
		return decodeError(svc, d.typeErr)
	}
	return nil
}

// parseForm reads a form. url.ParseQuery stops at ten thousand parameters, fewer than AWS takes: a thousand metrics with
// their dimensions have more. Here itemsMax is the bound, as in the other encodings.
func parseForm(body string) (map[string][]string, bool) {
	values := map[string][]string{}
	pairs := 0
	for pair := range strings.SplitSeq(body, "&") {
		if pair == "" {
			continue
		}
		if pairs++; pairs > itemsMax || strings.Contains(pair, ";") {
			return nil, false
		}
		key, value, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(key)
		if err != nil {
			return nil, false
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, false
		}
		values[key] = append(values[key], value)
	}
	return values, true
}

// Has reports whether the form has the member name or something inside it.
func (d *QueryDecoder) Has(name string) bool {
	if _, ok := d.values[name]; ok {
		return true
	}
	if d.names == nil {
		d.names = SortedKeys(d.values)
	}
	i, _ := slices.BinarySearch(d.names, name+".")
	return i < len(d.names) && strings.HasPrefix(d.names[i], name+".")
}

// Element returns the name of element i, from zero, of a list whose elements are called item ("" when flattened);
// false after the last. Positions count from one without gaps.
func (d *QueryDecoder) Element(list, item string, i int) (string, bool) {
	name := list + "."
	if item != "" {
		name += item + "."
	}
	name += strconv.Itoa(i + 1)
	return name, d.Has(name)
}

// Entry returns the names of the key and the value of entry i, from zero, of a map; false after the last.
func (d *QueryDecoder) Entry(name string, i int) (key, value string, ok bool) {
	at := name + ".entry." + strconv.Itoa(i+1) + "."
	return at + "key", at + "value", d.Has(at + "key")
}

// IsEmptyList reports whether the form has the bare name, which is how SDKs send an empty list.
func (d *QueryDecoder) IsEmptyList(name string) bool {
	v, ok := d.values[name]
	return ok && len(v) > 0 && v[0] == ""
}

// String returns the member name, nil when it is absent.
func (d *QueryDecoder) String(name string) *string {
	if list := d.values[name]; len(list) > 0 {
		h := d.http()
		defer d.keep(h)
		return h.text(&list[0])
	}
	return nil
}

func (d *QueryDecoder) http() *HTTPDecoder { return &HTTPDecoder{} }

func (d *QueryDecoder) keep(h *HTTPDecoder) {
	if d.typeErr == nil {
		d.typeErr = h.typeErr
	}
}

// Int32 reads an integer, nil when it is absent.
func (d *QueryDecoder) Int32(name string) *int32 {
	h := d.http()
	defer d.keep(h)
	return h.Int32(d.String(name))
}

// Int64 reads a long, nil when it is absent.
func (d *QueryDecoder) Int64(name string) *int64 {
	h := d.http()
	defer d.keep(h)
	return h.Int64(d.String(name))
}

// Float64 reads a double, nil when it is absent.
func (d *QueryDecoder) Float64(name string) *float64 {
	h := d.http()
	defer d.keep(h)
	return h.Float64(d.String(name))
}

// Bool reads true or false, nil when it is absent.
func (d *QueryDecoder) Bool(name string) *bool {
	h := d.http()
	defer d.keep(h)
	return h.Bool(d.String(name))
}

// Timestamp reads an ISO 8601 time, nil when it is absent.
func (d *QueryDecoder) Timestamp(name string) *time.Time {
	h := d.http()
	defer d.keep(h)
	return h.Timestamp(d.String(name))
}

// Blob reads base64, nil when it is absent.
func (d *QueryDecoder) Blob(name string) []byte {
	s := d.String(name)
	if s == nil {
		return nil
	}
	out, why := decodeBase64(*s)
	if why != "" {
		if d.typeErr == nil {
			d.typeErr = &TypeError{want: kindBlob, got: kindString, text: why}
		}
		return nil
	}
	if out == nil {
		out = []byte{}
	}
	return out
}

// appendQueryResult writes the answer of an operation; members writes what its output holds, nil for nothing.
func appendQueryResult(dst []byte, svc *Service, op, requestID string, members func([]byte) []byte) []byte {
	dst = append(dst, '<')
	dst = append(dst, op...)
	dst = append(dst, `Response xmlns="`...)
	dst = AppendXMLText(dst, svc.XMLNamespace)
	dst = append(dst, "\">\n"...)
	if body := members(append(AppendXMLOpen(nil, op+"Result"), '\n')); body != nil {
		dst = append(dst, body...)
		dst = append(AppendXMLClose(dst, op+"Result"), '\n')
	}
	dst = append(dst, "<ResponseMetadata>\n<RequestId>"...)
	dst = AppendXMLText(dst, requestID)
	return append(dst, "</RequestId>\n</ResponseMetadata>\n</"+op+"Response>\n"...)
}
