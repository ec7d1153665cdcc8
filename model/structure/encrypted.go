package structure

import "strings"

// metadataSummary stands for what SOPS keeps about a document. It changes with every edit and means
// nothing to a reader.
const metadataSummary = "sops metadata"

// isEncrypted reports values that are cipher text. They change as a whole whenever anything is encrypted again, and
// nobody can read them.
func isEncrypted(s string) bool {
	if len(s) < 8 {
		return false
	}
	s = strings.TrimLeft(s, " \n")
	switch {
	case strings.HasPrefix(s, "ENC["): // SOPS, and Hiera's eyaml: ENC[PKCS7,…].
		return strings.HasSuffix(strings.TrimRight(s, " \n"), "]")
	case strings.HasPrefix(s, "$ANSIBLE_VAULT;"),
		strings.HasPrefix(s, "-----BEGIN PGP MESSAGE-----"),
		strings.HasPrefix(s, "-----BEGIN AGE ENCRYPTED FILE-----"):
		return true
	}
	return false
}

// newString answers a sealed string, or what stands for it where it is encrypted.
func newString(s string, at Range) *node {
	s = splitMarks(s)
	n := &node{kind: stringKind, text: s, canon: s, at: at}
	if isEncrypted(s) {
		n.kind, n.text = encryptedKind, "encrypted"
	}
	return n
}

// hideMetadata gives what SOPS keeps about a document its summary.
func hideMetadata(root *node) {
	kept := root.get("sops")
	if kept == nil || kept.kind != mapKind {
		return
	}
	if kept.get("mac") != nil || kept.get("lastmodified") != nil {
		kept.summary = metadataSummary
	}
}
