// Package api holds the generated code of the AWS services, one package each, and the one line that makes it: types,
// decoders with validation, encoders, errors and constructors of wire.Operation for every operation on a service's
// allow-list in models, and the coverage pages in docs/compat.
package api

//go:generate go run ../../tools/awsgen generate -models ../../models -api . -compat ../../docs/compat
