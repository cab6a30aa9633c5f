// Package lint holds the rules of the house as tests: who may import whom, what pure packages may do, that generated
// code is up to date and stands alone, that every package says what it is. It has no code of its own.
package lint
