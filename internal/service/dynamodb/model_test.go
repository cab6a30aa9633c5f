package dynamodb

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestKeySets: a set of ids is what a sorted list is.
func TestKeySets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, list := &keySet{}, []string{}
		id := rapid.StringMatching(`[a-d]{0,3}[0-9]{1,3}`)
		// Many at once, so that chunks are cut.
		for i, from := range []int{0, rapid.IntRange(0, 3*chunkMax).Draw(t, "many")} {
			for j := range from {
				text := fmt.Sprintf("m%d.%d", (j*7919)%9973, i)
				set.add(text)
				list = append(list, text)
			}
		}
		slices.Sort(list)
		list = slices.Compact(list)
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				x := id.Draw(t, "id")
				set.add(x)
				if i, found := slices.BinarySearch(list, x); !found {
					list = slices.Insert(list, i, x)
				}
			},
			"remove": func(t *rapid.T) {
				x := id.Draw(t, "id")
				if len(list) > 0 && rapid.Bool().Draw(t, "one that is there") {
					x = rapid.SampledFrom(list).Draw(t, "member")
				}
				set.remove(x)
				list = slices.DeleteFunc(list, func(y string) bool { return x == y })
			},
			"list": func(t *rapid.T) {
				in := span{id.Draw(t, "from"), id.Draw(t, "to")}
				if rapid.Bool().Draw(t, "to the end") {
					in.to = ""
				}
				n, backward := rapid.IntRange(1, 600).Draw(t, "n"), rapid.Bool().Draw(t, "backward")
				var want []string
				for _, x := range list {
					if in.holds(x) {
						want = append(want, x)
					}
				}
				if backward {
					slices.Reverse(want)
				}
				if want = want[:min(n, len(want))]; !slices.Equal(set.list(in, backward, n), want) {
					t.Fatalf("%v backward %t: %v, want %v", in, backward, set.list(in, backward, n), want)
				}
			},
			"": func(t *rapid.T) {
				bytes := int64(0)
				for _, x := range list {
					bytes += int64(len(x) + idOverhead)
				}
				if set.n != len(list) || set.bytes != bytes {
					t.Fatalf("%d ids in %d bytes, want %d in %d", set.n, set.bytes, len(list), bytes)
				}
			},
		})
	})
}

// score is an item of the model.
type score struct {
	game, player string
	score, n     int
}

// modelled is a table of scores beside what it should be.
type modelled struct {
	*world
	items map[string]score
}

func (m *modelled) key(s score) string { return fmt.Sprintf("%s/%d", s.game, s.score) }

// try makes a write whose condition the model says holds or not.
func (m *modelled) try(t *rapid.T, holds bool, operation, body string) {
	_, err := m.call(operation, body)
	if (err == nil) != holds || err != nil && !strings.Contains(err.Error(), "conditional request failed") {
		t.Fatalf("%s %s: %v; the condition holds: %t", operation, body, err, holds)
	}
}

// draw draws a score: few games, players and scores, so that they meet.
func draw(t *rapid.T) score {
	return score{rapid.SampledFrom([]string{"g", "g\x00", "g\x00\x01", "h"}).Draw(t, "game"), rapid.SampledFrom([]string{"", "p", "q"}).Draw(t, "player"),
		rapid.IntRange(-12, 12).Draw(t, "score"), rapid.IntRange(0, 5).Draw(t, "n")}
}

func (s score) keyJSON() string {
	return fmt.Sprintf(`"game":{"S":%s},"score":{"N":"%d"}`, quoted(s.game), s.score)
}

func (s score) json() string {
	player := ""
	if s.player != "" {
		player = `,"player":{"S":"` + s.player + `"}`
	}
	return fmt.Sprintf(`{%s,"n":{"N":"%d"}%s}`, s.keyJSON(), s.n, player)
}

func quoted(text string) string {
	return `"` + strings.NewReplacer("\x00", `\u0000`, "\x01", `\u0001`).Replace(text) + `"`
}

