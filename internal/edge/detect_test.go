package edge

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/wire"
)

func TestServiceDetection(t *testing.T) {
	const form = "Content-Type: application/x-www-form-urlencoded; charset=utf-8"
	const cborOrJSON = "Content-Type: application/x-amz-json-1.1"
	for _, c := range []struct {
		name    string
		method  string
		target  string
		body    string
		headers []string
		status  int
		want    string // the operation reached, or a part of the answer
	}{
		{"target", "POST", "/", "{}", append(looseFor("kinesis"), "X-Amz-Target: Kinesis_20131202.ListStreams", cborOrJSON), 200, "ListStreams"},
		{"target beats the name signed for", "POST", "/", "{}", append(looseFor("sts"), "X-Amz-Target: Kinesis_20131202.ListStreams", cborOrJSON), 200, "ListStreams"},
		{"target beats the path", "POST", "/instance", "{}", append(looseFor("connect"), "X-Amz-Target: Kinesis_20131202.ListStreams", cborOrJSON), 200, "ListStreams"},
		{"unknown target, known signing name", "POST", "/", "{}", append(looseFor("kinesis"), "X-Amz-Target: Nonsense.ListStreams", cborOrJSON), 400, `"UnknownOperationException"`},
		{"signing name", "GET", "/instance", "", looseFor("connect"), 200, "ListInstances"},
		{"signing name in the query string", "GET", "/instance?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261120%2Fus-east-1%2Fconnect%2Faws4_request&X-Amz-Signature=0&X-Amz-SignedHeaders=host&X-Amz-Date=x", "", nil, 200, "ListInstances"},
		{"signing name, form", "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15", append(looseFor("sts"), form), 200, "GetCallerIdentity"},
		{"Action in the query string", "GET", "/?Action=GetCallerIdentity&Version=2011-06-15", "", looseFor("nothing"), 200, "GetCallerIdentity"},
		{"Action in the form", "POST", "/", "Version=2011-06-15&Action=GetCallerIdentity", append(looseFor("nothing"), form), 200, "GetCallerIdentity"},
		{"Action of another version", "POST", "/", "Version=2010-05-08&Action=GetCallerIdentity", append(looseFor("nothing"), form), 404, "<Code>UnknownOperationException</Code>"},
		{"host", "POST", "/", "{}", append(looseFor("nothing"), "Host: kinesis.us-east-1.amazonaws.com", cborOrJSON), 400, "UnknownOperation"},
		{"host of an account", "GET", "/", "", []string{"Host: 123456789012.data-kinesis.us-east-1.localhost:4566"}, 403, accessDeniedXML},
		{"host under any label", "GET", "/nothing", "", []string{"Host: stream-connect.connect.localhost:4566"}, 404, "connect has no operation GET /nothing"},
		{"path alone", "GET", "/instance", "", nil, 403, "Missing Authentication Token"},
		{"nothing", "GET", "/", "", nil, 404, `{"message":"Nothing here answers this request. Served are: connect, kinesis, sts."}`},
		{"a service not here", "GET", "/my-bucket/key", "", looseFor("s3"), 404, "Nothing here answers service s3. Served are: connect, kinesis, sts."},
		{"a target not here", "POST", "/", "{}", append(looseFor("dynamodb"), "X-Amz-Target: DynamoDB_20120810.ListTables", cborOrJSON), 404, `{"__type":"UnknownOperationException","message":"Nothing here answers service dynamodb.`},
		{"a form not here", "POST", "/", "Action=ListRoles&Version=2010-05-08", append(looseFor("iam"), form), 404, "<Message>Nothing here answers service iam."},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := new(recorder)
			p := start(t, rec.config())
			got := p.do(p.request(c.method, c.target, c.body, c.headers...))
			checkCommon(t, got)
			if got.StatusCode != c.status {
				t.Fatalf("got %d, want %d: %s", got.StatusCode, c.status, got.body)
			}
			if c.status == 200 {
				if op := rec.last(t).operation; op != c.want {
					t.Errorf("reached %s, want %s", op, c.want)
				}
			} else if !strings.Contains(got.body, c.want) || rec.count() != 0 {
				t.Errorf("answer %q has no %q; %d operations called", got.body, c.want, rec.count())
			}
		})
	}
}

