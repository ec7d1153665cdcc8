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
	var signed []model.Hash
	for _, id := range ids {
		if _, isKnown := known[id]; isKnown {
			continue
		}
		data, err := s.pool.read(ctx, object.Commit, id)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", why, err)
		}
		known[id] = objects.Signing{}
		if isSigned(data, id) {
			// For git, a signature that it cannot check at all is none.
			known[id] = objects.Signing{State: objects.SigningCannotCheck}
			signed = append(signed, id)
		}
	}
	if len(signed) == 0 {
		return known, nil
	}
	trust, err := s.trust(ctx)
	if err != nil {
		return nil, err
	}
	g := s.rootless()
	g.options = append(slices.Clip(g.options), trust...)
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	parts := min(runtime.GOMAXPROCS(0), mostPickers)
	for part := range slices.Chunk(signed, (len(signed)+parts-1)/parts) {
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

// isSigned reports whether the commit object has the header with a signature that git would check.
func isSigned(data []byte, id model.Hash) bool {
	header := "gpgsig "
	if len(id) > 40 {
		header = "gpgsig-sha256 "
	}
	for line := range bytes.Lines(data) {
		if len(line) == 1 {
			return false
		}
		if bytes.HasPrefix(line, []byte(header)) {
			return true
		}
	}
	return false
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

// trust are options that put the operator's settings, or the defaults, over those of the
// repository. Relative names in them lead nowhere: in git they start at
// the work tree, whose files are the repository's again.
func (s *store) trust(ctx context.Context) ([]string, error) {
	values := map[string]string{}
	settings, err := s.operatorSettings(ctx, `^gpg\.`)
	if err != nil {
		return nil, err
	}
	for _, set := range settings {
		if _, decides := signingDefaults[set.key]; !decides {
			continue
		}
		values[set.key] = set.value
		// Two names for one setting; the later one counts.
		switch set.key {
		case "gpg.program":
			values["gpg.openpgp.program"] = set.value
		case "gpg.openpgp.program":
			values["gpg.program"] = set.value
		}
	}
	var options []string
	for _, key := range slices.Sorted(maps.Keys(signingDefaults)) {
		value := signingDefaults[key]
		if set, isSet := values[key]; isSet {
			value = set
		}
		options = append(options, "-c", key+"="+value)
	}
	return options, nil
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