// TestItemsAreAsTheModel does what comes to mind with items, conditions, transactions, queries and restarts, and compares with a
// map.
func TestItemsAreAsTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &modelled{newWorld(t), map[string]score{}}
		m.scores()
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				s := draw(t)
				old, there := m.items[m.key(s)]
				holds := !there || old.n < s.n
				m.try(t, holds, "PutItem", fmt.Sprintf(`{"TableName":"scores","Item":%s,"ConditionExpression":"attribute_not_exists(game) OR n < :n","ExpressionAttributeValues":{":n":{"N":"%d"}}}`, s.json(), s.n))
				if holds {
					m.items[m.key(s)] = s
				}
			},
			"add": func(t *rapid.T) {
				s := draw(t)
				old, there := m.items[m.key(s)]
				expected := `"Exists":false`
				if s.player != "" {
					expected = `"Value":{"S":"` + s.player + `"}`
				}
				holds := old.player == s.player
				m.try(t, holds, "UpdateItem", fmt.Sprintf(`{"TableName":"scores","Key":{%s},"Expected":{"player":{%s}},"AttributeUpdates":{"n":{"Action":"ADD","Value":{"N":"%d"}}}}`, s.keyJSON(), expected, s.n))
				if holds {
					if !there {
						old = score{game: s.game, score: s.score}
					}
					old.n += s.n
					m.items[m.key(s)] = old
				}
			},
			"delete": func(t *rapid.T) {
				s := draw(t)
				m.try(t, true, "DeleteItem", `{"TableName":"scores","Key":{`+s.keyJSON()+`}}`)
				delete(m.items, m.key(s))
			},
			"move": func(t *rapid.T) {
				from, to := draw(t), draw(t)
				if m.key(from) == m.key(to) {
					t.Skip("one item")
				}
				_, there := m.items[m.key(from)]
				_, err := m.call("TransactWriteItems", `{"TransactItems":[{"Delete":{"TableName":"scores","Key":{`+from.keyJSON()+`},"ConditionExpression":"attribute_exists(game)"}},
					{"Put":{"TableName":"scores","Item":`+to.json()+`}}]}`)
				if (err == nil) != there {
					t.Fatalf("move: %v", err)
				}
				if there {
					delete(m.items, m.key(from))
					m.items[m.key(to)] = to
				}
			},
			"query": func(t *rapid.T) { m.query(t) },
			"get": func(t *rapid.T) {
				s := draw(t)
				got := m.ok("GetItem", `{"TableName":"scores","Key":{`+s.keyJSON()+`}}`)["Item"]
				if old, there := m.items[m.key(s)]; there {
					m.same(got, old.json())
				} else if got != nil {
					t.Fatalf("%v is there", got)
				}
			},
			"restart": func(*rapid.T) { m.reopen() },
			"":        m.count,
		})
	})
}

// count compares what is in memory of the table with what should be: no id stays behind, and none is missing.
func (m *modelled) count(t *rapid.T) {
	table := m.svc.allTables()[0]
	if !table.isLoaded() {
		return // after a restart
	}
	players := 0
	for _, s := range m.items {
		if s.player != "" {
			players++
		}
	}
	if table.primary.n != len(m.items) || table.indexes["byPlayer"].n != players {
		t.Fatalf("%d ids, %d in the index; want %d and %d", table.primary.n, table.indexes["byPlayer"].n, len(m.items), players)
	}
	if held := m.svc.held.Load(); held != table.held() {
		t.Fatalf("%d bytes are counted, and there are %d", held, table.held())
	}
	had := table.bytes
	table.forget()
	if err := m.svc.load(m.ctx, table); err != nil {
		t.Fatal(err)
	}
	if table.bytes != had {
		t.Fatalf("the items were taken for %d bytes, and have %d", had, table.bytes)
	}
}

// query asks for a partition of the table or the index, in pages, and compares.
func (m *modelled) query(t *rapid.T) {
	s, low := draw(t), rapid.IntRange(-12, 12).Draw(t, "low")
	high := low + rapid.IntRange(0, 12).Draw(t, "width")
	index, backward := s.player != "" && rapid.Bool().Draw(t, "index"), rapid.Bool().Draw(t, "backward")
	var want []score
	for _, it := range m.items {
		if it.score >= low && it.score <= high && (index && it.player == s.player || !index && it.game == s.game) {
			want = append(want, it)
		}
	}
	body := fmt.Sprintf(`{"TableName":"scores","Limit":%d,"ScanIndexForward":%t,"ExpressionAttributeValues":{":p":{"S":%s},":l":{"N":"%d"},":h":{"N":"%d"}},`,
		rapid.IntRange(1, 4).Draw(t, "limit"), !backward, map[bool]string{true: quoted(s.player), false: quoted(s.game)}[index], low, high)
	if index {
		body += `"IndexName":"byPlayer","KeyConditionExpression":"player = :p AND score BETWEEN :l AND :h"`
	} else {
		body += `"KeyConditionExpression":"game = :p AND score BETWEEN :l AND :h"`
	}
	var got []score
	for start := ""; ; {
		out := m.ok("Query", body+start+"}")
		for _, it := range out["Items"].([]any) {
			key := it.(object)
			one := score{game: key["game"].(object)["S"].(string)}
			fmt.Sscan(key["score"].(object)["N"].(string), &one.score)
			got = append(got, m.items[m.key(one)])
		}
		last, more := out["LastEvaluatedKey"].(object)
		if !more {
			break
		}
		at := score{game: last["game"].(object)["S"].(string)}
		fmt.Sscan(last["score"].(object)["N"].(string), &at.score)
		start = `,"ExclusiveStartKey":{` + at.keyJSON()
		if index {
			start += `,"player":{"S":"` + s.player + `"}`
		}
		start += "}"
	}
	order := func(a, b score) int {
		if backward {
			a, b = b, a
		}
		return cmp.Compare(a.score, b.score)
	}
	if !slices.IsSortedFunc(got, order) {
		t.Fatalf("%v is out of order", got)
	}
	byKey := func(a, b score) int { return cmp.Compare(m.key(a), m.key(b)) }
	slices.SortFunc(got, byKey)
	slices.SortFunc(want, byKey)
	if !slices.Equal(got, want) {
		t.Fatalf("%s: %v, want %v", body, got, want)
	}
}
