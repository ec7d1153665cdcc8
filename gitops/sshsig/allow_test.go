package sshsig_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"plumb/gitops/sshsig"
	"plumb/model"
)

// team is the people and keys that the files of the tests are about.
type team struct {
	bench
	alice, bob, authority, other     string            // Public keys.
	aliceSig, certSig                []byte            // By Alice's key, and with her certificate.
	signatures                       map[string][]byte // Of all sorts, by what they are.
	hostSig, anyoneSig, manySig      []byte
	aliceCertificate, authorityPrint string
}

func newTeam(t *testing.T) team {
	t.Helper()
	b := newBench(t)
	alice, bob, authority := b.key("alice", "ed25519"), b.key("bob", "ecdsa 384"), b.key("authority", "ecdsa 256")
	m := team{bench: b, alice: b.public(alice), bob: b.public(bob), authority: b.public(authority), other: b.public(b.key("other", "ed25519"))}
	m.aliceSig = b.sign(alice, namespace, message)
	// A certificate is valid from one second on, and up to, without, another.
	window := []string{"-V", "20260101000000Z:20260401000000Z"}
	cert := b.certify(alice, "alice-certified", authority, append(window, "-n", "alice@corp,ops")...)
	m.certSig, m.aliceCertificate = b.sign(cert, namespace, message), b.public(cert)
	m.hostSig = b.sign(b.certify(alice, "alice-host", authority, "-h", "-n", "alice@corp"), namespace, message)
	m.anyoneSig = b.sign(b.certify(alice, "alice-anyone", authority), namespace, message)
	m.manySig = b.sign(b.certify(bob, "bob-certified", b.file("other"), "-n", "bob@corp,*"), namespace, message)
	m.signatures = map[string][]byte{
		"alice": m.aliceSig, "bob": b.sign(bob, namespace, message), "certificate": m.certSig, "host": m.hostSig,
		"anyone": m.anyoneSig, "many": m.manySig, "git": b.sign(alice, "git", message),
	}
	m.authorityPrint = strings.Fields(string(b.keygen("-l", "-f", authority)))[1]
	return m
}

