package connect

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/hookswitch/hookswitch/internal/center"
)

// shift is two handled tasks and one that nobody took: ann has the first for a minute and wraps up for 30 s.
func (n *tenant) shift(t *testing.T) (ann, other *string) {
	t.Helper()
	ctx, c := t.Context(), n.client
	ann = n.user(t, "ann")
	other = must(c.CreateQueue(ctx, &awsconnect.CreateQueueInput{InstanceId: n.id, Name: aws.String("other"), HoursOfOperationId: n.hours}))(t).QueueId
	flow := must(c.CreateContactFlow(ctx, &awsconnect.CreateContactFlowInput{InstanceId: n.id, Name: aws.String("to other"), Type: types.ContactFlowTypeContactFlow, Content: aws.String(flowTo(*other))}))(t).ContactFlowId
	for i := range 2 {
		task := n.task(t, fmt.Sprint("task", i))
		n.world.advance(t, 10*time.Second)
		must(c.PutUserStatus(ctx, &awsconnect.PutUserStatusInput{InstanceId: n.id, UserId: ann, AgentStatusId: n.available}))(t)
		n.until(t, ann, task, center.AgentContactConnecting)
		n.world.advance(t, 5*time.Second)
		n.accepted(t, ann, task)
		n.world.advance(t, time.Minute)
		if err := n.stop(t, task); err != nil {
			t.Fatal(err)
		}
		n.world.advance(t, 30*time.Second)
		n.submit(t, center.ClearContact{Contact: center.ContactID(*task), Agent: center.AgentID(*ann)})
		must(c.PutUserStatus(ctx, &awsconnect.PutUserStatusInput{InstanceId: n.id, UserId: ann, AgentStatusId: n.offline}))(t)
		n.world.advance(t, 15*time.Minute)
	}
	lost := must(c.StartTaskContact(ctx, &awsconnect.StartTaskContactInput{InstanceId: n.id, ContactFlowId: flow, Name: aws.String("lost")}))(t).ContactId
	n.world.advance(t, 40*time.Second)
	if err := n.stop(t, lost); err != nil {
		t.Fatal(err)
	}
	n.world.advance(t, 5*time.Minute)
	return ann, other
}

