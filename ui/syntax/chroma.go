package syntax

import (
	"archive/zip"
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alecthomas/chroma/v2"
)

// The languages of chroma, packed by internal/pack; COPYING in it is their licence.
var (
	//go:embed lexers.zip
	packedLexers []byte
	//go:embed lexers.tsv
	packedIndex string
)

// The bounds of chroma's languages, whose regular expressions may take long for each other byte.
const (
	maxPacked     = 512 << 10             // Bytes of a file that have colours; the time is over before on most machines.
	longestPacked = time.Second           // For a file: about 400 KiB of Python.
	longestMatch  = 30 * time.Millisecond // Of one rule at one place; the clock that is looked at is coarser.
	maxIdle       = 1000                  // Steps without a byte, after which rules are taken to go in circles.
)

// packed is a language of chroma.
type packed struct {
	name, file    string
	priority      float64
	aliases       []string
	globs, others []string // Patterns of file names; others count where no globs do.

	once  sync.Once
	lexer chroma.Lexer // Nil if it cannot be read.
}

// packedLanguages is the index, by name and alias in lower case, and in order.
var packedLanguages = sync.OnceValues(func() (map[string]*packed, []*packed) {
	byName := map[string]*packed{}
	var all []*packed
	for line := range strings.Lines(packedIndex) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		priority, err := strconv.ParseFloat(f[2], 64)
		if err != nil {
			priority = 1
		}
		l := &packed{name: f[0], file: f[1], priority: priority, aliases: strings.Fields(f[3]), globs: strings.Fields(f[4]), others: strings.Fields(f[5])}
		all = append(all, l)
	}
	for _, l := range all {
		for _, a := range l.aliases {
			if _, ok := byName[strings.ToLower(a)]; !ok {
				byName[strings.ToLower(a)] = l
			}
		}
	}
	for _, l := range all {
		byName[strings.ToLower(l.name)] = l
	}
	return byName, all
})

// matchPacked finds the language of a file by its name.
func matchPacked(base string) *packed {
	_, all := packedLanguages()
	for _, patterns := range []func(*packed) []string{
		func(l *packed) []string { return l.globs },
		func(l *packed) []string { return l.others },
	} {
		var best *packed
		for _, l := range all {
			for _, g := range patterns(l) {
				if ok, err := path.Match(g, base); ok && err == nil && (best == nil || l.priority > best.priority) {
					best = l
				}
			}
		}
		if best != nil {
			return best
		}
	}
	return nil
}

var usesLexer = regexp.MustCompile(`lexer="([^"]+)"`)

// load reads a language and those it uses from the archive.
func (l *packed) load() (chroma.Lexer, error) {
	archive, err := zip.NewReader(bytes.NewReader(packedLexers), int64(len(packedLexers)))
	if err != nil {
		return nil, fmt.Errorf("open the languages: %w", err)
	}
	byName, _ := packedLanguages()
	// A registry of its own for each: chroma's must not be read while it is written.
	registry := chroma.NewLexerRegistry()
	seen := map[*packed]bool{}
	todo := []*packed{l}
	var lexer chroma.Lexer
	for len(todo) > 0 {
		next := todo[0]
		todo = todo[1:]
		if seen[next] {
			continue
		}
		seen[next] = true
		f, err := archive.Open(next.file)
		if err != nil {
			return nil, fmt.Errorf("read the language %s: %w", next.name, err)
		}
		data, err := io.ReadAll(f)
		_ = f.Close() // It was only read.
		if err != nil {
			return nil, fmt.Errorf("read the language %s: %w", next.name, err)
		}
		made, err := guarded(data)
		if err != nil {
			return nil, fmt.Errorf("read the language %s: %w", next.name, err)
		}
		registry.Register(made)
		if next == l {
			lexer = made
		}
		for _, m := range usesLexer.FindAllSubmatch(data, -1) {
			if used := byName[strings.ToLower(string(m[1]))]; used != nil {
				todo = append(todo, used)
			}
		}
	}
	return lexer, nil
}

// measured is the state in which the regular expressions of a language get their bound.
const measured = "plumb"

var errCircle = errors.New("the rules go in circles")

// guarded makes a language whose rules cannot go in circles and whose expressions give up early.
func guarded(data []byte) (*chroma.RegexLexer, error) {
	raw, err := chroma.Unmarshal(data)
	if err != nil {
		return nil, err
	}
	rules, err := raw.Rules()
	if err != nil {
		return nil, err
	}
	rules = rules.Clone()
	for _, state := range rules {
		for i, r := range state {
			if _, isBuilt := r.Mutator.(chroma.LexerMutator); r.Type == nil && r.Mutator != nil && !isBuilt {
				state[i].Mutator = watched(r.Mutator)
			}
		}
	}
	rules[measured] = []chroma.Rule{{Pattern: `\n`, Type: chroma.Text, Mutator: chroma.MutatorFunc(func(s *chroma.LexerState) error {
		for _, state := range s.Rules {
			for _, r := range state {
				if r.Regexp != nil {
					r.Regexp.MatchTimeout = longestMatch
				}
			}
		}
		return nil
	})}}
	l, err := chroma.NewLexer(raw.Config(), func() chroma.Rules { return rules })
	if err != nil {
		return nil, err
	}
	if _, err := chroma.Tokenise(l, &chroma.TokeniseOptions{State: measured}, "\n"); err != nil {
		return nil, err
	}
	return l, nil
}

