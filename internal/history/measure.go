package history

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// source is where a metric's rows are, and at which of their times they count.
type source struct{ from, time, where string }

// Contacts count once their record is final. A supervisor who listens handles no contact.
const records = "completed=1 AND method<>'MONITOR'"

var (
	ended     = source{"contact", "disconnected", records}
	begun     = source{"contact", "initiated", "method<>'MONITOR'"}
	queuedAt  = source{"contact", "enqueued", "method<>'MONITOR'"}
	joinedAt  = source{"contact", "connected", "method<>'MONITOR'"}
	offers    = source{"offer", "ended", "1"}
	agentTime = source{"agent_time", "bucket", "1"}
)

// Scope is what a metric can be divided and filtered by.
type Scope int

// The scopes, as the API documents them.
const (
	ByQueue Scope = 1 << iota // QUEUE, CHANNEL
	ByProfile
	ByAgent // AGENT and its hierarchy
	BySubtype
)

// Allows reports whether a field is within the scope.
func (s Scope) Allows(f Field) bool {
	switch f {
	case Queue, Channel:
		return s&ByQueue != 0
	case Profile:
		return s&ByProfile != 0
	case Agent, Level1, Level2, Level3, Level4, Level5:
		return s&ByAgent != 0
	case Subtype:
		return s&BySubtype != 0
	}
	return false
}

// MetricFilters is which filters of its own a metric takes.
type MetricFilters int

// The ways.
const (
	NoFilters        MetricFilters = iota
	ByMethodOnly                   // and never "all but"
	ByMethodOrReason               // of initiation and of disconnection
)

// measure is how a metric comes from rows: the sum of num, or the greatest, or the ratio of two sums times a factor. What
// is NULL does not count. Num and den are SQL over a row; a question mark in num stands for "less than the threshold".
type measure struct {
	of       source
	num, den string
	factor   float64 // 0: 1
	max      bool
	limit    bool // num is compared with a threshold
	filters  MetricFilters
	scope    Scope
}

const (
	anything = ByQueue | ByProfile | ByAgent | BySubtype
	ofQueues = ByQueue | ByProfile | BySubtype
	ofAgents = ByProfile | ByAgent
)

// Words of the definitions ("Metrics definitions" of the administrator guide), as rows have them.
const (
	wasHandled = "(connected IS NOT NULL)"
	wasQueued  = "(enqueued IS NOT NULL)"
	activeTime = "(talked+held+wrapped)"
	handleTime = "(talked+held+paused+wrapped)"
	outAnyway  = "(out_agent+out_external+out_queue)"
)

