package change

import (
	"plumb/gitops/ledger"
	"plumb/model"
)

// Sealed reads the change that an entry seals. The error says why it is not to be believed.
func Sealed(e ledger.Entry) (model.Change, error) { return parseRecord(e) }
