package hosts

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"plumb/model"
)

// guard marks the steps on a host that are carried out under a guard, and says so in their effects. These
// are all that can shut the operator out, and what cannot be told from them: files that share a
// reload command with one, so that it runs once, and those that one has to make room for.
func (p *Provider) guard(works []work, target model.Target, h model.Host) {
	guarded := make([]bool, len(works))
	var dangerous []int
	add := func(i int) {
		if !guarded[i] {
			guarded[i] = true
			dangerous = append(dangerous, i)
		}
	}
	for i, w := range works {
		if w.step.Undo.LockOut || p.guardAll {
			add(i)
		}
	}
	if len(dangerous) == 0 {
		return
	}
	if h.SSH == "" {
		for _, i := range dangerous {
			works[i].step.Effects = append(works[i].step.Effects, model.EffectGuard+"none, the host is a directory of this machine")
		}
		return
	}
	for n := 0; n < len(dangerous); n++ {
		d := works[dangerous[n]]
		for i, w := range works {
			if len(w.reload) > 0 && slices.Equal(w.reload, d.reload) || strings.HasPrefix(w.path, d.path+"/") || strings.HasPrefix(d.path, w.path+"/") {
				add(i)
			}
		}
	}
	within := or(target.ConfirmWithin, p.opt.Limits.Confirm)
	for _, i := range dangerous {
		works[i].guard = within
		works[i].step.Effects = append(works[i].step.Effects, model.EffectGuard+"taken back after "+seconds(within)+" unless a new connection confirms")
	}
}

// seconds writes a time as people count it down.
func seconds(d time.Duration) string {
	return fmt.Sprintf("%g s", d.Seconds())
}

// concernsSudo reports whether the steps could take away the right to become root, or need it.
func concernsSudo(works []work) bool {
	runs := func(argv []string) bool { return len(argv) > 0 && path.Base(argv[0]) == "sudo" }
	return slices.ContainsFunc(works, func(w work) bool {
		return runs(w.check) || runs(w.reload) || strings.Contains(w.path, "/sudo") || strings.Contains(w.path, "/pam") || strings.HasPrefix(w.path, "/etc/security/") ||
			slices.Contains([]string{"/etc/nsswitch.conf", "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow"}, w.path)
	})
}
