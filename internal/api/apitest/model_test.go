package apitest

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	connecttypes "github.com/aws/aws-sdk-go-v2/service/connect/types"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// model is the part of models/<service>.json that the tests fill structures by. They read it on their own, so that a
// mistake in the generator does not hide itself.
type model struct {
	name       string
	Operations map[string]struct {
		HTTP struct {
			RequestURI string `json:"requestUri"`
		} `json:"http"`
		Input, Output *ref
	} `json:"operations"`
	Shapes map[string]shape `json:"shapes"`
}

type ref struct {
	Shape            string
	Location         string
	LocationName     string
	IdempotencyToken bool
}

type shape struct {
	Type     string
	Members  map[string]ref
	Required []string
	Member   *ref
	Key      *ref
	Value    *ref
	Min, Max *float64
	Pattern  string
	Enum     []string
	Union    bool
}

func loadModel(t testing.TB, name string) *model {
	t.Helper()
	text, err := os.ReadFile("../../../models/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	m := &model{name: name}
	if err := json.Unmarshal(text, m); err != nil {
		t.Fatal(err)
	}
	if value, ok := m.Shapes["AttributeValue"]; ok { // a union in all but its name, and one in the SDK
		value.Union = true
		m.Shapes["AttributeValue"] = value
	}
	return m
}

// samples are texts that match the patterns of string shapes.
var samples = map[string]string{
	"ContactTagKey":        "team",
	"RegionName":           "us-east-1",
	"IndexName":            "by-owner_1.0",
	"TableName":            "leases-1.x",
	"HashKey":              "340282366920938463463374607431768211455",
	"SequenceNumber":       "49590338271490256608559692538361571095921575989136588898",
	"ResourceARN":          "arn:aws:kinesis:us-east-1:123456789012:stream/clicks",
	"StreamARN":            "arn:aws:kinesis:us-east-1:123456789012:stream/clicks",
	"ShardId":              "shardId-000000000000",
	"StreamId":             "abcdefghij0123456789-abc",
	"StreamName":           "clicks_2.of-all",
	"ConsumerARN":          "arn:aws:kinesis:us-east-1:123456789012:stream/clicks/consumer/app-1:1700000000",
	"ConsumerName":         "app-1",
	"CurrentMetricId":      "12345678-90ab-cdef-1234-567890abcdef",
	"DirectoryAlias":       "my-center",
	"DirectoryId":          "d-0123456789",
	"FileName":             "résumé 1.pdf",
	"Password":             "Passw0rd!",
	"PhoneNumber":          "+15551234567",
	"PhoneNumberPrefix":    "+1555",
	"ReferenceArn":         "arn:aws:connect:us-east-1:123456789012:x",
	"SensitivePhoneNumber": "+15557654321",
	"TagKey":               "Größe/1 @x",

	"CommonHumanReadableDescription":                 "closed „all day“",
	"CommonHumanReadableName":                        "Naïve 📞",
	"CreateSecurityProfileName":                      "Agents_1 @-x",
	"DateYearMonthDayFormat":                         "2026-03-02",
	"HoursOfOperationOverrideYearMonthDayDateFormat": "2026-03-02",
	"IAMRestrictedPrimaryValue":                      "a value",
	"InstanceIdOrArn":                                "aaaaaaaa-bbbb-cccc-dddd-111111111111",
	"S3Uri":                                          "s3://bucket/a prompt.wav",
	"PrimaryAttributeContextKeyName":                 "key",
}

// unions are the SDK's types of the members of unions that inputs hold.
var unions = map[reflect.Type]map[string]reflect.Type{
	reflect.TypeFor[connecttypes.PredefinedAttributeValues]():              {"StringList": reflect.TypeFor[connecttypes.PredefinedAttributeValuesMemberStringList]()},
	reflect.TypeFor[connecttypes.UpdateParticipantRoleConfigChannelInfo](): {"Chat": reflect.TypeFor[connecttypes.UpdateParticipantRoleConfigChannelInfoMemberChat]()},
	reflect.TypeFor[connecttypes.ParticipantTimerValue](): {
		"ParticipantTimerAction":            reflect.TypeFor[connecttypes.ParticipantTimerValueMemberParticipantTimerAction](),
		"ParticipantTimerDurationInMinutes": reflect.TypeFor[connecttypes.ParticipantTimerValueMemberParticipantTimerDurationInMinutes](),
	},
	reflect.TypeFor[dynamodbtypes.AttributeValue](): {
		"S":    reflect.TypeFor[dynamodbtypes.AttributeValueMemberS](),
		"N":    reflect.TypeFor[dynamodbtypes.AttributeValueMemberN](),
		"B":    reflect.TypeFor[dynamodbtypes.AttributeValueMemberB](),
		"BOOL": reflect.TypeFor[dynamodbtypes.AttributeValueMemberBOOL](),
		"NULL": reflect.TypeFor[dynamodbtypes.AttributeValueMemberNULL](),
		"SS":   reflect.TypeFor[dynamodbtypes.AttributeValueMemberSS](),
		"NS":   reflect.TypeFor[dynamodbtypes.AttributeValueMemberNS](),
		"BS":   reflect.TypeFor[dynamodbtypes.AttributeValueMemberBS](),
		"L":    reflect.TypeFor[dynamodbtypes.AttributeValueMemberL](),
		"M":    reflect.TypeFor[dynamodbtypes.AttributeValueMemberM](),
	},
}

const (
	treeDepthMax = 7
	awkward      = "naïve \"quoted\" \\ 📞\u2028 <&> \t\n"
)

// tree makes a value of a shape: maps for structures and maps, slices for lists, int64, float64, bool, string, []byte
// and time.Time for the rest. full asks for every member, otherwise for the required ones.
func (m *model) tree(t testing.TB, name string, full bool, depth int) any {
	t.Helper()
	s := m.Shapes[name]
	switch s.Type {
	case "structure":
		out := map[string]any{}
		var names []string
		for member := range s.Members {
			names = append(names, member)
		}
		slices.Sort(names)
		if name == "AttributeValue" { // it always has a member; which one, follows from the depth
			member := attributeMembers[min(depth, len(attributeMembers)-1)]
			return map[string]any{member: m.tree(t, s.Members[member].Shape, full, depth+1)}
		}
		for _, member := range names {
			if !s.Union && !slices.Contains(s.Required, member) && (!full || depth > treeDepthMax) {
				continue
			}
			out[member] = m.tree(t, s.Members[member].Shape, full, depth+1)
			if s.Union {
				break
			}
		}
		return out
	case "list":
		n := 1
		if full {
			n = 2
		}
		if s.Max != nil {
			n = min(n, int(*s.Max))
		}
		out := []any{}
		for range n {
			out = append(out, m.tree(t, s.Member.Shape, full, depth+1))
		}
		return out
	case "map":
		out := map[string]any{}
		for i := 0; i == 0 || s.Min != nil && len(out) < int(*s.Min); i++ {
			key := m.tree(t, s.Key.Shape, full, depth+1).(string)
			if i > 0 {
				key += strconv.Itoa(i)
			}
			out[key] = m.tree(t, s.Value.Shape, full, depth+1)
		}
		return out
	case "string":
		return m.text(t, name, s)
	case "integer", "long":
		n := int64(7)
		if s.Min != nil {
			n = max(n, int64(*s.Min))
		}
		if s.Max != nil && *s.Max < float64(n) {
			n = int64(*s.Max)
		}
		return n
	case "double", "float":
		if s.Min != nil {
			return *s.Min + 0.5
		}
		return 0.5
	case "boolean":
		return true
	case "timestamp":
		return time.UnixMilli(1459799926480).UTC()
	case "blob":
		return []byte("\x00\x01blob\xff")
	}
	t.Fatalf("%s: type %q", name, s.Type)
	return nil
}

func (m *model) text(t testing.TB, name string, s shape) string {
	t.Helper()
	if s.Enum != nil {
		return s.Enum[len(s.Enum)-1]
	}
	if text, ok := samples[name]; ok {
		return text
	}
	if s.Pattern != "" && s.Pattern != `^[\W\S_]*` {
		return "unmatched " + name // an output may be anything; as an input it is refused, and the table needs a row
	}
	text := awkward
	if s.Max != nil && int(*s.Max) < len(text) {
		text = "v"
	}
	for s.Min != nil && len([]rune(text)) < int(*s.Min) {
		text += "v"
	}
	return text
}

func exported(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// attributeMembers are the members of attribute values by the depth at which they stand: documents hold the others.
var attributeMembers = []string{"S", "N", "M", "L", "M", "L", "B", "BOOL", "NULL", "SS", "NS", "BS", "S"}

// fill sets v, a field of our types or of the SDK's, to a tree.
func fill(t testing.TB, v reflect.Value, tree any) {
	t.Helper()
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch x := tree.(type) {
	case map[string]any:
		if v.Kind() == reflect.Map {
			v.Set(reflect.MakeMap(v.Type()))
			for key, item := range x {
				e := reflect.New(v.Type().Elem()).Elem()
				fill(t, e, item)
				v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), e)
			}
			return
		}
		if v.Kind() == reflect.Interface {
			for member, item := range x {
				e := reflect.New(unions[v.Type()][member])
				fill(t, e.Elem().FieldByName("Value"), item)
				v.Set(e)
			}
			return
		}
		for member, item := range x {
			f := v.FieldByName(exported(member))
			if !f.IsValid() {
				t.Fatalf("%s has no field %s", v.Type(), exported(member))
			}
			fill(t, f, item)
		}
	case []any:
		v.Set(reflect.MakeSlice(v.Type(), len(x), len(x)))
		for i, item := range x {
			fill(t, v.Index(i), item)
		}
	default:
		v.Set(reflect.ValueOf(tree).Convert(v.Type()))
	}
}

