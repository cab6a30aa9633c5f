package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// patient is a client of a stand-in that does not really wait between attempts, and counts how long it would have.
func patient(t *testing.T, h http.HandlerFunc) (*client, *time.Duration) {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	c, err := newClient(srv.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	waited := new(time.Duration)
	c.sleep = func(ctx context.Context, d time.Duration) error { *waited += d; return ctx.Err() }
	return c, waited
}

func TestFollowGoesOnBehindTheLastEventWhenTheConnectionBreaks(t *testing.T) {
	var asked []string
	c, _ := patient(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("Last-Event-ID")+" "+r.URL.RequestURI())
		n := len(asked)
		fmt.Fprintf(w, ": a comment\n\nid: %d\nevent: x\ndata: {\"n\":%d}\n\nid: 99\ndata: cut off", n, n)
	})
	var got []string
	opened, lost := 0, 0
	c.lost = func(error) { lost++ }
	err := c.follow(t.Context(), following{path: "/events", query: url.Values{"kind": {"a"}}, opened: func() { opened++ },
		event: func(e serverEvent) error {
			if got = append(got, e.id+" "+string(e.data)); len(got) == 3 {
				return errEnough
			}
			return nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{`1 {"n":1}`, `2 {"n":2}`, `3 {"n":3}`}; !slices.Equal(got, want) {
		t.Errorf("got events %q, want %q", got, want)
	}
	if want := []string{" /_hookswitch/events?kind=a", "1 /_hookswitch/events?kind=a", "2 /_hookswitch/events?kind=a"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
	if opened != 1 || lost != 2 {
		t.Errorf("opened %d times and lost %d times, want 1 and 2", opened, lost)
	}
}

// A follower who has seen nothing yet knows its place too, so that a restart in between hides nothing from it.
func TestFollowGoesOnFromItsPlace(t *testing.T) {
	var asked []string
	c, _ := patient(t, func(w http.ResponseWriter, r *http.Request) {
		if asked = append(asked, r.Header.Get("Last-Event-ID")); len(asked) == 1 {
			fmt.Fprintf(w, "id: feed-7\n\nid: %s\n\nid: two words\n\nid: \n\n", strings.Repeat("x", followIDBytesMax+1))
			return
		}
		io.WriteString(w, "id: other-0\n\nid: other-1\n: a comment\ndata: x\n\n")
	})
	got := ""
	err := c.follow(t.Context(), following{path: "/events", event: func(e serverEvent) error { got = e.id + " " + string(e.data); return errEnough }})
	if err != nil || got != "other-1 x" || !slices.Equal(asked, []string{"", "feed-7"}) {
		t.Errorf("got %q and %v after asking behind %q", got, err, asked)
	}
}

func TestFollowGivesUpAfterSoManyAttempts(t *testing.T) {
	attempts := 0
	c, waited := patient(t, func(w http.ResponseWriter, _ *http.Request) {
		if attempts++; attempts > 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			io.WriteString(w, `{"error":"not everything answers yet","code":"NotReady"}`)
		}
	})
	err := c.follow(t.Context(), following{path: "/events", event: func(serverEvent) error { return nil }})
	if err == nil || err.Error() != "not everything answers yet" {
		t.Errorf("got error %v, want the server's last word", err)
	}
	if attempts != 1+followRetriesMax {
		t.Errorf("%d attempts, want %d", attempts, 1+followRetriesMax)
	}
	if *waited < 30*time.Second || *waited > 2*time.Minute {
		t.Errorf("it would have tried for %v, want about a minute", *waited)
	}
}

func TestFollowEndsAtOnce(t *testing.T) {
	t.Run("when nothing answers at first", func(t *testing.T) {
		c, waited := patient(t, nil)
		c.endpoint = "http://127.0.0.1:1"
		err := c.follow(t.Context(), following{path: "/events", event: func(serverEvent) error { return nil }})
		var exit *exitError
		if !errors.As(err, &exit) || exit.code != exitNoServer || *waited != 0 {
			t.Errorf("got %v after %v, want the status of no server, at once", err, *waited)
		}
	})
	t.Run("when it is refused", func(t *testing.T) {
		c, _ := patient(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, `{"error":"no instance \"x\"","code":"NotFound"}`)
		})
		err := c.follow(t.Context(), following{path: "/events", event: func(serverEvent) error { return nil }})
		if !refused(err, http.StatusNotFound) {
			t.Errorf("got %v, want the refusal", err)
		}
	})
	t.Run("when an event is not taken", func(t *testing.T) {
		c, _ := patient(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "id: 1\ndata: x\n\n") })
		no := errors.New("no")
		if err := c.follow(t.Context(), following{path: "/events", event: func(serverEvent) error { return no }}); !errors.Is(err, no) {
			t.Errorf("got %v, want %v", err, no)
		}
	})
}

