package cloudwatch

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/hookswitch/hookswitch/internal/api/cloudwatchapi"
)

// TestWhatIsRefused puts one good datum with each bad one: nothing of a refused call is kept.
func TestWhatIsRefused(t *testing.T) {
	w := newWorld(t)
	const at = "MetricData.member.2"
	set := func(count, sum, low, high float64) *types.StatisticSet {
		return &types.StatisticSet{SampleCount: &count, Sum: &sum, Minimum: &low, Maximum: &high}
	}
	datum := func(change func(*types.MetricDatum)) types.MetricDatum {
		d := value("Bad", epoch, 1)
		change(&d)
		return d
	}
	dims := func(pairs ...string) func(*types.MetricDatum) {
		return func(d *types.MetricDatum) {
			for i := 0; i < len(pairs); i += 2 {
				d.Dimensions = append(d.Dimensions, types.Dimension{Name: &pairs[i], Value: &pairs[i+1]})
			}
		}
	}
	two360 := math.Ldexp(1, 360)
	for _, c := range []struct {
		code, message string
		datum         types.MetricDatum
	}{
		{"InvalidParameterValue", "The parameter " + at + ".Timestamp must specify a time within the past two weeks.", value("Bad", epoch.Add(-14*24*time.Hour-time.Second), 1)},
		{"InvalidParameterValue", "The parameter " + at + ".Timestamp must specify a time no more than two hours in the future.", value("Bad", epoch.Add(2*time.Hour+time.Second), 1)},
		{"InvalidParameterValue", "The value NaN for parameter " + at + ".Value is invalid.", value("Bad", epoch, math.NaN())},
		{"InvalidParameterValue", "The value +Inf for parameter " + at + ".Value is invalid.", value("Bad", epoch, math.Inf(1))},
		{"InvalidParameterValue", fmt.Sprintf("The value %v for parameter %s.Value is invalid.", -two360*1.5, at), value("Bad", epoch, -two360*1.5)},
		{"MissingParameter", "At least one of the parameters " + at + ".Value, " + at + ".Values and " + at + ".StatisticValues must be specified.",
			datum(func(d *types.MetricDatum) { d.Value = nil })},
		{"InvalidParameterCombination", "The parameters " + at + ".Value and " + at + ".Values are mutually exclusive and you have specified both.",
			datum(func(d *types.MetricDatum) { d.Values = []float64{1} })},
		{"InvalidParameterCombination", "The parameters " + at + ".Value and " + at + ".StatisticValues are mutually exclusive and you have specified both.",
			datum(func(d *types.MetricDatum) { d.StatisticValues = set(1, 1, 1, 1) })},
		{"InvalidParameterCombination", "The parameters " + at + ".Values and " + at + ".StatisticValues are mutually exclusive and you have specified both.",
			datum(func(d *types.MetricDatum) { d.Value, d.Values, d.StatisticValues = nil, []float64{1}, set(1, 1, 1, 1) })},
		{"InvalidParameterCombination", "The parameter " + at + ".Counts needs the parameter " + at + ".Values.",
			datum(func(d *types.MetricDatum) { d.Counts = []float64{1} })},
		{"InvalidParameterValue", "The parameters " + at + ".Values and " + at + ".Counts must be of the same size.",
			datum(func(d *types.MetricDatum) { d.Value, d.Values, d.Counts = nil, []float64{1, 2}, []float64{1} })},
		{"InvalidParameterValue", "The value 0 for parameter " + at + ".Counts.member.2 is invalid.",
			datum(func(d *types.MetricDatum) { d.Value, d.Values, d.Counts = nil, []float64{1, 2}, []float64{1, 0} })},
		{"InvalidParameterValue", "The collection " + at + ".Values must not have a size greater than 150.",
			datum(func(d *types.MetricDatum) { d.Value, d.Values = nil, make([]float64, 151) })},
		{"InvalidParameterValue", "The parameter " + at + ".StatisticValues.SampleCount must be greater than 0.",
			datum(func(d *types.MetricDatum) { d.Value, d.StatisticValues = nil, set(0, 1, 1, 1) })},
		{"InvalidParameterValue", "The parameter " + at + ".StatisticValues.Maximum must be greater than " + at + ".StatisticValues.Minimum.",
			datum(func(d *types.MetricDatum) { d.Value, d.StatisticValues = nil, set(1, 1, 2, 1) })},
		{"InvalidParameterValue", "The value NaN for parameter " + at + ".StatisticValues.Sum is invalid.",
			datum(func(d *types.MetricDatum) { d.Value, d.StatisticValues = nil, set(1, math.NaN(), 1, 1) })},
		{"InvalidParameterValue", "The value 30 for parameter " + at + ".StorageResolution is invalid. It must be 1 or 60.",
			datum(func(d *types.MetricDatum) { d.StorageResolution = aws.Int32(30) })},
		{"InvalidParameterValue", "The value for parameter " + at + ".Dimensions.member.1.Name is invalid: it must be ASCII, not blank, and not begin with a colon.", datum(dims(":d", "v"))},
		{"InvalidParameterValue", "The value for parameter " + at + ".Dimensions.member.1.Value is invalid: it must be ASCII and not blank.", datum(dims("d", " "))},
		{"InvalidParameterValue", "The value for parameter " + at + ".Dimensions.member.2.Value is invalid: it must be ASCII and not blank.", datum(dims("d", "v", "e", "ä"))},
		{"InvalidParameterValue", "The value for parameter " + at + ".Dimensions.member.2.Name is invalid: another dimension has this name.", datum(dims("d", "v", "d", "w"))},
		{"ValidationError", "1 validation error detected: Value 'Furlongs' at 'metricData.2.member.unit' failed to satisfy constraint: Member must satisfy enum value set: [" +
			strings.Join(modelUnits(), ", ") + "]", datum(func(d *types.MetricDatum) { d.Unit = "Furlongs" })},
	} {
		_, err := w.PutMetricData(t.Context(), &client.PutMetricDataInput{Namespace: aws.String("Test"), MetricData: []types.MetricDatum{value("Good", epoch, 1), c.datum}})
		wantError(t, err, c.code, c.message)
	}
	many := make([]types.MetricDatum, 1001)
	for i := range many {
		many[i] = value("Good", epoch, 1)
	}
	for message, in := range map[string]*client.PutMetricDataInput{
		"InvalidParameterValue: The value AWS/ for parameter Namespace is invalid.":                {Namespace: aws.String("AWS/Kinesis"), MetricData: many[:1]},
		"InvalidParameterValue: EntityMetricData is not supported yet.":                            {Namespace: aws.String("Test"), EntityMetricData: []types.EntityMetricData{{MetricData: many[:1]}}},
		"MissingParameter: The parameter MetricData is required.":                                  {Namespace: aws.String("Test")},
		"InvalidParameterValue: The collection MetricData must not have a size greater than 1000.": {Namespace: aws.String("Test"), MetricData: many},
	} {
		code, text, _ := strings.Cut(message, ": ")
		_, err := w.PutMetricData(t.Context(), in)
		wantError(t, err, code, text)
	}
	if list, err := w.ListMetrics(t.Context(), &client.ListMetricsInput{}); err != nil || len(list.Metrics) != 0 {
		t.Errorf("after refusals there is %v, %v", list.Metrics, err)
	}
	w.put(many[:1000]...)
	if got := w.sum("Good"); got != 1000 {
		t.Errorf("the sum of 1000 is %v", got)
	}
}

