// Package expression reads DynamoDB's expressions and carries them out on items: conditions, filters and key conditions,
// projections, updates. It computes only. Refusals are the service's ValidationException in the service's words, as a suite
// that was run against it asserts them (dynalite, until 2024); where several things are wrong, the one that the service
// names is said.
package expression
