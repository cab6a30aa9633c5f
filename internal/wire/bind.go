package wire

import (
	"context"
	"net/http"
	"sync/atomic"
)

// A Codec is the generated code for one operation with input I and output O. Functions are nil where the operation
// has nothing of that kind.
type Codec[I, O any] struct {
	DecodeJSON  func(*I, *JSONDecoder)  // members in a JSON body; nil when no member travels there
	DecodeCBOR  func(*I, *CBORDecoder)  // the same in CBOR
	DecodeQuery func(*I, *QueryDecoder) // members in a form
	DecodeHTTP  func(*I, *HTTPDecoder)  // members in labels, query string and headers, or the whole body

	Validate func(*I, *Violations) // constraints; nil when there are none

	EncodeJSON func(*O, []byte) []byte   // nil when the model has no output
	EncodeCBOR func(*O, []byte) []byte   // the same in CBOR
	EncodeXML  func(*O, []byte) []byte   // members as XML elements
	EncodeHTTP func(*O, *Response)       // members in headers and status
	Payload    func(*O) ([]byte, string) // the whole body and its content type, instead of EncodeJSON

	// Events returns the output's event stream, which is all that it has; Exceptions are the errors that may end it.
	Events     func(*O) EventStream
	Exceptions []string

	// ValidationCode replaces the service's where the operation does not declare that error.
	ValidationCode string

	large atomic.Bool // the last answer was: so may be the next one
}

// Bind makes an Operation from a function and its generated codec. A nil output of fn counts as an empty one.
func Bind[I, O any](svc *Service, model OperationModel, codec *Codec[I, O], fn func(context.Context, *I) (*O, error)) Operation {
	return Operation{Service: svc, Model: model, Serve: func(ctx context.Context, r *Request) (*Response, error) {
		in := new(I)
		if err := codec.decode(svc, r, in); err != nil {
			return nil, err
		}
		if codec.Validate != nil {
			v := Violations{service: svc}
			codec.Validate(in, &v)
			code := codec.ValidationCode
			if code == "" {
				code = svc.ValidationCode
			}
			if err := v.Err(code); err != nil {
				return nil, err
			}
		}
		out, err := fn(ctx, in)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = new(O)
		}
		return codec.encode(ctx, svc, model, r.Encoding, out), nil
	}}
}

func (c *Codec[I, O]) decode(svc *Service, r *Request, in *I) error {
	if c.DecodeHTTP != nil {
		d := HTTPDecoder{request: r}
		c.DecodeHTTP(in, &d)
		if d.typeErr != nil {
			return decodeError(svc, d.typeErr)
		}
	}
	switch {
	case r.Encoding == Query:
		return c.decodeForm(svc, r, in)
	case len(r.Body) == 0 && !svc.BodyRequired:
		return nil
	case r.Encoding == CBOR:
		if c.DecodeCBOR == nil {
			return NewError(svc.SerializationCode, http.StatusBadRequest, "")
		}
		d := NewCBORDecoder(r.Body)
		if d.peek() != kindStructure {
			return decodeError(svc, ErrMalformed)
		}
		c.DecodeCBOR(in, d)
		return decodeError(svc, d.Err())
	case c.DecodeJSON == nil:
		return nil // no member travels in the body: REST services do not look at it
	}
	d := NewJSONDecoder(r.Body)
	if d.peek() != kindStructure {
		return decodeError(svc, ErrMalformed)
	}
	c.DecodeJSON(in, d)
	return decodeError(svc, d.Err())
}

func (c *Codec[I, O]) encode(ctx context.Context, svc *Service, model OperationModel, enc Encoding, out *O) *Response {
	r := &Response{Status: model.Status, ContentType: contentType(svc, enc)}
	r.markProtocol(svc, enc)
	if c.EncodeHTTP != nil {
		c.EncodeHTTP(out, r)
	}
	if c.Events != nil {
		events := c.Events(out)
		if events == nil {
			events = func(context.Context, func(Event) error) error { return nil }
		}
		r.ContentType, r.Stream = EventStreamType, streamBody(svc, enc, c.Exceptions, events)
		return r
	}
	if svc.In(enc) == AWSQuery {
		r.Body = appendQueryResult(nil, svc, model.Name, CallerFrom(ctx).RequestID, func(dst []byte) []byte {
			if c.EncodeXML == nil {
				return nil
			}
			return c.EncodeXML(out, dst)
		})
		return r
	}
	if c.Payload != nil {
		body, contentType := c.Payload(out)
		r.Body = body
		if contentType != "" {
			r.ContentType = contentType
		}
		return r
	}
	encode := c.EncodeJSON
	if enc == CBOR {
		encode = c.EncodeCBOR
	}
	if encode == nil {
		if svc.In(enc) == RPCV2CBOR {
			r.ContentType = "" // the protocol asks for neither body nor type
		}
		return r
	}
	buf := takeBody(c.large.Load())
	*buf = encode(out, (*buf)[:0])
	c.large.Store(len(*buf) >= bodyLarge)
	r.Body = *buf
	r.Release = func() { keepBody(buf) }
	return r
}

// WellFormed reports whether body is a document of enc whose outermost value is a structure, whatever its members.
// The front door asks it where a request is refused for another reason, and a body that does not parse goes first.
func WellFormed(enc Encoding, body []byte) bool {
	if enc == CBOR {
		d := NewCBORDecoder(body)
		if d.peek() != kindStructure {
			return false
		}
		d.Skip()
		return d.Err() == nil
	}
	d := NewJSONDecoder(body)
	if d.peek() != kindStructure {
		return false
	}
	d.Skip()
	return d.Err() == nil
}