func TestVerdictsAreThoseOfOpenSSH(t *testing.T) {
	m := newTeam(t)
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	shortRevoked := "# gone\n\n  " + m.alice + "\n"
	for _, c := range []struct {
		what      string
		sig       []byte
		allowed   string
		principal string // alice@corp, when empty.
		namespace string
		at        time.Time
		revoked   string
		why       string // Part of the reason; empty when it is accepted.
	}{
		{what: "listed", sig: m.aliceSig, allowed: "alice@corp " + m.alice},
		{what: "comments, blanks and no end of line", sig: m.aliceSig, allowed: "# us\n\n  # them\n \t alice@corp \t " + m.alice + " of the old house"},
		{what: "ends of lines of another system", sig: m.aliceSig, allowed: crlf("# us\n\nalice@corp " + m.alice + "\n\nbob " + m.bob + "\n")},
		{what: "one of several principals", sig: m.aliceSig, allowed: "bob@corp,alice@corp " + m.alice},
		{what: "a wildcard", sig: m.aliceSig, allowed: "*@corp " + m.alice},
		{what: "one letter", sig: m.aliceSig, allowed: "?lice@corp " + m.alice},
		{what: "but not her", sig: m.aliceSig, allowed: "*@corp,!alice@* " + m.alice, why: "is listed for *@corp,!alice@*, not for alice@corp"},
		{what: "others but her", sig: m.aliceSig, allowed: "!bob@corp " + m.alice, why: "not for alice@corp"},
		{what: "capitals count", sig: m.aliceSig, allowed: "Alice@corp " + m.alice, why: "is listed for Alice@corp"},
		{what: "a very long pattern", sig: m.aliceSig, allowed: strings.Repeat("x", 1022) + ",alice@corp " + m.alice},
		{what: "a pattern too long for OpenSSH", sig: m.aliceSig, allowed: "alice@corp," + strings.Repeat("x", 1023) + " " + m.alice, why: "not for alice@corp"},
		{what: "quoted principal", sig: m.aliceSig, principal: "Alice of corp", allowed: `"Alice of corp" ` + m.alice},
		{what: "half quoted principal", sig: m.aliceSig, principal: "Alice of corp", allowed: `Alice" of corp"` + m.alice},
		{what: "in another line", sig: m.aliceSig, allowed: "bob@corp " + m.alice + "\nalice@corp " + m.alice},
		{what: "other keys only", sig: m.aliceSig, allowed: "alice@corp " + m.bob, why: "is not listed in allowed_signers"},
		{what: "an empty file", sig: m.aliceSig, why: "is not listed in allowed_signers"},
		{what: "another principal", sig: m.aliceSig, allowed: "bob@corp " + m.alice + "\neve " + m.alice, why: "is listed for bob@corp and eve, not for alice@corp (allowed_signers)"},

		{what: "the namespace", sig: m.aliceSig, allowed: `alice@corp namespaces="ledger-v1@plumb" ` + m.alice},
		{what: "one of the namespaces", sig: m.aliceSig, allowed: `alice@corp namespaces="git,ledger-*" ` + m.alice},
		{what: "another namespace", sig: m.aliceSig, allowed: `alice@corp namespaces="git" ` + m.alice, why: `may sign for "git", not for "ledger-v1@plumb" (allowed_signers, line 1)`},
		{what: "all namespaces but this", sig: m.aliceSig, allowed: `alice@corp namespaces="*,!ledger*" ` + m.alice, why: "may sign for"},
		{what: "no namespace", sig: m.aliceSig, allowed: `alice@corp namespaces="" ` + m.alice, why: "may sign for"},
		{what: "asked for another", sig: m.aliceSig, namespace: "git", allowed: `alice@corp ` + m.alice, why: `was made for "ledger-v1@plumb", not for "git"`},
		{what: "capitals of options do not count", sig: m.aliceSig, allowed: `alice@corp NameSpaces="ledger*",,VALID-AFTER="20250101" ` + m.alice},

		{what: "not yet", sig: m.aliceSig, allowed: `alice@corp valid-after="20260302Z" ` + m.alice, why: "is not valid before 2026-03-02 00:00:00 UTC"},
		{what: "from this second", sig: m.aliceSig, allowed: `alice@corp valid-after="20260301120000Z" ` + m.alice},
		{what: "from the next", sig: m.aliceSig, allowed: `alice@corp valid-after="20260301120001z" ` + m.alice, why: "is not valid before"},
		{what: "expired", sig: m.aliceSig, allowed: `alice@corp valid-before="202602281200Z" ` + m.alice, why: "expired at 2026-02-28 12:00:00 UTC"},
		{what: "to this second", sig: m.aliceSig, allowed: `alice@corp valid-before="20260301120000UTC" ` + m.alice},
		{what: "to the one before", sig: m.aliceSig, allowed: `alice@corp valid-before="20260301115959Z" ` + m.alice, why: "expired"},
		{what: "expired in one line, valid in another", sig: m.aliceSig, allowed: `alice@corp valid-before="20260101" ` + m.alice + "\n" + `alice@corp valid-after="20260101" ` + m.alice},
		{what: "the nearest reason", sig: m.aliceSig, allowed: `alice@corp valid-before="20260101Z" ` + m.alice + "\nbob " + m.alice, why: "expired at 2026-01-01 00:00:00 UTC (allowed_signers, line 1)"},

		{what: "revoked", sig: m.aliceSig, allowed: "alice@corp " + m.alice, revoked: shortRevoked, why: "is revoked (revoked_keys, line 3)"},
		{what: "another is revoked", sig: m.aliceSig, allowed: "alice@corp " + m.alice, revoked: m.bob + "\n"},
		{what: "the certificate's key is revoked", sig: m.certSig, allowed: "alice@corp cert-authority " + m.authority, revoked: m.alice, why: "is revoked"},
		{what: "the authority is revoked", sig: m.certSig, allowed: "alice@corp cert-authority " + m.authority, revoked: "# gone\n" + m.authority, why: "is revoked"},
		{what: "her certificate is revoked, and with it the key", sig: m.aliceSig, allowed: "alice@corp " + m.alice, revoked: m.aliceCertificate, why: "is revoked"},

		{what: "a certificate", sig: m.certSig, allowed: "* cert-authority " + m.authority},
		{what: "a certificate, in a namespace", sig: m.certSig, allowed: `*@corp cert-authority,namespaces="ledger*" ` + m.authority},
		{what: "a certificate for others", sig: m.certSig, principal: "bob@corp", allowed: "* cert-authority " + m.authority, why: "is for alice@corp, ops, not for bob@corp"},
		{what: "a certificate whose line is for others", sig: m.certSig, allowed: "bob@corp cert-authority " + m.authority, why: "is listed for bob@corp"},
		{what: "a certificate too early", sig: m.certSig, at: time.Date(2025, 12, 31, 23, 59, 59, 0, time.UTC), allowed: "* cert-authority " + m.authority, why: "is not valid before 2026-01-01 00:00:00 UTC"},
		{what: "a certificate in its first second", sig: m.certSig, at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), allowed: "* cert-authority " + m.authority},
		{what: "a certificate in its last", sig: m.certSig, at: time.Date(2026, 3, 31, 23, 59, 59, 0, time.UTC), allowed: "* cert-authority " + m.authority},
		{what: "a certificate after that", sig: m.certSig, at: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), allowed: "* cert-authority " + m.authority, why: "expired at 2026-04-01 00:00:00 UTC"},
		{what: "an unknown authority", sig: m.certSig, allowed: "* cert-authority " + m.other, why: "is signed by " + m.authorityPrint + ", which is not listed as an authority"},
		{what: "an authority as a plain key", sig: m.certSig, allowed: "* " + m.authority, why: "is not listed as an authority"},
		{what: "a certificate where its key is listed", sig: m.certSig, allowed: "* " + m.alice, why: "only its key without a certificate is"},
		{what: "a key where it is an authority", sig: m.aliceSig, allowed: "* cert-authority " + m.alice, why: "is listed as an authority only"},
		{what: "a certificate that is listed itself", sig: m.certSig, allowed: "alice@corp " + m.aliceCertificate},
		{what: "a key where its certificate is listed", sig: m.aliceSig, allowed: "alice@corp " + m.aliceCertificate, why: "is listed as a certificate only"},
		{what: "a machine's certificate", sig: m.hostSig, allowed: "* cert-authority " + m.authority, why: "for a machine"},
		{what: "a certificate for nobody", sig: m.anyoneSig, allowed: "* cert-authority " + m.authority, why: "names nobody"},
		{what: "stars in certificates are only stars", sig: m.manySig, allowed: "* cert-authority " + m.other, why: "not for alice@corp"},
	} {
		t.Run(c.what, func(t *testing.T) {
			b := bench{t, m.dir}
			q := question{allowed: c.allowed, revoked: c.revoked, principal: "alice@corp", namespace: namespace, at: noon, zone: "UTC"}
			if c.principal != "" {
				q.principal = c.principal
			}
			if c.namespace != "" {
				q.namespace = c.namespace
			}
			if !c.at.IsZero() {
				q.at = c.at
			}
			err := q.judge(b.parse(c.sig))
			if ok, words := b.accepts(c.sig, message, q); ok != (err == nil) {
				t.Errorf("we say %v, and %s", err, words)
			}
			switch {
			case c.why == "" && err != nil, c.why != "" && err == nil:
				t.Errorf("got %v, want %q", err, c.why)
			case err != nil && (!strings.Contains(err.Error(), c.why) || !errors.Is(err, model.ErrRefused) || model.Hint(err) == ""):
				t.Errorf("got %v (%s), want %q", err, model.Hint(err), c.why)
			}
		})
	}
}

