package hosts

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumb/model"
	"plumb/model/text"
)

// The scripts that run on remote hosts. They are constant: names and contents come to them as data.
var (
	//go:embed scripts/look.sh
	lookScript string
	//go:embed scripts/read.sh
	readScript string
	//go:embed scripts/words.sh
	wordsScript string
	//go:embed scripts/put.sh
	putScript string
	//go:embed scripts/run.sh
	runScript string
	//go:embed scripts/guard.sh
	guardScript string
)

func (r *remote) look(ctx context.Context, paths, dirs []string) (map[string]sight, error) {
	sights, err := r.lookOnce(ctx, paths, dirs)
	if errors.Is(err, errDisorder) {
		// Something vanished while it was looked at.
		sights, err = r.lookOnce(ctx, paths, dirs)
	}
	if err != nil {
		return nil, err
	}
	// What was found in the directories is looked at in its turn.
	var extras []string
	for name, s := range sights {
		if s.kind == listed {
			extras = append(extras, name)
		}
	}
	if len(extras) > 0 {
		slices.Sort(extras)
		more, err := r.lookOnce(ctx, extras, nil)
		if err != nil {
			return nil, err
		}
		maps.Copy(sights, more)
	}
	return sights, nil
}

// listed is the kind of what a directory was seen to hold and not looked at yet.
const listed = "listed"

// errDisorder wraps an answer that does not fit the question.
var errDisorder = errors.New("the files changed while they were looked at")

func (r *remote) lookOnce(ctx context.Context, paths, dirs []string) (map[string]sight, error) {
	var input bytes.Buffer
	var asked []string
	for _, dir := range dirs {
		asked = append(asked, "d"+dir)
		fmt.Fprintf(&input, "d%s%s\x00", r.root, dir)
	}
	for _, name := range paths {
		asked = append(asked, "f"+name)
		fmt.Fprintf(&input, "f%s%s\x00", r.root, name)
	}
	lines, err := r.call(ctx, lookScript, input.Bytes())
	if err != nil {
		return nil, err
	}
	a := answer{r: r, lines: lines, sights: map[string]sight{}}
	if err := a.parse(asked); err != nil {
		return nil, err
	}
	return a.sights, nil
}

// answer is what look.sh printed.
type answer struct {
	r      *remote
	lines  []string
	sights map[string]sight
}

// next takes the next line.
func (a *answer) next() string {
	if len(a.lines) == 0 {
		return ""
	}
	line := a.lines[0]
	a.lines = a.lines[1:]
	return line
}

func (a *answer) parse(asked []string) error {
	line := a.next()
	if tool, ok := strings.CutPrefix(line, "need "); ok {
		return model.WithHint(fmt.Errorf("host %s has no %s", a.r.host.Name, text.Line(tool)), "install coreutils, findutils or busybox on it")
	}
	if _, err := fmt.Sscanf(line, "me %d:%d", &a.r.me.uid, &a.r.me.gid); err != nil {
		return a.disorder()
	}
	for {
		line := a.next()
		if line == "end" && len(asked) == 0 {
			return nil
		}
		n, err := strconv.Atoi(strings.TrimPrefix(line, "batch "))
		if err != nil || n < 0 || n > len(asked) {
			return a.disorder()
		}
		if err := a.batch(asked[:n]); err != nil {
			return err
		}
		asked = asked[n:]
	}
}

func (a *answer) disorder() error {
	return fmt.Errorf("host %s: %w", a.r.host.Name, errDisorder)
}

