package gitcli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"plumb/gitops/objects"
	"plumb/gitops/objects/internal/object"
	"plumb/model"
	"plumb/model/text"
)

// Signatures asks git log about the commits that have a signature at all.
func (s *store) Signatures(ctx context.Context, ids []model.Hash) (map[model.Hash]objects.Signing, error) {
	const why = "verify signatures"
	known := make(map[model.Hash]objects.Signing, len(ids))
	signed := map[model.Hash]string{} // With the first line of the signature.
	for _, id := range ids {
		data, err := s.pool.read(ctx, object.Commit, id)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", why, err)
		}
		known[id] = objects.Signing{}
		if line, isSigned := signature(data, id); isSigned {
			// For git, a signature that it cannot check at all is none.
			known[id] = objects.Signing{State: objects.SigningCannotCheck}
			signed[id] = line
		}
	}
	if len(signed) == 0 {
		return known, nil
	}
	trust, err := s.trust(ctx)
	if err != nil {
		return nil, err
	}
	var asked []model.Hash
	for id, line := range signed {
		// Git would call a signature bad that has nobody to check it.
		if trust.hasProgram(line) {
			asked = append(asked, id)
		}
	}
	if len(asked) == 0 {
		return known, nil
	}
	g := s.git
	g.options = append(slices.Clip(g.options), trust.options()...)
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	parts := min(runtime.GOMAXPROCS(0), mostPickers)
	for part := range slices.Chunk(asked, (len(asked)+parts-1)/parts) {
		group.Go(func() error {
			return verify(ctx, g, why, part, func(id model.Hash, signing objects.Signing) {
				mu.Lock()
				defer mu.Unlock()
				if _, isAsked := known[id]; isAsked && signing.State != objects.SigningNone {
					known[id] = signing
				}
			})
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return known, nil
}

// signature is the first line of the signature that git would check, if the commit object has one.
func signature(data []byte, id model.Hash) (line string, ok bool) {
	header := "gpgsig "
	if len(id) > 40 {
		header = "gpgsig-sha256 "
	}
	for line := range bytes.Lines(data) {
		if len(line) == 1 {
			break
		}
		if rest, ok := bytes.CutPrefix(line, []byte(header)); ok {
			return strings.TrimSpace(string(rest)), true
		}
	}
	return "", false
}

// signingDefaults are the settings that decide which programs check a signature and whose keys
// are trusted, with what git does when they are not set. No file of allowed signers
// at all would make git refuse to look; an empty one makes every key unknown.
var signingDefaults = map[string]string{
	"gpg.program":                "gpg",
	"gpg.openpgp.program":        "gpg",
	"gpg.x509.program":           "gpgsm",
	"gpg.ssh.program":            "ssh-keygen",
	"gpg.ssh.defaultkeycommand":  "",
	"gpg.ssh.allowedsignersfile": os.DevNull,
	"gpg.ssh.revocationfile":     os.DevNull,
	"gpg.mintrustlevel":          "undefined",
}

// trust are the settings that decide, each with its value.
type trust map[string]string

// trust is what the operator's settings and the defaults say. Relative names of files in them lead nowhere: in
// git they start at the work tree, whose files are the repository's again.
func (s *store) trust(ctx context.Context) (trust, error) {
	decided := trust(maps.Clone(signingDefaults))
	settings, err := s.operatorSettings(ctx, `^gpg\.`)
	if err != nil {
		return nil, err
	}
	for _, set := range settings {
		if _, decides := decided[set.key]; !decides {
			continue
		}
		decided[set.key] = fromHome(set.value)
		// Two names for one setting; the later one counts.
		switch set.key {
		case "gpg.program":
			decided["gpg.openpgp.program"] = decided[set.key]
		case "gpg.openpgp.program":
			decided["gpg.program"] = decided[set.key]
		}
	}
	return decided, nil
}

// options put them over the repository's.
func (t trust) options() (options []string) {
	for _, key := range slices.Sorted(maps.Keys(t)) {
		options = append(options, "-c", key+"="+t[key])
	}
	return options
}

// hasProgram reports whether the program is there that git checks a signature with, by its first line.
func (t trust) hasProgram(line string) bool {
	key := ""
	switch line {
	case "-----BEGIN SSH SIGNATURE-----":
		key = "gpg.ssh.program"
	case "-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP MESSAGE-----":
		key = "gpg.program"
	case "-----BEGIN SIGNED MESSAGE-----":
		key = "gpg.x509.program"
	default:
		return true // Git will say that it does not know it.
	}
	program, err := exec.LookPath(t[key])
	return err == nil && (filepath.IsAbs(program) || filepath.Base(t[key]) == t[key])
}

// signingStates are the letters of git's format %G?.
var signingStates = map[string]objects.SigningState{
	"N": objects.SigningNone,
	"G": objects.SigningGood,
	"U": objects.SigningGoodUnknown,
	"B": objects.SigningBad,
	"X": objects.SigningExpired,
	"Y": objects.SigningExpired,
	"R": objects.SigningRevoked,
	"E": objects.SigningCannotCheck,
}

// verify lets git check the signatures of the commits.
func verify(ctx context.Context, g git, why string, ids []model.Hash, found func(model.Hash, objects.Signing)) error {
	var stdin strings.Builder
	for _, id := range ids {
		stdin.WriteString(string(id) + "\n")
	}
	return g.stream(ctx, why, strings.NewReader(stdin.String()), func(_ context.Context, out *bufio.Reader) error {
		for {
			var fields [5]string
			for i := range fields {
				f, err := out.ReadString(0)
				if errors.Is(err, io.EOF) && (i > 0 || f != "") {
					err = io.ErrUnexpectedEOF
				}
				if err != nil {
					return err
				}
				fields[i] = strings.TrimSuffix(f, "\x00")
			}
			state, isState := signingStates[fields[1]]
			if !isState {
				return fmt.Errorf("unexpected output of git log: %q", fields)
			}
			key := fields[3]
			if key == "" {
				key = fields[4]
			}
			found(model.Hash(fields[0]), objects.Signing{State: state, Signer: text.Line(fields[2]), Key: text.Line(key).String()})
		}
	}, "log", "--no-walk=unsorted", "--stdin", "-z", "--format=%H%x00%G?%x00%GS%x00%GF%x00%GK",
		"--no-color", "--no-decorate", "--no-notes", "--no-show-signature", "--no-patch", "--encoding=UTF-8")
}
