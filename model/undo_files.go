package model

import (
	"path"
	"slices"
	"strings"
)

// The words with which the effects of a step on a file start. What follows is
// the command, its arguments separated by spaces.
const (
	EffectCheck  = "check: "  // Runs before the file takes effect, and changes nothing.
	EffectReload = "reload: " // Runs after the file took effect.
	EffectGuard  = "guard: "  // How the host itself takes the step back when nobody gets in any more; words, no command.
)

// ClassifyFile judges whether a step on a file can be taken back. It is never
// milder than the truth: what it does not know, it calls disruptive or worse.
// before must hold its content for the step to be anything better than lossy,
// because the bytes that are kept are the only ones that can come back.
func ClassifyFile(name string, action Action, before, after State, effects []string) Undo {
	undo := Undo{Class: UndoClean}
	switch action {
	case Create:
		undo.Reason = "the file was not there and is deleted again"
	case Delete:
		undo.Reason = "the earlier file is kept and comes back to the byte"
	default:
		undo.Reason = "the earlier file is kept and comes back to the byte"
	}
	worsen := func(class UndoClass, reason string) {
		if class.WorseThan(undo.Class) {
			undo.Class, undo.Reason = class, reason
		}
	}
	if before.Exists && before.Kind == "file" && before.Content.Data == nil && before.Content.Size > 0 {
		why := before.Content.Omitted
		if why == "" {
			why = "it was not loaded"
		}
		worsen(UndoLossy, "the earlier content is not kept: "+why)
	}
	if reason := lockOut(name); reason != "" {
		undo.LockOut = true
		worsen(UndoDisruptive, reason)
	}
	if before.Exists && after.Exists && before.Kind != after.Kind {
		worsen(UndoDisruptive, "a "+before.Kind+" becomes a "+after.Kind)
	}
	if before.Exists && before.Kind != "file" && before.Kind != "symlink" {
		worsen(UndoLossy, "plumb cannot put a "+before.Kind+" back")
	}
	for _, e := range effects {
		if class, reason := classifyEffect(e); class != UndoClean {
			worsen(class, reason)
		}
	}
	return undo
}

// classifyEffect judges the command that a step runs beside writing its file.
func classifyEffect(effect string) (UndoClass, string) {
	if strings.HasPrefix(effect, EffectCheck) || strings.HasPrefix(effect, EffectGuard) {
		return UndoClean, ""
	}
	command, isReload := strings.CutPrefix(effect, EffectReload)
	words := strings.Fields(command)
	if !isReload || len(words) == 0 {
		return UndoDisruptive, "does more than write a file: " + effect
	}
	unknown := "runs " + command + ", plumb does not know what it does"
	for _, w := range words {
		for _, part := range []string{"restart", "stop", "boot", "halt", "poweroff", "shutdown", "-9", "-KILL", "-TERM"} {
			if strings.Contains(w, part) {
				return UndoDisruptive, "interrupts a service: " + command
			}
		}
	}
	if isShell(words[0]) || strings.ContainsAny(command, "'\"`$;|&<>(){}\\\n") {
		return UndoDisruptive, unknown
	}
	if slices.ContainsFunc(words, func(w string) bool {
		return w == "reload" || w == "daemon-reload" || w == "-HUP" || w == "--reload"
	}) {
		return UndoClean, ""
	}
	return UndoDisruptive, unknown
}

// isShell reports programs whose arguments are programs themselves.
func isShell(program string) bool {
	switch path.Base(program) {
	case "sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "busybox", "python", "python3", "perl", "ruby", "env", "xargs":
		return true
	}
	return false
}

