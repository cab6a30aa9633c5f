// Package apitest holds the tests of the generated api packages: each operation against the official Go SDK, in both
// directions; texts of refusals; fuzzing; benchmarks against encoding/json. It is one package because the SDK of
// Connect takes long to compile.
package apitest
