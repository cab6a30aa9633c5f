// Package document is what the documents of the contact center have in common: how their JSON is written, how times and
// names look in it, and how the ids of events come about. Documents are appended, never marshalled: their members stand in
// a fixed order, and what has no value is either an explicit null or absent, as each document's own rules say.
package document

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
)

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string. Only what JSON demands is escaped; bytes that are not UTF-8 become U+FFFD.
func AppendString[S ~string](b []byte, s S) []byte {
	b = append(b, '"')
	start := 0
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, s[start:i]...)
			b = append(b, '\\', byte(r))
			start = i + 1
		case r < 0x20:
			b = append(b, s[start:i]...)
			b = appendControl(b, byte(r))
			start = i + 1
		case r == '\uFFFD' && (i+3 > len(s) || s[i:i+3] != "\uFFFD"):
			b = append(b, s[start:i]...)
			b = append(b, "\uFFFD"...)
			start = i + 1
		}
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

func appendControl(b []byte, c byte) []byte {
	switch c {
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// AppendStringOrNull appends s, or null when it is empty.
func AppendStringOrNull[S ~string](b []byte, s S) []byte {
	if s == "" {
		return append(b, "null"...)
	}
	return AppendString(b, s)
}

// AppendSeconds appends t with whole seconds, the rest cut off; null for the zero time.
func AppendSeconds(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, "null"...)
	}
	b = append(b, '"')
	b = appendTime(b, t)
	return append(b, 'Z', '"')
}

// AppendMillis appends t with exactly three digits of a second, the rest cut off; null for the zero time.
func AppendMillis(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, "null"...)
	}
	b = append(b, '"')
	b = appendTime(b, t)
	ms := t.Nanosecond() / 1e6
	return append(b, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), 'Z', '"')
}

func appendTime(b []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, sec := t.Clock()
	if year < 0 || year > 9999 { // cannot come from a clock; kept readable all the same
		return t.AppendFormat(b, "2006-01-02T15:04:05")
	}
	b = append(b, byte('0'+year/1000), byte('0'+year/100%10), byte('0'+year/10%10), byte('0'+year%10))
	for _, part := range [5]struct {
		sep byte
		n   int
	}{{'-', int(month)}, {'-', day}, {'T', hour}, {':', minute}, {':', sec}} {
		b = append(b, part.sep, byte('0'+part.n/10), byte('0'+part.n%10))
	}
	return b
}

// AppendInt appends n.
func AppendInt(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) }

// AppendStrings appends a list of strings; none make an empty one.
func AppendStrings(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendString(b, s)
	}
	return append(b, ']')
}

// AppendMap appends a map of strings, sorted by key; {} when it has none.
func AppendMap(b []byte, m map[string]string) []byte {
	b = append(b, '{')
	var few [16]string
	keys := few[:0]
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for i, k := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendString(b, k)
		b = append(b, ':')
		b = AppendString(b, m[k])
	}
	return append(b, '}')
}

// Tags returns the tags of a contact as documents show them: AWS's own and the user's.
func Tags(inst center.Instance, system *center.Endpoint, user map[string]string) map[string]string {
	m := make(map[string]string, len(user)+2)
	for k, v := range user {
		m[k] = v
	}
	m["aws:connect:instanceId"] = string(inst.ID)
	if system != nil {
		m["aws:connect:systemEndpoint"] = system.Address
	}
	return m
}

// Seconds returns the whole seconds between two times as documents show them: the difference of the cut-off times.
func Seconds(from, to time.Time) int {
	return int(to.Truncate(time.Second).Sub(from.Truncate(time.Second)) / time.Second)
}

// AppendARN appends the name of a thing of the instance: the instance's ARN, the kind, and the id.
func AppendARN[S ~string](b []byte, inst center.Instance, kind center.Kind, id S) []byte {
	b = append(b, '"')
	b = appendText(b, inst.ARN)
	b = append(b, '/')
	b = append(b, kind...)
	b = append(b, '/')
	b = appendText(b, string(id))
	return append(b, '"')
}

// AppendQueueARN appends the name of a queue; an agent's own queue is named by its agent.
func AppendQueueARN[S ~string](b []byte, inst center.Instance, id S, agent bool) []byte {
	if agent {
		return AppendARN(b, inst, center.KindQueue+"/agent", id)
	}
	return AppendARN(b, inst, center.KindQueue, id)
}

// AppendHierarchy appends an agent's hierarchy groups, a member for each level there can be: null where there is none.
// Name is what the member with a group's name is called.
func AppendHierarchy(b []byte, inst center.Instance, groups []center.Ref, name string) []byte {
	if len(groups) == 0 {
		return append(b, "null"...)
	}
	b = append(b, '{')
	for i := range center.HierarchyLevelMax {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `"Level`...)
		b = AppendInt(b, i+1)
		if i >= len(groups) {
			b = append(b, `":null`...)
			continue
		}
		b = append(b, `":{"ARN":`...)
		b = AppendARN(b, inst, center.KindHierarchyGroup, groups[i].ID)
		b = append(b, ',')
		b = AppendString(b, name)
		b = append(b, ':')
		b = AppendString(b, groups[i].Name)
		b = append(b, '}')
	}
	return append(b, '}')
}

// appendText appends s without its quotes.
func appendText(b []byte, s string) []byte {
	start := len(b)
	b = AppendString(b, s)
	copy(b[start:], b[start+1:len(b)-1])
	return b[:len(b)-2]
}

// Owner returns the account and region of an instance.
func Owner(inst center.Instance) (account, region string) {
	a, err := arn.Parse(inst.ARN)
	if err != nil {
		return "", ""
	}
	return a.Account, a.Region
}

// EventID makes the id of an event document, shaped as a version 4 UUID: the same for the same instance key, kind, place
// in the journal, ordinal and subject, so that a replay gives the same document byte for byte.
func EventID(key []byte, kind string, place uint64, n int64, subject string) string {
	var few [192]byte
	b := append(few[:0], key...)
	b = append(b, 0)
	b = append(b, kind...)
	b = append(b, 0)
	b = binary.BigEndian.AppendUint64(b, place)
	b = binary.BigEndian.AppendUint64(b, uint64(n))
	b = append(b, subject...)
	sum := sha256.Sum256(b)
	sum[6] = sum[6]&0x0f | 0x40
	sum[8] = sum[8]&0x3f | 0x80
	var out [36]byte
	hex.Encode(out[:8], sum[:4])
	hex.Encode(out[9:13], sum[4:6])
	hex.Encode(out[14:18], sum[6:8])
	hex.Encode(out[19:23], sum[8:10])
	hex.Encode(out[24:], sum[10:16])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return string(out[:])
}
