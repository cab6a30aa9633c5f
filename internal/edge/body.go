package edge

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/wire"
)

// How many bytes a body may have, as sent and after decompression.
const (
	// Kinesis takes 10 MiB of data and keys in a PutRecords: 13.4 MiB in base64, and the JSON around 500 records.
	kinesisBodyBytesMax = 16 << 20
	// Connect's largest inputs are flow and evaluation form contents of some 256 KiB, which JSON may escape to more.
	connectBodyBytesMax = 2 << 20
	// DynamoDB takes 16 MiB in a BatchWriteItem.
	dynamodbBodyBytesMax = 16 << 20
	// The largest query input is a session policy with tags, tens of KiB when encoded.
	stsBodyBytesMax = 256 << 10
	// "Each PutMetricData request is limited to 1 MB in size for HTTP POST requests" (API reference of PutMetricData). The
	// CloudWatch agent counts that before compression.
	cloudWatchBodyBytesMax = 1 << 20
	// Any other service, until someone looks it up.
	otherBodyBytesMax = 2 << 20
	// A form of which nothing but the form itself can say whose it is.
	unknownBodyBytesMax = 256 << 10
)

func bodyBytesMaxOf(service string) int64 {
	switch service {
	case "kinesis":
		return kinesisBodyBytesMax
	case "connect":
		return connectBodyBytesMax
	case "dynamodb":
		return dynamodbBodyBytesMax
	case "sts":
		return stsBodyBytesMax
	case "cloudwatch":
		return cloudWatchBodyBytesMax
	}
	return otherBodyBytesMax
}

const (
	// What is allocated on the word of a Content-Length alone; the rest follows as bytes arrive.
	bodyBytesTrusted = 1 << 20
	bodyReadTimeout  = time.Minute // for the whole body
)

// A tooLarge body was refused before it was read to its end.
type tooLarge struct{ bytesMax int64 }

func (e tooLarge) Error() string {
	return fmt.Sprintf("The request body is larger than %d bytes.", e.bytesMax)
}

// An encodingError is a Content-Encoding that does not decode.
type encodingError struct{ message string }

func (e encodingError) Error() string { return e.message }

// readBody fills c.raw. It is called at most once with effect. The first read is what makes net/http answer
// "100 Continue", so a client that waits for it sends nothing that is refused by its headers.
func (c *call) readBody(bytesMax int64) error {
	if c.read {
		return nil
	}
	c.read = true
	n := c.r.ContentLength
	switch {
	case n == 0:
		return nil
	case n > bytesMax:
		return tooLarge{bytesMax}
	}
	var err error
	c.raw, err = readAll(c.r.Body, n, bytesMax)
	if err == nil {
		_ = c.ctl.SetReadDeadline(time.Time{}) // it would end the operation, which may take longer
	}
	return err
}

// readAll reads r to its end, n bytes if that is known (not negative), bytesMax at most.
func readAll(r io.Reader, n, bytesMax int64) ([]byte, error) {
	size := min(n, bodyBytesTrusted)
	if n < 0 {
		size = bytes.MinRead
	}
	b := make([]byte, 0, size+1) // one more, so that the end is seen without growing
	for {
		if len(b) == cap(b) {
			grow := int64(cap(b))
			if n >= 0 {
				grow = min(grow, n+1-int64(len(b)))
			}
			b = append(make([]byte, 0, int64(len(b))+max(grow, 1)), b...)
		}
		got, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+got]
		switch {
		case int64(len(b)) > bytesMax:
			return nil, tooLarge{bytesMax}
		case err == io.EOF:
			return b, nil
		case err != nil:
			return nil, err
		}
	}
}

// decode sets the body that the operation sees: what was sent, without its Content-Encoding. Signatures cover what
// was sent.
func (c *call) decode() error {
	c.req.Body = c.raw
	switch encoding := strings.ToLower(strings.TrimSpace(first(c.r.Header["Content-Encoding"]))); encoding {
	case "", "identity":
		return nil
	case "gzip":
	default:
		return encodingError{"Content-Encoding " + printable(encoding) + " is not understood."}
	}
	zipped, err := gzip.NewReader(bytes.NewReader(c.raw))
	if err == nil {
		c.req.Body, err = readAll(zipped, -1, c.svc.bodyBytesMax)
	}
	if large := (tooLarge{}); errors.As(err, &large) {
		return err
	}
	if err != nil {
		return encodingError{"The body is not valid gzip."}
	}
	return nil
}

// bodyRefused answers a body that could not be had.
func (c *call) bodyRefused(err error) *wire.Response {
	var large tooLarge
	var encoding encodingError
	switch {
	case errors.As(err, &large):
		return c.refuse(http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", large.Error())
	case errors.As(err, &encoding):
		return c.refuse(http.StatusBadRequest, c.wireService().SerializationCode, encoding.message)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return c.refuse(http.StatusRequestTimeout, "RequestTimeoutException", fmt.Sprintf("The request body did not arrive within %v.", bodyReadTimeout))
	}
	return c.refuse(http.StatusBadRequest, c.wireService().SerializationCode, "The request body ended before its length.")
}
