package cloudwatch

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

func dimension(pairs ...string) (out []types.Dimension) {
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, types.Dimension{Name: &pairs[i], Value: &pairs[i+1]})
	}
	return out
}

// list returns the metrics of all pages, as namespace/name{name=value …}.
func (w *world) list(in *client.ListMetricsInput) []string {
	w.t.Helper()
	out := []string{}
	pages := client.NewListMetricsPaginator(w.Client, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		if len(page.Metrics) > 500 {
			w.t.Errorf("a page of %d", len(page.Metrics))
		}
		for _, m := range page.Metrics {
			var dims []string
			for _, d := range m.Dimensions {
				dims = append(dims, *d.Name+"="+*d.Value)
			}
			out = append(out, fmt.Sprintf("%s/%s{%s}", *m.Namespace, *m.MetricName, strings.Join(dims, " ")))
		}
	}
	return out
}

func TestListFilters(t *testing.T) {
	w := newWorld(t)
	for _, ns := range []string{"A", "B"} {
		if _, err := w.PutMetricData(t.Context(), &client.PutMetricDataInput{Namespace: &ns, MetricData: []types.MetricDatum{
			value("m", epoch, 1),
			{MetricName: aws.String("m"), Value: aws.Float64(1), Dimensions: dimension("y", "2", "x", "1")},
			{MetricName: aws.String("m"), Value: aws.Float64(1), Dimensions: dimension("x", "1", "y", "2")}, // the same
			{MetricName: aws.String("n"), Value: aws.Float64(1), Dimensions: dimension("x", "3")},
		}}); err != nil {
			t.Fatal(err)
		}
		w.advance(4 * time.Hour)
	}
	filter := func(name, value string) types.DimensionFilter {
		f := types.DimensionFilter{Name: &name}
		if value != "" {
			f.Value = &value
		}
		return f
	}
	for _, reopened := range []bool{false, true} {
		if reopened {
			w.reopen()
		}
		for _, c := range []struct {
			in   client.ListMetricsInput
			want string
		}{
			{client.ListMetricsInput{}, "A/m{} A/m{x=1 y=2} A/n{x=3} B/m{} B/m{x=1 y=2} B/n{x=3}"},
			{client.ListMetricsInput{Namespace: aws.String("B"), MetricName: aws.String("m")}, "B/m{} B/m{x=1 y=2}"},
			{client.ListMetricsInput{Dimensions: []types.DimensionFilter{filter("x", "")}}, "A/m{x=1 y=2} A/n{x=3} B/m{x=1 y=2} B/n{x=3}"},
			{client.ListMetricsInput{Dimensions: []types.DimensionFilter{filter("x", "3")}}, "A/n{x=3} B/n{x=3}"},
			{client.ListMetricsInput{Dimensions: []types.DimensionFilter{filter("y", "2"), filter("x", "1")}, Namespace: aws.String("A")}, "A/m{x=1 y=2}"},
			{client.ListMetricsInput{RecentlyActive: types.RecentlyActivePt3h}, ""},
			{client.ListMetricsInput{Namespace: aws.String("C")}, ""},
		} {
			if got := strings.Join(w.list(&c.in), " "); got != c.want {
				t.Errorf("reopened %v: %+v lists %s, want %s", reopened, c.in, got, c.want)
			}
		}
	}
	w.put(value("m", epoch, 1))
	if got := w.list(&client.ListMetricsInput{RecentlyActive: types.RecentlyActivePt3h}); len(got) != 1 || got[0] != "Test/m{}" {
		t.Errorf("recently active are %v", got)
	}
	for message, in := range map[string]*client.ListMetricsInput{
		"IncludeLinkedAccounts is not supported yet.":   {IncludeLinkedAccounts: aws.Bool(true)},
		"OwningAccount is not supported yet.":           {OwningAccount: aws.String(testAccount)},
		"The value for parameter NextToken is invalid.": {NextToken: aws.String("nonsense")},
	} {
		_, err := w.ListMetrics(t.Context(), in)
		wantError(t, err, "InvalidParameterValue", message)
	}
}

// TestListPages: 500 metrics a page, none twice and none left out, though metrics come in between.
func TestListPages(t *testing.T) {
	w := newWorld(t)
	var data []types.MetricDatum
	for i := range 1000 {
		data = append(data, value(fmt.Sprintf("m%04d", i), epoch, 1))
	}
	w.put(data...)
	w.put(value("n", epoch, 1))
	if got := w.list(&client.ListMetricsInput{}); len(got) != 1001 || got[0] != "Test/m0000{}" || got[1000] != "Test/n{}" {
		t.Errorf("%d metrics, %v", len(got), got[:min(3, len(got))])
	}
	page, err := w.ListMetrics(t.Context(), &client.ListMetricsInput{})
	if err != nil {
		t.Fatal(err)
	}
	w.put(value("a", epoch, 1))
	next, err := w.ListMetrics(t.Context(), &client.ListMetricsInput{NextToken: page.NextToken})
	if err != nil || *next.Metrics[0].MetricName != "m0500" {
		t.Errorf("the second page begins with %s, %v", *next.Metrics[0].MetricName, err)
	}
}
