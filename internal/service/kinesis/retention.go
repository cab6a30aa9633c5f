package kinesis

import (
	"time"
)

// A retention period is this many hours at least and at most.
const (
	retentionHoursMin = 24
	retentionHoursMax = 8760
)

// checkRetention refuses a period that no stream may have.
func checkRetention(hours int32) error {
	switch {
	case hours < retentionHoursMin:
		return errRetentionShort(hours)
	case hours > retentionHoursMax:
		return errRetentionLong(hours)
	}
	return nil
}

// retain sets a new retention period. What the old one had hidden stays hidden, what the new one hides is hidden at once.
func (doc *streamDoc) retain(cur *streamState, hours int32, now time.Time) {
	doc.Horizon = cur.horizon(now)
	doc.Retention = hours
	doc.Horizon = max(doc.Horizon, millis(now)-int64(hours)*time.Hour.Milliseconds())
}
