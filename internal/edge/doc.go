// Package edge is the front door: one port that speaks HTTP/1.1 and HTTP/2, finds the service and the operation that
// a request means, learns who sent it, bounds it, and writes the answer with what every answer of AWS carries.
//
// The life of a request is Handler.ServeHTTP and what it calls, in order: admin, preflight, service (detect.go), then
// one of four fronts that each keep their family's order of checks (awsjson.go, restjson.go, query.go, rpc.go), the operation,
// and the answer (answer.go). Who sent it is read by signature.go and checked by verify.go. The edge knows no service:
// what differs between services comes with their wire.Service, and three small tables (CORS, host names, body bounds).
//
// What it does not do: decode or validate (package wire), authorize (nobody does yet), SigV4 of S3 (single encoding,
// chunked payloads) and SigV4a, which are refused.
package edge