func TestAnEventHasABound(t *testing.T) {
	long := "data: " + strings.Repeat("x", followLineBytesMax) + "\n\n"
	if err := readEvents(strings.NewReader(long), func(serverEvent) error { return nil }); err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, want an error about the length", err)
	}
	fits := "data: " + strings.Repeat("x", followLineBytesMax-100) + "\n\n"
	events := 0
	if err := readEvents(strings.NewReader(fits), func(serverEvent) error { events++; return nil }); !errors.Is(err, io.ErrUnexpectedEOF) || events != 1 {
		t.Errorf("got %d events and %v, want one event and the end", events, err)
	}
}

func TestAnAnswerHasABound(t *testing.T) {
	c, _ := patient(t, func(w http.ResponseWriter, _ *http.Request) {
		io.Copy(w, io.LimitReader(zeros{}, answerBytesMax+1))
	})
	if err := c.get(t.Context(), "/info", nil); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("got %v, want an error about the size", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestWhatAnswersMayBeNoHookswitch(t *testing.T) {
	for status, body := range map[int]string{404: "404 page not found", 200: "<html>hello</html>", 500: `{"other":1}`} {
		c, _ := patient(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); io.WriteString(w, body) })
		var out struct{}
		if err := c.get(t.Context(), "/info", &out); err == nil || !strings.Contains(err.Error(), "is no hookswitch") {
			t.Errorf("%d %q: got %v", status, body, err)
		}
	}
}

func TestEventuallyHasABound(t *testing.T) {
	c, waited := patient(t, nil)
	looks := 0
	if err := c.eventually(t.Context(), "it", func() (bool, error) { looks++; return looks == 3, nil }); err != nil || looks != 3 {
		t.Errorf("got %v after %d looks, want none after 3", err, looks)
	}
	*waited = 0
	err := c.eventually(t.Context(), "it", func() (bool, error) { return false, nil })
	if err == nil || err.Error() != "it does not get ready" || *waited != readyLooksMax*readyLook {
		t.Errorf("got %v after %v, want an error after %v", err, *waited, readyLooksMax*readyLook)
	}
}

func TestAListHasABound(t *testing.T) {
	pages := 0
	c, _ := patient(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/info") {
			io.WriteString(w, `{"auth":"open"}`)
			return
		}
		if pages++; pages > 1 && r.URL.Query().Get("nextToken") != "a+b c" {
			t.Errorf("page %d was asked for with %q", pages, r.URL.RawQuery)
		}
		io.WriteString(w, `{"L":[{"Id":"1","Name":"n"}],"NextToken":"a+b c"}`)
	})
	aws, err := c.amazon(t.Context(), "000000000000", "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := aws.list(t.Context(), "/x", "L"); err == nil || pages != listPagesMax {
		t.Errorf("got %v after %d pages, want an error after %d", err, pages, listPagesMax)
	}
}

func FuzzReadEvents(f *testing.F) {
	f.Add("id: 1\nevent: a\ndata: {}\n\n")
	f.Add("data\n\n: x\n\nid:\ndata:  y\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		err := readEvents(strings.NewReader(text), func(e serverEvent) error {
			if len(e.data) == 0 && e.id == "" || len(e.id) > followIDBytesMax {
				t.Errorf("an event that tells nothing, or too much: %+v", e)
			}
			return nil
		})
		if err == nil {
			t.Error("a stream has no end of its own")
		}
	})
}
