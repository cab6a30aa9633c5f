package storage

import (
	"fmt"
	"strings"
)

const upperHex = "0123456789ABCDEF"

// EscapeName makes any text into a legal log name, different texts into different names. Letters, digits and '-' stay;
// every other byte becomes '_' and two hexadecimal digits; the empty text becomes "__". The result may be longer than
// MaxNameBytes: engines refuse it then.
func EscapeName(text string) string { return escape(text, false) }

// EscapeKey makes any text into a legal key as EscapeName does, and keeps dots where a key may have them.
func EscapeKey(text string) string { return escape(text, true) }

func escape(text string, dots bool) string {
	if text == "" {
		return "__"
	}
	var b strings.Builder
	dot := true // a dot may not come first, nor after another one
	for i := range len(text) {
		c := text[i]
		keepDot := c == '.' && dots && !dot && i < len(text)-1
		dot = keepDot
		if keepDot || c != '_' && plain(c) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('_')
		b.WriteByte(upperHex[c>>4])
		b.WriteByte(upperHex[c&15])
	}
	return b.String()
}

// plain says whether c may stand anywhere in names and keys.
func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

// Unescape returns the text that EscapeName or EscapeKey made into s. It fails on what neither of them returns.
func Unescape(s string) (string, error) {
	if s == "__" {
		return "", nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '_' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", fmt.Errorf("%w: %q is not escaped text", ErrName, s)
		}
		hi, lo := strings.IndexByte(upperHex, s[i+1]), strings.IndexByte(upperHex, s[i+2])
		if hi < 0 || lo < 0 {
			return "", fmt.Errorf("%w: %q is not escaped text", ErrName, s)
		}
		b.WriteByte(byte(hi<<4 | lo))
		i += 2
	}
	text := b.String()
	if s != EscapeName(text) && s != EscapeKey(text) {
		return "", fmt.Errorf("%w: %q is not escaped text", ErrName, s)
	}
	return text, nil
}

// CheckName returns ErrName unless name may name a log.
func CheckName(name string) error {
	if name == "" || len(name) > MaxNameBytes {
		return fmt.Errorf("%w: a log name has 1 to %d bytes, not %d", ErrName, MaxNameBytes, len(name))
	}
	for i := range len(name) {
		if !plain(name[i]) {
			return fmt.Errorf("%w: log name %q", ErrName, name)
		}
	}
	return nil
}

// CheckKey returns ErrName unless key may be a record's key.
func CheckKey(key string) error {
	if key == "" || len(key) > MaxNameBytes {
		return fmt.Errorf("%w: a key has 1 to %d bytes, not %d", ErrName, MaxNameBytes, len(key))
	}
	dot := true
	for i := range len(key) {
		isDot := key[i] == '.'
		if isDot && dot || !isDot && !plain(key[i]) {
			return fmt.Errorf("%w: key %q", ErrName, key)
		}
		dot = isDot
	}
	if dot {
		return fmt.Errorf("%w: key %q", ErrName, key)
	}
	return nil
}

// CheckConfig returns ErrConfig for settings that no engine can keep.
func CheckConfig(cfg Config) error {
	if cfg.MaxAge < 0 {
		return fmt.Errorf("%w: MaxAge is negative", ErrConfig)
	}
	return nil
}

// CheckAppend returns ErrTooLarge, ErrName or ErrBatch unless every engine can take the entries. It returns the bytes
// of their data.
func CheckAppend(entries []Entry) (size int, err error) {
	if len(entries) == 0 {
		return 0, fmt.Errorf("%w: no entries", ErrBatch)
	}
	if len(entries) > MaxBatch {
		return 0, fmt.Errorf("%w: %d entries, at most %d", ErrTooLarge, len(entries), MaxBatch)
	}
	for i := range entries {
		e := &entries[i]
		if len(e.Data) > MaxRecordBytes {
			return 0, fmt.Errorf("%w: a record of %d bytes, at most %d", ErrTooLarge, len(e.Data), MaxRecordBytes)
		}
		size += len(e.Data)
		if i == 0 || e.Key != entries[i-1].Key {
			if err := CheckKey(e.Key); err != nil {
				return 0, err
			}
		}
		if e.Guard == nil {
			continue
		}
		if err := CheckKey(e.Guard.Key); err != nil {
			return 0, err
		}
		for j := range i {
			if entries[j].Key == e.Guard.Key {
				return 0, fmt.Errorf("%w: entry %d guards key %q, which an earlier entry of the append writes", ErrBatch, i, e.Guard.Key)
			}
		}
	}
	if size > MaxAppendBytes {
		return 0, fmt.Errorf("%w: %d bytes of data, at most %d", ErrTooLarge, size, MaxAppendBytes)
	}
	return size, nil
}

// CheckRange returns ErrName unless the key of r is empty or legal.
func CheckRange(r Range) error {
	if r.Key == "" {
		return nil
	}
	return CheckKey(r.Key)
}
