package cloudwatch

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A statistic makes one number of what was observed in a period.
type statistic struct {
	name       string
	percentile float64 // of a percentile: 0 to 100
	basic      bool    // not a percentile
}

var basicStatistics = []string{"Average", "Maximum", "Minimum", "SampleCount", "Sum"}

var percentileForm = regexp.MustCompile(`^p(\d{1,3}(?:\.\d{1,10})?)$`)

// parseStatistic reads the name of a statistic that can be computed here.
func parseStatistic(name string) (statistic, bool) {
	if slices.Contains(basicStatistics, name) {
		return statistic{name: name, basic: true}, true
	}
	m := percentileForm.FindStringSubmatch(strings.ToLower(name))
	if m == nil {
		return statistic{}, false
	}
	p, err := strconv.ParseFloat(m[1], 64)
	return statistic{name: name, percentile: p}, err == nil && p <= 100
}

// of returns the statistic; false when what was observed does not tell it.
func (s statistic) of(b *bucket) (float64, bool) {
	switch s.name {
	case "Average":
		return b.sum / b.count, true
	case "Maximum":
		return b.max, true
	case "Minimum":
		return b.min, true
	case "SampleCount":
		return b.count, true
	case "Sum":
		return b.sum, true
	}
	return b.spread.percentile(s.percentile, b.min, b.max)
}

// validPeriod reports whether data can be asked for by periods of so many seconds.
func validPeriod(seconds int64) bool {
	switch seconds {
	case 1, 5, 10, 20, 30:
		return true
	}
	return seconds > 0 && seconds%60 == 0
}

const periodRule = "The parameter %s must be a value in the set [1, 5, 10, 20, 30] or a multiple of 60."

// aligned returns the interval that is looked at: it begins with a whole minute, or with a period where that is shorter,
// as the API reference says of StartTime. Periods are counted from there (boto3 issue 3457, 2022-10-22).
func aligned(start, end, period int64) interval {
	return interval{start - mod(start, min(period, 60)), end, period}
}

func mod(a, b int64) int64 { return (a%b + b) % b }

// tableFor returns the table that has data for periods of so many seconds.
func (s *Service) tableFor(period int64) *table {
	if period < 60 {
		return s.seconds
	}
	return s.minutes
}
