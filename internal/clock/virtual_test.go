package clock

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"
)

var start = time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC)

func woken(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}

func TestVirtualStandsStill(t *testing.T) {
	v := NewVirtual(start)
	if got := v.Now(); !got.Equal(start) {
		t.Errorf("Now = %v, want %v", got, start)
	}
	if _, ok := v.Next(); ok {
		t.Error("Next without a waiter")
	}
}

func TestVirtualWakesInOrder(t *testing.T) {
	v := NewVirtual(start)
	late, _ := v.WakeAt(start.Add(2 * time.Minute))
	early, _ := v.WakeAt(start.Add(time.Minute))
	given, stop := v.WakeAt(start.Add(time.Minute))
	stop()
	now, _ := v.WakeAt(start)
	if !woken(now) {
		t.Error("a wait for a time that has come does not end at once")
	}
	if next, ok := v.Next(); !ok || !next.Equal(start.Add(time.Minute)) {
		t.Errorf("Next = %v, %v", next, ok)
	}
	if err := v.Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	if !woken(early) || woken(late) || woken(given) {
		t.Errorf("after a minute: early %v, late %v, given up %v", woken(early), woken(late), woken(given))
	}
	if err := v.Set(start.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if !woken(late) {
		t.Error("after an hour the late waiter still sleeps")
	}
	stop() // may be called again
}

func TestVirtualNeverGoesBack(t *testing.T) {
	v := NewVirtual(start)
	if err := v.Set(start.Add(-time.Second)); !errors.Is(err, ErrBackwards) {
		t.Errorf("Set to the past: %v", err)
	}
	if err := v.Advance(-1); !errors.Is(err, ErrBackwards) {
		t.Errorf("Advance by less than nothing: %v", err)
	}
	for _, rate := range []float64{-1, RateMax * 2, math.NaN(), math.Inf(1)} {
		if err := v.SetRate(rate); !errors.Is(err, ErrRate) {
			t.Errorf("SetRate(%v): %v", rate, err)
		}
	}
	if !v.Now().Equal(start) {
		t.Errorf("a refused change moved the clock to %v", v.Now())
	}
}

func TestVirtualRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := NewVirtual(start)
		if err := v.SetRate(60); err != nil {
			t.Fatal(err)
		}
		before := time.Now()
		if err := Sleep(context.Background(), v, time.Hour); err != nil {
			t.Fatal(err)
		}
		if real := time.Since(before); real < 59*time.Second || real > 61*time.Second {
			t.Errorf("an hour at rate 60 took %v", real)
		}
		if err := v.SetRate(0); err != nil {
			t.Fatal(err)
		}
		frozen := v.Now()
		if err := Sleep(context.Background(), System{}, time.Minute); err != nil { // of the bubble's own time
			t.Fatal(err)
		}
		if !v.Now().Equal(frozen) {
			t.Error("a frozen clock moved")
		}
		if v.Rate() != 0 {
			t.Error("Rate after freezing")
		}
	})
}

func TestSleepEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	v := NewVirtual(start)
	if err := Sleep(ctx, v, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("Sleep: %v", err)
	}
	if _, ok := v.Next(); ok {
		t.Error("a given-up sleep still waits")
	}
}

func TestSystemWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if err := Sleep(context.Background(), System{}, time.Second); err != nil {
			t.Fatal(err)
		}
		ch, stop := System{}.WakeAt(System{}.Now().Add(time.Hour))
		stop()
		if woken(ch) {
			t.Error("woken at once")
		}
	})
}
