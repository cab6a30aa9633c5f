package golden

import "github.com/hookswitch/hookswitch/internal/simulate/audit"

// checkArithmetic holds the contact records to what agent events alone tell of the same contacts.
func (s *stage) checkArithmetic() {
	var a audit.Audit
	for _, doc := range s.agentEvents {
		if err := a.AgentEvent(doc); err != nil {
			s.t.Fatal(err)
		}
	}
	for _, doc := range s.records {
		if err := a.Record(doc); err != nil {
			s.t.Fatal(err)
		}
	}
	for _, finding := range a.Findings() {
		s.t.Error(finding)
	}
}
