// Package wire speaks the AWS protocols under the generated code: it finds nothing and decides nothing, it turns
// request bytes into typed inputs, checks them against the model, and turns typed outputs and errors into answer
// bytes. The edge (package edge) finds the service and the operation, authenticates, and calls Operation.Serve.
package wire

import (
	"context"
	"net/http"
	"net/url"
	"slices"
)

// Protocol names how a service speaks on the wire.
type Protocol string

// The protocols. A service has one, or several that each have an encoding of their own; Kinesis speaks AWSJSON11 in two
// encodings. Nothing is generated for RESTXML yet: it is named so that what is built on Operation need not change when
// it comes.
const (
	AWSJSON10 Protocol = "awsJson1.0"
	AWSJSON11 Protocol = "awsJson1.1"
	RESTJSON1 Protocol = "restJson1"
	AWSQuery  Protocol = "awsQuery"
	RPCV2CBOR Protocol = "rpcv2Cbor"
	RESTXML   Protocol = "restXml"
)

// Encoding is the form of one request's body; the answer comes in the same form.
type Encoding string

// The encodings a request body may have.
const (
	JSON  Encoding = "json"
	CBOR  Encoding = "cbor"
	Query Encoding = "query"
	XML   Encoding = "xml"
)

// A Service is what the edge must know of one AWS service to find its operations and to word its refusals.
// The values are generated from the service's model, one for each api package.
type Service struct {
	Name         string // names the api package and the coverage page: "kinesis"
	SigningName  string // the service part of a SigV4 credential scope
	Protocol     Protocol
	Also         []Protocol // further protocols of the same operations: AWSQuery, RPCV2CBOR
	TargetPrefix string     // X-Amz-Target before the dot, for the awsJson protocols; the service's name in paths of RPCV2CBOR
	APIVersion   string     // Version of awsQuery requests
	XMLNamespace string     // of awsQuery answers
	CBOR         bool       // application/x-amz-cbor-1.1 is understood beside JSON
	ExtendedID   bool       // answers carry x-amz-id-2 (Kinesis)
	CRC32        bool       // answers carry X-Amz-Crc32, the checksum of their body, which SDKs compare (DynamoDB)

	// How this service's family words what goes wrong before an operation runs.
	MessageKey        string // "message" or "Message"
	ValidationCode    string // error code of a violated constraint
	SerializationCode string // error code of a body that does not parse
	InternalCode      string // error code of everything that is not a modelled error

	// QueryCodes are the codes that errors have in AWSQuery, by those that they have in the service's other protocols,
	// where these differ.
	QueryCodes map[string]string

	ErrorNamespace   string // __type carries the namespace of an error: this one for the model's own errors (DynamoDB); "" for none
	SerializationKey string // MessageKey of SerializationCode alone, where that differs (Kinesis); "" where not
	JavaNames        bool   // conversion errors and blobs are worded with Java's type names (Kinesis)
	BodyRequired     bool   // an empty body does not parse; elsewhere it means no members (Kinesis)

	// Catalogue lists every operation of the model by name, in the model's order, served or not, so that what
	// is not served can be refused by name.
	Catalogue []OperationModel
}

// Speaks reports whether p is a protocol of the service.
func (s *Service) Speaks(p Protocol) bool { return s.Protocol == p || slices.Contains(s.Also, p) }

// In returns the protocol that a request in encoding enc is made in.
func (s *Service) In(enc Encoding) Protocol {
	switch {
	case enc == Query && s.Speaks(AWSQuery):
		return AWSQuery
	case enc == CBOR && s.Speaks(RPCV2CBOR):
		return RPCV2CBOR
	}
	return s.Protocol
}

// QueryCode returns the code that the error code has in AWSQuery.
func (s *Service) QueryCode(code string) string {
	if q, ok := s.QueryCodes[code]; ok {
		return q
	}
	return code
}

// OperationModel is how one operation is addressed.
type OperationModel struct {
	Name   string
	Method string // HTTP method; POST for awsJson and awsQuery
	Path   string // URI template with {labels}; "/" for awsJson and awsQuery
	Status int    // HTTP status of success

	// Errors are the error classes that the model declares for the operation, in its order; only of operations that are
	// served.
	Errors []string
}

// An Operation is one modelled operation bound to the function that serves it. Generated constructors make it; a
// service's list of them is what it supports, and the coverage pages are written from that list.
type Operation struct {
	Service *Service
	Model   OperationModel

	// Serve decodes r, checks types, then constraints, runs the bound function and encodes its answer. An error is
	// either modelled (it implements Error) or internal; the edge renders both with RenderError.
	Serve func(ctx context.Context, r *Request) (*Response, error)
}

// A Request is what is left of an HTTP request once the edge has found its operation and its caller.
type Request struct {
	Encoding Encoding
	Body     []byte      // decoded of any Content-Encoding. Inputs may alias it: it is not reused while they live
	Labels   []string    // values of the path's {labels} in the order of the template, percent-decoded once
	Query    url.Values  // query string, for the REST protocols
	Header   http.Header // request headers, for members that travel in them
}

// A Response is an answer before the edge adds what every answer has (request ids, Date, CORS).
type Response struct {
	Status      int
	ContentType string
	Header      http.Header // members that travel in headers; may be nil
	Body        []byte

	// Stream, when set, is called after the headers were sent and writes the body until it returns or ctx ends.
	// Each Write is flushed. Only event-stream operations set it; Body is empty then.
	Stream func(ctx context.Context, w interface{ Write([]byte) (int, error) }) error

	// Release, when set, may be called once, after the last use of Body, so that its memory serves another answer.
	// Not calling it costs nothing but that.
	Release func()
}

// Error is a modelled error: one that a client's SDK turns into a type of its own.
type Error interface {
	error
	ErrorCode() string // "ResourceNotFoundException"
	HTTPStatus() int
	// AppendFields appends the error's members as JSON object members, each after a comma, the message among them
	// under the model's name. CBOR and XML answers are made from the same members by RenderError.
	AppendFields(dst []byte) []byte
}

// Caller is who sent a request, as far as the signature tells.
type Caller struct {
	Account     string // 12 digits
	Region      string // the one signed for
	AccessKeyID string
	Partition   string // "aws"
	RequestID   string
}

type callerKey struct{}

// WithCaller returns a context that carries c.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerFrom returns the caller that the edge put into ctx; the zero Caller when there is none.
func CallerFrom(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}
