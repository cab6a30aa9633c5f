package connect

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/history"
)

// Bounds of questions about historical metrics. Where a range must be "less than" so long, just as long is taken too.
const (
	historyMonths   = 3                   // how long ago a range may begin, in months
	historyFineMost = 3 * 24 * time.Hour  // of a range by 15 or 30 minutes or by the hour
	historyMost     = 35 * 24 * time.Hour // of a range by the day or week, or as a whole
	thresholdMost   = 604800              // seconds
	serviceLevelMax = 20                  // service levels in one request
	metricsMax      = 100                 // metrics in one request (ours)
)

// span is one interval of an answer.
type span struct{ from, to time.Time }

// historyToken is what a NextToken of historical metrics holds: where to go on, and of which request.
type historyToken struct {
	Request string   `json:"r"`
	From    int64    `json:"f"` // of the interval that is given out, in milliseconds since 1970
	After   []string `json:"a"` // the last group that was given out of it
}

// measured is a group of one interval.
type measured struct {
	span
	history.Group
}

// measurePage returns the results of a question by its intervals, from where a token says on, as many as fit. Each interval
// is only looked into when its turn has come.
func measurePage(ctx context.Context, c Center, q history.MetricQuery, spans []span, operation, digest string, token *string, most *int32) (page []measured, next *string, err error) {
	n := metricsOnPage
	if most != nil {
		n = min(int(*most), metricsOnPage)
	}
	after, err := openHistoryToken(operation, digest, token)
	if err != nil {
		return nil, nil, err
	}
	h, err := c.History(ctx)
	if err != nil {
		return nil, nil, modelled(err)
	}
	for _, s := range spans {
		if after != nil && s.from.UnixMilli() < after.From {
			continue
		}
		q.From, q.To = s.from, s.to
		groups, err := h.Measure(ctx, q)
		if err != nil {
			return nil, nil, err
		}
		for _, g := range groups {
			if after != nil && s.from.UnixMilli() == after.From && slices.Compare(g.Of, after.After) <= 0 {
				continue
			}
			if len(page) == n {
				last := page[n-1]
				content, err := json.Marshal(historyToken{digest, last.from.UnixMilli(), last.Of})
				return page, sealToken(operation, string(content)), err
			}
			page = append(page, measured{s, g})
		}
	}
	return page, nil, nil
}

func openHistoryToken(operation, digest string, token *string) (*historyToken, error) {
	if value(token) == "" {
		return nil, nil
	}
	content, err := openToken(operation, *token)
	if err != nil {
		return nil, err
	}
	t := &historyToken{}
	if json.Unmarshal([]byte(content), t) != nil {
		return nil, invalidParameter("Invalid NextToken")
	}
	if t.Request != digest {
		return nil, invalidParameter("NextToken belongs to a request with other parameters")
	}
	return t, nil
}

// checkRange holds the rules of a range of time.
func checkRange(from, to, now, earliest time.Time, most time.Duration) error {
	switch {
	case !from.Before(to):
		return invalidParameter("StartTime: must be before EndTime")
	case to.After(now):
		return invalidParameter("EndTime: must not be in the future")
	case from.Before(earliest):
		return invalidParameter("StartTime: historical metrics begin at %s", earliest.UTC().Format(time.RFC3339))
	case to.Sub(from) > most:
		return invalidParameter("EndTime: at most %v after StartTime", most)
	}
	return nil
}

// below reads a threshold of a metric.
func below(member, metric, comparison string, v *float64, orEqual bool) (time.Duration, error) {
	if comparison != "LT" && !(orEqual && comparison == "LTE") {
		return 0, invalidParameter("%s.Comparison: of %s it must be LT%s", member, metric, map[bool]string{true: " or LTE"}[orEqual])
	}
	if v == nil || *v < 1 || *v > thresholdMost || *v != math.Trunc(*v) {
		return 0, invalidParameter("%s.ThresholdValue: of %s it must be a whole number from 1 to %d", member, metric, thresholdMost)
	}
	return time.Duration(*v) * time.Second, nil
}

// unknownResource refuses resources of filters that the instance does not have. Agents' own queues are not supported
// (documented).
func unknownResource(c Center, filters []history.Filter) (err error) {
	c.View().Directory(func(d *directory.Directory) {
		for _, f := range filters {
			switch f.Field {
			case history.Queue:
				err = cmp.Or(err, missing(d.Queues, center.KindQueue, f.Values))
				for _, q := range f.Values {
					if err == nil && d.Queues[center.QueueID(q)].Agent != "" {
						err = unsupported("the queue of an agent, " + q + ",")
					}
				}
			case history.Profile:
				err = cmp.Or(err, missing(d.Profiles, center.KindRoutingProfile, f.Values))
			case history.Agent:
				err = cmp.Or(err, missing(d.Users, center.KindUser, f.Values))
			case history.Level1, history.Level2, history.Level3, history.Level4, history.Level5:
				err = cmp.Or(err, missing(d.Groups, center.KindHierarchyGroup, f.Values))
			}
		}
	})
	return err
}

// intervals divides a range by a period on the clock of a time zone. What a period begins before the range, or ends after
// it, is cut off. A week begins on Monday (ours).
func intervals(from, to time.Time, period, zone string) ([]span, error) {
	where, err := time.LoadLocation(zone) // "" is UTC
	if err != nil || zone == "Local" {
		return nil, invalidParameter("Interval.TimeZone: %q is not known", zone)
	}
	step, err := stepper(period)
	if err != nil {
		return nil, err
	}
	var out []span
	for from.Before(to) {
		end := step(from.In(where)).UTC()
		if !end.After(from) { // a clock that is put back
			end = from.Add(time.Hour)
		}
		if end.After(to) {
			end = to
		}
		out = append(out, span{from, end})
		from = end
	}
	return out, nil
}

// stepper returns what finds the next beginning of a period after a time.
func stepper(period string) (func(time.Time) time.Time, error) {
	fixed := func(d time.Duration) func(time.Time) time.Time {
		return func(t time.Time) time.Time { // zones are whole quarters of an hour apart
			_, offset := t.Zone()
			shift := time.Duration(offset) * time.Second
			return t.Add(shift).Truncate(d).Add(d - shift)
		}
	}
	midnight := func(t time.Time, days int) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day()+days, 0, 0, 0, 0, t.Location())
	}
	switch period {
	case "FIFTEEN_MIN":
		return fixed(15 * time.Minute), nil
	case "THIRTY_MIN":
		return fixed(30 * time.Minute), nil
	case "HOUR":
		return fixed(time.Hour), nil
	case "DAY":
		return func(t time.Time) time.Time { return midnight(t, 1) }, nil
	case "WEEK":
		return func(t time.Time) time.Time { return midnight(t, 7-(int(t.Weekday())+6)%7) }, nil
	case "TOTAL":
		return func(t time.Time) time.Time { return t.Add(historyMost + time.Second) }, nil
	}
	return nil, fmt.Errorf("a period %q", period)
}

// number is a metric's value; one that cannot be told is left out.
func number(v history.Value) *float64 {
	if !v.OK {
		return nil
	}
	return &v.Number
}

// methodNamed returns an initiation method as contacts have it. The API's lists also have INCOMING and Disconnect.
func methodNamed(name string) string {
	if name = strings.ToUpper(name); name == "INCOMING" {
		return "INBOUND"
	}
	return name
}