// Services that sign with one name are told apart by their paths.
func TestSharedSigningName(t *testing.T) {
	lens := &wire.Service{Name: "contactlens", SigningName: "connect", Protocol: wire.RESTJSON1, MessageKey: "Message",
		Catalogue: []wire.OperationModel{{Name: "ListRealtimeContactAnalysisSegments", Method: "POST", Path: "/realtime-contact-analysis/analysis-segments"}}}
	rec := new(recorder)
	cfg := rec.config()
	cfg.Operations = append(cfg.Operations, rec.operation(lens, "ListRealtimeContactAnalysisSegments"))
	p := start(t, cfg)
	if got := p.do(p.request("POST", "/realtime-contact-analysis/analysis-segments", "{}", looseFor("connect")...)); got.StatusCode != 200 || rec.last(t).operation != "ListRealtimeContactAnalysisSegments" {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
	if got := p.do(p.request("GET", "/instance", "", looseFor("connect")...)); got.StatusCode != 200 || rec.last(t).operation != "ListInstances" {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
	if got := p.do(p.request("GET", "/elsewhere", "", looseFor("connect")...)); got.StatusCode != 404 || !strings.Contains(got.body, "connect has no operation GET /elsewhere") {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
}

func TestRESTRequestReachesItsOperation(t *testing.T) {
	rec := new(recorder)
	p := start(t, rec.config())
	const arn = "arn%3Aaws%3Aconnect%3Aus-east-1%3A123456789012%3Ainstance%2F5f0c%25"
	got := p.do(p.request("GET", "/instance/"+arn+"/attribute/a+b?maxResults=5&x=%2F&x=2", "", looseFor("connect")...))
	if got.StatusCode != 200 {
		t.Fatalf("got %d %s", got.StatusCode, got.body)
	}
	r := rec.last(t)
	if r.operation != "DescribeInstanceAttribute" {
		t.Errorf("reached %s", r.operation)
	}
	if d := cmp.Diff([]string{"arn:aws:connect:us-east-1:123456789012:instance/5f0c%", "a+b"}, r.request.Labels); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(url.Values{"maxResults": {"5"}, "x": {"/", "2"}}, r.request.Query); d != "" {
		t.Error(d)
	}
	if r.request.Encoding != wire.JSON || r.request.Header.Get("X-Amz-Date") == "" {
		t.Errorf("request is %+v", r.request)
	}
	for target, want := range map[string]string{
		"PUT /instance/":                "", // a slash at the end makes no difference
		"PUT /contact%2Doutbound":       "connect has no operation PUT /contact%2Doutbound",
		"PUT /contact/outbound%2dvoice": "",
		"DELETE /instance/i":            "Operation DeleteInstance is not supported yet",
		"POST /instance":                "connect has no operation POST /instance",
		"GET /instance//attribute/x":    "connect has no operation",
		"GET //instance":                "connect has no operation",
	} {
		method, path, _ := strings.Cut(target, " ")
		got := p.do(p.request(method, path, "", looseFor("connect")...))
		if want == "" && got.StatusCode != 200 || want != "" && (got.StatusCode != 404 || !strings.Contains(got.body, want) || got.Header.Get("x-amzn-ErrorType") != "UnknownOperationException") {
			t.Errorf("%s: %d %s", target, got.StatusCode, got.body)
		}
	}
}

func TestQueryRefusals(t *testing.T) {
	rec := new(recorder)
	p := start(t, rec.config())
	const form = "Content-Type: application/x-www-form-urlencoded"
	for _, c := range []struct {
		name, body string
		headers    []string
		status     int
		code, text string
	}{
		{"no Action", "Version=2011-06-15", looseFor("sts"), 400, "MissingAction", "The request must contain the parameter Action."},
		{"no Version", "Action=GetCallerIdentity", looseFor("sts"), 400, "InvalidAction", "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED"},
		{"unknown Action", "Action=Nope&Version=2011-06-15", nil, 404, "UnknownOperationException", "Nothing here answers this request"},
		{"unknown Action of a known service", "Action=Nope&Version=2011-06-15", []string{"Host: sts.localhost"}, 400, "InvalidAction", "Could not find operation Nope for version 2011-06-15"},
		{"Action that we lack", "Action=AssumeRole&Version=2011-06-15", looseFor("sts"), 400, "InvalidAction", "Operation AssumeRole is not supported yet"},
		{"unsigned", "Action=GetCallerIdentity&Version=2011-06-15", nil, 403, "MissingAuthenticationToken", "Request is missing Authentication Token"},
		{"incomplete", "Action=GetCallerIdentity&Version=2011-06-15", []string{"Authorization: AWS4-HMAC-SHA256 Credential=a"}, 403, "IncompleteSignature", "Authorization header requires 'Signature' parameter."},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := p.do(p.request("POST", "/", c.body, append(c.headers, form)...))
			if got.StatusCode != c.status || got.Header.Get("Content-Type") != "text/xml" {
				t.Errorf("got %d %s", got.StatusCode, got.Header)
			}
			for _, part := range []string{"<Code>" + c.code + "</Code>", c.text, "<RequestId>" + got.Header.Get("x-amzn-RequestId") + "</RequestId>"} {
				if !strings.Contains(strings.ReplaceAll(strings.ReplaceAll(got.body, "&#39;", "'"), "&apos;", "'"), part) {
					t.Errorf("no %q in %s", part, got.body)
				}
			}
		})
	}
	if rec.count() != 0 {
		t.Errorf("%d operations were called", rec.count())
	}
}

func TestRoutes(t *testing.T) {
	var routes routes
	for _, template := range []string{
		"GET /a", "GET /a/{x}", "GET /a/b", "GET /a/{x}/c", "GET /a/b/{y}/d", "POST /restapis", "POST /restapis?mode=import",
		"GET /functions/{name}", "GET /functions/{name}?Qualifier", "GET /functions/{name}?find=LATEST&Qualifier", "GET /", "GET /tail/",
		"GET /most?a&b", "GET /most?a", "GET /most",
	} {
		method, path, _ := strings.Cut(template, " ")
		if err := routes.add(method, path, &operation{name: template}); err != nil {
			t.Fatal(err)
		}
	}
	for request, want := range map[string]string{
		"GET /a":                                 "GET /a []",
		"GET /a/b":                               "GET /a/b []",
		"GET /a/z":                               "GET /a/{x} [z]",
		"GET /a/b/c":                             "GET /a/{x}/c [b]", // the literal led nowhere
		"GET /a/b/z/d":                           "GET /a/b/{y}/d [z]",
		"GET /a/%62":                             "GET /a/b []",
		"GET /a/b%2Fc":                           "GET /a/{x} [b/c]",
		"GET /a/%2562":                           "GET /a/{x} [%62]", // decoded once
		"GET /a/b/c/d/e":                         "",
		"GET /a/.":                               "",
		"GET /a/..":                              "",
		"GET /a/%2e":                             "GET /a/{x} [.]", // signed as it is
		"GET /a/%":                               "",
		"GET /A":                                 "",
		"GET /":                                  "GET / []",
		"GET ":                                   "GET / []",
		"GET /tail":                              "GET /tail/ []",
		"GET /most?a=1&b=2":                      "GET /most?a&b []", // most conditions first, in whatever order they were added
		"GET /most?a=1":                          "GET /most?a []",
		"GET /most?b=1":                          "GET /most []",
		"PUT /a":                                 "",
		"POST /restapis":                         "POST /restapis []",
		"POST /restapis?mode=import":             "POST /restapis?mode=import []",
		"POST /restapis?mode=other":              "POST /restapis []",
		"GET /functions/f?Qualifier=2":           "GET /functions/{name}?Qualifier [f]",
		"GET /functions/f?Qualifier&find=LATEST": "GET /functions/{name}?find=LATEST&Qualifier [f]",
		"GET /functions/f?find=LATEST":           "GET /functions/{name} [f]",
	} {
		method, target, _ := strings.Cut(request, " ")
		path, raw, _ := strings.Cut(target, "?")
		query, _ := url.ParseQuery(raw)
		op, labels, ok := routes.find(method, path, query)
		got := ""
		if ok {
			got = fmt.Sprint(op.name, " ", labels)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", request, got, want)
		}
	}
	for _, bad := range []string{"/a/{x+}", "/a/x{y}", "/a/{other}", "/restapis?mode=import"} {
		method := "GET"
		if strings.HasPrefix(bad, "/restapis") {
			method = "POST"
		}
		if err := routes.add(method, bad, &operation{}); err == nil {
			t.Errorf("template %s was taken", bad)
		}
	}
	long := strings.Repeat("/a", segmentsMax+1)
	if err := routes.add("GET", long, &operation{}); err != nil {
		t.Fatal(err)
	}
	if _, _, ok := routes.find("GET", long, nil); ok {
		t.Errorf("a path of %d segments was looked at", segmentsMax+1)
	}
}

func TestNewNamesEveryProblem(t *testing.T) {
	kinesis := kinesisService()
	rec := new(recorder)
	put := rec.operation(kinesis, "PutRecords")
	stray := put
	stray.Model.Name = "Stray"
	other := kinesisService()
	_, err := New(Config{
		Operations: []wire.Operation{put, put, stray, {}},
		Services:   []*wire.Service{other, {Name: "s3", Protocol: wire.RESTXML}},
		Auth:       AuthVerify, DefaultAccount: "12", DefaultRegion: "-", RequestsMax: -1, BodyBytesMax: map[string]int64{"lambda": 1},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"kinesis is given twice", "PutRecords of kinesis is given twice", "Stray is not in the catalogue", "has no service",
		`s3 speaks "restXml"`, "needs Credentials", `account "12"`, `Region "-"`, "RequestsMax", `"lambda", which is no service`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
	if _, err := New(Config{Auth: "enforce"}); err == nil || !strings.Contains(err.Error(), `"enforce"`) {
		t.Errorf("mode enforce: %v", err)
	}
}

func TestAdmin(t *testing.T) {
	cfg := new(recorder).config()
	observed := 0
	cfg.Observe = func(Observed) { observed++ }
	cfg.Admin = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/_hookswitch/panic" {
			panic("oh")
		}
		fmt.Fprint(w, r.Method, " ", r.URL.Path)
	})
	p := start(t, cfg)
	for _, path := range []string{"/_hookswitch/health", "/_localstack/health", "/_localstack/state/reset"} {
		if got := p.do(p.request("POST", path, "")); got.body != "POST "+path {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
	if got := p.do(p.request("POST", "/_hookswitch/reset", "", "Origin: https://evil.example", "Sec-Fetch-Site: cross-site")); got.StatusCode != 403 {
		t.Errorf("another site's page may reset: %d %s", got.StatusCode, got.body)
	}
	if got := p.do(p.request("OPTIONS", "/_hookswitch/reset", "", "Origin: https://evil.example")); got.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("CORS on the operator's paths: %v", got.Header)
	}
	if resp, err := p.http1.Do(p.request("GET", "/_hookswitch/panic", "")); err == nil {
		resp.Body.Close()
		t.Errorf("a panic answered %d", resp.StatusCode)
	}
	if got := p.do(p.request("GET", "/_hookswitchy", "")); got.StatusCode != 404 {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
	if observed != 1 {
		t.Errorf("%d requests observed, want only that of no service", observed)
	}
}

func TestCORS(t *testing.T) {
	rec := new(recorder)
	cfg := rec.config()
	private := &wire.Service{Name: "schemas", SigningName: "schemas", Protocol: wire.RESTJSON1,
		Catalogue: []wire.OperationModel{{Name: "ListRegistries", Method: "GET", Path: "/v1/registries"}}}
	cfg.Services = []*wire.Service{private}
	p := start(t, cfg)
	for version, client := range map[string]*http.Client{"HTTP/1.1": p.http1, "HTTP/2.0": p.http2} {
		t.Run(version, func(t *testing.T) {
			got := p.doWith(client, p.request("OPTIONS", "/", "", "Origin: https://a.example", "Host: kinesis.localhost",
				"Access-Control-Request-Method: POST", "Access-Control-Request-Headers: x-amz-target, authorization"))
			want := map[string]string{"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "POST", "Access-Control-Max-Age": "172800",
				"Access-Control-Allow-Headers": "x-amz-target, authorization", "Access-Control-Expose-Headers": "", "x-amz-id-2": "", "Content-Type": "", "Content-Length": "0"}
			if got.StatusCode != 200 || got.body != "" {
				t.Errorf("got %d %q", got.StatusCode, got.body)
			}
			for name, value := range want {
				if got.Header.Get(name) != value {
					t.Errorf("preflight: %s is %q, want %q", name, got.Header.Get(name), value)
				}
			}
			checkCommon(t, got)
			// A browser's preflight of an endpoint by address says nothing of the service.
			if got := p.doWith(client, p.request("OPTIONS", "/", "", "Origin: https://a.example")); got.StatusCode != 200 || got.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("got %d %v", got.StatusCode, got.Header)
			}
			got = p.doWith(client, p.request("GET", "/instance", "", append(looseFor("connect"), "Origin: null")...))
			if got.StatusCode != 200 || got.Header.Get("Access-Control-Allow-Origin") != "*" || got.Header.Get("Access-Control-Expose-Headers") != corsExposed {
				t.Errorf("got %d %v", got.StatusCode, got.Header)
			}
			got = p.doWith(client, p.request("GET", "/instance", "", "Origin: null")) // errors too
			if got.StatusCode != 403 || got.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("got %d %v", got.StatusCode, got.Header)
			}
			got = p.doWith(client, p.request("GET", "/instance", "", looseFor("connect")...))
			if got.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("CORS without Origin: %v", got.Header)
			}
			for _, method := range []string{"OPTIONS", "GET"} {
				got = p.doWith(client, p.request(method, "/v1/registries", "", append(looseFor("schemas"), "Origin: null")...))
				if got.StatusCode != 404 || got.Header.Get("Access-Control-Allow-Origin") != "" {
					t.Errorf("a service without CORS: %d %v", got.StatusCode, got.Header)
				}
			}
			if got := p.doWith(client, p.request("OPTIONS", "/", "", "Host: kinesis.localhost")); got.StatusCode != 403 || got.body != accessDeniedXML {
				t.Errorf("OPTIONS without Origin: %d %s", got.StatusCode, got.body)
			}
		})
	}
	if rec.last(t).operation != "ListInstances" {
		t.Error("no operation called")
	}
}

