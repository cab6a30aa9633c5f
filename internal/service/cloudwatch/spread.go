package cloudwatch

import (
	"cmp"
	"math"
	"slices"
)

// distinctMax is how many different values a bucket in storage keeps: as many as one datum of PutMetricData may hold.
const distinctMax = 150

// foldedMax is how many different values are kept while the percentiles of one period are computed.
const foldedMax = 16_384

// A spread is how often which values were observed, for percentiles.
type spread struct {
	values  []weighted
	coarse  uint8 // 0: values are as they came; n: rounded as rounded does
	unknown bool  // not all values are known, or some are negative: there are no percentiles, as AWS has it
}

type weighted struct{ value, weight float64 }

// add counts weight observations of value. The caller calls settle in the end.
func (s *spread) add(value, weight float64) {
	if value < 0 {
		s.lose()
	}
	if s.unknown {
		return
	}
	s.values = append(s.values, weighted{rounded(value, s.coarse), weight})
}

// lose gives the values up.
func (s *spread) lose() { s.unknown, s.values, s.coarse = true, nil, 0 }

// join counts what o has counted.
func (s *spread) join(o *spread) {
	if o.unknown {
		s.lose()
	}
	if s.unknown {
		return
	}
	s.coarsen(o.coarse)
	for _, w := range o.values {
		s.add(w.value, w.weight)
	}
}

// sound reports whether s can have come of settle.
func (s *spread) sound() bool {
	if s.coarse > coarseMax || s.unknown && len(s.values) > 0 {
		return false
	}
	for i, w := range s.values {
		if !(w.value >= 0 && w.value <= math.MaxFloat64 && w.weight > 0) || i > 0 && w.value <= s.values[i-1].value {
			return false
		}
	}
	return true
}

// coarseMax is the last level: its steps are 64 powers of two, so that fewer than thirty hold every value that there can be.
const coarseMax = 12

// settle puts the values into order and brings them to at most limit different ones, distinctMax or more.
func (s *spread) settle(limit int) {
	s.merge()
	for len(s.values) > limit {
		s.coarsen(s.coarse + 1)
		s.merge()
	}
}

func (s *spread) coarsen(to uint8) {
	if to <= s.coarse {
		return
	}
	s.coarse = to
	for i := range s.values {
		s.values[i].value = rounded(s.values[i].value, to)
	}
}

// merge sorts the values and makes equal ones one.
func (s *spread) merge() {
	slices.SortFunc(s.values, func(a, b weighted) int { return cmp.Compare(a.value, b.value) })
	kept := s.values[:0]
	for _, w := range s.values {
		if n := len(kept); n > 0 && kept[n-1].value == w.value {
			kept[n-1].weight += w.weight
			continue
		}
		kept = append(kept, w)
	}
	s.values = kept
}

// rounded gives value to the precision of level coarse: level 1 has 32 steps from a power of two to the next (an error of
// 1.1 % at most), every further level half as many. A step of a level is two of the level before it, so that values may
// be rounded again.
func rounded(value float64, coarse uint8) float64 {
	if coarse == 0 || value == 0 {
		return value
	}
	width := math.Ldexp(1, int(coarse)-6) // of a step, in powers of two
	return math.Exp2((math.Floor(math.Log2(value)/width) + 0.5) * width)
}

// percentile returns the smallest value that p percent of the observations do not exceed; false when that is not known.
// Values must be settled.
func (s *spread) percentile(p, low, high float64) (float64, bool) {
	if s.unknown || len(s.values) == 0 {
		return 0, false
	}
	switch p { // known exactly, however coarse the rest is
	case 0:
		return low, true
	case 100:
		return high, true
	}
	var total, seen float64
	for _, w := range s.values {
		total += w.weight
	}
	for _, w := range s.values {
		if seen += w.weight; seen >= total*p/100 {
			return max(low, min(high, w.value)), true // rounding may have led beyond what there was
		}
	}
	return high, true // sums of fractions may fall short
}
