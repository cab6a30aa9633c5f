package pattern

// repeatsMax is how many parts behind stars may begin alike. Each star before one of them stays open when the next one
// begins, so that many places of the pattern are alive at once; the service was seen to allow "*:*:*:*:x" and to refuse one more.
const repeatsMax = 4

var errTooComplex = &Error{Reason: "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character"}

// TooComplex returns why the service takes no rule with this pattern, or nil.
func (p *Pattern) TooComplex() error {
	for _, fields := range p.branches {
		for _, alts := range fields {
			if tooComplex(alts) {
				return errTooComplex
			}
		}
	}
	return nil
}

func tooComplex(alts []alt) bool {
	for i := range alts {
		if tooComplex(alts[i].not) {
			return true
		}
		if alts[i].op != isWildcard {
			continue
		}
		repeats := map[byte]int{}
		for _, part := range alts[i].parts[1:] {
			if part == "" {
				continue
			}
			if repeats[part[0]]++; repeats[part[0]] > repeatsMax {
				return true
			}
		}
	}
	return false
}
