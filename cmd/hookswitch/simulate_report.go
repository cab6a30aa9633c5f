package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/hookswitch/hookswitch/internal/simulate"
)

// summaryShown is a summary as JSON.
type summaryShown struct {
	Scenario string `json:"scenario,omitempty"`
	Contacts int    `json:"contacts"`
	partShown
	NoQueue      int         `json:"withoutQueue"`
	Missed       int         `json:"missedOffers"`
	Holds        int         `json:"holds"`
	Transfers    int         `json:"transfers"`
	Callbacks    int         `json:"callbacks"`
	Occupancy    float64     `json:"occupancyPercent"`
	ByQueue      []partShown `json:"byQueue"`
	ByChannel    []partShown `json:"byChannel"`
	Steps        int         `json:"steps,omitempty"`
	JournalBytes int         `json:"journalBytes,omitempty"`
	Documents    int         `json:"documents,omitempty"`
	Delay        float64     `json:"longestDocumentDelaySeconds,omitempty"`
	Late         int         `json:"commandsTooLate"`
	Busy         int         `json:"contactsWithoutRoom,omitempty"`
	Unreached    int         `json:"callersOfDeadNumbers,omitempty"`
	Lasted       string      `json:"lasted"`
}

// partShown is what came of contacts that were in a queue.
type partShown struct {
	Name          string  `json:"name,omitempty"`
	Queued        int     `json:"queued"`
	Handled       int     `json:"handled"`
	Abandoned     int     `json:"abandoned"`
	ServiceLevel  float64 `json:"serviceLevelPercent"`
	AbandonRate   float64 `json:"abandonRatePercent"`
	AverageWait   float64 `json:"averageWaitSeconds"`
	LongestWait   float64 `json:"longestWaitSeconds"`
	AverageTalk   float64 `json:"averageTalkSeconds"`
	AverageHandle float64 `json:"averageHandleSeconds"`
}

func showPart(p simulate.Part) partShown {
	return partShown{
		Name: p.Name, Queued: p.Offered, Handled: p.Handled, Abandoned: p.Abandoned, ServiceLevel: p.ServiceLevel, AbandonRate: p.AbandonRate,
		AverageWait: p.AverageWait.Seconds(), LongestWait: p.LongestWait.Seconds(), AverageTalk: p.AverageTalk.Seconds(), AverageHandle: p.AverageHandle.Seconds(),
	}
}

func (s *simulation) show(sum simulate.Summary) summaryShown {
	shown := summaryShown{
		Contacts: sum.Contacts, partShown: showPart(sum.Part), NoQueue: sum.NoQueue, Missed: sum.Missed, Holds: sum.Holds, Transfers: sum.Transfers,
		Callbacks: sum.Callbacks, Occupancy: sum.Occupancy, ByQueue: []partShown{}, ByChannel: []partShown{}, Steps: sum.Steps, JournalBytes: sum.Bytes,
		Documents: sum.Documents, Delay: sum.Delay.Seconds(), Late: sum.Late, Busy: sum.Busy, Unreached: sum.Unreached, Lasted: sum.Lasted.String(),
	}
	if s.cfg.Scenario != nil {
		shown.Scenario = s.cfg.Scenario.Name
	}
	for _, p := range sum.ByQueue {
		shown.ByQueue = append(shown.ByQueue, showPart(p))
	}
	for _, p := range sum.ByChannel {
		shown.ByChannel = append(shown.ByChannel, showPart(p))
	}
	return shown
}

// report writes what has come of it.
func (s *simulation) report(sum simulate.Summary, took time.Duration) error {
	if s.json {
		return s.writeJSON(s.show(sum))
	}
	rows := [][]string{
		{"contacts", strconv.Itoa(sum.Contacts)},
		{"queued", strconv.Itoa(sum.Offered)},
		{"handled", strconv.Itoa(sum.Handled)},
		{"abandoned", strconv.Itoa(sum.Abandoned)},
		{"offers missed or declined", strconv.Itoa(sum.Missed)},
		{"holds", strconv.Itoa(sum.Holds)},
	}
	for _, r := range []struct {
		what string
		n    int
	}{
		{"ended without a queue", sum.NoQueue}, {"transfers", sum.Transfers}, {"callbacks", sum.Callbacks},
		{"callers of dead numbers", sum.Unreached}, {"contacts without room", sum.Busy},
	} {
		if r.n > 0 {
			rows = append(rows, []string{r.what, strconv.Itoa(r.n)})
		}
	}
	rows = append(rows, []string{"occupancy", percent(sum.Occupancy)})
	if sum.Steps > 0 {
		rows = append(rows,
			[]string{"journal", fmt.Sprintf("%d steps, %.1f MB", sum.Steps, float64(sum.Bytes)/1e6)},
			[]string{"documents", strconv.Itoa(sum.Documents)})
	}
	if sum.Delay > 0 {
		rows = append(rows, []string{"a document waited", tenths(sum.Delay) + " for its stream"})
	}
	rows = append(rows, []string{"lasted", fmt.Sprintf("%v, in %v", sum.Lasted.Round(time.Second), took.Round(time.Millisecond))})
	title := fmt.Sprintf("seed %d", s.cfg.Seed)
	if s.cfg.Scenario != nil {
		title = s.cfg.Scenario.Name + ", " + title
	}
	if err := s.writeTable([]string{title, ""}, rows); err != nil {
		return err
	}
	fmt.Fprintln(s.shared.out)
	if err := s.writeParts(sum); err != nil {
		return err
	}
	if s.out != "" {
		fmt.Fprintf(s.err, "documents and journal are in %s\n", s.out)
	}
	return nil
}

// writeParts writes a line for all contacts that were in a queue, for each channel and for each queue.
func (s *simulation) writeParts(sum simulate.Summary) error {
	var rows [][]string
	add := func(name string, p simulate.Part) {
		rows = append(rows, []string{
			name, strconv.Itoa(p.Offered), strconv.Itoa(p.Handled), strconv.Itoa(p.Abandoned), percent(p.AbandonRate), percent(p.ServiceLevel),
			tenths(p.AverageWait), tenths(p.LongestWait), tenths(p.AverageHandle),
		})
	}
	for _, p := range sum.ByQueue {
		name := p.Name
		if name == "" {
			name = "agents' own"
		}
		add(name, p)
	}
	for _, p := range sum.ByChannel {
		add(p.Name, p)
	}
	add("all", sum.Part)
	return s.writeTable([]string{"queue, channel", "queued", "handled", "abandoned", "rate", "in " + simulate.ServiceLevel.String(), "ASA", "longest", "AHT"}, rows)
}

func percent(f float64) string { return fmt.Sprintf("%.1f %%", f) }

func tenths(d time.Duration) string { return d.Round(100 * time.Millisecond).String() }
