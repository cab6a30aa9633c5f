package wire

import (
	"bytes"
	"encoding/base64"
	"strconv"
)

// arena allocates the small values of one request together.
type arena struct {
	strings []string
	blobs   []byte
}

// string returns a pointer to a copy of s's header.
func (a *arena) string(s string) *string {
	if len(a.strings) == cap(a.strings) {
		a.strings = make([]string, 0, max(4, min(2*cap(a.strings), 64)))
	}
	a.strings = append(a.strings, s)
	return &a.strings[len(a.strings)-1]
}

var strictBase64 = base64.StdEncoding.Strict()

// base64 decodes raw, whose length is a multiple of four. rest is how many bytes of the document follow, which bounds
// what further blobs can need.
func (a *arena) base64(raw []byte, rest int) ([]byte, bool) {
	size := len(raw) / 4 * 3
	if size == 0 {
		return []byte{}, true
	}
	if cap(a.blobs)-len(a.blobs) < size {
		a.blobs = make([]byte, 0, max(size, min(blobChunkBytes, size+rest/4*3)))
	}
	from := len(a.blobs)
	out := a.blobs[from : from+size]
	n, err := strictBase64.Decode(out, raw)
	if err != nil || n < size-2 || bytes.IndexByte(raw, '\n') >= 0 || bytes.IndexByte(raw, '\r') >= 0 {
		return nil, false
	}
	a.blobs = a.blobs[:from+n]
	return out[:n:n], true
}

// decodeBase64 decodes s or says, in Kinesis's words, why it cannot.
func decodeBase64(s string) (out []byte, why string) {
	if len(s)%4 != 0 {
		return nil, "Base64 encoded length is expected a multiple of 4 bytes but found: " + strconv.Itoa(len(s))
	}
	body := s
	for range 2 {
		if len(body) > 0 && body[len(body)-1] == '=' {
			body = body[:len(body)-1]
		}
	}
	for _, c := range body {
		letter := 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/'
		if !letter {
			return nil, "Invalid Base64 character: '" + string(c) + "'"
		}
	}
	out, err := strictBase64.DecodeString(s)
	if err != nil {
		return nil, "Invalid last non-pad Base64 character dectected"
	}
	return out, ""
}