// measures are the historical metrics by their names in GetMetricDataV2.
var measures = map[string]measure{
	"ABANDONMENT_RATE":              {of: ended, num: "abandoned", den: wasQueued, factor: 100, scope: anything},
	"AVG_ABANDON_TIME":              {of: ended, num: "CASE WHEN abandoned THEN waited END", den: "abandoned", scope: anything, filters: ByMethodOrReason},
	"AVG_ACTIVE_TIME":               {of: ended, num: activeTime, den: wasHandled, scope: anything, filters: ByMethodOrReason},
	"AVG_AGENT_PAUSE_TIME":          {of: ended, num: "paused", den: wasHandled, scope: anything, filters: ByMethodOrReason},
	"AVG_AFTER_CONTACT_WORK_TIME":   {of: ended, num: "wrapped", den: wasHandled, scope: anything, filters: ByMethodOrReason},
	"AVG_CONTACT_DURATION":          {of: ended, num: "lasted", den: "1", scope: anything, filters: ByMethodOrReason},
	"AVG_HANDLE_TIME":               {of: ended, num: handleTime, den: wasHandled, scope: anything, filters: ByMethodOrReason},
	"AVG_HOLD_TIME":                 {of: ended, num: "held", den: "(holds>0)", scope: anything, filters: ByMethodOrReason},
	"AVG_HOLD_TIME_ALL_CONTACTS":    {of: ended, num: "held", den: wasHandled, scope: anything, filters: ByMethodOrReason},
	"AVG_HOLDS":                     {of: ended, num: "holds", den: wasHandled, scope: anything, filters: ByMethodOrReason},
	"AVG_INTERACTION_AND_HOLD_TIME": {of: ended, num: "(talked+held)", den: wasHandled, scope: anything, filters: ByMethodOrReason},
	"AVG_INTERACTION_TIME":          {of: ended, num: "talked", den: wasHandled, scope: anything, filters: ByMethodOrReason},
	"AVG_QUEUE_ANSWER_TIME":         {of: ended, num: "CASE WHEN " + wasHandled + " THEN waited END", den: "(" + wasHandled + " AND " + wasQueued + ")", scope: ofQueues, filters: ByMethodOrReason},
	"AVG_RESOLUTION_TIME":           {of: ended, num: "resolved", den: "1", scope: ofQueues},

	"CONTACTS_ABANDONED":                     {of: ended, num: "abandoned", scope: anything, filters: ByMethodOrReason},
	"CONTACTS_CREATED":                       {of: begun, num: "1", scope: ofQueues, filters: ByMethodOrReason},
	"CONTACTS_HANDLED":                       {of: ended, num: wasHandled, scope: anything, filters: ByMethodOrReason},
	"CONTACTS_HANDLED_BY_CONNECTED_TO_AGENT": {of: joinedAt, num: "1", scope: ByQueue | ByAgent | BySubtype, filters: ByMethodOrReason},
	"CONTACTS_HOLD_ABANDONS":                 {of: ended, num: "hold_end", scope: anything, filters: ByMethodOrReason},
	"CONTACTS_ON_HOLD_AGENT_DISCONNECT":      {of: ended, num: "(hold_end AND reason='AGENT_DISCONNECT')", scope: anything, filters: ByMethodOrReason},
	"CONTACTS_ON_HOLD_CUSTOMER_DISCONNECT":   {of: ended, num: "(hold_end AND reason='CUSTOMER_DISCONNECT')", scope: anything, filters: ByMethodOrReason},
	"CONTACTS_PUT_ON_HOLD":                   {of: ended, num: "(holds>0)", scope: anything, filters: ByMethodOrReason},
	"CONTACTS_QUEUED":                        {of: ended, num: wasQueued, scope: anything, filters: ByMethodOrReason},
	"CONTACTS_QUEUED_BY_ENQUEUE":             {of: queuedAt, num: "1", scope: ByQueue | ByAgent | BySubtype, filters: ByMethodOrReason},
	"CONTACTS_REMOVED_FROM_QUEUE_IN_X":       {of: ended, num: "(waited ?)", limit: true, scope: ByQueue | ByProfile},
	"CONTACTS_RESOLVED_IN_X":                 {of: ended, num: "(resolved ?)", limit: true, scope: ofQueues},
	"CONTACTS_TRANSFERRED_OUT":               {of: ended, num: outAnyway, scope: anything, filters: ByMethodOrReason},
	"CONTACTS_TRANSFERRED_OUT_BY_AGENT":      {of: ended, num: "(out_agent+out_external)", scope: anything, filters: ByMethodOrReason},
	"CONTACTS_TRANSFERRED_OUT_EXTERNAL":      {of: ended, num: "out_external", scope: anything, filters: ByMethodOrReason},
	"CONTACTS_TRANSFERRED_OUT_FROM_QUEUE":    {of: ended, num: "out_queue", scope: anything, filters: ByMethodOrReason},
	"CONTACTS_TRANSFERRED_OUT_INTERNAL":      {of: ended, num: "out_agent", scope: anything, filters: ByMethodOrReason},
	"MAX_QUEUED_TIME":                        {of: ended, num: "waited", max: true, scope: anything, filters: ByMethodOrReason},
	"SERVICE_LEVEL":                          {of: ended, num: "(waited ?)", den: "(waited IS NOT NULL)", factor: 100, limit: true, scope: ByQueue | ByProfile},
	"SUM_AFTER_CONTACT_WORK_TIME":            {of: ended, num: "wrapped", scope: anything, filters: ByMethodOrReason},
	"SUM_CONTACT_FLOW_TIME":                  {of: ended, num: "flowed", scope: anything, filters: ByMethodOrReason},
	"SUM_CONTACTS_ABANDONED_IN_X":            {of: ended, num: "(abandoned AND waited ?)", limit: true, scope: ofQueues},
	"SUM_CONTACTS_ANSWERED_IN_X":             {of: ended, num: "(" + wasHandled + " AND waited ?)", limit: true, scope: ofQueues},
	"SUM_CONTACTS_DISCONNECTED":              {of: ended, num: "1", scope: anything, filters: ByMethodOrReason},
	"SUM_HANDLE_TIME":                        {of: ended, num: handleTime, scope: anything, filters: ByMethodOrReason},
	"SUM_HOLD_TIME":                          {of: ended, num: "held", scope: anything, filters: ByMethodOrReason},
	"SUM_INTERACTION_AND_HOLD_TIME":          {of: ended, num: "(talked+held)", scope: anything, filters: ByMethodOrReason},
	"SUM_INTERACTION_TIME":                   {of: ended, num: "talked", scope: anything, filters: ByMethodOrReason},

	// A call that the agent places rings at the customer: it says nothing about answering.
	"AGENT_ANSWER_RATE":                            {of: offers, num: "(answered AND method<>'OUTBOUND')", den: "((answered OR missed) AND method<>'OUTBOUND')", factor: 100, scope: ByQueue | ByProfile | ByAgent},
	"AGENT_NON_RESPONSE":                           {of: offers, num: "missed", scope: ByQueue | ByProfile | ByAgent},
	"AGENT_NON_RESPONSE_WITHOUT_CUSTOMER_ABANDONS": {of: offers, num: "(missed AND NOT abandoned)", scope: ByQueue | ByProfile | ByAgent},
	"AVG_AGENT_CONNECTING_TIME":                    {of: offers, num: "rang", den: "1", factor: 1e-3, scope: ByQueue | ByProfile | ByAgent, filters: ByMethodOnly},
	"SUM_CONNECTING_TIME_AGENT":                    {of: offers, num: "rang", factor: 1e-3, scope: ByQueue | ByProfile | ByAgent, filters: ByMethodOnly},

	"AGENT_OCCUPANCY":               {of: agentTime, num: "busy", den: "(busy+idle)", factor: 100, scope: ofAgents},
	"SUM_CONTACT_TIME_AGENT":        {of: agentTime, num: "busy", factor: 1e-3, scope: ofAgents},
	"SUM_ERROR_STATUS_TIME_AGENT":   {of: agentTime, num: "error", factor: 1e-3, scope: ofAgents},
	"SUM_IDLE_TIME_AGENT":           {of: agentTime, num: "idle", factor: 1e-3, scope: ofAgents},
	"SUM_NON_PRODUCTIVE_TIME_AGENT": {of: agentTime, num: "unproductive", factor: 1e-3, scope: ofAgents},
	"SUM_ONLINE_TIME_AGENT":         {of: agentTime, num: "online", factor: 1e-3, scope: ofAgents},
}

