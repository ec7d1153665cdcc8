package model

import "testing"

// TestFileStepsAreNeverCalledMilderThanTheyAre is the table of undo classes for files.
func TestFileStepsAreNeverCalledMilderThanTheyAre(t *testing.T) {
	file := func(data string) State { return State{Exists: true, Kind: "file", Content: NewContent([]byte(data))} }
	link := State{Exists: true, Kind: "symlink", Content: NewContent([]byte("a"))}
	huge := State{Exists: true, Kind: "file", Content: Content{Size: 3 << 30, Sum: "sha256:00", Omitted: "3 GiB, not loaded"}}
	none := State{}
	for _, c := range []struct {
		name          string
		path          string
		action        Action
		before, after State
		effects       []string
		class         UndoClass
		lockOut       bool
	}{
		{"update", "/etc/motd", Update, file("1"), file("2"), nil, UndoClean, false},
		{"create", "/etc/motd", Create, none, file("2"), nil, UndoClean, false},
		{"delete", "/etc/motd", Delete, file("1"), none, nil, UndoClean, false},
		{"empty file", "/etc/motd", Delete, file(""), none, nil, UndoClean, false},
		{"content not kept", "/srv/db", Update, huge, file("2"), nil, UndoLossy, false},
		{"content not kept, and locks out", "/etc/ssh/sshd_config", Update, huge, file("2"), nil, UndoLossy, true},
		{"kind", "/etc/motd", Replace, file("1"), link, nil, UndoDisruptive, false},
		{"a directory goes", "/etc/motd", Replace, State{Exists: true, Kind: "directory"}, file("1"), nil, UndoLossy, false},

		{"check", "/etc/motd", Update, file("1"), file("2"), []string{"check: nginx -t -c {}"}, UndoClean, false},
		{"reload", "/etc/motd", Update, file("1"), file("2"), []string{"reload: systemctl reload nginx"}, UndoClean, false},
		{"HUP", "/etc/motd", Update, file("1"), file("2"), []string{"reload: pkill -HUP rsyslogd"}, UndoClean, false},
		{"daemon-reload", "/etc/motd", Update, file("1"), file("2"), []string{"reload: systemctl daemon-reload"}, UndoClean, false},
		{"restart", "/etc/motd", Update, file("1"), file("2"), []string{"reload: systemctl restart nginx"}, UndoDisruptive, false},
		{"reload-or-restart", "/etc/motd", Update, file("1"), file("2"), []string{"reload: systemctl reload-or-restart nginx"}, UndoDisruptive, false},
		{"stop", "/etc/motd", Update, file("1"), file("2"), []string{"reload: service nginx stop"}, UndoDisruptive, false},
		{"reboot", "/etc/motd", Update, file("1"), file("2"), []string{"reload: reboot"}, UndoDisruptive, false},
		{"kill -9 with reload in its name", "/etc/motd", Update, file("1"), file("2"), []string{"reload: kill -9 reload"}, UndoDisruptive, false},
		{"unknown command", "/etc/motd", Update, file("1"), file("2"), []string{"reload: newaliases"}, UndoDisruptive, false},
		{"shell that says reload", "/etc/motd", Update, file("1"), file("2"), []string{"reload: sh -c 'reload; rm x'"}, UndoDisruptive, false},
		{"quoted word that says reload", "/etc/motd", Update, file("1"), file("2"), []string{"reload: run 'x reload y'"}, UndoDisruptive, false},
		{"env hides a program", "/etc/motd", Update, file("1"), file("2"), []string{"reload: /usr/bin/env x reload"}, UndoDisruptive, false},
		{"guard", "/etc/motd", Update, file("1"), file("2"), []string{"guard: taken back after 60 s unless a new connection confirms"}, UndoClean, false},
		{"unknown effect", "/etc/motd", Update, file("1"), file("2"), []string{"mails everybody"}, UndoDisruptive, false},
		{"both", "/etc/motd", Update, file("1"), file("2"), []string{"check: x", "reload: x"}, UndoDisruptive, false},

		{"sshd_config", "/etc/ssh/sshd_config", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"sshd_config.d", "/etc/ssh/sshd_config.d/10.conf", Create, none, file("2"), nil, UndoDisruptive, true},
		{"sshd_config elsewhere", "/usr/local/etc/ssh/sshd_config", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"authorized_keys", "/home/a/.ssh/authorized_keys", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"sudoers", "/etc/sudoers", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"sudoers.d", "/etc/sudoers.d/ops", Delete, file("1"), none, nil, UndoDisruptive, true},
		{"pam", "/etc/pam.d/sshd", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"nsswitch", "/etc/nsswitch.conf", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"passwd", "/etc/passwd", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"shadow-", "/etc/shadow-", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"nftables", "/etc/nftables.conf", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"iptables", "/etc/iptables/rules.v4", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"ufw", "/etc/ufw/user.rules", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"firewalld", "/etc/firewalld/zones/public.xml", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"netplan", "/etc/netplan/01.yaml", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"interfaces", "/etc/network/interfaces", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"NetworkManager", "/etc/NetworkManager/system-connections/a", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"systemd-network", "/etc/systemd/network/10.network", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"resolv.conf", "/etc/resolv.conf", Replace, link, file("2"), nil, UndoDisruptive, true},
		{"hosts", "/etc/hosts", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"fstab", "/etc/fstab", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"crypttab", "/etc/crypttab", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"grub", "/etc/default/grub", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"boot", "/boot/grub/grub.cfg", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"a path that tries to hide", "/etc/x/../ssh//sshd_config", Update, file("1"), file("2"), nil, UndoDisruptive, true},
		{"hosts of another program", "/etc/ansible/hosts", Update, file("1"), file("2"), nil, UndoClean, false},
		{"motd beside ssh", "/etc/ssh-motd", Update, file("1"), file("2"), nil, UndoClean, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ClassifyFile(c.path, c.action, c.before, c.after, c.effects)
			if got.Class != c.class || got.LockOut != c.lockOut {
				t.Errorf("got %s (lock-out %v), want %s (%v): %s", got.Class, got.LockOut, c.class, c.lockOut, got.Reason)
			}
			if got.Reason == "" {
				t.Error("no reason")
			}
		})
	}
}
