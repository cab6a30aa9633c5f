package lint

import (
	"strings"
	"testing"
)

// may says which of our packages a package may import in code that ships. The first row that holds the package counts.
// A row's name holds for the folder and all below it, unless it ends in "$". "self" stands for the row's own folder.
// Imports point down, never sideways between services, never up: a new arrow is a change of this table.
var may = []struct {
	pkg   string
	allow string
}{
	{"internal/arn", ""},
	{"internal/clock", ""},
	{"internal/wire", "self"},
	{"internal/metric", ""},
	{"internal/keys$", ""},
	{"internal/keys", "internal/keys internal/storage$ internal/clock internal/arn"},
	{"internal/storage$", ""},
	{"internal/storage", "internal/storage internal/clock"},
	{"internal/center$", ""},
	{"internal/center/lifecycle", "internal/center$"},
	{"internal/center/flow/language", "internal/center$"},
	{"internal/center/directory", "self internal/center$ internal/center/lifecycle internal/center/flow/language"},
	{"internal/center/routing", "internal/center$ internal/center/lifecycle internal/center/directory"},
	{"internal/center/flow", "self internal/center$ internal/center/lifecycle internal/center/directory"},
	{"internal/center/machine", "internal/center"},
	// Every document is made of the one fold of contacts and agents; live also shows the directory.
	{"internal/projection/live", "internal/center$ internal/center/lifecycle internal/center/directory internal/center/routing internal/arn"},
	{"internal/projection/document", "internal/center$ internal/arn"},
	{"internal/projection", "internal/center$ internal/center/lifecycle internal/projection/document internal/arn"},
	{"internal/courier", "internal/arn"},
	{"internal/api", "internal/wire"},
	{"internal/edge", "internal/wire internal/clock"},
	{"internal/telephony", "self internal/center$ internal/clock"},
	{"internal/switchboard", "internal/center internal/projection/live internal/storage$ internal/clock internal/arn"},
	{"internal/chat", "internal/center$"},
	{"internal/journal", "internal/center$ internal/storage$"},
	{"internal/contactstore", "internal/center$ internal/center/lifecycle internal/journal internal/storage$ internal/clock"},
	{"internal/history", "internal/center$ internal/center/lifecycle internal/journal internal/clock"},
	{"internal/outbox", "internal/center$ internal/center/lifecycle internal/journal internal/projection internal/courier internal/storage$ internal/arn internal/clock"},
	{"internal/perform", "internal/center$ internal/courier internal/telephony internal/arn"},
	{"internal/ccp", "internal/center internal/switchboard internal/projection/live"},
	{"internal/service/cloudwatch", "self internal/api/cloudwatchapi internal/wire internal/storage$ internal/metric internal/clock"},
	{"internal/service/connect", "self internal/api/connectapi internal/wire internal/center internal/switchboard internal/projection/live internal/contactstore internal/history internal/chat internal/courier internal/arn internal/clock"},
	{"internal/service/dynamodb", "self internal/api/dynamodbapi internal/wire internal/storage$ internal/clock internal/arn"},
	{"internal/service/kinesis", "self internal/api/kinesisapi internal/wire internal/storage$ internal/keys$ internal/courier internal/metric internal/clock internal/arn"},
	{"internal/service/eventbridge/pattern", ""},
	{"internal/service/participant", "internal/api/connectparticipantapi internal/wire internal/center internal/switchboard internal/projection/live internal/chat internal/clock"},
	{"internal/service/sts", "self internal/api/stsapi internal/wire internal/arn"},
	{"internal/admin", "internal/clock internal/keys internal/courier internal/center internal/switchboard internal/projection/live internal/ccp internal/chat internal/outbox internal/telephony internal/arn"},
	{"internal/simulate", "internal"},
	{"internal/node", "internal"},
	{"internal/lint", ""},
	{"cmd", "cmd internal/node internal/simulate internal/center$ internal/clock"},
	{"tools", "self"},
	{"test", "test internal cmd"},
}

// never says what no row may allow by a wide word such as "internal".
var never = map[string][]string{
	"internal/node":     {"internal/lint", "internal/simulate"},
	"internal/simulate": {"internal/lint", "internal/node", "internal/storage/embedded", "internal/storage/distributed"},
}

func TestImportsPointDown(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		row, allow, ok := rowOf(s.pkg)
		if !ok {
			t.Errorf("%s: its package is in no row of the table", s.path)
			continue
		}
		seen[row] = true
		for _, imp := range s.imports {
			dep := own(imp)
			if dep == "" || dep == s.pkg {
				continue
			}
			if !allowed(row, allow, dep) {
				t.Errorf("%s imports %s, which the table does not allow for %s", s.path, dep, row)
			}
		}
	}
	for _, r := range may {
		if !seen[r.pkg] && r.pkg != "test" {
			t.Errorf("the table has a row for %s, which holds no code: take it out", r.pkg)
		}
	}
}

// Tests may also use in-memory engines, suites and whatever the package under test is tested with; but a pure package's
// tests stay as pure as the package.
func TestTestsOfTheCenterStayInTheCenter(t *testing.T) {
	for _, s := range sources(t) {
		if !s.test || !within(s.pkg, "internal/center") {
			continue
		}
		for _, imp := range s.imports {
			if dep := own(imp); dep != "" && !within(dep, "internal/center") {
				t.Errorf("%s imports %s: tests of the center need nothing outside it", s.path, dep)
			}
		}
	}
}

func rowOf(pkg string) (row, allow string, ok bool) {
	for _, r := range may {
		if name, exact := strings.CutSuffix(r.pkg, "$"); exact && pkg == name || !exact && within(pkg, r.pkg) {
			return r.pkg, r.allow, true
		}
	}
	return "", "", false
}

func allowed(row, allow, dep string) bool {
	for _, n := range never[row] {
		if within(dep, n) {
			return false
		}
	}
	for _, a := range strings.Fields(allow) {
		if a == "self" {
			a = strings.TrimSuffix(row, "$")
		}
		if name, exact := strings.CutSuffix(a, "$"); exact && dep == name || !exact && within(dep, a) {
			return true
		}
	}
	return false
}
