package edge

import (
	"context"
	"hash/crc32"
	"net/http"
	"strconv"
	"time"

	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// corsServices are those that AWS lets browsers of any site call: "cors": true in apis/metadata.json of the AWS SDK
// for JavaScript v2.
var corsServices = map[string]bool{
	"apigateway": true, "athena": true, "cloudwatch": true, "connect": true, "dynamodb": true, "dynamodbstreams": true,
	"firehose": true, "iam": true, "kinesis": true, "kms": true, "lambda": true, "logs": true, "secretsmanager": true,
	"sns": true, "sqs": true, "sts": true,
}

const (
	corsExposed       = "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date"
	corsMaxAge        = "172800" // seconds
	headersMax        = 8        // headers that an answer gets here
	writeTimeout      = time.Minute
	streamStart       = 20 * time.Millisecond
	accessDeniedXML   = "<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized</Message>\n</AccessDeniedException>\n"
	unknownAPIXML     = "<UnknownOperationException/>\n"
	coralNotParsed    = `{"Output":{"__type":"com.amazon.coral.service#SerializationException"},"Version":"1.0"}`
	coralNotKnown     = `{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}`
	plainJSON         = "application/json"
	cborType          = "application/x-amz-cbor-1.1"
	headerRequestID   = "x-amzn-RequestId" // spelled as AWS does; header names are matched without regard to case
	headerExtendedID  = "x-amz-id-2"
	headerCRC32       = "x-amz-crc32"
	headerAllowOrigin = "Access-Control-Allow-Origin"
)

// preflight answers a browser that asks whether it may call. It carries no signature, so the service may be unknown;
// then the answer is the one that all services here would give.
func (c *call) preflight() *wire.Response {
	if c.r.Method != http.MethodOptions || first(c.r.Header["Origin"]) == "" {
		return nil
	}
	if c.svc = c.detect(); c.svc != nil && !c.svc.cors {
		return nil
	}
	h := http.Header{"Access-Control-Max-Age": {corsMaxAge}}
	if asked := c.r.Header["Access-Control-Request-Headers"]; len(asked) > 0 {
		h["Access-Control-Allow-Headers"] = asked
	}
	if asked := c.r.Header["Access-Control-Request-Method"]; len(asked) > 0 {
		h["Access-Control-Allow-Methods"] = asked
	}
	return &wire.Response{Status: http.StatusOK, Header: h}
}

// refuse words a refusal of the edge in the form of the service, or of a stranger.
func (c *call) refuse(status int, code, message string) *wire.Response {
	return c.render(wire.NewError(code, status, message))
}

// render words an error. Clients that came from a service's query protocol to another ask to be told the code that it
// has there.
func (c *call) render(err error) *wire.Response {
	svc := c.wireService()
	resp := wire.RenderError(svc, c.enc, err, c.id)
	if svc.Speaks(wire.AWSQuery) && c.enc != wire.Query && first(c.r.Header["X-Amzn-Query-Mode"]) == "true" {
		fault := "Sender"
		if resp.Status >= http.StatusInternalServerError {
			fault = "Receiver"
		}
		resp.SetHeader("X-Amzn-Query-Error", svc.QueryCode(resp.Header.Get("X-Amzn-Errortype"))+";"+fault)
	}
	return resp
}

func (c *call) wireService() *wire.Service {
	if c.svc == nil {
		return c.stranger()
	}
	return c.svc.Service
}

// write sends resp with what every answer has: request ids, CORS, length. Date is net/http's.
func (c *call) write(resp *wire.Response) {
	header := c.w.Header()
	for name, values := range resp.Header {
		header[name] = values
	}
	used := 0
	set := func(name, value string) {
		c.values[used] = value
		header[name] = c.values[used : used+1 : used+1]
		used++
	}
	set(headerRequestID, c.id)
	if c.svc != nil && c.svc.CRC32 && resp.Stream == nil {
		set(headerCRC32, strconv.FormatUint(uint64(crc32.ChecksumIEEE(resp.Body)), 10))
	}
	preflight := c.r.Method == http.MethodOptions && len(c.r.Header["Origin"]) > 0
	if c.svc != nil && c.svc.ExtendedID && !preflight {
		set(headerExtendedID, c.id2)
	}
	if len(c.r.Header["Origin"]) > 0 && (c.svc == nil || c.svc.cors) && c.originAllowed() {
		set(headerAllowOrigin, "*")
		if !preflight {
			set("Access-Control-Expose-Headers", corsExposed)
		}
	}
	if resp.ContentType != "" {
		set("Content-Type", resp.ContentType)
	} else {
		header["Content-Type"] = nil // or net/http would guess one
	}
	if resp.Stream == nil && resp.Status != http.StatusNoContent && resp.Status != http.StatusNotModified {
		set("Content-Length", strconv.Itoa(len(resp.Body)))
	}
	_ = c.ctl.SetWriteDeadline(clock.System{}.Now().Add(writeTimeout))
	c.w.WriteHeader(resp.Status) // panics at what is no status, with nothing written
	c.wrote, c.status = true, resp.Status
	if resp.Stream != nil {
		c.stream(resp)
		return
	}
	n, err := c.w.Write(resp.Body)
	c.bytesOut = int64(n)
	if err == nil && resp.Release != nil {
		resp.Release() // after an error HTTP/2 may still hold the body
	}
}

// stream lets the operation write until it is done, the client goes or the server closes. A stream that fails is cut
// off, so that the client does not take it for finished. Over HTTP/1.1 it begins streamStart late: the AWS SDK for Go
// closes its request's body when the answer begins, and where net/http has not yet seen that body's end, which takes
// it microseconds after the last byte was sent, it takes that for an error and closes the connection under the stream.
func (c *call) stream(resp *wire.Response) {
	ctx, cancel := context.WithCancel(c.r.Context())
	defer cancel()
	defer context.AfterFunc(Closing(ctx), cancel)()
	if c.r.ProtoMajor == 1 {
		_ = clock.Sleep(ctx, clock.System{}, streamStart) // ctx is asked below
	}
	err := c.ctl.Flush()
	if err == nil {
		err = resp.Stream(ctx, flusher{c})
	}
	if err != nil && ctx.Err() == nil {
		c.h.log.WarnContext(ctx, "stream cut off", "service", c.svc.Name, "op", c.operationName(), "request_id", c.id, "err", err)
		panic(http.ErrAbortHandler)
	}
}

// A flusher sends each Write at once. A client that stops reading is given writeTimeout for each.
type flusher struct{ c *call }

func (f flusher) Write(b []byte) (int, error) {
	_ = f.c.ctl.SetWriteDeadline(clock.System{}.Now().Add(writeTimeout))
	n, err := f.c.w.Write(b)
	f.c.bytesOut += int64(n)
	if err == nil {
		err = f.c.ctl.Flush()
	}
	return n, err
}