func TestCallerOfAnOpenServer(t *testing.T) {
	rec := new(recorder)
	cfg := rec.config()
	cfg.DefaultAccount, cfg.DefaultRegion = "111122223333", "eu-central-1"
	p := start(t, cfg)
	for credential, want := range map[string]wire.Caller{
		"test/20261120/us-west-2/connect/aws4_request":         {Account: "111122223333", Region: "us-west-2", AccessKeyID: "test", Partition: "aws"},
		"123456789012/20261120/us-west-2/connect/aws4_request": {Account: "123456789012", Region: "us-west-2", AccessKeyID: "123456789012", Partition: "aws"},
		"1234567890123/20261120//connect/aws4_request":         {Account: "111122223333", Region: "eu-central-1", AccessKeyID: "1234567890123", Partition: "aws"},
		"AK/20261120/cn-north-1/connect/aws4_request":          {Account: "111122223333", Region: "cn-north-1", AccessKeyID: "AK", Partition: "aws-cn"},
		"AK/20261120/us-gov-west-1/connect/aws4_request":       {Account: "111122223333", Region: "us-gov-west-1", AccessKeyID: "AK", Partition: "aws-us-gov"},
	} {
		got := p.do(p.request("GET", "/instance", "", "Authorization: AWS4-HMAC-SHA256 Credential="+credential+", SignedHeaders=host, Signature=0", "Date: x"))
		want.RequestID = got.Header.Get("x-amzn-RequestId")
		if d := cmp.Diff(want, rec.last(t).caller); got.StatusCode != 200 || d != "" {
			t.Errorf("%s: %d %s", credential, got.StatusCode, d)
		}
	}
	for credential, want := range map[string]string{
		"/20261120/us-west-2/connect/aws4_request":       "UnrecognizedClientException",
		"AK/20261120/us_west_2/connect/aws4_request":     "InvalidSignatureException",
		"AK/20261120/us-west-2/connect/aws5":             "InvalidSignatureException",
		"AK/20261120/connect/aws4_request":               "IncompleteSignatureException",
		"AK/20261120/us-west-2/connect/aws4_request/six": "IncompleteSignatureException",
	} {
		got := p.do(p.request("GET", "/instance", "", "Authorization: AWS4-HMAC-SHA256 Credential="+credential+", SignedHeaders=host, Signature=0", "Date: x"))
		if got.StatusCode != 403 || got.Header.Get("x-amzn-ErrorType") != want {
			t.Errorf("%s: %d %s", credential, got.StatusCode, got.body)
		}
	}
	got := p.do(p.request("GET", "/instance", "", "Authorization: AWS4-ECDSA-P256-SHA256 Credential=AK/20261120/connect/aws4_request, SignedHeaders=host, Signature=0", "Date: x"))
	if got.StatusCode != 403 || !strings.Contains(got.body, "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'") {
		t.Errorf("SigV4a: %d %s", got.StatusCode, got.body)
	}
}

