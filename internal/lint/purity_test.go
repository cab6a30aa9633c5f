package lint

import (
	"go/ast"
	"strings"
	"testing"
)

// pureStd is what pure packages may import of the standard library: what computes.
var pureStd = map[string]bool{
	"errors": true, "fmt": true, "slices": true, "maps": true, "cmp": true, "strings": true, "strconv": true, "sort": true,
	"math": true, "math/big": true, "math/bits": true, "crypto/sha256": true, "crypto/hmac": true, "iter": true, "time": true, "regexp": true,
	"unicode": true, "unicode/utf8": true, "bytes": true, "reflect": true, "container/heap": true, "unsafe": true, "net/url": true, "hash/maphash": false,
}

// clockUse names the functions of package time that read or wait for a clock.
var clockUse = map[string]bool{
	"Now": true, "Since": true, "Until": true, "After": true, "AfterFunc": true, "NewTimer": true, "NewTicker": true, "Tick": true, "Sleep": true,
}

func pure(pkg string) bool {
	return within(pkg, "internal/center") || within(pkg, "internal/projection")
}

func TestPurePackagesOnlyCompute(t *testing.T) {
	found := 0
	for _, s := range sources(t) {
		if s.test || !pure(s.pkg) {
			continue
		}
		found++
		for _, imp := range s.imports {
			ok := pureStd[imp] || strings.HasPrefix(imp, "encoding/") || own(imp) != ""
			if s.pkg == "internal/projection/live" && (imp == "sync" || imp == "sync/atomic") {
				ok = true // the one projection that is read while it is written
			}
			if !ok {
				t.Errorf("%s imports %s, which does more than compute", s.path, imp)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if g, ok := n.(*ast.GoStmt); ok {
				t.Errorf("%s:%d: a go statement in a pure package", s.path, s.fset.Position(g.Pos()).Line)
			}
			return true
		})
	}
	if found < 10 {
		t.Fatalf("only %d pure files found: the rule looks in the wrong place", found)
	}
}

// realTime lists who may read the machine's clock besides package clock, and why.
var realTime = map[string]string{
	"internal/clock":   "it is the clock",
	"internal/edge":    "the Date header, TLS and the age of signatures face a real peer",
	"internal/storage": "waits of the engines' own machinery (network timeouts) face a real peer; records are stamped by the Config's clock",
	"cmd":              "progress on a terminal, timeouts of clients",
	"test":             "tests and load generators measure real time",
	"tools":            "not part of the server",
}

func TestOnlyTheClockReadsTheTime(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		exempt := false
		for dir := range realTime {
			exempt = exempt || within(s.pkg, dir)
		}
		if exempt {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && clockUse[sel.Sel.Name] {
				t.Errorf("%s:%d: time.%s: take a clock.Clock", s.path, s.fset.Position(n.Pos()).Line, sel.Sel.Name)
			}
			return true
		})
	}
}

func TestTestsDoNotSleep(t *testing.T) {
	for _, s := range sources(t) {
		if !s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && sel.Sel.Name == "Sleep" {
					t.Errorf("%s:%d: a test that sleeps", s.path, s.fset.Position(n.Pos()).Line)
				}
			}
			return true
		})
	}
}
