package edge

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/hookswitch/hookswitch/internal/wire"
)

// A signature is what a request says about who signed it, in the Authorization header or in the query string. All of
// it is the sender's word until it was checked.
type signature struct {
	header, query bool // the forms that are there
	algorithm     string
	credential    string
	signedHeaders string
	signature     string
	date          string // X-Amz-Date, or the Date header
	expires       string // X-Amz-Expires, query form only
	token         string // session token

	// The parts of credential, when it has five.
	accessKeyID, day, region, service, terminator string
}

const (
	algorithm       = "AWS4-HMAC-SHA256"
	terminator      = "aws4_request"
	credentialParts = 5
)

// parseSignature reads without judging: what is missing or malformed stays empty.
func parseSignature(r *http.Request) signature {
	var s signature
	// Whatever the scheme, a header is a signature that lacks something (seen of Kinesis in 2020 with a made-up value).
	if auth := first(r.Header["Authorization"]); auth != "" {
		s.header = true
		s.parseHeader(auth)
		s.date, s.token = first(r.Header["X-Amz-Date"]), first(r.Header["X-Amz-Security-Token"])
		if s.date == "" {
			s.date = first(r.Header["Date"])
		}
	}
	if strings.Contains(r.URL.RawQuery, "X-Amz-Algorithm") {
		q := r.URL.Query()
		if _, s.query = q["X-Amz-Algorithm"]; s.query && !s.header {
			s.parseQuery(q)
		}
	}
	s.split()
	return s
}

// parseHeader takes the header form apart. Its parameters may be separated by commas or blanks, in any order.
func (s *signature) parseHeader(auth string) {
	auth = strings.TrimLeft(auth, " ")
	s.algorithm, auth, _ = strings.Cut(auth, " ")
	for auth != "" {
		var parameter string
		if i := strings.IndexAny(auth, ", "); i >= 0 {
			parameter, auth = auth[:i], auth[i+1:]
		} else {
			parameter, auth = auth, ""
		}
		name, value, _ := strings.Cut(parameter, "=")
		switch name {
		case "Credential":
			s.credential = value
		case "SignedHeaders":
			s.signedHeaders = value
		case "Signature":
			s.signature = value
		}
	}
}

func (s *signature) parseQuery(q url.Values) {
	s.algorithm = q.Get("X-Amz-Algorithm")
	s.credential = q.Get("X-Amz-Credential")
	s.signedHeaders = q.Get("X-Amz-SignedHeaders")
	s.signature = q.Get("X-Amz-Signature")
	s.date = q.Get("X-Amz-Date")
	s.expires = q.Get("X-Amz-Expires")
	s.token = q.Get("X-Amz-Security-Token")
}

// split takes the credential apart. An access key id holds no slash.
func (s *signature) split() {
	if strings.Count(s.credential, "/") != credentialParts-1 {
		return
	}
	var rest string
	s.accessKeyID, rest, _ = strings.Cut(s.credential, "/")
	s.day, rest, _ = strings.Cut(rest, "/")
	s.region, rest, _ = strings.Cut(rest, "/")
	s.service, s.terminator, _ = strings.Cut(rest, "/")
}

