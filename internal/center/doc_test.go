package center

import (
	"regexp"
	"testing"
)

var testKey = []byte("0123456789abcdef")

func TestDeriveID(t *testing.T) {
	// These stand in journals: they never change.
	for _, c := range []struct {
		place uint64
		n     int
		want  string
	}{{1, 1, "8a484c9b-3eeb-49ce-a204-82acc0d5b039"}, {1, 2, "f9edf54d-c14d-4c8b-8356-6bcd842bde4e"}, {1 << 40, 7, "5072c781-fa4d-40ab-96fe-060ad3b00dd6"}} {
		if got := DeriveID(testKey, c.place, c.n); got != c.want {
			t.Errorf("DeriveID(key, %d, %d) = %s, want %s", c.place, c.n, got, c.want)
		}
	}
	shape := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for place := range uint64(100) {
		for n := range 20 {
			id := DeriveID(testKey, place, n)
			if !shape.MatchString(id) || seen[id] {
				t.Fatalf("DeriveID(key, %d, %d) = %s: not a UUID of version 4, or there twice", place, n, id)
			}
			seen[id] = true
		}
	}
	if DeriveID([]byte("another"), 1, 1) == DeriveID(testKey, 1, 1) {
		t.Error("another key makes the same id")
	}
}

func TestDeriveAssociationID(t *testing.T) {
	a := DeriveAssociationID(testKey, 1, 0)
	if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(string(a)) {
		t.Errorf("%s is not 64 hex digits", a)
	}
	if a != DeriveAssociationID(testKey, 1, 0) || a == DeriveAssociationID(testKey, 2, 0) || a == DeriveAssociationID(testKey, 1, 1) {
		t.Error("not one id for each place and number")
	}
}
