package golden

import (
	"bytes"
	"strings"
)

// archive is a script and files, in one text: a file begins at a line "-- name --".
type archive struct {
	script string
	files  []file
}

type file struct {
	name string
	data string
}

func parseArchive(text string) archive {
	var a archive
	body := &a.script
	for line := range strings.Lines(text) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "-- "); ok && strings.HasSuffix(name, " --") {
			a.files = append(a.files, file{name: strings.TrimSuffix(name, " --")})
			body = &a.files[len(a.files)-1].data
			continue
		}
		*body += line
	}
	return a
}

func (a archive) format() string {
	var b bytes.Buffer
	b.WriteString(a.script)
	for _, f := range a.files {
		b.WriteString("-- " + f.name + " --\n" + f.data)
	}
	return b.String()
}
