package wire

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// An APIError is an error that belongs to no model: those of the front door and of the protocols themselves.
type APIError struct {
	Code    string
	Status  int    // HTTP status
	Message string // "" leaves the member out, which is legal
	key     string // name of the message's member where it is not the service's
}

// NewError returns an error with a code, an HTTP status and a message, which may be empty.
func NewError(code string, status int, message string) *APIError {
	return &APIError{Code: code, Status: status, Message: message}
}

func (e *APIError) Error() string {
	if e.Message == "" {
		return e.Code
	}
	return e.Code + ": " + e.Message
}

// ErrorCode returns the code.
func (e *APIError) ErrorCode() string { return e.Code }

// HTTPStatus returns the status.
func (e *APIError) HTTPStatus() int { return e.Status }

// AppendFields appends the message, under "message" where no service says otherwise.
func (e *APIError) AppendFields(dst []byte) []byte { return e.appendFields(dst, "message") }

func (e *APIError) appendFields(dst []byte, key string) []byte {
	if e.Message == "" {
		return dst
	}
	if e.key != "" {
		key = e.key
	}
	dst = append(dst, ',', '"')
	dst = append(dst, key...)
	dst = append(dst, '"', ':')
	return AppendJSONString(dst, e.Message)
}

// UnknownOperation returns what svc answers, to a request in enc, to an operation that it does not serve. Clients do not
// retry it. The message says whether AWS has such an operation, and where it stands what we serve.
func UnknownOperation(svc *Service, enc Encoding, name string) error {
	why := fmt.Sprintf("%s has no operation %s.", svc.Name, clip(name))
	for i := range svc.Catalogue {
		if svc.Catalogue[i].Name == name {
			why = fmt.Sprintf("Operation %s is not supported yet; docs/compat/%s.md lists the operations that are.", name, svc.Name)
			break
		}
	}
	switch svc.In(enc) {
	case AWSQuery:
		could := fmt.Sprintf("Could not find operation %s for version %s", clip(name), svc.APIVersion)
		return NewError("InvalidAction", http.StatusBadRequest, could+". "+why)
	case RESTJSON1, RPCV2CBOR:
		return NewError("UnknownOperationException", http.StatusNotFound, why)
	}
	return NewError("UnknownOperationException", http.StatusBadRequest, why)
}

// RenderError turns err into an answer of svc in encoding enc. A modelled error keeps its code, status and members;
// anything else becomes the service's internal error and says nothing of its cause, which the caller logs with the
// request id. svc may be nil when no service was found. enc is that of the request; requestID stands in XML answers.
func RenderError(svc *Service, enc Encoding, err error, requestID string) *Response {
	if svc == nil {
		svc = &Service{Protocol: RESTJSON1, MessageKey: "message", InternalCode: "InternalFailure"}
	}
	var modelled Error
	if !errors.As(err, &modelled) {
		modelled = NewError(svc.InternalCode, http.StatusInternalServerError,
			"The request failed because of an internal error. Its request id finds the cause in the server's log.")
	}
	code := modelled.ErrorCode()
	r := &Response{Status: modelled.HTTPStatus(), Header: http.Header{"X-Amzn-Errortype": {code}}}
	r.markProtocol(svc, enc)
	if svc.In(enc) == AWSQuery {
		r.ContentType = "text/xml"
		r.Body = appendQueryError(nil, svc, modelled, requestID)
		return r
	}
	body := []byte{'{'}
	if svc.Protocol != RESTJSON1 {
		body = append(body, `"__type":`...)
		body = AppendJSONString(body, svc.errorType(modelled))
	}
	if plain, ok := modelled.(*APIError); ok {
		body = plain.appendFields(body, svc.MessageKey)
	} else {
		body = modelled.AppendFields(body)
	}
	if svc.Protocol == RESTJSON1 && len(body) > 1 { // each member came after a comma
		body = append(body[:1], body[2:]...)
	}
	r.Body = append(body, '}')
	r.ContentType = contentType(svc, enc)
	if enc == CBOR {
		r.Body = appendCBORFromJSON(nil, NewJSONDecoder(r.Body))
	}
	return r
}

// errorType is what __type says of an error. Clients cut off what stands before the '#'.
func (s *Service) errorType(err Error) string {
	code := err.ErrorCode()
	_, plain := err.(*APIError)
	switch {
	case s.ErrorNamespace == "":
		return code
	case plain && code == s.ValidationCode:
		return "com.amazon.coral.validate#" + code
	case plain && code != s.InternalCode:
		return "com.amazon.coral.service#" + code
	}
	return s.ErrorNamespace + "#" + code
}

// contentType is what answers of svc in encoding enc carry.
func contentType(svc *Service, enc Encoding) string {
	switch p := svc.In(enc); {
	case p == AWSQuery:
		return "text/xml"
	case p == RPCV2CBOR:
		return "application/cbor"
	case enc == CBOR:
		return "application/x-amz-cbor-1.1"
	case p == AWSJSON10:
		return "application/x-amz-json-1.0"
	case p == AWSJSON11:
		return "application/x-amz-json-1.1"
	}
	return "application/json"
}

// markProtocol puts the name of the protocol into the answer's header, where the protocol asks for that.
func (r *Response) markProtocol(svc *Service, enc Encoding) {
	if svc.In(enc) == RPCV2CBOR {
		r.SetHeader("Smithy-Protocol", "rpc-v2-cbor")
	}
}

// appendQueryError writes an error as the query services do.
func appendQueryError(dst []byte, svc *Service, err Error, requestID string) []byte {
	fault := "Sender"
	if err.HTTPStatus() >= http.StatusInternalServerError {
		fault = "Receiver"
	}
	dst = append(dst, `<ErrorResponse xmlns="`...)
	dst = AppendXMLText(dst, svc.XMLNamespace)
	dst = append(dst, "\">\n  <Error>\n    <Type>"+fault+"</Type>\n    <Code>"...)
	dst = AppendXMLText(dst, svc.QueryCode(err.ErrorCode()))
	dst = append(dst, "</Code>\n"...)
	if message := messageOf(err); message != "" {
		dst = append(dst, "    <Message>"...)
		dst = AppendXMLText(dst, message)
		dst = append(dst, "</Message>\n"...)
	}
	dst = append(dst, "  </Error>\n  <RequestId>"...)
	dst = AppendXMLText(dst, requestID)
	return append(dst, "</RequestId>\n</ErrorResponse>\n"...)
}

// messageOf finds the message among an error's members.
func messageOf(err Error) string {
	fields := err.AppendFields(nil)
	if len(fields) == 0 {
		return ""
	}
	fields[0] = '{'
	d := NewJSONDecoder(append(fields, '}'))
	if d.BeginStructure() {
		for d.NextMember() {
			if strings.EqualFold(d.Key, "message") {
				text, _ := d.Text()
				return text
			}
			d.Skip()
		}
	}
	return ""
}

// decodeError words what a decoder found: svc's error for a body that does not parse. A body that is not of its
// encoding at all gets a code and no message, as AWS does.
func decodeError(svc *Service, err error) error {
	if err == nil {
		return nil
	}
	e := NewError(svc.SerializationCode, http.StatusBadRequest, "")
	var typed *TypeError
	if errors.As(err, &typed) {
		e.Message = typed.message(svc.JavaNames)
		e.key = svc.SerializationKey
	}
	return e
}