// lockOuts are the files that decide whether an operator can still reach a host
// and become root on it. A pattern that ends with a slash stands for all below it;
// one without a slash at its start matches a last element anywhere.
var lockOuts = []struct {
	reason   string
	patterns []string
}{
	{"decides who can log in over ssh, and can lock you out", []string{
		"/etc/ssh/", "sshd_config", "sshd_config.d/", "authorized_keys", "authorized_keys2", "/etc/hosts.allow", "/etc/hosts.deny", "/etc/nologin"}},
	{"decides who can become root, and can lock you out", []string{
		"/etc/sudoers", "/etc/sudoers.d/", "/etc/sudo.conf", "/etc/doas.conf", "/etc/polkit-1/", "/etc/securetty"}},
	{"decides who can log in, and can lock you out", []string{
		"/etc/pam.d/", "/etc/pam.conf", "/etc/security/", "/lib/security/", "/etc/nsswitch.conf", "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow",
		"/etc/login.defs", "/etc/shells", "/etc/sssd/", "/etc/krb5.conf", "/etc/ldap/", "/etc/selinux/"}},
	{"is part of the firewall, and can cut the host off", []string{
		"/etc/nftables.conf", "/etc/nftables/", "/etc/nftables.d/", "/etc/iptables/", "/etc/sysconfig/iptables", "/etc/sysconfig/ip6tables", "/etc/ufw/", "/etc/default/ufw", "/etc/firewalld/",
		"/etc/fail2ban/", "/etc/shorewall/", "/etc/ferm/"}},
	{"is part of the network's set-up, and can cut the host off", []string{
		"/etc/netplan/", "/etc/network/", "/etc/NetworkManager/", "/etc/systemd/network/", "/etc/systemd/resolved.conf", "/etc/systemd/resolved.conf.d/", "/etc/systemd/networkd.conf",
		"/etc/sysconfig/network", "/etc/sysconfig/network-scripts/", "/etc/resolv.conf", "/etc/hosts", "/etc/hostname", "/etc/dhcpcd.conf", "/etc/dhcp/", "/etc/iproute2/", "/etc/wireguard/", "/etc/udev/rules.d/"}},
	{"decides whether the host boots", []string{
		"/etc/fstab", "/etc/crypttab", "/etc/default/grub", "/etc/default/grub.d/", "/etc/grub.d/", "/boot/", "/efi/", "/etc/modprobe.d/", "/etc/modules", "/etc/modules-load.d/", "/etc/initramfs-tools/",
		"/etc/dracut.conf", "/etc/dracut.conf.d/", "/etc/mkinitcpio.conf", "/etc/kernel/", "/etc/sysctl.conf", "/etc/sysctl.d/", "/etc/inittab", "/etc/ld.so.conf", "/etc/ld.so.conf.d/", "/etc/ld.so.preload"}},
	{"belongs to a service without which you cannot log in", []string{
		"/etc/systemd/system/ssh.service", "/etc/systemd/system/ssh.socket", "/etc/systemd/system/sshd.service", "/etc/systemd/system/ssh.service.d/", "/etc/systemd/system/sshd.service.d/",
		"/lib/systemd/system/ssh.service", "/usr/lib/systemd/system/sshd.service", "/etc/default/ssh", "/etc/sysconfig/sshd"}},
}

// lockOut says why a file can shut the operator out, or is empty.
func lockOut(name string) string {
	clean := path.Clean("/" + name)
	// The same file is often reached through /usr/local/etc or /usr.
	candidates := []string{clean}
	for _, prefix := range []string{"/usr/local", "/usr"} {
		if rest, ok := strings.CutPrefix(clean, prefix); ok && strings.HasPrefix(rest, "/") {
			candidates = append(candidates, rest)
		}
	}
	for _, group := range lockOuts {
		for _, pattern := range group.patterns {
			for _, c := range candidates {
				if matchesLockOut(pattern, c) {
					return group.reason
				}
			}
		}
	}
	return ""
}

func matchesLockOut(pattern, name string) bool {
	dir, isDir := strings.CutSuffix(pattern, "/")
	switch {
	case isDir && strings.HasPrefix(dir, "/"):
		return strings.HasPrefix(name, pattern) || name == dir
	case isDir:
		return strings.Contains(name, "/"+pattern)
	case strings.HasPrefix(pattern, "/"):
		// Backups and variants beside the file (passwd-, sudoers.dpkg-new) do no harm to rate alike.
		return name == pattern || strings.HasPrefix(name, pattern+"-") || strings.HasPrefix(name, pattern+".")
	default:
		return path.Base(name) == pattern
	}
}
