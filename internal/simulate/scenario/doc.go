// Package scenario says who calls a center, who works there and what goes wrong on the way: as files that people write,
// with a schema, and with a library of ready ones. It only describes; package simulate lets it happen.
//
// The tags of the types in scenario.go are the whole format: reading a file, what is wrong with it, and the JSON Schema
// come from them.
package scenario
