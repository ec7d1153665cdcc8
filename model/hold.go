package model

import (
	"time"

	"plumb/model/text"
)

// Hold is what a rollback leaves behind: until somebody deploys a revision that contains it, no
// revision without it may be deployed, so that nobody and no automation puts back what was taken back.
type Hold struct {
	Since    time.Time
	By       Principal
	Why      text.Safe
	Change   ChangeID // The rollback.
	Revision Hash     // What every later revision has to contain.
}
