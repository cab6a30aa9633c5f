package main

import (
	"context"
	"fmt"
	"net/url"

	"github.com/spf13/cobra"
)

// A finding is one check of the doctor.
type finding struct {
	Check  string `json:"check"`
	State  string `json:"state"` // ok, warn or fail
	Detail string `json:"detail"`
	Next   string `json:"next,omitempty"`
}

func newDoctor(sh *shared) *cobra.Command {
	var name string
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Find out why there is no data",
		Long: `Check what data needs on its way: that the server works, that customers can call and agents answer, that each kind of
document has a stream, that the stream exists, and that there is something in it. What is wrong comes with what to do next.

The exit status is 1 when a check fails; warnings do not count.`,
		Example: "  hookswitch doctor\n  hookswitch doctor --instance demo --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := sh.client()
			if err != nil {
				return err
			}
			found, err := c.findings(cmd.Context(), name)
			if err != nil {
				return err
			}
			failed := 0
			for _, f := range found {
				if f.State == "fail" {
					failed++
				}
			}
			if sh.json {
				if err := sh.writeJSON(map[string]any{"findings": found, "failed": failed}); err != nil {
					return err
				}
			} else if err := sh.writeFindings(found); err != nil {
				return err
			}
			if failed > 0 {
				return &exitError{code: exitFailed}
			}
			return nil
		},
	}
	sh.instanceFlag(c, &name, "look at this instance: id, ARN or alias (default all)")
	return c
}

// findings asks for the checks of an instance, or of all when it is "".
func (c *client) findings(ctx context.Context, instance string) ([]finding, error) {
	var all struct{ Findings []finding }
	path := "/doctor"
	if instance != "" {
		path += "?instance=" + url.QueryEscape(instance)
	}
	err := c.get(ctx, path, &all)
	return all.Findings, err
}

func (s streams) writeFindings(found []finding) error {
	marks := map[string][2]string{"ok": {"✓", paintGood}, "warn": {"!", paintEvent}, "fail": {"✗", paintBad}}
	width, failed, warned := 0, 0, 0
	for _, f := range found {
		width = max(width, len([]rune(f.Check)))
	}
	for _, f := range found {
		m, ok := marks[f.State]
		if !ok {
			m = [2]string{"?", paintDim}
		}
		fmt.Fprintf(s.out, "%s %-*s  %s\n", s.paint(m[1], m[0]), width, f.Check, f.Detail)
		switch f.State {
		case "fail":
			failed++
		case "warn":
			warned++
		}
		if f.Next != "" && f.State != "ok" {
			fmt.Fprintf(s.out, "  %*s  %s\n", width, "", s.paint(paintDim, "next: "+f.Next))
		}
	}
	verdict := "All is well."
	switch {
	case failed > 0:
		verdict = fmt.Sprintf("%d of %d checks failed, %d warnings.", failed, len(found), warned)
	case warned > 0:
		verdict = fmt.Sprintf("Nothing failed; %d warnings.", warned)
	}
	_, err := fmt.Fprintln(s.out, "\n"+verdict)
	return err
}
