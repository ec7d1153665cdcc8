package filekind

import (
	"bytes"
	"encoding/base64"
	"regexp"
)

// Names of the tools that encrypt.
const (
	toolGitCrypt = "git-crypt"
	toolVault    = "ansible-vault"
	toolAge      = "age"
	toolOpenPGP  = "OpenPGP"
	toolOpenSSL  = "OpenSSL"
	toolSOPS     = "SOPS"
)

const (
	ageHeader  = "age-encryption.org/v1\n"
	ageArmor   = "-----BEGIN AGE ENCRYPTED FILE-----"
	pgpArmor   = "-----BEGIN PGP MESSAGE-----"
	vaultStart = "$ANSIBLE_VAULT;"
)

// wholeCiphers are how files begin that are encrypted as a whole.
var wholeCiphers = []struct{ magic, tool string }{
	{"\x00GITCRYPT\x00", toolGitCrypt},
	{vaultStart, toolVault},
	{ageHeader, toolAge},
	{ageArmor, toolAge},
	{pgpArmor, toolOpenPGP},
	{"Salted__", toolOpenSSL},
}

// isEncrypted recognises what is encrypted as a whole.
func isEncrypted(path string, data []byte, i *Info) bool {
	start := data
	if len(data) > 0 && isSpace(data[0]) && !bytes.Contains(data[:min(len(data), 16)], []byte{0}) {
		start = bytes.TrimLeft(data, " \t\r\n") // Armour may have blank lines before it.
	}
	for _, c := range wholeCiphers {
		if !bytes.HasPrefix(start, []byte(c.magic)) {
			continue
		}
		i.Kind, i.Tool = Encrypted, c.tool
		if c.tool == toolAge {
			i.Recipients = ageRecipients(start)
		}
		return true
	}
	if isPGPMessage(data) && (hasSuffix(path, ".gpg") || hasSuffix(path, ".pgp")) {
		i.Kind, i.Tool = Encrypted, toolOpenPGP
		return true
	}
	return false
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func hasSuffix(path, suffix string) bool {
	return len(path) >= len(suffix) && path[len(path)-len(suffix):] == suffix
}

// isPGPMessage reports a first packet that holds a session key, of RFC 4880 or of before: any message to somebody begins with one.
func isPGPMessage(data []byte) bool {
	if len(data) < 2 || data[0]&0x80 == 0 {
		return false
	}
	tag := data[0] >> 2 & 0x0f
	if data[0]&0x40 != 0 {
		tag = data[0] & 0x3f
	}
	return tag == 1 || tag == 3
}

// maxAgeHeader is how many bytes recipients are counted in: about a hundred of them.
const maxAgeHeader = 16 << 10

// ageRecipients counts the stanzas of an age header, in armour or not. Grease, which age adds so that readers stay tolerant, does not count.
func ageRecipients(data []byte) int {
	if body, ok := bytes.CutPrefix(data, []byte(ageArmor)); ok {
		body = body[:min(len(body), maxAgeHeader)]
		if end := bytes.Index(body, []byte("-----END")); end >= 0 {
			body = body[:end]
		}
		body = bytes.Map(func(r rune) rune {
			if r < 0x80 && isSpace(byte(r)) {
				return -1
			}
			return r
		}, body)
		plain := make([]byte, base64.StdEncoding.DecodedLen(len(body)))
		n, _ := base64.StdEncoding.Decode(plain, body) // A head breaks off anywhere: what comes before counts.
		data = plain[:n]
	}
	data = data[:min(len(data), maxAgeHeader)]
	count := 0
	for line := range bytes.Lines(data) {
		if bytes.HasPrefix(line, []byte("---")) {
			return count
		}
		stanza, isStanza := bytes.CutPrefix(bytes.TrimRight(line, "\n"), []byte("-> "))
		kind, _, _ := bytes.Cut(stanza, []byte(" "))
		if isStanza && !bytes.HasSuffix(kind, []byte("-grease")) {
			count++
		}
	}
	return 0 // The header is not whole, so neither would be the number.
}

var (
	sopsValue    = regexp.MustCompile(`ENC\[AES256_GCM,data:`)
	sopsMetadata = regexp.MustCompile(`(?m)^sops:[ \t]*\r?$|"sops"[ \t]*:[ \t\r\n]*\{|^sops_[a-z0-9_]+[ \t]*=|^\[sops\][ \t]*\r?$`)
	sopsKey      = regexp.MustCompile(`(?:^|[^A-Za-z])(?:recipient|fp|arn|resource_id|vault_address|vaultUrl|vault_url)["']?[ \t]*[:=]`)
)

// isSOPS recognises files whose values SOPS encrypted. In a head the metadata, which come last, may be missing; a value must do there.
func isSOPS(_ string, data []byte, i *Info) bool {
	if !sopsValue.Match(data) {
		return false
	}
	at := sopsMetadata.FindIndex(data)
	if at == nil && int64(len(data)) >= i.Size {
		return false
	}
	i.Kind, i.Tool = SOPS, toolSOPS
	if at != nil && int64(len(data)) >= i.Size {
		i.Recipients = len(sopsKey.FindAllIndex(data[at[0]:], -1))
	}
	return true
}