func FuzzRoutes(f *testing.F) {
	routes := &routes{}
	for _, m := range connectService().Catalogue {
		if err := routes.add(m.Method, m.Path, &operation{name: m.Name}); err != nil {
			f.Fatal(err)
		}
	}
	f.Add("GET", "/instance/arn%3Aaws%2F/attribute/x", "a=b")
	f.Add("PUT", "//%//..", "%")
	f.Add("GET", "/instance/%2525", "")
	f.Fuzz(func(t *testing.T, method, path, raw string) {
		query, _ := url.ParseQuery(raw)
		op, labels, ok := routes.find(method, path, query)
		if ok != (op != nil) {
			t.Fatalf("ok is %v with operation %v", ok, op)
		}
		if !ok {
			return
		}
		// What was found is found again from its template and labels.
		for _, m := range connectService().Catalogue {
			if m.Name != op.name {
				continue
			}
			rebuilt := m.Path
			for _, l := range labels {
				open, end := strings.Index(rebuilt, "{"), strings.Index(rebuilt, "}")
				rebuilt = rebuilt[:open] + url.PathEscape(strings.NewReplacer("{", "%7B", "}", "%7D").Replace(l)) + rebuilt[end+1:]
			}
			if again, relabelled, _ := routes.find(method, rebuilt, query); again != op || len(relabelled) != len(labels) {
				t.Fatalf("%s %q led to %s %q, but %q does not", method, path, op.name, labels, rebuilt)
			}
		}
	})
}