// Metric is one metric that is asked for.
type Metric struct {
	Name    string        // as GetMetricDataV2 has it
	Below   time.Duration // of those with a threshold: what is shorter counts
	OrEqual bool          // … and what is as long
	Filters []Filter      // by Method or Reason
}

// Filter keeps rows whose field has one of some values, or with Not, none of them.
type Filter struct {
	Field  Field
	Values []string
	Not    bool
}

// Known says what a metric can be divided and filtered by, whether it wants a threshold, and whether it takes filters of
// its own; ok is false when there is no such metric here.
func Known(name string) (scope Scope, threshold bool, filters MetricFilters, ok bool) {
	m, ok := measures[name]
	return m.scope, m.limit, m.filters, ok
}

// MetricQuery asks for numbers of one interval.
type MetricQuery struct {
	From, To time.Time // To is not in it. Of agents' time the buckets count that begin in it, and the one that From is in
	Filters  []Filter
	By       []Field // what to divide by
	Metrics  []Metric
	Now      time.Time
}

// Group is what was asked for of one group, which has a value for each field that was divided by.
type Group struct {
	Of     []string
	Values []Value // in the order of the query's metrics
}

// Value is a number, or that it cannot be told because nothing happened that it is an average of.
type Value struct {
	Number float64
	OK     bool
}

// Measure returns the numbers of all groups in which anything counts, sorted by group. Groups that lack one of the values
// that are divided by are left out, as documented; an agent's own queue is none.
func (h *History) Measure(ctx context.Context, q MetricQuery) ([]Group, error) {
	if q.To.After(q.Now.Truncate(BucketWidth)) && slices.ContainsFunc(q.Metrics, func(m Metric) bool { return measures[m.Name].of == agentTime }) {
		if err := h.settle(ctx, q.Now); err != nil {
			return nil, err
		}
	}
	groups := map[string]*Group{}
	bySource := map[source][]int{}
	for i, m := range q.Metrics {
		of := measures[m.Name].of
		bySource[of] = append(bySource[of], i)
	}
	for of, which := range bySource {
		if err := h.measure(ctx, q, of, which, groups); err != nil {
			return nil, fmt.Errorf("historical metrics: %w", err)
		}
	}
	out := make([]Group, 0, len(groups))
	for _, g := range groups {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Group) int { return slices.Compare(a.Of, b.Of) })
	return out, nil
}

