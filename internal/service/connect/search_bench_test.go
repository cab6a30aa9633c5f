package connect

import (
	"fmt"
	"testing"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// BenchmarkSearchUsers is one search in an instance that is full: while it lasts, no step is seen.
//
//	go test -run xxx -bench SearchUsers -benchmem ./internal/service/connect
func BenchmarkSearchUsers(b *testing.B) {
	d := directory.New()
	for i := range 50_000 {
		id := center.AgentID(fmt.Sprintf("%08d-aaaa-4aaa-8aaa-000000000000", i*7919%100_000))
		d.Users[id] = center.User{ID: id, Username: fmt.Sprintf("user%d", i), FirstName: "Ann", LastName: "Ree"}
	}
	for name, c := range map[string]*connectapi.UserSearchCriteria{
		"all": nil,
		"one": {StringCondition: &connectapi.StringCondition{FieldName: ptr("Username"), Value: ptr("user49999"), ComparisonType: ptr(connectapi.StringComparisonTypeExact)}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := searchUsersOf(d, &connectapi.SearchUsersInput{SearchCriteria: c}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
