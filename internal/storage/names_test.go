package storage_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/hookswitch/hookswitch/internal/storage"
)

func TestEscape(t *testing.T) {
	for _, c := range []struct{ text, name, key string }{
		{"", "__", "__"},
		{"shard-1", "shard-1", "shard-1"},
		{"k/my_stream/1", "k_2Fmy_5Fstream_2F1", "k_2Fmy_5Fstream_2F1"},
		{"a.b", "a_2Eb", "a.b"},
		{".a..b.", "_2Ea_2E_2Eb_2E", "_2Ea._2Eb_2E"},
		{".", "_2E", "_2E"},
		{"ä\x00", "_C3_A4_00", "_C3_A4_00"},
	} {
		if got := storage.EscapeName(c.text); got != c.name {
			t.Errorf("EscapeName(%q): got %q, want %q", c.text, got, c.name)
		}
		if got := storage.EscapeKey(c.text); got != c.key {
			t.Errorf("EscapeKey(%q): got %q, want %q", c.text, got, c.key)
		}
	}
}

func TestEscapedTextIsLegalAndComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte("._-aE25"))), 0, 60).Draw(t, "text"))
		name, key := storage.EscapeName(text), storage.EscapeKey(text)
		if err := storage.CheckName(name); err != nil {
			t.Fatalf("EscapeName(%q): %v", text, err)
		}
		if err := storage.CheckKey(key); err != nil {
			t.Fatalf("EscapeKey(%q): %v", text, err)
		}
		for _, s := range []string{name, key} {
			if got, err := storage.Unescape(s); err != nil || got != text {
				t.Fatalf("Unescape(%q): got %q, %v, want %q", s, got, err, text)
			}
		}
	})
}

func TestUnescapeRefusesWhatEscapeNeverReturns(t *testing.T) {
	for _, s := range []string{"", "_", "_2", "_2g", "_2f", "a_41", "___", ".", "a b", "_2E_", "a..b", "_5F_4"} {
		if got, err := storage.Unescape(s); !errors.Is(err, storage.ErrName) {
			t.Errorf("Unescape(%q): got %q, %v, want ErrName", s, got, err)
		}
	}
}
