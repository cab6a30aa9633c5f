package cloudwatch

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/cloudwatchapi"
)

const (
	// queriesMax is how many queries one GetMetricData may have, dataMax how many points one answer (API reference).
	queriesMax = 500
	dataMax    = 100_800
	// lookedMax is how many blocks are looked for before an answer ends with the query that it is at: some 35 metrics of
	// 15 days.
	lookedMax = 50_000
)

var queryID = regexp.MustCompile(`^[a-z][a-zA-Z0-9_]*$`)

// A dataQuery is one checked MetricStat.
type dataQuery struct {
	id, label string
	identity
	asked     interval
	statistic statistic
	unit      *string
}

// A dataToken says where the next page begins.
type dataToken struct {
	Asked   string // digest of the request
	Query   int
	Skipped int // points of that query that earlier pages had
}

// getMetricData computes one statistic for each of many metrics. A metric that has data in several units gives the
// points of all of them, where the query names none.
func (s *Service) getMetricData(ctx context.Context, in *cloudwatchapi.GetMetricDataInput) (*cloudwatchapi.GetMetricDataOutput, error) {
	queries, err := dataQueries(caller(ctx), in)
	if err != nil {
		return nil, err
	}
	room := dataMax
	if in.MaxDatapoints != nil {
		room = int(*in.MaxDatapoints)
	}
	at := dataToken{Asked: digest(in)}
	if in.NextToken != nil {
		var t dataToken
		if !readToken(*in.NextToken, &t) || t.Asked != at.Asked || t.Query < 0 || t.Skipped < 0 {
			return nil, &cloudwatchapi.InvalidNextToken{Message: "The value for parameter NextToken is invalid."}
		}
		at = t
	}
	descending := in.ScanBy == nil || *in.ScanBy == cloudwatchapi.ScanByTimestampDescending
	out := &cloudwatchapi.GetMetricDataOutput{MetricDataResults: []cloudwatchapi.MetricDataResult{}, Messages: []cloudwatchapi.MessageData{}}
	looked := 0
	for ; at.Query < len(queries); at.Query, at.Skipped = at.Query+1, 0 {
		if room == 0 || looked > lookedMax {
			token := writeToken(at)
			out.NextToken = &token
			break
		}
		q := queries[at.Query]
		data, n, err := s.run(ctx, q)
		if err != nil {
			return nil, err
		}
		looked += n
		if descending {
			slices.Reverse(data)
		}
		data = data[min(at.Skipped, len(data)):]
		more := len(data) > room
		out.MetricDataResults = append(out.MetricDataResults, q.result(data[:min(room, len(data))], more))
		if more {
			at.Skipped += room
			token := writeToken(at)
			out.NextToken = &token
			break
		}
		room -= len(data)
	}
	return out, nil
}

// sample is a statistic of one period.
type sample struct {
	at    int64
	value float64
}

// run answers one query, oldest first.
func (s *Service) run(ctx context.Context, q dataQuery) (data []sample, looked int, err error) {
	id := q.identity.id()
	for _, u := range s.index.unitsOf(q.account, id) {
		if q.unit != nil && *q.unit != units[u] {
			continue
		}
		n, err := s.tableFor(q.asked.period).query(ctx, id, u, q.asked, s.clock.Now(), !q.statistic.basic, func(p *point) {
			if v, ok := q.statistic.of(&p.bucket); ok {
				data = append(data, sample{p.at, v})
			}
		})
		looked += n
		if err != nil {
			return nil, looked, err
		}
	}
	slices.SortStableFunc(data, func(a, b sample) int { return int(a.at - b.at) })
	return data, looked, nil
}

func (q dataQuery) result(data []sample, more bool) cloudwatchapi.MetricDataResult {
	status := cloudwatchapi.StatusCodeComplete
	if more {
		status = cloudwatchapi.StatusCodePartialData
	}
	r := cloudwatchapi.MetricDataResult{Id: &q.id, Label: &q.label, StatusCode: &status, Timestamps: make([]time.Time, len(data)), Values: make([]float64, len(data))}
	for i, d := range data {
		r.Timestamps[i], r.Values[i] = time.Unix(d.at, 0).UTC(), d.value
	}
	return r
}