// measure adds the metrics that come from one source.
func (h *History) measure(ctx context.Context, q MetricQuery, of source, which []int, groups map[string]*Group) error {
	text, args := statement(q, of, which)
	rows, err := h.db.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		names := make([]string, len(q.By))
		sums := make([]*float64, 2*len(which))
		into := make([]any, 0, len(names)+len(sums))
		for i := range names {
			into = append(into, &names[i])
		}
		for i := range sums {
			into = append(into, &sums[i])
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		key := strings.Join(names, "\x00")
		g := groups[key]
		if g == nil {
			g = &Group{Of: names, Values: nothing(q.Metrics)}
			groups[key] = g
		}
		for i, m := range which {
			g.Values[m] = measures[q.Metrics[m].Name].value(sums[2*i], sums[2*i+1])
		}
	}
	return rows.Err()
}

// statement is the SQL of the metrics of one source: a row a group, with two numbers a metric.
func statement(q MetricQuery, of source, which []int) (text string, args []any) {
	var columns []string
	for _, f := range q.By {
		columns = append(columns, string(f))
	}
	for _, n := range which {
		m := q.Metrics[n]
		d := measures[m.Name]
		kept, keptArgs := filter(m.Filters)
		sum := "SUM"
		if d.max {
			sum = "MAX"
		}
		for _, part := range [...]string{d.num, d.den} {
			if part == "" {
				columns = append(columns, "NULL")
				continue
			}
			args = append(args, keptArgs...)
			if strings.Contains(part, "?") {
				part = strings.Replace(part, "?", below(m.OrEqual), 1)
				args = append(args, int64(m.Below/time.Second))
			}
			columns = append(columns, sum+"(CASE WHEN "+kept+" THEN "+part+" END)")
		}
	}
	kept, keptArgs := filter(q.Filters)
	where := []string{of.time + ">=?", of.time + "<?", of.where, kept}
	from, table := q.From, of.from
	if of == agentTime {
		from = from.Truncate(BucketWidth)
		table = timesBetween(from, q.To)
	}
	args = append(append(args, from.UnixMilli(), q.To.UnixMilli()), keptArgs...)
	for _, f := range q.By {
		where = append(where, string(f)+"<>''")
		if f == Queue {
			where = append(where, "NOT own")
		}
	}
	text = "SELECT " + strings.Join(columns, ",") + " FROM " + table + " WHERE " + strings.Join(where, " AND ")
	for i := range q.By {
		text += [...]string{" GROUP BY ", ","}[min(i, 1)] + fmt.Sprint(i+1)
	}
	return text + " HAVING COUNT(*)>0", args
}

// timesBetween is agents' time from a bucket up to a time: whole days from the table of days, the rest bucket by bucket.
func timesBetween(from, to time.Time) string {
	first, last := from.Add(day-1).Truncate(day).UnixMilli(), to.Truncate(day).UnixMilli()
	if first >= last {
		return "agent_time"
	}
	return fmt.Sprintf(`(SELECT * FROM agent_time WHERE bucket>=%d AND bucket<%d UNION ALL SELECT * FROM agent_day WHERE bucket>=%d AND bucket<%d
		UNION ALL SELECT * FROM agent_time WHERE bucket>=%d AND bucket<%d)`, from.UnixMilli(), first, first, last, last, to.UnixMilli())
}

func below(orEqual bool) string {
	if orEqual {
		return "<= ?"
	}
	return "< ?"
}

// filter is the SQL of filters that must all hold.
func filter(all []Filter) (text string, args []any) {
	text = "1"
	for _, f := range all {
		c := In(f.Field, f.Values)
		if f.Not {
			c.sql = "NOT " + c.sql
		}
		text += " AND " + c.sql
		args = append(args, c.args...)
	}
	return text, args
}

// nothing is the values of a group in which nothing has happened: counts and sums are 0, averages cannot be told.
func nothing(metrics []Metric) []Value {
	out := make([]Value, len(metrics))
	for i, m := range metrics {
		out[i] = measures[m.Name].value(nil, nil)
	}
	return out
}

// value is a metric from its two sums.
func (m measure) value(num, den *float64) (v Value) {
	factor := m.factor
	if factor == 0 {
		factor = 1
	}
	switch {
	case m.den != "":
		if v.OK = den != nil && *den > 0; v.OK && num != nil {
			v.Number = *num * factor / *den
		}
	case num != nil:
		v = Value{*num * factor, true}
	default:
		v.OK = !m.max
	}
	return v
}