// TestVerdictsOnRandomFilesAreThoseOfOpenSSH puts lines together from parts that are right, wrong and odd. A file that we do not
// read at all is one that OpenSSH does not accept either, as long as it has one line.
func TestVerdictsOnRandomFilesAreThoseOfOpenSSH(t *testing.T) {
	m := newTeam(t)
	random := rand.New(rand.NewPCG(2026, 5))
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	value := func() string {
		return pick(`"20260301"`, `"20260301120000Z"`, `"20260301115959Z"`, `"202603011200"`, `"20260401Z"`, `"20250230"`, `"19700101Z"`, `"2026"`, `"20261301"`, `20260101`, `"20260101`, `"202601012360Z"`, `"20260101235960utc"`)
	}
	option := func() string {
		switch random.IntN(9) {
		case 0, 1:
			return pick("cert-authority", "CERT-Authority")
		case 2, 3:
			return pick("namespaces=", "NAMESPACES=") + pick(`"ledger-v1@plumb"`, `"git"`, `"git,*@plumb"`, `"*,!ledger-*"`, `""`, `"a b,ledger*"`, `"\"x\",*"`, `"ledger*`, `ledger*`, `"*"x`)
		case 4, 5:
			return "valid-after=" + value()
		case 6, 7:
			return "valid-before=" + value()
		}
		return pick("", "verify-required", "no-touch-required", "cert-authority=yes", "namespaces", "zzz", `"`, "cert-authorityx")
	}
	line := func() string {
		principals := pick("alice@corp", "alice@corp", "*", "*", "*", "*", "alice@corp,bob@corp", "bob@corp", "*@corp,!bob@corp", "!bob@corp,*", "*,!alice@corp", "a?ice@*rp", "alice@cor", `"alice@corp"`, `"bob@corp, alice@corp"`, `ali"ce@corp"`, "ops,alice@corp", ",,*", "**@*", `""`, `"alice`, "alice@corp,")
		key := pick(m.alice, m.alice, m.alice, m.alice, m.alice, m.authority, m.authority, m.bob, m.other, m.aliceCertificate,
			strings.Replace(m.alice, "ssh-ed25519", "ssh-rsa", 1), m.alice[:len(m.alice)/2], "ssh-ed25519", strings.Replace(m.alice, " ", "  \t", 1), "ssh-dss AAAA")
		blank := pick(" ", " ", "\t", "  ")
		options := ""
		if strings.HasPrefix(key, "ecdsa") && random.IntN(2) == 0 {
			options = "cert-authority"
		}
		for range max(0, random.IntN(6)-2) {
			if options != "" {
				options += pick(",", ",", ",", ",", ",,", " ")
			}
			options += option()
		}
		if options != "" {
			options += pick(" ", "\t ")
		}
		return pick("", "", "", " ", "\t", "#", "\r") + principals + blank + options + key + pick("", "", " comment", "\r", " a b \t", `"`)
	}
	accepted, unread := 0, 0
	for i := range 600 {
		lines := []string{line()}
		for range i % 3 {
			lines = append(lines, line())
		}
		if i%3 > 0 { // More lines are of use only where all can be read.
			lines = readable(lines)
		}
		name := pick("alice", "alice", "alice", "alice", "alice", "certificate", "certificate", "bob", "host", "anyone", "many", "git")
		q := question{
			allowed: strings.Join(lines, "\n"), principal: pick("alice@corp", "alice@corp", "bob@corp", "ops"), namespace: namespace,
			at: noon.Add(time.Duration(random.IntN(5)-2) * time.Second), zone: "UTC",
			revoked: pick("", "", "", "", "", "", m.other, m.bob+"\n"+m.authority, "# "+m.alice, m.alice),
		}
		sig := m.parse(m.signatures[name])
		err := q.judge(sig)
		ok, words := m.accepts(m.signatures[name], message, q)
		if ok != (err == nil) {
			t.Errorf("the signature %s, for %s, revoked %q, allowed:\n%s\nwe say: %v\n%s", name, q.principal, q.revoked, q.allowed, err, words)
		}
		switch {
		case err == nil:
			accepted++
		case strings.HasPrefix(err.Error(), "parse"):
			unread++
		}
	}
	if accepted < 25 || unread < 50 || unread > 300 {
		t.Errorf("the test is of little use: %d accepted, %d unread", accepted, unread)
	}
}

