package kinesis

import (
	"fmt"
	"testing"
	"time"
)

func TestRetentionHidesAndTrims(t *testing.T) {
	w := newWorld(t)
	w.create("s", 2)
	w.ok("IncreaseStreamRetentionPeriod", `{"StreamName":"s","RetentionPeriodHours":72}`)
	w.ok("IncreaseStreamRetentionPeriod", `{"StreamName":"s","RetentionPeriodHours":72}`)
	numbers := w.put("s", 1) // at 0 h
	w.advance(24 * time.Hour)
	w.put("s", 2) // at 24 h
	w.advance(24 * time.Hour)
	w.put("s", 3) // at 48 h
	horizon := func() string { return w.keys(w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)) }
	if got := horizon(); got != "k0 k0 k1 k0 k1 k2" {
		t.Fatalf("within 72 hours: %s", got)
	}
	w.advance(24 * time.Hour)
	if got := horizon(); got != "k0 k0 k1 k0 k1 k2" {
		t.Errorf("when the first is 72 hours old: %s", got)
	}
	w.advance(time.Millisecond)
	if got := horizon(); got != "k0 k1 k0 k1 k2" {
		t.Errorf("when it is older: %s", got)
	}
	w.ok("DecreaseStreamRetentionPeriod", `{"StreamName":"s","RetentionPeriodHours":30}`)
	w.ok("DecreaseStreamRetentionPeriod", `{"StreamName":"s","RetentionPeriodHours":30}`)
	if got := horizon(); got != "k0 k1 k2" {
		t.Errorf("right after a decrease: %s", got)
	}
	w.ok("IncreaseStreamRetentionPeriod", `{"StreamName":"s","RetentionPeriodHours":8760}`)
	w.reopen()
	if got := horizon(); got != "k0 k1 k2" {
		t.Errorf("an increase revived records: %s", got)
	}
	for name, it := range map[string]string{
		"at a trimmed record": w.iterator("s", `"ShardIteratorType":"AT_SEQUENCE_NUMBER","StartingSequenceNumber":%q`, numbers[0]),
		"before the horizon":  w.iterator("s", `"ShardIteratorType":"AT_TIMESTAMP","Timestamp":%d`, epoch.Unix()),
	} {
		if got := w.keys(it); got != "k0 k1 k2" {
			t.Errorf("%s: %s", name, got)
		}
	}

	log, err := w.state("s").logs.open(w.ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.work()
	if first, last, err := log.Bounds(w.ctx); err != nil || first != 4 || last != 6 {
		t.Errorf("after a round the log has %d to %d (%v), want 4 to 6", first, last, err)
	}
	w.put("s", 1)
	w.advance(8760*time.Hour + time.Hour)
	w.work()
	if first, last, err := log.Bounds(w.ctx); err != nil || first != 8 || last != 7 {
		t.Errorf("a year later the log has %d to %d (%v), want none", first, last, err)
	}
	if n := w.put("s", 1); n[0] <= numbers[0] {
		t.Errorf("number %s after everything was trimmed", n[0])
	}
	if got := horizon(); got != "k0" {
		t.Errorf("after everything was trimmed: %s", got)
	}
}

func TestTrimmingWaitsForItsInterval(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.TrimInterval = 10 * time.Minute })
	w.create("s", 1)
	w.work()
	w.put("s", 1)
	w.advance(24*time.Hour + 2*time.Second)
	w.work()
	log, err := w.state("s").logs.open(w.ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	if first, _, _ := log.Bounds(w.ctx); first != 2 {
		t.Fatalf("the log begins at %d", first)
	}
	w.put("s", 1)
	w.advance(5 * time.Minute)
	busy, err := w.svc.Work(w.ctx)
	if busy || err != nil || len(w.svc.trims.queue) != 0 {
		t.Errorf("a round before the interval is over: %v, %v", busy, err)
	}
}

func TestARoundLooksAtSoManyLogs(t *testing.T) {
	w := newWorld(t)
	w.create("s", (trimLogsMax+1)*shardsPerLog)
	w.work()
	if got := w.logs(); len(got) != 0 {
		t.Fatalf("looking for expired records made the logs %v", got)
	}
	w.advance(time.Minute)
	for n := range trimLogsMax + 1 {
		if _, err := w.state("s").logs.open(w.ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []bool{true, false, false} {
		if busy, err := w.svc.Work(w.ctx); busy != want || err != nil {
			t.Errorf("round %d: busy %v, %v; want %v", i, busy, err, want)
		}
	}
}

func TestRetentionRefuses(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	w.ok("IncreaseStreamRetentionPeriod", `{"StreamName":"s","RetentionPeriodHours":48}`)
	tests := []struct {
		operation string
		hours     int
		message   string
	}{
		{"IncreaseStreamRetentionPeriod", 23, "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short."},
		{"DecreaseStreamRetentionPeriod", -1, "Minimum allowed retention period is 24 hours. Requested retention period (-1 hours) is too short."},
		{"IncreaseStreamRetentionPeriod", 8761, "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long."},
		{"IncreaseStreamRetentionPeriod", 47, "Requested retention period (47 hours) for stream s can not be shorter than existing retention period (48 hours). Use DecreaseRetentionPeriod API."},
		{"DecreaseStreamRetentionPeriod", 49, "Requested retention period (49 hours) for stream s can not be longer than existing retention period (48 hours). Use IncreaseRetentionPeriod API."},
	}
	for _, tt := range tests {
		w.refused(tt.operation, fmt.Sprintf(`{"StreamName":"s","RetentionPeriodHours":%d}`, tt.hours), "InvalidArgumentException", tt.message)
	}
	for _, op := range []string{"IncreaseStreamRetentionPeriod", "DecreaseStreamRetentionPeriod"} {
		w.refused(op, `{"StreamName":"t","RetentionPeriodHours":24}`, "ResourceNotFoundException", "Stream t under account 123456789012 not found.")
	}
	if got := w.ok("DescribeStreamSummary", `{"StreamName":"s"}`).at("StreamDescriptionSummary.RetentionPeriodHours"); got != 48.0 {
		t.Errorf("retention is %v", got)
	}
}
