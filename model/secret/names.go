package secret

import (
	"bytes"
	"path"
)

// Names are compared in lower case and without separators: DB_PASSWORD, db-password and
// dbPassword are all "dbpassword".

// telling are parts of a name that say its value is secret.
var telling = []string{
	"password", "passwd", "passphrase", "passwort", "pgpass", "requirepass", "masterauth", "userpass", "dbpass", "adminpass", "rootpass",
	"secret", "token", "credential", "apikey", "privatekey", "accesskey", "authkey", "accountkey", "sharedkey", "signingkey",
	"encryptionkey", "decryptionkey", "encryptkey", "masterkey", "sshkey", "clientkeydata", "keydata", "authorization",
	"connectionstring", "sessionkey", "hmackey", "licensekey", "dockerconfigjson",
}

// exactly are names that are secret as a whole, but mean nothing as a part of another.
var exactly = map[string]bool{"pwd": true, "pass": true, "psk": true, "auth": true}

const maxExactly = 4 // Bytes.

// harmless are endings of names that tell where a secret is, or something about it, and not the secret.
var harmless = []string{
	"name", "names", "ref", "refs", "file", "filename", "path", "dir", "url", "uri", "endpoint", "ttl", "type", "length", "policy", "policies",
	"namespace", "expiry", "expiration", "expires", "expiresin", "expiresat", "lifetime", "count", "size", "enabled", "required", "version",
	"arn", "header", "audience", "issuer", "timeout", "location", "store", "storeref", "engine", "class", "provider", "backend", "rotation",
	"days", "hours", "minutes", "seconds", "limit", "budget", "algorithm", "format", "period", "mountpath", "accessor", "status", "maxtokens",
}

// clear are the names whose value is taken for secret even where only a blank stands between.
var clear = map[string]bool{
	"password": true, "passwd": true, "passphrase": true, "secret": true, "token": true, "requirepass": true, "masterauth": true,
	"apikey": true, "secretkey": true, "accesskey": true, "authtoken": true, "privatekey": true, "clientsecret": true,
}

// maxName is how long a name is looked at.
const maxName = 96

// normal is a name in lower case without separators; buf holds it.
func normal(name []byte, buf *[maxName]byte) []byte {
	n := 0
	for _, c := range name[max(0, len(name)-maxName):] {
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
		default:
			continue
		}
		buf[n] = c
		n++
	}
	return buf[:n]
}

// isSecretName reports a name whose value is to be masked.
func isSecretName(name []byte) bool {
	if len(name) < 3 {
		return false
	}
	var buf [maxName]byte
	n := normal(name, &buf)
	if len(n) <= maxExactly && exactly[string(n)] {
		return true
	}
	if !tells(n) {
		// DB_PASS and ROOT_PWD, but not "compass" or "bypass".
		return endsSecret(n, name, "pass") || endsSecret(n, name, "pwd")
	}
	for _, end := range harmlessByByte[n[len(n)-1]] {
		if bytes.HasSuffix(n, []byte(end)) {
			return false
		}
	}
	return true
}

// endsSecret reports a name that has an ending of its own, parted from what is before it.
func endsSecret(normal, name []byte, end string) bool {
	if len(normal) < len(end) || string(normal[len(normal)-len(end):]) != end || len(name) == len(end) {
		return false
	}
	switch name[len(name)-len(end)-1] {
	case '_', '-', '.':
		return true
	}
	return false
}

// tells reports whether a name has a telling part. Most names have none: one look at each
// letter leaves out nearly all of the comparisons.
func tells(n []byte) bool {
	for i, c := range n {
		for _, part := range tellingByByte[c] {
			if len(part) <= len(n)-i && string(n[i:i+len(part)]) == part {
				return true
			}
		}
	}
	return false
}

// harmlessByByte are the harmless endings by their last byte, tellingByByte the telling parts by their first.
var harmlessByByte = func() (by [256][]string) {
	for _, end := range harmless {
		last := end[len(end)-1]
		by[last] = append(by[last], end)
	}
	return by
}()

var tellingByByte = func() (by [256][]string) {
	for _, part := range telling {
		by[part[0]] = append(by[part[0]], part)
	}
	return by
}()

// IsWhole reports files that are one secret by their name. Masked, they have one line, which has nothing to do with theirs.
func IsWhole(path string) bool { return isKeyFile(path) }

// isKeyFile reports files that hold a secret and nothing else.
func isKeyFile(name string) bool {
	switch path.Base(name) {
	case "id_rsa", "id_ed25519", "id_ecdsa", "id_dsa", ".pgpass", ".netrc", ".htpasswd", "shadow", "gshadow":
		return true
	}
	return false
}