// readable are the lines that can be read.
func readable(lines []string) (good []string) {
	for _, l := range lines {
		if _, err := sshsig.ParseAllowedSigners("", []byte(l)); err == nil {
			good = append(good, l)
		}
	}
	return good
}

func TestHostilePatternTakesNoTime(t *testing.T) {
	armored, public := touched(t, "sk-ssh-ed25519@openssh.com", "ssh:", 1)
	sig, err := sshsig.Parse(armored)
	if err != nil {
		t.Fatal(err)
	}
	// Trying every way in which the stars can match would not end.
	q := question{allowed: strings.Repeat("*a", 500) + " " + public, principal: strings.Repeat("a", 5000) + "b", namespace: namespace, at: noon}
	if err := q.judge(sig); err == nil {
		t.Error("it matches")
	}
	if q.principal += "a"; q.judge(sig) != nil {
		t.Error("it does not match")
	}
}

func TestTimesWithoutAZoneAreReadAsOpenSSHReadsThem(t *testing.T) {
	m := newTeam(t)
	before := time.Local
	t.Cleanup(func() { time.Local = before })
	for _, zone := range []string{"UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Tokyo"} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			lacks(t, "there is no time zone database: apt install tzdata")
		}
		time.Local = location
		// In winter, in summer, in the hour that is not there, and in the one that is there twice.
		for _, at := range []string{"20260115", "202607011200", "20260329023000", "20261025023000", "20260405014500", "20260308023000"} {
			q := question{allowed: fmt.Sprintf("alice valid-after=%q %s", at, m.alice), principal: "alice", namespace: namespace, zone: zone}
			signers, err := sshsig.ParseAllowedSigners("allowed_signers", []byte(q.allowed))
			if err != nil {
				t.Fatal(err)
			}
			from := signers.Entries()[0].ValidAfter
			for _, second := range []time.Duration{-time.Second, 0} {
				q.at = from.Add(second)
				err := q.judge(m.parse(m.aliceSig))
				if ok, words := m.accepts(m.aliceSig, message, q); ok != (err == nil) {
					t.Errorf("%s in %s, which we take for %s: at %s we say %v, and %s", at, zone, from, q.at, err, words)
				}
			}
		}
	}
}

