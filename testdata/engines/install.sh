#!/usr/bin/env bash
# Installs what the tests need beside Go, git and make, and nothing that is there already.
#
#   install.sh          the engines: OpenSSH's client and server, busybox, whose tools some hosts have, and GnuPG, which signs commits
#   install.sh cc       the C compiler that the race detector is linked with
set -euo pipefail

# Debian keeps sshd where only root's PATH looks.
PATH=$PATH:/usr/sbin:/sbin

# as_root runs a command as root.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "install.sh: this needs root, and there is no sudo: $*" >&2
		exit 1
	fi
}

# install_packages installs Debian packages without a question and without starting their services.
install_packages() {
	if ! command -v apt-get >/dev/null; then
		echo "install.sh: there is no apt-get on this machine; install these packages by hand: $*" >&2
		exit 1
	fi
	echo "install.sh: installing $*"
	# A test machine is not to accept logins because of us: exit status 101 of
	# policy-rc.d keeps a package from starting its service.
	local policy=/usr/sbin/policy-rc.d
	if [ ! -e "$policy" ]; then
		# shellcheck disable=SC2064 # The path is to be fixed now.
		trap "as_root rm -f $policy" EXIT
		printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
		as_root chmod 0755 "$policy"
	fi
	as_root apt-get update -q
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

ssh_engine() {
	local missing=() program
	for program in ssh ssh-keygen; do
		command -v "$program" >/dev/null || missing=(openssh-client)
	done
	local fresh=no
	if ! command -v sshd >/dev/null; then
		missing+=(openssh-server)
		fresh=yes
	fi
	command -v busybox >/dev/null || missing+=(busybox)
	command -v gpg >/dev/null && command -v gpg-agent >/dev/null || missing+=(gnupg)
	if [ "${#missing[@]}" -gt 0 ]; then
		install_packages "${missing[@]}"
	fi
	# Nor is it to accept them after the next boot.
	if [ "$fresh" = yes ] && [ -d /run/systemd/system ]; then
		as_root systemctl disable --quiet ssh.service ssh.socket || true
	fi
	# The directory that sshd wants before it listens; its service would have made it.
	[ -d /run/sshd ] || as_root install -d -m 0755 /run/sshd
}

case ${1-engines} in
engines) ssh_engine ;;
cc) command -v "$(go env CC)" >/dev/null || install_packages gcc libc6-dev ;;
*)
	echo "install.sh: unknown: $1; use no argument, or cc" >&2
	exit 1
	;;
esac