// told is an answer in short: dimensions, the start of the interval in minutes after nine, values.
func told(out []types.MetricResultV2, names map[string]string) (lines []string) {
	for _, r := range out {
		line := ""
		for _, d := range []string{"QUEUE", "AGENT", "CHANNEL", "ROUTING_PROFILE", "contact/segmentAttributes/connect:Subtype"} {
			if v, ok := r.Dimensions[d]; ok {
				if n := names[v]; n != "" {
					v = n
				}
				line += v + " "
			}
		}
		line += fmt.Sprintf("%v:", r.MetricInterval.StartTime.Sub(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)).Minutes())
		for _, c := range r.Collections {
			if c.Value == nil {
				line += " null"
			} else {
				line += fmt.Sprintf(" %v", *c.Value)
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func TestGetMetricDataV2(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	began := w.clock.Now()
	ann, other := n.shift(t)
	names := map[string]string{*ann: "ann", *n.queue: "basic", *other: "other", *n.profile: "profile"}
	metrics := func(names ...string) (out []types.MetricV2) {
		for _, m := range names {
			v := types.MetricV2{Name: aws.String(m)}
			if m == "SERVICE_LEVEL" || m == "SUM_CONTACTS_ANSWERED_IN_X" {
				v.Threshold = []types.ThresholdV2{{Comparison: aws.String("LTE"), ThresholdValue: aws.Float64(15)}}
			}
			out = append(out, v)
		}
		return out
	}
	queues := []types.FilterV2{{FilterKey: aws.String("QUEUE"), FilterValues: []string{*n.queue, n.arn + "/queue/" + *other}}}
	agents := []types.FilterV2{{FilterKey: aws.String("AGENT"), FilterValues: []string{*ann}}}
	ask := func(change func(*awsconnect.GetMetricDataV2Input)) *awsconnect.GetMetricDataV2Input {
		in := &awsconnect.GetMetricDataV2Input{ResourceArn: &n.arn, StartTime: &began, EndTime: aws.Time(w.clock.Now()), Filters: queues, Metrics: metrics("CONTACTS_QUEUED"), MaxResults: aws.Int32(1)}
		change(in)
		return in
	}
	for name, x := range map[string]struct {
		change func(*awsconnect.GetMetricDataV2Input)
		want   string
	}{
		"together": {func(in *awsconnect.GetMetricDataV2Input) {
			in.Metrics = metrics("CONTACTS_QUEUED", "CONTACTS_HANDLED", "CONTACTS_ABANDONED", "ABANDONMENT_RATE", "AVG_QUEUE_ANSWER_TIME", "AVG_ABANDON_TIME", "AVG_HANDLE_TIME", "MAX_QUEUED_TIME", "AVG_HOLD_TIME", "SERVICE_LEVEL")
		}, "[0: 3 2 1 33.333333333333336 15 40 90 40 null 66.66666666666667]"},
		"by queue": {func(in *awsconnect.GetMetricDataV2Input) {
			in.Groupings, in.Metrics = []string{"QUEUE"}, metrics("CONTACTS_QUEUED", "SUM_CONTACTS_ANSWERED_IN_X", "AVG_HANDLE_TIME")
		}, "[basic 0: 2 2 90 other 0: 1 0 null]"},
		"of one queue": {func(in *awsconnect.GetMetricDataV2Input) {
			in.Filters = []types.FilterV2{{FilterKey: aws.String("QUEUE"), FilterValues: []string{*other}}, {FilterKey: aws.String("CHANNEL"), FilterValues: []string{"TASK"}}}
		}, "[0: 1]"},
		"of another channel": {func(in *awsconnect.GetMetricDataV2Input) {
			in.Filters = append(queues, types.FilterV2{FilterKey: aws.String("CHANNEL"), FilterValues: []string{"VOICE"}})
		}, "[]"},
		"by quarters of an hour": {func(in *awsconnect.GetMetricDataV2Input) {
			in.Interval = &types.IntervalDetails{IntervalPeriod: types.IntervalPeriodFifteenMin, TimeZone: aws.String("Asia/Kathmandu")}
			in.Metrics = metrics("CONTACTS_HANDLED", "CONTACTS_ABANDONED", "AVG_HANDLE_TIME")
		}, "[0: 1 0 90 15: 1 0 90 30: 0 1 null]"},
		"of the agent": {func(in *awsconnect.GetMetricDataV2Input) {
			in.Filters, in.Groupings = agents, []string{"AGENT", "ROUTING_PROFILE"}
			in.Metrics = metrics("SUM_ONLINE_TIME_AGENT", "SUM_CONTACT_TIME_AGENT", "SUM_IDLE_TIME_AGENT", "AGENT_OCCUPANCY", "AGENT_ANSWER_RATE", "SUM_CONNECTING_TIME_AGENT", "CONTACTS_HANDLED", "AGENT_NON_RESPONSE")
		}, "[ann profile 0: 190 180 0 100 100 10 2 0]"},
		"of methods": {func(in *awsconnect.GetMetricDataV2Input) {
			in.Metrics = []types.MetricV2{
				{Name: aws.String("CONTACTS_HANDLED"), MetricFilters: []types.MetricFilterV2{{MetricFilterKey: aws.String("INITIATION_METHOD"), MetricFilterValues: []string{"API", "INCOMING"}}}},
				{Name: aws.String("CONTACTS_HANDLED"), MetricFilters: []types.MetricFilterV2{{MetricFilterKey: aws.String("INITIATION_METHOD"), MetricFilterValues: []string{"API"}, Negate: true}}},
			}
		}, "[0: 2 0]"},
	} {
		var all []types.MetricResultV2
		for p := awsconnect.NewGetMetricDataV2Paginator(n.client, ask(x.change)); p.HasMorePages(); {
			page := must(p.NextPage(t.Context()))(t).MetricResults
			if len(page) > 1 {
				t.Errorf("%s: %d on a page", name, len(page))
			}
			all = append(all, page...)
		}
		got := told(all, names)
		if fmt.Sprint(got) != x.want && fmt.Sprint(reversed(got)) != x.want { // groups come by their ids
			t.Errorf("%s: %v, want %s", name, got, x.want)
		}
	}
	// What an agent is doing counts up to now.
	must(n.client.PutUserStatus(t.Context(), &awsconnect.PutUserStatusInput{InstanceId: n.id, UserId: ann, AgentStatusId: n.available}))(t)
	for i := range 2 {
		w.advance(t, 7*time.Minute)
		out := must(n.client.GetMetricDataV2(t.Context(), ask(func(in *awsconnect.GetMetricDataV2Input) {
			in.Filters, in.Metrics = agents, metrics("SUM_IDLE_TIME_AGENT")
		})))(t)
		if got, want := *out.MetricResults[0].Collections[0].Value, float64(7*60*(i+1)); got != want {
			t.Errorf("idle for %v s, want %v", got, want)
		}
	}

	for words, change := range map[string]func(*awsconnect.GetMetricDataV2Input){
		"AVG_TALK_TIME is not supported": func(in *awsconnect.GetMetricDataV2Input) { in.Metrics = metrics("AVG_TALK_TIME") },
		"Threshold of SERVICE_LEVEL": func(in *awsconnect.GetMetricDataV2Input) {
			in.Metrics = []types.MetricV2{{Name: aws.String("SERVICE_LEVEL")}}
		},
		"Threshold of CONTACTS_QUEUED": func(in *awsconnect.GetMetricDataV2Input) {
			in.Metrics[0].Threshold = metrics("SERVICE_LEVEL")[0].Threshold
		},
		"LT or LTE": func(in *awsconnect.GetMetricDataV2Input) {
			in.Metrics = metrics("SERVICE_LEVEL")
			in.Metrics[0].Threshold[0].Comparison = aws.String("GT")
		},
		"whole number": func(in *awsconnect.GetMetricDataV2Input) {
			in.Metrics = metrics("SERVICE_LEVEL")
			in.Metrics[0].Threshold[0].ThresholdValue = aws.Float64(1.5)
		},
		"QUEUE is not a valid filter for": func(in *awsconnect.GetMetricDataV2Input) { in.Metrics = metrics("SUM_IDLE_TIME_AGENT") },
		"AGENT is not a valid grouping for": func(in *awsconnect.GetMetricDataV2Input) {
			in.Metrics, in.Groupings = metrics("SERVICE_LEVEL"), []string{"AGENT"}
		},
		"Groupings FEATURE":  func(in *awsconnect.GetMetricDataV2Input) { in.Groupings = []string{"FEATURE"} },
		"named twice":        func(in *awsconnect.GetMetricDataV2Input) { in.Groupings = []string{"QUEUE", "QUEUE"} },
		"FilterKey CAMPAIGN": func(in *awsconnect.GetMetricDataV2Input) { in.Filters[0].FilterKey = aws.String("CAMPAIGN") },
		"at least one of": func(in *awsconnect.GetMetricDataV2Input) {
			in.Filters = []types.FilterV2{{FilterKey: aws.String("CHANNEL"), FilterValues: []string{"CHAT"}}}
		},
		"at most 100 values": func(in *awsconnect.GetMetricDataV2Input) {
			in.Filters[0].FilterValues = make100(*n.queue)
			in.Filters = append(in.Filters, agents...)
		},
		"must be before EndTime": func(in *awsconnect.GetMetricDataV2Input) { in.StartTime = in.EndTime },
		"future":                 func(in *awsconnect.GetMetricDataV2Input) { in.EndTime = aws.Time(w.clock.Now().Add(time.Minute)) },
		"historical metrics begin": func(in *awsconnect.GetMetricDataV2Input) {
			in.StartTime = aws.Time(w.clock.Now().AddDate(0, -3, -1))
			in.EndTime = aws.Time(w.clock.Now().AddDate(0, -3, 0))
		},
		"at most 840h": func(in *awsconnect.GetMetricDataV2Input) { in.StartTime = aws.Time(w.clock.Now().AddDate(0, 0, -36)) },
		"at most 72h": func(in *awsconnect.GetMetricDataV2Input) {
			in.StartTime = aws.Time(w.clock.Now().AddDate(0, 0, -4))
			in.Interval = &types.IntervalDetails{IntervalPeriod: types.IntervalPeriodHour}
		},
		"TimeZone": func(in *awsconnect.GetMetricDataV2Input) {
			in.Interval = &types.IntervalDetails{TimeZone: aws.String("Mars/Base")}
		},
		"MetricFilterKey FLOWS": func(in *awsconnect.GetMetricDataV2Input) {
			in.Metrics[0].MetricFilters = []types.MetricFilterV2{{MetricFilterKey: aws.String("FLOWS"), MetricFilterValues: []string{"x"}}}
		},
		"INITIATION_METHOD is not a valid": func(in *awsconnect.GetMetricDataV2Input) {
			in.Metrics = metrics("SERVICE_LEVEL")
			in.Metrics[0].MetricFilters = []types.MetricFilterV2{{MetricFilterKey: aws.String("INITIATION_METHOD"), MetricFilterValues: []string{"API"}}}
		},
		"Negate": func(in *awsconnect.GetMetricDataV2Input) {
			in.Metrics = metrics("SUM_CONNECTING_TIME_AGENT")
			in.Metrics[0].MetricFilters = []types.MetricFilterV2{{MetricFilterKey: aws.String("INITIATION_METHOD"), MetricFilterValues: []string{"API"}, Negate: true}}
		},
		"queue of an agent": func(in *awsconnect.GetMetricDataV2Input) { in.Filters[0].FilterValues = []string{*ann} },
		"StringCondition": func(in *awsconnect.GetMetricDataV2Input) {
			in.Filters[0].StringCondition = &types.FilterV2StringCondition{Comparison: "NOT_EXISTS"}
		},
		"Metrics: must have 1 to 100": func(in *awsconnect.GetMetricDataV2Input) { in.Metrics = []types.MetricV2{} },
		"at most 20 SERVICE_LEVEL": func(in *awsconnect.GetMetricDataV2Input) {
			for range 21 {
				in.Metrics = append(in.Metrics, metrics("SERVICE_LEVEL")...)
			}
		},
	} {
		in := ask(func(in *awsconnect.GetMetricDataV2Input) {
			in.Filters = []types.FilterV2{{FilterKey: aws.String("QUEUE"), FilterValues: []string{*n.queue}}}
		})
		change(in)
		_, err := n.client.GetMetricDataV2(t.Context(), in)
		refused(t, err, "InvalidParameterException", 400, words)
	}
	_, err := n.client.GetMetricDataV2(t.Context(), ask(func(in *awsconnect.GetMetricDataV2Input) {
		in.Filters = []types.FilterV2{{FilterKey: aws.String("QUEUE"), FilterValues: []string{"x"}}}
	}))
	refused(t, err, "ResourceNotFoundException", 404, "queue")
	first := must(n.client.GetMetricDataV2(t.Context(), ask(func(in *awsconnect.GetMetricDataV2Input) { in.Groupings = []string{"QUEUE"} })))(t)
	_, err = n.client.GetMetricDataV2(t.Context(), ask(func(in *awsconnect.GetMetricDataV2Input) { in.NextToken = first.NextToken }))
	refused(t, err, "InvalidParameterException", 400, "other parameters")
}

func reversed(in []string) (out []string) {
	for _, s := range in {
		out = append([]string{s}, out...)
	}
	return out
}

func make100(s string) (out []string) {
	for range filterValuesMax {
		out = append(out, s)
	}
	return out
}

func TestGetMetricData(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	began := w.clock.Now()
	_, other := n.shift(t)
	end := w.clock.Now().Truncate(5 * time.Minute)
	metric := func(name types.HistoricalMetricName, statistic types.Statistic, unit types.Unit) types.HistoricalMetric {
		m := types.HistoricalMetric{Name: name, Statistic: statistic, Unit: unit}
		if name == types.HistoricalMetricNameServiceLevel {
			m.Threshold = &types.Threshold{Comparison: types.ComparisonLt, ThresholdValue: aws.Float64(16)}
		}
		return m
	}
	ask := func(change func(*awsconnect.GetMetricDataInput)) (*awsconnect.GetMetricDataOutput, error) {
		in := &awsconnect.GetMetricDataInput{InstanceId: n.id, StartTime: &began, EndTime: &end, Filters: &types.Filters{Queues: []string{*n.queue, *other}, Channels: []types.Channel{"TASK"}},
			HistoricalMetrics: []types.HistoricalMetric{
				metric("CONTACTS_QUEUED", "SUM", "COUNT"), metric("CONTACTS_HANDLED", "SUM", "COUNT"), metric("API_CONTACTS_HANDLED", "SUM", "COUNT"), metric("CONTACTS_HANDLED_INCOMING", "SUM", "COUNT"),
				metric("HANDLE_TIME", "AVG", "SECONDS"), metric("QUEUED_TIME", "MAX", "SECONDS"), metric("SERVICE_LEVEL", "AVG", "PERCENT"), metric("CONTACTS_MISSED", "SUM", "COUNT"),
			}}
		change(in)
		return n.client.GetMetricData(t.Context(), in)
	}
	values := func(r types.HistoricalMetricResult) (out []any) {
		for _, c := range r.Collections {
			if c.Value == nil {
				out = append(out, nil)
			} else {
				out = append(out, *c.Value)
			}
		}
		return out
	}
	got := must(ask(func(*awsconnect.GetMetricDataInput) {}))(t).MetricResults
	if len(got) != 1 || got[0].Dimensions != nil || fmt.Sprint(values(got[0])) != "[3 2 2 0 90 40 66.66666666666667 0]" {
		t.Errorf("together: %s", shown(t, got))
	}
	byQueue := map[string]string{}
	for p := awsconnect.NewGetMetricDataPaginator(n.client, &awsconnect.GetMetricDataInput{InstanceId: n.id, StartTime: &began, EndTime: &end, Filters: &types.Filters{Queues: []string{*n.queue, *other}},
		Groupings: []types.Grouping{"QUEUE", "CHANNEL"}, MaxResults: aws.Int32(1), HistoricalMetrics: []types.HistoricalMetric{metric("CONTACTS_HANDLED", "SUM", "COUNT"), metric("HANDLE_TIME", "AVG", "SECONDS")}}); p.HasMorePages(); {
		page := must(p.NextPage(t.Context()))(t)
		for _, r := range page.MetricResults {
			byQueue[*r.Dimensions.Queue.Id+" "+string(r.Dimensions.Channel)] = fmt.Sprint(values(r))
			if *r.Dimensions.Queue.Arn != n.arn+"/queue/"+*r.Dimensions.Queue.Id {
				t.Errorf("queue %s", *r.Dimensions.Queue.Arn)
			}
		}
	}
	if want := map[string]string{*n.queue + " TASK": "[2 90]", *other + " TASK": "[0 <nil>]"}; fmt.Sprint(byQueue) != fmt.Sprint(want) {
		t.Errorf("by queue: %v, want %v", byQueue, want)
	}
	for words, change := range map[string]func(*awsconnect.GetMetricDataInput){
		"multiples of 5m": func(in *awsconnect.GetMetricDataInput) { in.EndTime = aws.Time(end.Add(-time.Second)) },
		"OCCUPANCY is not": func(in *awsconnect.GetMetricDataInput) {
			in.HistoricalMetrics = []types.HistoricalMetric{metric("OCCUPANCY", "AVG", "PERCENT")}
		},
		"statistic of": func(in *awsconnect.GetMetricDataInput) { in.HistoricalMetrics[0].Statistic = "AVG" },
		"unit of":      func(in *awsconnect.GetMetricDataInput) { in.HistoricalMetrics[0].Unit = "SECONDS" },
		"is required":  func(in *awsconnect.GetMetricDataInput) { in.Filters = &types.Filters{} },
		"Threshold of CONTACTS": func(in *awsconnect.GetMetricDataInput) {
			in.HistoricalMetrics[0].Threshold = in.HistoricalMetrics[6].Threshold
		},
		"begin at": func(in *awsconnect.GetMetricDataInput) {
			in.StartTime = aws.Time(end.Add(-25 * time.Hour))
			in.EndTime = aws.Time(end.Add(-20 * time.Hour))
		},
		"Groupings AGENT": func(in *awsconnect.GetMetricDataInput) { in.Groupings = []types.Grouping{"AGENT_STATUS"} },
		"AgentStatuses":   func(in *awsconnect.GetMetricDataInput) { in.Filters.AgentStatuses = []string{*n.available} },
	} {
		_, err := ask(change)
		refused(t, err, "InvalidParameterException", 400, words)
	}
}
