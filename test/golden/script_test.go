package golden

import (
	"errors"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// commands are the commands that scripts may give, by name. A new command of package center needs a line here.
var commands = byName(
	center.LogIn{}, center.LogOut{}, center.SetAgentStatus{},
	center.StartInboundCall{}, center.StartOutboundCall{}, center.StartTask{}, center.DialAnswered{}, center.DialFailed{},
	center.AcceptContact{}, center.RejectContact{}, center.HoldContact{}, center.ResumeContact{}, center.LeaveContact{}, center.HangUp{},
	center.DialOut{}, center.AddParty{}, center.PartyAnswered{}, center.PartyFailed{}, center.PartyHangUp{}, center.HoldParty{},
	center.ResumeParty{}, center.DropParty{}, center.SwapParties{}, center.JoinParties{}, center.MonitorCall{}, center.ChangeMonitor{},
	center.BargeOut{}, center.ClearContact{}, center.StopContact{}, center.UpdateContactAttributes{}, center.Done{},
	center.SetInstanceAttribute{}, center.CreateQueue{}, center.UpdateQueue{}, center.CreateRoutingProfile{}, center.CreateUser{},
	center.UpdateUser{}, center.CreateFlow{}, center.UpdateFlowContent{}, center.ClaimPhoneNumber{}, center.SetPhoneNumberFlow{},
	center.CreateHours{}, center.CreateAgentStatus{}, center.CustomerInput{}, center.FunctionAnswered{}, center.AssociateFunction{},
	center.StartChat{}, center.ConnectChat{}, center.SayInChat{}, center.LeaveChat{}, center.SetChatTimers{},
	center.PauseTask{}, center.ResumeTask{}, center.TransferTask{}, center.RescheduleTask{}, center.UpdateContact{}, center.SetRouting{},
	center.CreateAttribute{}, center.ChangeProficiencies{},
)

func byName(all ...center.Command) map[string]reflect.Type {
	m := map[string]reflect.Type{}
	for _, c := range all {
		m[reflect.TypeOf(c).Name()] = reflect.TypeOf(c)
	}
	return m
}

var (
	timeOfDay = regexp.MustCompile(`^\d\d:\d\d:\d\d(\.\d{1,3})?$`)
	span      = regexp.MustCompile(`^\+[0-9.a-z]+$`)
	word      = regexp.MustCompile(`(?:[^\s"]|"[^"]*")+`)
	reference = regexp.MustCompile(`\$\{([^}]+)\}`)
)

func (s *stage) line(line string) {
	s.t.Helper()
	words := word.FindAllString(line, -1)
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], `"`, "")
	}
	switch {
	case timeOfDay.MatchString(words[0]):
		at, err := time.Parse("15:04:05.999", words[0])
		if err != nil {
			s.t.Fatalf("%q: %v", line, err)
		}
		s.to(start.Truncate(24 * time.Hour).Add(at.Sub(at.Truncate(24 * time.Hour))))
		words = words[1:]
	case span.MatchString(words[0]):
		d, err := time.ParseDuration(words[0][1:])
		if err != nil {
			s.t.Fatalf("%q: %v", line, err)
		}
		s.to(s.clock.Now().Add(d))
		words = words[1:]
	}
	if len(words) == 0 {
		return
	}
	refused := words[0] == "!"
	if refused {
		words = words[1:]
	}
	var positional []string
	options := map[string]string{}
	for _, w := range words[1:] {
		if k, v, ok := strings.Cut(w, "="); ok {
			options[k] = v
		} else {
			positional = append(positional, w)
		}
	}
	switch words[0] {
	case "center":
		s.center()
		return
	case "agent":
		s.agent(positional[0], options)
		return
	case "restart":
		s.open()
		s.settle()
		return
	}
	typ, ok := commands[words[0]]
	if !ok {
		s.t.Fatalf("%q is no command", line)
	}
	cmd := reflect.New(typ).Elem()
	var closes center.EffectID
	for path, text := range options {
		if path == "closes" {
			closes = s.outstanding(text)
			continue
		}
		s.set(line, cmd, path, text)
	}
	_, err := s.do(cmd.Interface().(center.Command), closes)
	var why *center.Refused
	switch {
	case refused && !errors.As(err, &why):
		s.t.Errorf("%q: want a refusal, got %v", line, err)
	case !refused && err != nil:
		s.t.Fatalf("%q: %v", line, err)
	}
}