// identify learns from the headers alone who sent the request, so that a request that is refused here costs no body.
// In AuthVerify it also finds the secret, and refuses what no secret can make right; checkSignature does the rest.
func (c *call) identify() error {
	s := &c.sig
	switch {
	case s.query && first(c.r.Header["Authorization"]) != "":
		return c.unauthorized(badSignature, "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
	case !s.query && !s.header:
		return c.unauthorized(noSignature, "")
	}
	if missing := s.missing(c.r); missing != "" {
		return c.unauthorized(incomplete, missing)
	}
	if s.algorithm != algorithm {
		return c.unauthorized(incomplete, "Unsupported AWS 'algorithm': '"+printable(s.algorithm)+"'. It must be '"+algorithm+"'.")
	}
	if s.service == "" || s.day == "" {
		return c.unauthorized(incomplete, "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '"+
			printable(s.credential)+"'.")
	}
	if s.terminator != terminator {
		return c.unauthorized(badSignature, "Credential should be scoped with a valid terminator: '"+terminator+"', not '"+printable(s.terminator)+"'.")
	}
	if s.region != "" && !validRegion(s.region) {
		return c.unauthorized(badSignature, "Credential should be scoped to a valid region, not '"+printable(s.region)+"'.")
	}
	if s.accessKeyID == "" || len(s.accessKeyID) > accessKeyIDBytesMax || printable(s.accessKeyID) != s.accessKeyID {
		return c.unauthorized(unknownKey, "")
	}
	c.caller = wire.Caller{Account: c.h.account, Region: s.region, AccessKeyID: s.accessKeyID}
	if account.MatchString(s.accessKeyID) {
		c.caller.Account = s.accessKeyID
	}
	if c.caller.Region == "" {
		c.caller.Region = c.h.region
	}
	c.caller.Partition = partition(c.caller.Region)
	if c.h.auth == AuthVerify {
		return c.checkCredential()
	}
	return nil
}

// accessKeyIDBytesMax is the longest access key id that IAM knows.
const accessKeyIDBytesMax = 128

// missing words what an incomplete signature lacks, as Kinesis does.
func (s *signature) missing(r *http.Request) string {
	var m strings.Builder
	if s.header {
		for _, p := range [...]struct{ name, value string }{
			{"Credential", s.credential}, {"Signature", s.signature}, {"SignedHeaders", s.signedHeaders},
		} {
			if p.value == "" {
				m.WriteString("Authorization header requires '" + p.name + "' parameter. ")
			}
		}
		if s.date == "" {
			m.WriteString("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
		}
		if m.Len() > 0 {
			m.WriteString("Authorization=" + strings.ToValidUTF8(first(r.Header["Authorization"]), "\uFFFD"))
		}
		return m.String()
	}
	for _, p := range [...]struct{ name, value string }{
		{"X-Amz-Algorithm", s.algorithm}, {"X-Amz-Credential", s.credential}, {"X-Amz-Signature", s.signature},
		{"X-Amz-SignedHeaders", s.signedHeaders}, {"X-Amz-Date", s.date},
	} {
		if p.value == "" {
			m.WriteString("AWS query-string parameters must include '" + p.name + "'. ")
		}
	}
	if m.Len() > 0 {
		m.WriteString("Re-examine the query-string parameters.")
	}
	return m.String()
}

const regionBytesMax = 32

// validRegion accepts what may stand in an ARN and in a host name; which Regions exist changes too often to know.
func validRegion(s string) bool {
	if s == "" || len(s) > regionBytesMax || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if b := s[i]; b != '-' && (b < 'a' || b > 'z') && (b < '0' || b > '9') {
			return false
		}
	}
	return true
}

// partition is the first part of ARNs in a Region.
func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// A flaw is why a sender is not believed; its name on the wire depends on the protocol.
type flaw struct{ json, query, message string }

// The table of error names by protocol. Query services leave the suffix off and name two of them differently.
var (
	noSignature  = flaw{"MissingAuthenticationTokenException", "MissingAuthenticationToken", ""}
	unknownKey   = flaw{"UnrecognizedClientException", "InvalidClientTokenId", "The security token included in the request is invalid."}
	expiredToken = flaw{"ExpiredTokenException", "ExpiredToken", "The security token included in the request is expired"}
	incomplete   = flaw{"IncompleteSignatureException", "IncompleteSignature", ""}
	badSignature = flaw{"InvalidSignatureException", "SignatureDoesNotMatch",
		"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."}
)

// unauthorized names f in the words of the service's protocol. An empty message stands for the flaw's own.
func (c *call) unauthorized(f flaw, message string) error {
	if message == "" {
		message = f.message
	}
	switch c.svc.In(c.enc) {
	case wire.AWSQuery:
		if f == noSignature {
			message = "Request is missing Authentication Token"
		}
		return wire.NewError(f.query, http.StatusForbidden, message)
	case wire.RESTJSON1:
		if f == noSignature {
			message = "Missing Authentication Token"
		}
		return wire.NewError(f.json, http.StatusForbidden, message)
	default:
		if f == noSignature {
			message = "Missing Authentication Token"
		}
		return wire.NewError(f.json, http.StatusBadRequest, message)
	}
}
