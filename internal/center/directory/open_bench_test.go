package directory

import (
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// BenchmarkOpen is what one check of hours costs a step.
func BenchmarkOpen(b *testing.B) {
	at := time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC)
	for _, zone := range []string{"UTC", "America/New_York"} {
		b.Run(zone, func(b *testing.B) {
			d := New()
			d.Apply(at, center.HoursSaved{Hours: center.Hours{ID: "h", TimeZone: zone, Slots: always()}})
			b.ReportAllocs()
			for b.Loop() {
				d.Open("h", at)
			}
		})
	}
}