func TestLinesThatCannotBeReadSaySo(t *testing.T) {
	m := newTeam(t)
	for line, want := range map[string]string{
		"alice":                                   "there is nothing behind the principals",
		"alice ssh-ed25519":                       "there is no key",
		"alice ssh-ed25519 !!":                    "the key is not base64",
		"alice ssh-ed25519 AAAA":                  "cut off",
		"alice ssh-dss AAAAB3NzaC1kc3MAAAAA=":     "not base64",
		"alice ssh-dss AAAAB3NzaC1kc3M=":          "DSA",
		`alice verify-required ` + m.alice:        `there is no option "verify-required"`,
		`alice namespaces=git ` + m.alice:         "namespaces: its value must stand in quotes",
		`alice namespaces="git ` + m.alice:        "not closed",
		`"alice ` + m.alice:                       "not closed",
		`alice valid-after="tomorrow" ` + m.alice: `"tomorrow" is not a time`,
		`alice valid-after="20260101Z",valid-after="20260101Z" ` + m.alice:     "valid-after: it is said twice",
		`alice namespaces="a",namespaces="b" ` + m.alice:                       "namespaces is said twice",
		`alice valid-after="20260102Z",valid-before="20260101Z" ` + m.alice:    "valid-before is not later",
		`alice cert-authority, ` + m.alice:                                     "end with a comma",
		"alice " + strings.Replace(m.alice, "ssh-ed25519", "ssh-rsa", 1):       `the key says "ssh-rsa", and is "ssh-ed25519"`,
		"alice " + m.alice + "\x00":                                            "NUL",
		"alice cert-authority":                                                 "there is no key",
		"alice " + strings.Replace(m.authority, "ecdsa-sha2-nistp256", "x", 1): `there is no option "x"`,
	} {
		_, err := sshsig.ParseAllowedSigners("signers", []byte("# us\n\n"+line+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "signers, line 3: ") || model.Hint(err) == "" {
			t.Errorf("%s: got %v, want %q", line, err, want)
		}
	}
}

func TestRevokedKeys(t *testing.T) {
	b := newBench(t)
	key := b.key("key", "ed25519")
	b.keygen("-q", "-k", "-f", b.file("krl"), key+".pub")
	krl, err := os.ReadFile(b.file("krl"))
	if err != nil {
		t.Fatal(err)
	}
	for content, want := range map[string]string{
		string(krl):                           "revoked_keys is a binary revocation list (KRL)",
		"# ok\nalice " + b.public(key) + "\n": "revoked_keys, line 2: ",
		"serial: 7\n":                         "revoked_keys, line 1: ",
	} {
		if _, err := sshsig.ParseRevoked("revoked_keys", []byte(content)); err == nil || !strings.HasPrefix(err.Error(), want) || model.Hint(err) == "" {
			t.Errorf("%q: got %v (%s)", content, err, model.Hint(err))
		}
	}
}

func TestEntriesAreAsTheyAreWritten(t *testing.T) {
	m := newTeam(t)
	signers, err := sshsig.ParseAllowedSigners("allowed_signers", []byte("# us\n*@corp,!bob@corp cert-authority,namespaces=\"a,b\",valid-before=\"20260101Z\" "+m.authority+"\nbob "+m.bob))
	if err != nil {
		t.Fatal(err)
	}
	got := signers.Entries()
	if len(got) != 2 || signers.Name() != "allowed_signers" {
		t.Fatalf("%d entries", len(got))
	}
	e := got[0]
	if e.Line != 2 || e.Principals != "*@corp,!bob@corp" || !e.Authority || e.Namespaces != "a,b" || e.Comment != "authority" ||
		e.Key.Type() != "ecdsa-sha2-nistp256" || e.Key.Fingerprint() != m.authorityPrint || !e.ValidBefore.Equal(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) || !e.ValidAfter.IsZero() {
		t.Errorf("got %+v", e)
	}
	if got[1].Limited || got[1].Authority || got[1].Line != 3 {
		t.Errorf("got %+v", got[1])
	}
}

func TestEnrolledKeyIsAllowed(t *testing.T) {
	m := newTeam(t)
	sig := m.parse(m.aliceSig)
	for _, principal := range []string{"alice@corp", "Alice of the house", "#alice", "ali!ce"} {
		line, err := sshsig.Line(principal, sig.Key(), namespace)
		if err != nil {
			t.Error(err)
			continue
		}
		q := question{allowed: line + "\n", principal: principal, namespace: namespace, at: noon}
		if err := q.judge(sig); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		if ok, words := m.accepts(m.aliceSig, message, q); !ok {
			t.Errorf("%s: %s", line, words)
		}
	}
	for _, principal := range []string{"", "*", "a,b", "!a", "a\nb", `a"b`, "alice?"} {
		if line, err := sshsig.Line(principal, sig.Key(), namespace); err == nil {
			t.Errorf("%q can be enrolled: %s", principal, line)
		}
	}
	none, err := sshsig.ParseAllowedSigners("allowed_signers", nil)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := sshsig.Line("alice@corp", sig.Key(), namespace)
	if err := none.Allow(sig, "alice@corp", namespace, noon, nil); !strings.Contains(model.Hint(err), want) {
		t.Errorf("the hint is %q", model.Hint(err))
	}
}

func FuzzParseAllowedSigners(f *testing.F) {
	f.Add([]byte("# us\n\nalice ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g me\n"), "alice", namespace)
	f.Add([]byte(`*,!bob cert-authority,namespaces="\"a,b*",valid-after="20260101" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g`), "bob", "a")
	f.Fuzz(func(t *testing.T, data []byte, principal, namespace string) {
		signers, err := sshsig.ParseAllowedSigners("file", data)
		if err != nil {
			if model.Hint(err) == "" {
				t.Errorf("%q has no way out: %v", data, err)
			}
			return
		}
		if signers.Allow(sshsig.Signature{}, principal, namespace, noon, nil) == nil {
			t.Errorf("%q allows no signature at all", data)
		}
		for _, e := range signers.Entries() {
			line, err := sshsig.Line(principal, e.Key, namespace)
			if err != nil {
				continue
			}
			again, err := sshsig.ParseAllowedSigners("line", []byte(line))
			if err != nil {
				t.Errorf("%q cannot be read: %v", line, err)
			} else if got := again.Entries()[0]; got.Principals != principal || got.Namespaces != namespace || !got.Key.Equal(e.Key) {
				t.Errorf("%q is read as %+v", line, got)
			}
		}
	})
}
