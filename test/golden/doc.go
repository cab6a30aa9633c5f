// Package golden holds whole stories of contacts: a script of commands and the time between them, and every contact record,
// agent event and contact event that comes of it, compared whole. The stories are played on a real switchboard, its journal
// and its outbox, on a clock that moves only as the script says. golden_test.go says how to write one.
package golden
