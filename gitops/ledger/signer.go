package ledger

import (
	"context"

	"plumb/gitops/sshsig"
)

// SSHSigner signs entries with the operator's SSH key.
type SSHSigner struct{ *sshsig.Signer }

// Key is the short name of the key.
func (s SSHSigner) Key() string { return s.Key8() }

// Sign signs a payload in the ledger's namespace.
func (s SSHSigner) Sign(ctx context.Context, payload []byte) ([]byte, error) {
	return s.Signer.Sign(ctx, Namespace, payload)
}
