package kinesis

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// tagsMax is how many tags a stream may have.
const tagsMax = 50

// checkTagText returns the service's refusal of tag keys or values that have a character tags may not have. what is
// "add tags to" or "remove tags from". White space means spaces: tabs and line ends are refused. (Both observed by a suite that was run against the service in 2020.)
func checkTagText(key streamKey, what string, texts ...string) error {
	for _, text := range texts {
		for _, r := range text {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Zs, r) && !strings.ContainsRune("_./=+-%@", r) {
				return invalidArgument("Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @.")
			}
		}
	}
	for _, text := range texts {
		if strings.ContainsRune(text, '%') {
			return errTagCharacter(key, what)
		}
	}
	return nil
}

// addTags returns tags with more added, if that is allowed.
func addTags(key streamKey, tags, more map[string]string) (map[string]string, error) {
	for k, v := range more {
		if err := checkTagText(key, "add tags to", k, v); err != nil {
			return nil, err
		}
	}
	all := make(map[string]string, len(tags)+len(more))
	for k, v := range tags {
		all[k] = v
	}
	for k, v := range more {
		all[k] = v
	}
	if len(all) > tagsMax {
		return nil, errTooManyTags(key)
	}
	return all, nil
}

// removeTags returns tags without some; that one is not there is no error.
func removeTags(key streamKey, tags map[string]string, keys []string) (map[string]string, error) {
	if err := checkTagText(key, "remove tags from", keys...); err != nil {
		return nil, err
	}
	rest := make(map[string]string, len(tags))
	for k, v := range tags {
		if !slices.Contains(keys, k) {
			rest[k] = v
		}
	}
	return rest, nil
}

type tag struct{ key, value string }

// sortedTags lists tags by key.
func sortedTags(tags map[string]string) []tag {
	list := make([]tag, 0, len(tags))
	for k, v := range tags {
		list = append(list, tag{k, v})
	}
	slices.SortFunc(list, func(a, b tag) int { return cmp.Compare(a.key, b.key) })
	return list
}
