package connect

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/projection/live"
)

// metricsToken is what a NextToken holds. There is no snapshot behind it: each page shows its own moment.
type metricsToken struct {
	At      int64  `json:"t"` // when it was made: milliseconds since 1970
	Request string `json:"r"` // digest of the request that it continues
	After   place  `json:"a"` // the last group given out
}

// metricsTokenLife and the rule that a token belongs to one request are documented.
const metricsTokenLife = 5 * time.Minute

// pageOfMetrics sorts groups and returns the part of them that a request asks for.
func pageOfMetrics(in *connectapi.GetCurrentMetricDataInput, groups []live.Metrics, now time.Time) (part []live.Metrics, next *string, err error) {
	order := orderOf(in)
	slices.SortFunc(groups, func(a, b live.Metrics) int { return order.compare(order.place(a), order.place(b)) })
	same := *in
	same.NextToken = nil
	digest, err := requestDigest(same)
	if err != nil {
		return nil, nil, err
	}
	if value(in.NextToken) != "" {
		t, err := openMetricsToken(*in.NextToken, digest, now)
		if err != nil {
			return nil, nil, err
		}
		groups = slices.DeleteFunc(groups, func(m live.Metrics) bool { return order.compare(order.place(m), t.After) <= 0 })
	}
	n := metricsOnPage
	if in.MaxResults != nil {
		n = min(int(*in.MaxResults), metricsOnPage)
	}
	if len(groups) <= n {
		return groups, nil, nil
	}
	content, err := json.Marshal(metricsToken{now.UnixMilli(), digest, order.place(groups[n-1])})
	return groups[:n], sealToken(metricsTokenOf, string(content)), err
}

// requestDigest tells requests apart. The caller takes out where their page begins.
func requestDigest(request any) (string, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return "", fmt.Errorf("digest of a request: %w", err)
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16]), nil
}

const metricsTokenOf = "GetCurrentMetricData"

func openMetricsToken(token, digest string, now time.Time) (t metricsToken, err error) {
	content, err := openToken(metricsTokenOf, token)
	if err != nil {
		return t, err
	}
	if json.Unmarshal([]byte(content), &t) != nil {
		return t, invalidParameter("Invalid NextToken")
	}
	if t.Request != digest {
		return t, invalidParameter("NextToken belongs to a request with other parameters")
	}
	if !now.Before(time.UnixMilli(t.At).Add(metricsTokenLife)) {
		return t, invalidParameter("NextToken has expired")
	}
	return t, nil
}
