package kinesis

import (
	"fmt"
	"testing"
	"time"
)

func TestListStreams(t *testing.T) {
	w := newWorld(t)
	for i := range listStreamsMax + 5 {
		w.create(fmt.Sprintf("s%03d", 104-i), 1)
	}
	if status, _ := w.sendAs(as(testAccount, "us-east-1"), "CreateStream", `{"StreamName":"elsewhere"}`); status != 200 {
		t.Fatal(status)
	}
	first := w.ok("ListStreams", `{"Limit":10000}`)
	if n := first.list("StreamNames"); len(n) != listStreamsMax || n[0] != "s000" || n[99] != "s099" || first.at("HasMoreStreams") != true {
		t.Errorf("first page: %d names, more %v", len(n), first.at("HasMoreStreams"))
	}
	token := first.text("NextToken")
	rest := w.ok("ListStreams", `{"NextToken":%q}`, token)
	if n := rest.list("StreamNames"); len(n) != 5 || n[0] != "s100" || rest.at("HasMoreStreams") != false || rest["NextToken"] != nil {
		t.Errorf("second page: %v", rest)
	}
	want := "map[StreamARN:arn:aws:kinesis:eu-west-3:123456789012:stream/s100 StreamCreationTimestamp:1.772600767e+09 " +
		"StreamModeDetails:map[StreamMode:PROVISIONED] StreamName:s100 StreamStatus:ACTIVE]"
	if got := fmt.Sprint(rest.at("StreamSummaries.0")); got != want {
		t.Errorf("summary\n got %s\nwant %s", got, want)
	}
	if n := w.ok("ListStreams", `{"ExclusiveStartStreamName":"s0505","Limit":2}`).list("StreamNames"); fmt.Sprint(n) != "[s051 s052]" {
		t.Errorf("after a name that is none: %v", n)
	}
	w.refused("ListStreams", `{"NextToken":"x"}`, "InvalidArgumentException", "Invalid NextToken.")
	w.refused("ListStreams", fmt.Sprintf(`{"NextToken":%q,"ExclusiveStartStreamName":"a"}`, token), "InvalidArgumentException",
		"NextToken and ExclusiveStartStreamName cannot be provided together.")
	w.advance(tokenLife + time.Second)
	w.refused("ListStreams", fmt.Sprintf(`{"NextToken":%q}`, token), "ExpiredNextTokenException",
		"NextToken expired. The token was created at time Wed Mar 04 05:06:07 UTC 2026 while right now it is Wed Mar 04 05:11:08 UTC 2026 "+
			"which is further in the future than the tolerated delay of 300000 milliseconds.")
}

func TestDescribeLimits(t *testing.T) {
	w := newWorld(t)
	w.create("a", 3)
	w.create("b", 4)
	w.create("c", 5)
	w.ok("CreateStream", `{"StreamName":"d"}`)
	w.ok("DeleteStream", `{"StreamName":"c"}`)
	_, got := w.send("DescribeLimits", `{}`)
	same(t, got, `{"ShardLimit":6000,"OpenShardCount":7,"OnDemandStreamCount":1,"OnDemandStreamCountLimit":50}`)
	_, got = w.sendAs(as(testAccount, "us-east-1"), "DescribeLimits", `{}`)
	same(t, got, `{"ShardLimit":20000,"OpenShardCount":0,"OnDemandStreamCount":0,"OnDemandStreamCountLimit":50}`)
}
