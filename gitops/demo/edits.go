package demo

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"embed"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io/fs"
	"math/big"
	"path"
	"regexp"
	"strings"
	"time"

	"plumb/model"
)

// files are the first versions of all files. What stands between @ signs is
// filled in for the place that a file goes to.
//
//go:embed files
var files embed.FS

// edit is a part of a commit: it answers the edits for the files as they were.
type edit func(t *teller, was fs.FS) ([]model.Edit, error)

// in lists the shared directories of a target in several environments: in("web", "dev staging").
func in(target, environments string) []string {
	var dirs []string
	for e := range strings.FieldsSeq(environments) {
		dirs = append(dirs, path.Join(e, target, "all"))
	}
	return dirs
}

const everywhere = "dev staging production"

// put adds a file with the first version of the source to each directory.
func put(dirs []string, name, source string) edit { return add(dirs, name, source, model.ModeFile) }

// script is put for a file that can be executed.
func script(dirs []string, name, source string) edit {
	return add(dirs, name, source, model.ModeExecutable)
}

func add(dirs []string, name, source string, mode model.FileMode) edit {
	return func(t *teller, _ fs.FS) ([]model.Edit, error) {
		data, err := files.ReadFile(path.Join("files", source))
		if err != nil {
			return nil, err
		}
		var edits []model.Edit
		for _, dir := range dirs {
			edits = append(edits, model.Edit{Path: path.Join(dir, name), Mode: mode, Data: []byte(t.fill(string(data), dir))})
		}
		return edits, nil
	}
}

// link adds a symbolic link to each directory.
func link(dirs []string, name, to string) edit {
	return func(*teller, fs.FS) ([]model.Edit, error) {
		var edits []model.Edit
		for _, dir := range dirs {
			edits = append(edits, model.Edit{Path: path.Join(dir, name), Mode: model.ModeSymlink, Data: []byte(to)})
		}
		return edits, nil
	}
}

// sub replaces a text that must be there exactly once in the file of each directory.
func sub(dirs []string, name, before, after string) edit {
	return rework(dirs, name, func(_ *teller, _, data string) (string, error) {
		if n := strings.Count(data, before); n != 1 {
			return "", fmt.Errorf("%q is there %d times", before, n)
		}
		return strings.Replace(data, before, after, 1), nil
	})
}

// subs is sub for several texts of the same files, given in pairs.
func subs(dirs []string, name string, pairs ...string) edit {
	return rework(dirs, name, func(_ *teller, _, data string) (string, error) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if n := strings.Count(data, pairs[i]); n != 1 {
				return "", fmt.Errorf("%q is there %d times", pairs[i], n)
			}
			data = strings.Replace(data, pairs[i], pairs[i+1], 1)
		}
		return data, nil
	})
}

// rotate sets new values for the secrets in the file of each directory.
func rotate(dirs []string, name string, secrets ...string) edit {
	return rework(dirs, name, func(t *teller, dir, data string) (string, error) {
		for _, s := range secrets {
			line := regexp.MustCompile(`(?m)^` + s + `=.*$`)
			if !line.MatchString(data) {
				return "", fmt.Errorf("there is no %s", s)
			}
			data = line.ReplaceAllLiteralString(data, s+"="+t.secret(dir, s+t.now.String()))
		}
		return data, nil
	})
}

func rework(dirs []string, name string, change func(t *teller, dir, data string) (string, error)) edit {
	return func(t *teller, was fs.FS) ([]model.Edit, error) {
		var edits []model.Edit
		for _, dir := range dirs {
			p := path.Join(dir, name)
			data, err := fs.ReadFile(was, p)
			if err != nil {
				return nil, err
			}
			changed, err := change(t, dir, string(data))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", p, err)
			}
			edits = append(edits, model.Edit{Path: p, Data: []byte(changed)})
		}
		return edits, nil
	}
}

// fill fills in what a first version leaves open.
func (t *teller) fill(data, dir string) string {
	env, rest, _ := strings.Cut(dir, "/")
	host := path.Base(dir)
	if host == "all" {
		host = env + "-" + path.Dir(rest)
	}
	data = strings.NewReplacer("@ENV@", env, "@HOST@", host, "@DOMAIN@", domain(env),
		"@WORKERS@", map[string]string{"dev": "2", "staging": "4", "production": "16"}[env]).Replace(data)
	return secretMark.ReplaceAllStringFunc(data, func(mark string) string { return t.secret(dir, mark) })
}

var secretMark = regexp.MustCompile(`@SECRET:[a-z]+@`)

func domain(env string) string {
	if env == "production" {
		env = "www"
	}
	return env + ".shop.example"
}

// secret is a made-up secret: the same for the same seed, environment and name.
func (t *teller) secret(dir, name string) string {
	env, _, _ := strings.Cut(dir, "/")
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s", t.opt.Seed, env, name))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

// certificate writes a certificate that is valid for 90 days from now to each
// directory: the same one to all directories of an environment.
func certificate(dirs []string, name string) edit {
	return func(t *teller, _ fs.FS) ([]model.Edit, error) {
		issued := map[string][]byte{}
		var edits []model.Edit
		for _, dir := range dirs {
			env, _, _ := strings.Cut(dir, "/")
			if issued[env] == nil {
				data, err := t.issue(domain(env))
				if err != nil {
					return nil, err
				}
				issued[env] = data
			}
			edits = append(edits, model.Edit{Path: path.Join(dir, name), Data: issued[env]})
		}
		return edits, nil
	}
}

// issue makes a certificate that openssl can read, signed by its own key, which
// nobody keeps.
func (t *teller) issue(domain string) ([]byte, error) {
	seed := sha256.Sum256(fmt.Appendf(nil, "%d %s %s", t.opt.Seed, domain, t.now))
	key := ed25519.NewKeyFromSeed(seed[:])
	from := t.now.UTC().Truncate(time.Hour)
	to := from.AddDate(0, 0, 90)
	c := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(seed[:8]), Subject: pkix.Name{CommonName: domain}, DNSNames: []string{domain},
		NotBefore: from, NotAfter: to, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(nil, c, c, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("issue a certificate for %s: %w", domain, err)
	}
	head := fmt.Sprintf("subject: CN = %s\nserial: %X\nvalid: %s to %s\n", domain, c.SerialNumber, from.Format(time.DateOnly), to.Format(time.DateOnly))
	return append([]byte(head), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...), nil
}
