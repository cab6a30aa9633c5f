package edge

import (
	"encoding/base64"
	"encoding/hex"
	"io"
	"sync"
)

const (
	requestIDBytes  = 16
	extendedIDBytes = 72   // AWS's x-amz-id-2 is 64 to 80 random bytes in base64
	randomBlock     = 4400 // bytes drawn from the source at a time: 50 requests
)

// ids makes request ids. They are names, not secrets: one block of randomness serves many.
type ids struct {
	mu   sync.Mutex // guards everything below
	rand io.Reader
	buf  [randomBlock]byte
	left []byte // what of buf is not used yet
}

// next returns a UUID and an extended id. A source that fails gives ids of zeros rather than no service.
func (s *ids) next() (id, extended string) {
	const size = requestIDBytes + extendedIDBytes
	var b [size]byte
	s.mu.Lock()
	if len(s.left) < size {
		if n, _ := io.ReadFull(s.rand, s.buf[:]); n < len(s.buf) {
			clear(s.buf[n:])
		}
		s.left = s.buf[:]
	}
	copy(b[:], s.left)
	s.left = s.left[size:]
	s.mu.Unlock()
	b[6] = b[6]&0x0f | 0x40 // version 4
	b[8] = b[8]&0x3f | 0x80 // the variant of RFC 9562
	var u [36]byte
	hex.Encode(u[0:8], b[0:4])
	hex.Encode(u[9:13], b[4:6])
	hex.Encode(u[14:18], b[6:8])
	hex.Encode(u[19:23], b[8:10])
	hex.Encode(u[24:36], b[10:16])
	u[8], u[13], u[18], u[23] = '-', '-', '-', '-'
	return string(u[:]), base64.StdEncoding.EncodeToString(b[requestIDBytes:])
}
