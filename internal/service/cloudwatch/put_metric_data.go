package cloudwatch

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/cloudwatchapi"
	"github.com/hookswitch/hookswitch/internal/metric"
)

// What one PutMetricData may hold (API reference), and how old its data may be.
const (
	metricDataMax = 1000 // data of a call
	valuesMax     = 150  // values of a datum
	pastMax       = 14 * 24 * time.Hour
)

// putMetricData keeps what clients observed. Texts without another source are those that clients' issues quote, seen
// between 2011 and 2024.
func (s *Service) putMetricData(ctx context.Context, in *cloudwatchapi.PutMetricDataInput) (*cloudwatchapi.PutMetricDataOutput, error) {
	switch {
	case strings.HasPrefix(*in.Namespace, "AWS/"):
		return nil, invalidValue("The value AWS/ for parameter Namespace is invalid.")
	case in.EntityMetricData != nil:
		return nil, notSupported("EntityMetricData")
	case len(in.MetricData) == 0:
		return nil, missing("The parameter MetricData is required.")
	case len(in.MetricData) > metricDataMax:
		return nil, invalidValue("The collection MetricData must not have a size greater than %d.", metricDataMax)
	}
	now := s.clock.Now()
	all := make([]observation, len(in.MetricData))
	var late []string // data whose time is wrong are refused together
	for i := range in.MetricData {
		at := fmt.Sprintf("MetricData.member.%d", i+1)
		o, err := observed(caller(ctx), *in.Namespace, &in.MetricData[i], at, now)
		if err != nil {
			return nil, err
		}
		switch age := now.Sub(o.at); {
		case age > pastMax:
			late = append(late, "The parameter "+at+".Timestamp must specify a time within the past two weeks.")
		case age < -aheadMax: // the text is by analogy
			late = append(late, "The parameter "+at+".Timestamp must specify a time no more than two hours in the future.")
		}
		all[i] = o
	}
	if len(late) > 0 {
		return nil, invalidValue("%s", strings.Join(late, "\n"))
	}
	return nil, s.record(ctx, all, now)
}

// observed checks a datum, which messages call at.
func observed(of account, namespace string, d *cloudwatchapi.MetricDatum, at string, now time.Time) (o observation, err error) {
	dims, wrong := dimensions(d.Dimensions, at+".")
	if wrong != "" {
		return o, invalidValue("%s", wrong)
	}
	var unitName string
	if d.Unit != nil {
		unitName = *d.Unit
	}
	u, _ := unitOf(unitName) // the model's values are all known: a test compares them
	o.identity, o.unit, o.at = newIdentity(of, strings.Clone(namespace), strings.Clone(*d.MetricName), dims), u, now
	o.sighting.id = o.identity.id()
	if d.Timestamp != nil {
		o.at = *d.Timestamp
	}
	if r := d.StorageResolution; r != nil {
		if *r != 1 && *r != 60 {
			return o, invalidValue("The value %d for parameter %s.StorageResolution is invalid. It must be 1 or 60.", *r, at)
		}
		o.fine = *r == 1
	}
	return o, o.take(d, at)
}

// take sets what was observed.
func (o *observation) take(d *cloudwatchapi.MetricDatum, at string) error {
	var given []string
	for name, is := range map[string]bool{"Value": d.Value != nil, "Values": d.Values != nil, "StatisticValues": d.StatisticValues != nil} {
		if is {
			given = append(given, at+"."+name)
		}
	}
	switch {
	case len(given) == 0:
		return missing("At least one of the parameters %s.Value, %s.Values and %s.StatisticValues must be specified.", at, at, at)
	case len(given) > 1:
		first, second := at+".Value", at+".StatisticValues"
		if d.Value == nil {
			first = at + ".Values"
		} else if d.Values != nil {
			second = at + ".Values"
		}
		return invalidCombination("The parameters %s and %s are mutually exclusive and you have specified both.", first, second)
	case d.Counts != nil && d.Values == nil:
		return invalidCombination("The parameter %s.Counts needs the parameter %s.Values.", at, at)
	case d.Value != nil:
		o.values = []weighted{{*d.Value, 1}}
		return checkValue(*d.Value, at+".Value")
	case d.Values != nil:
		return o.takeValues(d.Values, d.Counts, at)
	}
	return o.takeSet(d.StatisticValues, at+".StatisticValues")
}

func (o *observation) takeValues(values, counts []float64, at string) error {
	switch {
	case len(values) == 0:
		return missing("The parameter %s.Values is required.", at)
	case len(values) > valuesMax:
		return invalidValue("The collection %s.Values must not have a size greater than %d.", at, valuesMax)
	case counts != nil && len(counts) != len(values):
		return invalidValue("The parameters %s.Values and %s.Counts must be of the same size.", at, at)
	}
	o.values = make([]weighted, len(values))
	for i, v := range values {
		weight := 1.0
		if counts != nil {
			weight = counts[i]
		}
		if err := checkValue(v, fmt.Sprintf("%s.Values.member.%d", at, i+1)); err != nil {
			return err
		}
		if !inRange(weight) || weight <= 0 {
			return invalidValue("The value %v for parameter %s.Counts.member.%d is invalid.", weight, at, i+1)
		}
		o.values[i] = weighted{v, weight}
	}
	return nil
}

func (o *observation) takeSet(v *cloudwatchapi.StatisticSet, at string) error {
	o.set = statistics{*v.SampleCount, *v.Sum, *v.Minimum, *v.Maximum}
	for _, part := range []struct {
		name  string
		value float64
	}{{"SampleCount", o.set.count}, {"Sum", o.set.sum}, {"Minimum", o.set.min}, {"Maximum", o.set.max}} {
		if err := checkValue(part.value, at+"."+part.name); err != nil {
			return err
		}
	}
	switch {
	case o.set.count <= 0:
		return invalidValue("The parameter %s.SampleCount must be greater than 0.", at)
	case o.set.max < o.set.min:
		return invalidValue("The parameter %s.Maximum must be greater than %s.Minimum.", at, at)
	}
	return nil
}

func checkValue(v float64, at string) error {
	if !inRange(v) {
		return invalidValue("The value %v for parameter %s is invalid.", v, at)
	}
	return nil
}

// dimensions checks the dimensions of a metric and says what is wrong with them: "Dimension values must contain only ASCII characters and must include at
// least one non-whitespace character", and names, besides, "cannot start with a colon (:)" (API reference of Dimension).
func dimensions(all []cloudwatchapi.Dimension, at string) (out []metric.Dimension, wrong string) {
	out = make([]metric.Dimension, len(all))
	names := map[string]bool{}
	for i, d := range all {
		where := fmt.Sprintf("The value for parameter %sDimensions.member.%d", at, i+1)
		switch {
		case !plain(*d.Name) || strings.HasPrefix(*d.Name, ":"):
			return nil, where + ".Name is invalid: it must be ASCII, not blank, and not begin with a colon."
		case !plain(*d.Value):
			return nil, where + ".Value is invalid: it must be ASCII and not blank."
		case names[*d.Name]:
			return nil, where + ".Name is invalid: another dimension has this name."
		}
		names[*d.Name] = true
		out[i] = metric.Dimension{Name: strings.Clone(*d.Name), Value: strings.Clone(*d.Value)} // they outlive the request
	}
	return out, ""
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return strings.TrimSpace(s) != ""
}
