// Package metric is the port through which services report what they count. Who counts knows nothing of who keeps the
// numbers: the CloudWatch service does, and tests may.
package metric

import (
	"context"
	"time"
)

// Series names one metric of one account in one region.
type Series struct {
	Account, Region string
	Namespace       string // "AWS/Kinesis"
	Name            string // "IncomingBytes"
	Dimensions      []Dimension
	Unit            string // one of CloudWatch's standard units, such as "Bytes"; "" is "None"
}

// Dimension is one name and value that tells a series from its siblings. Their order does not matter.
type Dimension struct{ Name, Value string }

// Point is what one series was observed to be within the minute that begins at At: CloudWatch's statistic set.
type Point struct {
	Series
	At       time.Time // UTC
	Count    float64   // observations; more than 0
	Sum      float64
	Min, Max float64 // of single observations
}

// PointsMax is how many points a Sink takes at once.
const PointsMax = 1000

// Sink keeps points, PointsMax at once at most. Record returns when they are durable, or with an error when none of them is; points of one series
// and minute add up. It keeps no reference to points or to what they hold.
type Sink interface {
	Record(ctx context.Context, points []Point) error
}
