package hosts

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"plumb/model"
)

// job is what carries the step out.
func (w work) job() (job, error) {
	after := w.step.After
	j := job{path: w.path, before: w.before.mark(), temp: tempName(w.path)}
	if w.runsCheck() {
		j.check = w.check
	}
	if !after.Exists {
		return j, nil
	}
	j.kind, j.data, j.sum = after.Kind, after.Content.Data, after.Content.Sum
	if model.Sum(j.data) != j.sum {
		return j, fmt.Errorf("the content of %s was not loaded", after.Source)
	}
	j.perm = w.permAfter()
	j.owner = w.ownerAfter()
	return j, nil
}

// backJob is what takes the step back, when the file is still as the mark says.
func (w work) backJob(mark string) (job, error) {
	before := w.step.Before
	j := job{path: w.path, before: mark, temp: tempName(w.path)}
	if !before.Exists {
		return j, nil
	}
	j.kind, j.data, j.sum = before.Kind, before.Content.Data, before.Content.Sum
	if model.Sum(j.data) != j.sum {
		return j, errors.New("its content was not kept: " + before.Content.Omitted)
	}
	j.perm = w.before.perm
	j.owner = fmt.Sprintf("%d:%d", w.before.uid, w.before.gid)
	return j, nil
}

// freshPerm is the mode of a new file.
func freshPerm(executable string) uint32 {
	if executable == "yes" {
		return 0o755
	}
	return 0o644
}

// permAfter is the mode that the file gets: a rule's, else the earlier one with
// git's word on whether it can be executed.
func (w work) permAfter() uint32 {
	if w.mode != "" {
		perm, _ := strconv.ParseUint(w.mode, 8, 32) // Validated when the plan was made.
		return uint32(perm)
	}
	executable, _ := w.step.After.Attr("executable")
	perm := w.before.perm
	switch {
	case w.before.kind != "file":
		return freshPerm(executable)
	case executable == "yes" && perm&0o100 == 0:
		return perm | perm&0o444>>2 | 0o100
	case executable == "no" && perm&0o100 != 0:
		return perm &^ 0o111
	}
	return perm
}

// ownerAfter is the owner that the file gets: a rule's, else the earlier one's,
// else whoever creates it.
func (w work) ownerAfter() string {
	user, group, _ := strings.Cut(w.owner, ":")
	if w.before.exists && w.before.kind == w.step.After.Kind {
		if user == "" {
			user = strconv.Itoa(w.before.uid)
		}
		if group == "" {
			group = strconv.Itoa(w.before.gid)
		}
	}
	if group == "" {
		return user
	}
	return user + ":" + group
}

// judge is the step's undo class. Git does not keep the mode and owner of a
// file that nothing manages, so one that is recreated may come back with others.
func (w work) judge(fresh owner) model.Undo {
	s := w.step
	undo := model.ClassifyFile(w.path, s.Action, s.Before, s.After, s.Effects)
	if s.Action != model.Delete && s.Action != model.Replace || model.UndoClean != undo.Class {
		return undo
	}
	executable, _ := s.Before.Attr("executable")
	if w.before.kind == "file" && w.mode == "" && w.before.perm != freshPerm(executable) {
		return model.Undo{Class: model.UndoDisruptive, LockOut: undo.LockOut,
			Reason: fmt.Sprintf("its mode %04o is not in git: a rollback makes it %04o", w.before.perm, freshPerm(executable))}
	}
	if w.owner == "" && (owner{w.before.uid, w.before.gid}) != fresh {
		was, _ := s.Before.Attr("owner")
		return model.Undo{Class: model.UndoDisruptive, LockOut: undo.LockOut,
			Reason: "its owner " + was + " is not in git: a rollback does not bring it back"}
	}
	return undo
}