func FuzzParseSignature(f *testing.F) {
	f.Add(looseFor("kinesis")[0][len("Authorization: "):], "X-Amz-Algorithm=x&X-Amz-Credential=a/b/c/d/e")
	f.Add("AWS4-HMAC-SHA256 ,,==, =,Credential", "X-Amz-Algorithm")
	f.Add("AWS4-", "")
	h, err := New(new(recorder).config())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, authorization, query string) {
		r := &http.Request{Method: "GET", Header: http.Header{"Authorization": {authorization}, "X-Amz-Date": {"x"}},
			URL: &url.URL{Path: "/instance", RawQuery: query}, RequestURI: "/instance?" + query}
		r = r.WithContext(context.Background())
		c := &call{h: h, r: r, svc: h.bySigningName["connect"][0], sig: parseSignature(r)}
		if err := c.identify(); err != nil {
			return
		}
		s := c.sig
		if s.header && s.query || s.credential != s.accessKeyID+"/"+s.day+"/"+s.region+"/"+s.service+"/"+s.terminator {
			t.Fatalf("accepted %+v", s)
		}
		if len(c.caller.Account) != 12 || !validRegion(c.caller.Region) || c.caller.AccessKeyID == "" {
			t.Fatalf("caller %+v of %q", c.caller, authorization)
		}
	})
}