// read turns v, of our types or the SDK's, back into a tree. Members that are absent, or zero where the SDK cannot
// tell, are left out.
func (m *model) read(t testing.TB, v reflect.Value, name string) any {
	t.Helper()
	s := m.Shapes[name]
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.Kind() == reflect.Interface { // one member of a union: NextContactMetadataMemberQuickConnectContactData
			e := v.Elem()
			for e.Kind() == reflect.Pointer {
				e = e.Elem()
			}
			_, member, _ := strings.Cut(e.Type().Name(), "Member")
			return map[string]any{member: m.read(t, e.FieldByName("Value"), s.Members[member].Shape)}
		}
		v = v.Elem()
	}
	switch s.Type {
	case "structure":
		out := map[string]any{}
		for member, r := range s.Members {
			f := v.FieldByName(exported(member))
			if !f.IsValid() {
				t.Fatalf("%s has no field %s", v.Type(), exported(member))
			}
			if !f.IsZero() {
				out[member] = m.read(t, f, r.Shape)
			}
		}
		return out
	case "list":
		out := []any{}
		for i := range v.Len() {
			out = append(out, m.read(t, v.Index(i), s.Member.Shape))
		}
		return out
	case "map":
		out := map[string]any{}
		for _, key := range v.MapKeys() {
			out[key.String()] = m.read(t, v.MapIndex(key), s.Value.Shape)
		}
		return out
	case "string":
		return v.String()
	case "integer", "long":
		return v.Int()
	case "double", "float":
		return v.Float()
	case "boolean":
		return v.Bool()
	case "timestamp":
		return v.Interface().(time.Time).UTC()
	case "blob":
		return v.Bytes()
	}
	t.Fatalf("%s: type %q", name, s.Type)
	return nil
}

// labels takes the values of a path template's labels out of an escaped path.
func labels(template, escaped string, unescape func(string) (string, error)) ([]string, error) {
	want, got := strings.Split(template, "/"), strings.Split(escaped, "/")
	if len(want) != len(got) {
		return nil, fmt.Errorf("path %s does not fit %s", escaped, template)
	}
	var out []string
	for i := range want {
		if strings.HasPrefix(want[i], "{") {
			value, err := unescape(got[i])
			if err != nil {
				return nil, err
			}
			out = append(out, value)
		} else if want[i] != got[i] {
			return nil, fmt.Errorf("path %s does not fit %s", escaped, template)
		}
	}
	return out, nil
}
