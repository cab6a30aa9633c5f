package kinesis

import (
	"fmt"
	"testing"
	"time"
)

const enable, disable = `{"MinimumThroughputBillingCommitment":{"Status":"ENABLED"}}`, `{"MinimumThroughputBillingCommitment":{"Status":"DISABLED"}}`

func TestAccountSettings(t *testing.T) {
	w := newWorld(t)
	seconds := func(d time.Duration) float64 { return float64(epoch.Add(d).UnixMilli()) / 1000 }
	is := func(status string, started, ended, earliest any) {
		t.Helper()
		w.reopen()
		got := w.ok("DescribeAccountSettings", `{}`)
		for member, want := range map[string]any{"Status": status, "StartedAt": started, "EndedAt": ended, "EarliestAllowedEndAt": earliest} {
			if got := got.at("MinimumThroughputBillingCommitment." + member); got != want {
				t.Errorf("%s is %v, want %v", member, got, want)
			}
		}
	}
	const day = 24 * time.Hour
	is("DISABLED", nil, nil, nil)
	w.ok("UpdateAccountSettings", disable)
	is("DISABLED", nil, nil, nil)
	if got := w.ok("UpdateAccountSettings", enable).text("MinimumThroughputBillingCommitment.Status"); got != "ENABLED" {
		t.Errorf("enabled is %s", got)
	}
	is("ENABLED", seconds(0), nil, seconds(day))
	w.advance(time.Hour)
	w.ok("UpdateAccountSettings", enable)
	is("ENABLED", seconds(0), nil, seconds(day))
	w.ok("UpdateAccountSettings", disable)
	is("ENABLED_UNTIL_EARLIEST_ALLOWED_END", seconds(0), nil, seconds(day))
	w.ok("UpdateAccountSettings", enable) // takes it back
	is("ENABLED", seconds(0), nil, seconds(day))
	w.ok("UpdateAccountSettings", disable)
	w.advance(day - time.Hour - time.Millisecond)
	is("ENABLED_UNTIL_EARLIEST_ALLOWED_END", seconds(0), nil, seconds(day))
	w.advance(time.Millisecond)
	is("DISABLED", seconds(0), seconds(day), nil)
	w.ok("UpdateAccountSettings", enable)
	w.advance(2 * day)
	w.ok("UpdateAccountSettings", disable) // old enough to end at once
	is("DISABLED", seconds(day), seconds(3*day), nil)
	if _, text := w.sendAs(as(otherAccount, testRegion), "DescribeAccountSettings", `{}`); text != `{"MinimumThroughputBillingCommitment":{"Status":"DISABLED"}}` {
		t.Errorf("another account has %s", text)
	}
	w.refused("UpdateAccountSettings", `{"MinimumThroughputBillingCommitment":{"Status":"MAYBE"}}`, "ValidationException",
		"1 validation error detected: Value 'MAYBE' at 'minimumThroughputBillingCommitment.status' failed to satisfy constraint: Member must satisfy enum value set: [ENABLED, DISABLED]")
}