// modelUnits are the units in the model's order.
func modelUnits() []string {
	var out []string
	for _, u := range types.StandardUnit("").Values() {
		out = append(out, string(u))
	}
	return out
}

// TestUnitsAreTheModels: every unit that validation lets through has its place in storage.
func TestUnitsAreTheModels(t *testing.T) {
	ours := slices.Sorted(slices.Values(units))
	if theirs := slices.Sorted(slices.Values(modelUnits())); !slices.Equal(ours, theirs) {
		t.Errorf("units are %v, the SDK's %v", ours, theirs)
	}
	if u, ok := unitOf(cloudwatchapi.StandardUnitCountSecond); !ok || units[u] != "Count/Second" {
		t.Errorf("Count/Second is %v, %v", u, ok)
	}
}

// TestEverythingAddsUp: values, values with counts and statistic sets of one minute are one datapoint, in any order, also
// after a restart; other minutes, units and dimensions are apart.
func TestEverythingAddsUp(t *testing.T) {
	w := newWorld(t)
	w.put(value("m", minute, 3), value("m", minute.Add(59*time.Second), 5))
	w.put(types.MetricDatum{MetricName: aws.String("m"), Values: []float64{1, 9}, Counts: []float64{2, 1.5}}) // now
	w.reopen()
	w.put(types.MetricDatum{MetricName: aws.String("m"), StatisticValues: &types.StatisticSet{SampleCount: aws.Float64(10), Sum: aws.Float64(40), Minimum: aws.Float64(-2), Maximum: aws.Float64(8)}},
		value("m", minute.Add(time.Minute), 100),
		types.MetricDatum{MetricName: aws.String("m"), Value: aws.Float64(1000), Unit: types.StandardUnitBytes},
		types.MetricDatum{MetricName: aws.String("m"), Value: aws.Float64(2000), Dimensions: []types.Dimension{{Name: aws.String("d"), Value: aws.String("v")}}})
	in := asked("m", minute, minute.Add(time.Minute), 60, types.StatisticSampleCount, types.StatisticSum, types.StatisticMinimum, types.StatisticMaximum)
	in.Unit = types.StandardUnitNone
	got := w.statistics(in)
	if len(got) != 1 || *got[0].SampleCount != 15.5 || *got[0].Sum != 3+5+2+13.5+40 || *got[0].Minimum != -2 || *got[0].Maximum != 9 || got[0].Unit != types.StandardUnitNone {
		t.Errorf("got %+v", got)
	}
	in.Unit = ""
	if got := w.statistics(in); len(got) != 2 || *got[1].Sum != 1000 || got[1].Unit != types.StandardUnitBytes {
		t.Errorf("all units: %+v", got)
	}
	in.Dimensions = []types.Dimension{{Name: aws.String("d"), Value: aws.String("v")}}
	if got := w.statistics(in); len(got) != 1 || *got[0].Sum != 2000 {
		t.Errorf("with dimensions: %+v", got)
	}
	other := w.as("210987654321", "eu-west-3", nil)
	if out, err := other.GetMetricStatistics(t.Context(), in); err != nil || len(out.Datapoints) != 0 {
		t.Errorf("another account sees %+v, %v", out, err)
	}
}