// watched is a step that reads nothing, with a count of how often it was done at one place.
// A panic is how chroma hands the error on.
func watched(m chroma.Mutator) chroma.Mutator {
	type here struct{ pos, times int }
	return chroma.MutatorFunc(func(s *chroma.LexerState) error {
		at, _ := s.Get(errCircle).(here)
		if at.pos != s.Pos {
			at = here{pos: s.Pos}
		}
		at.times++
		s.Set(errCircle, at)
		if at.times > maxIdle {
			return errCircle
		}
		return m.Mutate(s)
	})
}

// scanPacked colours lines by the rules of chroma. What it cannot do in time stays plain.
func scanPacked(ctx context.Context, name string, lines []string) (*Text, error) {
	byName, _ := packedLanguages()
	l := byName[strings.ToLower(name)]
	if l == nil {
		return &Text{}, ctx.Err()
	}
	l.once.Do(func() { l.lexer, _ = l.load() }) // A language that cannot be read colours nothing; a test reads them all.
	if l.lexer == nil {
		return &Text{}, ctx.Err()
	}
	return tokenise(ctx, l.lexer, lines), ctx.Err()
}

// tokenise colours as much of the lines as the bounds allow.
func tokenise(ctx context.Context, lexer chroma.Lexer, lines []string) *Text {
	var b strings.Builder
	for _, s := range lines {
		if b.Len()+len(s) > maxPacked {
			break
		}
		b.WriteString(strings.ReplaceAll(cutLine(s, longestLine), "\n", " "))
		b.WriteByte('\n')
	}
	p := newPen(len(lines))
	feed(ctx, lexer, b.String(), p)
	return p.text()
}

// feed writes down the tokens of a text as far as there are any before the time is over.
func feed(ctx context.Context, lexer chroma.Lexer, s string, p *pen) {
	// Some rules pop what was never pushed, and an expression that gives up is an error too.
	defer func() { _ = recover() }()
	over := time.Now().Add(longestPacked)
	next, err := lexer.Tokenise(&chroma.TokeniseOptions{State: "root"}, s)
	if err != nil {
		return
	}
	at, line, idle := 0, 0, 0 // What is read, where its line began, steps without a byte.
	for n := 0; ; n++ {
		t := next()
		if t == chroma.EOF {
			return
		}
		if t.Value == "" {
			if idle++; idle > maxIdle {
				return
			}
			continue
		}
		idle = 0
		if ctx.Err() != nil || time.Now().After(over) {
			return
		}
		// Rules may lose text that they matched; what follows is found a little later then.
		k := strings.Index(s[at:min(len(s), at+4*longestLine)], t.Value)
		if k < 0 {
			return
		}
		line = newLines(s, at, at+k, line, p)
		at += k
		role := roleOf(t.Type)
		for v := t.Value; v != ""; {
			end := strings.IndexByte(v, '\n')
			if end < 0 {
				p.add(at-line, at-line+len(v), role)
				at += len(v)
				break
			}
			p.add(at-line, at-line+end, role)
			p.endLine()
			at += end + 1
			line = at
			v = v[end+1:]
		}
	}
}

// newLines ends the lines that end between from and to, and answers where the last one begins.
func newLines(s string, from, to, line int, p *pen) int {
	for i := from; i < to; i++ {
		if s[i] == '\n' {
			p.endLine()
			line = i + 1
		}
	}
	return line
}

// roleOf is the role of what chroma tells apart in more detail.
func roleOf(t chroma.TokenType) Role {
	switch t {
	case chroma.CommentPreproc:
		return Keyword
	case chroma.CommentPreprocFile:
		return String
	case chroma.KeywordType, chroma.NameClass, chroma.NameException, chroma.NameEntity, chroma.NameNamespace:
		return Type
	case chroma.NameTag, chroma.NameAttribute, chroma.NameProperty, chroma.NameLabel:
		return Name
	case chroma.NameDecorator:
		return Function
	case chroma.NameConstant:
		return Variable
	case chroma.LiteralStringInterpol:
		return Template
	case chroma.LiteralDate:
		return Number
	case chroma.OperatorWord:
		return Keyword
	case chroma.GenericHeading, chroma.GenericSubheading:
		return Heading
	case chroma.GenericInserted:
		return String
	case chroma.GenericDeleted:
		return Variable
	}
	switch {
	case t.InCategory(chroma.Comment):
		return Comment
	case t.InCategory(chroma.Keyword):
		return Keyword
	case t.InSubCategory(chroma.NameFunction), t.InSubCategory(chroma.NameBuiltin):
		return Function
	case t.InSubCategory(chroma.NameVariable):
		return Variable
	case t.InSubCategory(chroma.LiteralNumber):
		return Number
	case t.InCategory(chroma.Literal):
		return String
	case t.InCategory(chroma.Operator):
		return Operator
	}
	return Plain
}