func TestWarmThroughput(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.TransitionDelay = time.Second })
	settle := func() { t.Helper(); w.advance(time.Second) }
	is := func(stream string, shards, target, current any) {
		t.Helper()
		w.reopen()
		got := w.ok("DescribeStreamSummary", `{"StreamName":%q}`, stream)
		for member, want := range map[string]any{"OpenShardCount": shards, "WarmThroughput.TargetMiBps": target, "WarmThroughput.CurrentMiBps": current} {
			if got := got.at("StreamDescriptionSummary." + member); got != want {
				t.Errorf("%s: %s is %v, want %v", stream, member, got, want)
			}
		}
	}
	needs := "WarmThroughputMiBps needs MinimumThroughputBillingCommitment to be enabled for account 123456789012."
	w.ok("CreateStream", `{"StreamName":"s"}`)
	settle()
	is("s", 4.0, nil, nil)
	w.refused("UpdateStreamWarmThroughput", `{"StreamName":"s","WarmThroughputMiBps":6}`, "ValidationException", needs)
	w.ok("UpdateAccountSettings", enable)
	is("s", 4.0, nil, 4.0)
	ids := map[string]bool{}
	for i := range 100 {
		ids[w.ok("PutRecord", `{"StreamName":"s","PartitionKey":"%d","Data":""}`, i).text("ShardId")] = true
	}
	out := w.ok("UpdateStreamWarmThroughput", `{"StreamARN":%q,"WarmThroughputMiBps":6}`, testStreamARN)
	if out.at("WarmThroughput.TargetMiBps") != 6.0 || out.at("WarmThroughput.CurrentMiBps") != 4.0 || out.text("StreamName") != "s" || out.text("StreamARN") != testStreamARN {
		t.Errorf("the answer is %v", out)
	}
	w.refused("UpdateStreamWarmThroughput", `{"StreamName":"s","WarmThroughputMiBps":7}`, "ResourceInUseException", "Stream s under account 123456789012 not ACTIVE, instead in state UPDATING")
	settle()
	is("s", 6.0, 6.0, 6.0)
	w.ok("UpdateStreamWarmThroughput", `{"StreamName":"s","WarmThroughputMiBps":1}`) // lets go down to what it began with
	settle()
	is("s", 4.0, 1.0, 4.0)
	w.refused("UpdateStreamWarmThroughput", `{"StreamName":"s","WarmThroughputMiBps":10241}`, "LimitExceededException", "WarmThroughputMiBps cannot be greater than 10240. Requested: 10241.")

	w.ok("CreateStream", `{"StreamName":"made","StreamModeDetails":{"StreamMode":"ON_DEMAND"},"WarmThroughputMiBps":9}`)
	settle()
	is("made", 9.0, 9.0, 9.0)
	w.create("p", 2)
	settle()
	w.refused("UpdateStreamWarmThroughput", `{"StreamName":"p","WarmThroughputMiBps":6}`, "ValidationException", "WarmThroughputMiBps is not supported for a stream in PROVISIONED mode.")
	mode := fmt.Sprintf(`{"StreamARN":%q,"StreamModeDetails":{"StreamMode":"ON_DEMAND"},"WarmThroughputMiBps":%%d}`, streamOf("p"))
	w.ok("UpdateStreamMode", mode, 5)
	settle()
	is("p", 5.0, 5.0, 5.0)
	w.ok("UpdateStreamMode", mode, 7) // the mode as it is, more throughput
	settle()
	is("p", 7.0, 7.0, 7.0)
	w.ok("UpdateStreamMode", mode, 7)
	w.ok("UpdateStreamMode", `{"StreamARN":%q,"StreamModeDetails":{"StreamMode":"PROVISIONED"}}`, streamOf("p"))
	settle()
	is("p", 7.0, nil, nil)
	w.refused("UpdateStreamWarmThroughput", `{"StreamName":"none","WarmThroughputMiBps":6}`, "ResourceNotFoundException", "Stream none under account 123456789012 not found.")
}

func TestConsumersOfACommittedAccount(t *testing.T) {
	w := newWorld(t)
	w.ok("CreateStream", `{"StreamName":"s"}`)
	for i := range consumersMax {
		w.register(fmt.Sprint("c", i))
	}
	body := fmt.Sprintf(`{"StreamARN":%q,"ConsumerName":"more"}`, testStreamARN)
	w.refused("RegisterStreamConsumer", body, "LimitExceededException", "Stream s under account 123456789012 has reached the limit of 20 consumers.")
	w.ok("UpdateAccountSettings", enable)
	for i := consumersMax; i < consumersOnDemandMax; i++ {
		w.register(fmt.Sprint("c", i))
	}
	w.refused("RegisterStreamConsumer", body, "LimitExceededException", "Stream s under account 123456789012 has reached the limit of 50 consumers.")
}

// TestAccountSettingsOfTwoProcesses changes settings that another process changed meanwhile.
func TestAccountSettingsOfTwoProcesses(t *testing.T) {
	w := newWorld(t)
	first := w.svc
	second, err := New(w.ctx, w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.ok("UpdateAccountSettings", enable)
	w.svc = second // which has not heard of it
	if got := w.ok("UpdateAccountSettings", disable).text("MinimumThroughputBillingCommitment.Status"); got != "ENABLED_UNTIL_EARLIEST_ALLOWED_END" {
		t.Errorf("the second process answers %s", got)
	}
	w.svc = first
	w.work()
	if got := w.ok("DescribeAccountSettings", `{}`).text("MinimumThroughputBillingCommitment.Status"); got != "ENABLED_UNTIL_EARLIEST_ALLOWED_END" {
		t.Errorf("the first process says %s", got)
	}
}
