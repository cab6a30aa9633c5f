package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
)

// writeJSON writes one object on one line.
func (s streams) writeJSON(v any) error {
	enc := json.NewEncoder(s.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// writeTable writes rows under a header in columns.
func (s streams) writeTable(header []string, rows [][]string) error {
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.ToUpper(strings.Join(header, "\t")))
	for _, r := range rows {
		fmt.Fprintln(w, strings.Join(r, "\t"))
	}
	return w.Flush()
}

// Colours of the terminal, by what they mark.
const (
	paintDim    = "2"
	paintBold   = "1"
	paintGood   = "32"
	paintBad    = "31"
	paintRecord = "35"
	paintAgent  = "36"
	paintEvent  = "33"
)

// paint colours text when out is a terminal that wants it.
func (s streams) paint(code, text string) string {
	if !s.colour() {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