// batch reads what one run of the inner script printed.
func (a *answer) batch(asked []string) error {
	var there []string
	for _, tagged := range asked {
		tag, name := tagged[0], tagged[1:]
		line := a.next()
		switch {
		case tag == 'd':
			if err := a.list(name, line); err != nil {
				return err
			}
		case line == "e":
			there = append(there, name)
		case line == "m":
			a.sights[name] = sight{}
		case strings.HasPrefix(line, "x "):
			a.sights[name] = sight{problem: line[2:]}
		default:
			return a.disorder()
		}
	}
	seen := make([]sight, len(there))
	for i := range there {
		s, ok := parseStat(a.next())
		if !ok {
			return a.disorder()
		}
		seen[i] = s
	}
	for i := range seen {
		if seen[i].kind == "symlink" {
			target, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(a.next(), "l "))
			if err != nil {
				return a.disorder()
			}
			seen[i].link, seen[i].sum = string(target), model.Sum(target)
		}
	}
	for i := range seen {
		if seen[i].kind != "file" {
			continue
		}
		// A name that sha256sum had to escape makes it put a backslash first.
		line := strings.TrimPrefix(a.next(), `\`)
		if problem, ok := strings.CutPrefix(line, "x "); ok {
			seen[i] = sight{problem: problem}
			continue
		}
		sum, _, _ := strings.Cut(line, " ")
		if len(sum) != 64 {
			return a.disorder()
		}
		seen[i].sum = model.Digest("sha256:" + sum)
	}
	for i, name := range there {
		a.sights[name] = seen[i]
	}
	return nil
}

// list reads the names in an exclusive directory.
func (a *answer) list(dir, line string) error {
	encoded, ok := strings.CutPrefix(line, "d ")
	names, err := base64.StdEncoding.DecodeString(encoded)
	if !ok && line != "d" || err != nil {
		return a.disorder()
	}
	count := 0
	for name := range strings.SplitSeq(string(names), "\x00") {
		switch {
		case name == "":
			continue
		case name == "!":
			a.sights[dir] = sight{problem: "permission denied"}
			continue
		}
		if count++; count > a.r.p.opt.Limits.Extras {
			return tooManyExtras(dir, a.r.p.opt.Limits.Extras)
		}
		name = strings.TrimPrefix(name, a.r.root)
		if _, known := a.sights[name]; !known {
			a.sights[name] = sight{kind: listed}
		}
	}
	return nil
}

// parseStat reads one line of stat: mode, size, ids, time, names.
func parseStat(line string) (sight, bool) {
	f := strings.Split(line, ":")
	if len(f) != 7 {
		return sight{}, false
	}
	mode, err1 := strconv.ParseUint(f[0], 16, 32)
	length, err2 := strconv.ParseInt(f[1], 10, 64)
	uid, err3 := strconv.Atoi(f[2])
	gid, err4 := strconv.Atoi(f[3])
	seconds, err5 := strconv.ParseInt(f[4], 10, 64)
	if errors.Join(err1, err2, err3, err4, err5) != nil {
		return sight{}, false
	}
	s := sight{exists: true, perm: uint32(mode) & 0o7777, size: length, uid: uid, gid: gid, modified: time.Unix(seconds, 0), user: f[5], group: f[6]}
	switch mode & 0o170000 {
	case 0o100000:
		s.kind = "file"
	case 0o120000:
		s.kind = "symlink"
	case 0o040000:
		s.kind = "directory"
	case 0o010000:
		s.kind = "pipe"
	case 0o140000:
		s.kind = "socket"
	default:
		s.kind = "device"
	}
	if s.user == "UNKNOWN" || s.user == "" {
		s.user = f[2]
	}
	if s.group == "UNKNOWN" || s.group == "" {
		s.group = f[3]
	}
	return s, true
}

func (r *remote) read(ctx context.Context, paths []string, limit int64) (map[string][]byte, error) {
	var input bytes.Buffer
	fmt.Fprintf(&input, "%d\n", limit+1)
	for _, name := range paths {
		fmt.Fprintf(&input, "%s%s\x00", r.root, name)
	}
	lines, err := r.call(ctx, readScript, input.Bytes())
	if err != nil {
		return nil, err
	}
	if len(lines) != len(paths)+1 || lines[len(paths)] != "end" {
		return nil, fmt.Errorf("host %s: %w", r.host.Name, errDisorder)
	}
	contents := map[string][]byte{}
	for i, name := range paths {
		encoded, ok := strings.CutPrefix(lines[i], "c ")
		data, err := base64.StdEncoding.DecodeString(encoded)
		if ok && err == nil && int64(len(data)) <= limit {
			contents[name] = data
		}
	}
	return contents, nil
}

// values writes values in the way the scripts read them.
func values(vs ...string) []byte {
	var b bytes.Buffer
	for _, v := range vs {
		b.WriteString(base64.StdEncoding.EncodeToString([]byte(v)) + "\n")
	}
	return b.Bytes()
}

// base is the working directory of commands.
func (r *remote) base() string { return r.root + "/" }

func (r *remote) put(ctx context.Context, j job) (verdict, error) {
	when, check := "", []string(nil)
	switch {
	case len(j.check) == 0:
	case j.checksFirst() && j.kind != "":
		when, check = "first", j.checkArgv(r.root+j.temp)
	case !j.checksFirst():
		when, check = "after", j.check
	}
	hexSum := strings.TrimPrefix(string(j.sum), "sha256:")
	input := values(r.base(), r.guard, r.root+j.path, r.root+j.temp, j.before, j.kind, hexSum, strconv.FormatUint(uint64(j.perm), 8), j.owner, when, strconv.Itoa(len(check)))
	input = append(input, values(check...)...)
	input = append(input, j.data...)
	lines, err := r.call(ctx, wordsScript+putScript, input)
	if err != nil && !errors.Is(err, errCut) {
		return verdict{}, err
	}
	word, rest := "", ""
	if err == nil {
		word, rest, _ = strings.Cut(lines[len(lines)-1], " ")
	}
	message, bad := base64.StdEncoding.DecodeString(rest)
	switch {
	case bad != nil:
	case word == "done":
		return verdict{outcome: jobDone, mark: string(message), checked: when != ""}, nil
	case word == "moved":
		return verdict{outcome: jobMoved, message: "changed since the plan was made"}, nil
	case word == "failed":
		return verdict{outcome: jobFailed, message: remoteReason(string(message))}, nil
	case word == "lost":
		return verdict{}, fmt.Errorf("%w: %s", model.ErrUncertain, text.Line(string(message)))
	}
	if err == nil {
		err = errCut
	}
	return verdict{}, fmt.Errorf("%w: %w", model.ErrUncertain, err)
}

// remoteReason makes plumb's words of a tool's. The part up to the first colon is plumb's own.
func remoteReason(message string) string {
	what, said, ok := strings.Cut(message, ": ")
	if !ok || strings.HasPrefix(what, "check failed") {
		return text.Line(strings.TrimSpace(strings.TrimSuffix(message, ": "))).String()
	}
	for part, reason := range map[string]string{
		"No space left":               "no space left on the host's disk",
		"Disk quota exceeded":         "no space left on the host's disk",
		"File too large":              "the host does not allow files of this size",
		"Permission denied":           "permission denied",
		"Operation not permitted":     "operation not permitted",
		"Read-only file system":       "the file system is read-only",
		"Too many levels of symbolic": "too many levels of symbolic links",
	} {
		if strings.Contains(said, part) {
			return what + ": " + reason
		}
	}
	return what + ": " + lastLine(said)
}

func (r *remote) run(ctx context.Context, argv []string) (string, error) {
	input := append(values(r.base(), strconv.Itoa(len(argv))), values(argv...)...)
	lines, err := r.call(ctx, wordsScript+runScript, input)
	if err != nil && !errors.Is(err, errCut) {
		return "", err
	}
	if err == nil {
		parts := strings.SplitN(lines[len(lines)-1], " ", 3)
		if len(parts) == 3 && parts[0] == "exit" {
			output, _ := base64.StdEncoding.DecodeString(parts[2])
			if parts[1] == "0" {
				return string(output), nil
			}
			return string(output), errors.New("exit status " + parts[1])
		}
		err = errCut
	}
	return "", fmt.Errorf("%w: %s: %w", model.ErrUncertain, argv[0], err)
}