// dataQueries checks a request and returns the queries that give data.
func dataQueries(of account, in *cloudwatchapi.GetMetricDataInput) ([]dataQuery, error) {
	start, end := in.StartTime.Unix(), in.EndTime.Unix()
	switch { // the second text was seen, as validation says
	case in.LabelOptions != nil:
		return nil, validation("LabelOptions is not supported yet.")
	case start == end:
		return nil, validation("The parameter StartTime must not equal parameter EndTime.")
	case start > end:
		return nil, validation("The parameter StartTime must be less than the parameter EndTime.")
	case len(in.MetricDataQueries) == 0:
		return nil, validation("The parameter MetricDataQueries is required.")
	case len(in.MetricDataQueries) > queriesMax:
		return nil, validation("The collection MetricDataQueries must not have a size greater than %d.", queriesMax)
	case in.MaxDatapoints != nil && (*in.MaxDatapoints < 1 || *in.MaxDatapoints > dataMax):
		return nil, validation("The value %d for parameter MaxDatapoints is invalid. It must be from 1 to %d.", *in.MaxDatapoints, dataMax)
	}
	ids := map[string]bool{}
	var out []dataQuery
	for i := range in.MetricDataQueries {
		q := &in.MetricDataQueries[i]
		at := fmt.Sprintf("MetricDataQueries.member.%d", i+1)
		switch {
		case !queryID.MatchString(*q.Id):
			return nil, validation("The value %s for parameter %s.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.", *q.Id, at)
		case ids[*q.Id]:
			return nil, validation("The values for parameter id in MetricDataQueries are not unique.")
		}
		ids[*q.Id] = true
		checked, err := checkQuery(of, q, at)
		if err != nil {
			return nil, err
		}
		checked.asked = aligned(start, end, int64(*q.MetricStat.Period))
		if q.ReturnData == nil || *q.ReturnData {
			out = append(out, checked)
		}
	}
	return out, nil
}

func checkQuery(of account, q *cloudwatchapi.MetricDataQuery, at string) (c dataQuery, err error) {
	m := q.MetricStat
	switch {
	case q.Expression != nil:
		return c, validation("%s.Expression is not supported yet.", at)
	case m == nil:
		return c, validation("The parameter %s.MetricStat is required.", at)
	case q.Period != nil:
		return c, validation("The parameters %s.Period and %s.MetricStat are mutually exclusive and you have specified both.", at, at)
	case q.AccountId != nil && *q.AccountId != of.ID:
		return c, validation("%s.AccountId is not supported yet for another account.", at)
	case q.Label != nil && strings.Contains(*q.Label, "${"):
		return c, validation("%s.Label is not supported yet with dynamic values.", at)
	case !validPeriod(int64(*m.Period)):
		return c, validation(periodRule, at+".MetricStat.Period")
	case m.Metric.Namespace == nil:
		return c, validation("The parameter %s.MetricStat.Metric.Namespace is required.", at)
	case m.Metric.MetricName == nil:
		return c, validation("The parameter %s.MetricStat.Metric.MetricName is required.", at)
	}
	var ok bool
	if c.statistic, ok = parseStatistic(*m.Stat); !ok {
		return c, validation("The value %s for parameter %s.MetricStat.Stat is not supported. Supported are %s and percentiles from p0 to p100.",
			*m.Stat, at, strings.Join(basicStatistics, ", "))
	}
	dims, wrong := dimensions(m.Metric.Dimensions, at+".MetricStat.Metric.")
	if wrong != "" {
		return c, validation("%s", wrong)
	}
	c.identity = newIdentity(of, *m.Metric.Namespace, *m.Metric.MetricName, dims)
	c.id, c.label, c.unit = *q.Id, *m.Metric.MetricName, m.Unit
	if q.Label != nil {
		c.label = *q.Label
	}
	return c, nil
}

// digest tells requests apart, so that a token is used with the request that it came from.
func digest(in *cloudwatchapi.GetMetricDataInput) string {
	text, err := json.Marshal([]any{in.MetricDataQueries, in.StartTime.Unix(), in.EndTime.Unix(), in.ScanBy, in.MaxDatapoints})
	if err != nil {
		panic(err) // these are texts, whole numbers and booleans
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}