// outstanding returns the oldest outstanding effect of a type.
func (s *stage) outstanding(typ string) center.EffectID {
	s.t.Helper()
	for _, o := range s.sb.State().Outstanding {
		if reflect.TypeOf(o.Effect).Name() == typ {
			return o.ID
		}
	}
	s.t.Fatalf("no outstanding effect is a %s", typ)
	return ""
}

// set sets the field that a path names from its text.
func (s *stage) set(line string, v reflect.Value, path, text string) {
	s.t.Helper()
	for name := range strings.SplitSeq(path, ".") {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		if v = v.FieldByName(name); !v.IsValid() {
			s.t.Fatalf("%q: no field %s", line, path)
		}
	}
	if err := s.parse(v, text); err != nil {
		s.t.Fatalf("%q: %s: %v", line, path, err)
	}
}

func (s *stage) parse(v reflect.Value, text string) error {
	switch v.Interface().(type) {
	case center.ChatTimer: // role:after, or role:disconnect:after
		role, rest, _ := strings.Cut(text, ":")
		after, disconnect := strings.CutPrefix(rest, "disconnect:")
		d, err := time.ParseDuration(after)
		v.Set(reflect.ValueOf(center.ChatTimer{Role: role, Disconnect: disconnect, After: d}))
		return err
	case time.Duration:
		d, err := time.ParseDuration(text)
		v.SetInt(int64(d))
		return err
	case time.Time:
		d, err := time.ParseDuration(text)
		v.Set(reflect.ValueOf(s.clock.Now().Add(d)))
		return err
	}
	if _, ok := v.Interface().(center.Proficiency); ok { // attribute:value:level
		words := strings.Split(text, ":")
		level, err := strconv.ParseFloat(words[len(words)-1], 64)
		if len(words) != 3 || err != nil {
			return errors.New("a proficiency is attribute:value:level")
		}
		v.Set(reflect.ValueOf(center.Proficiency{Attribute: words[0], Value: words[1], Level: level}))
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return s.parse(v.Elem(), text)
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(s.file(text))
		} else {
			v.SetString(s.id(text))
		}
		return nil
	case reflect.Int:
		n, err := strconv.Atoi(text)
		v.SetInt(int64(n))
		return err
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		v.SetBool(b)
		return err
	case reflect.Map:
		m := map[string]string{}
		for pair := range strings.SplitSeq(text, ",") {
			k, val, _ := strings.Cut(pair, ":")
			m[k] = val
		}
		v.Set(reflect.ValueOf(m).Convert(v.Type()))
		return nil
	case reflect.Slice:
		for item := range strings.SplitSeq(text, ",") {
			one := reflect.New(v.Type().Elem()).Elem()
			if err := s.parse(one, item); err != nil {
				return err
			}
			v.Set(reflect.Append(v, one))
		}
		return nil
	}
	return errors.New("scripts cannot write a " + v.Type().String())
}

// file returns the text of a file of the story, if a word names one, and the word itself otherwise.
func (s *stage) file(word string) string {
	if name, ok := strings.CutPrefix(word, "@"); ok {
		if id := s.ids[word]; id != "" {
			return id
		}
		for _, f := range s.files {
			if f.name == name {
				return s.withIDs(f.data)
			}
		}
	}
	return word
}

// id returns the id of a name.
func (s *stage) id(word string) string {
	if id, ok := s.ids[word]; ok {
		return id
	}
	return word
}

// withIDs puts ids in the place of ${name}.
func (s *stage) withIDs(text string) string {
	return reference.ReplaceAllStringFunc(text, func(r string) string { return s.ids[r[2:len(r)-1]] })
}

func whole(t *testing.T, text string) int {
	t.Helper()
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func itoa(n int) string { return strconv.Itoa(n) }
