#!/bin/sh
# sshd-up.sh RUNDIR PORT [PATH]
#
# Plays a host: runs a throw-away OpenSSH server on 127.0.0.1 in the foreground
# until it is killed, for any user, by key only. Keys and configuration go to
# RUNDIR, whose last element is the host's name: "ssh -F RUNDIR/client NAME"
# logs in as whoever runs this. PATH, if given, is the search path of what runs there,
# so that a directory of busybox links plays a small host. The server says
# "Server listening" on its standard error when it can be reached.
set -eu
run=$1 port=$2 search=${3:-}
sshd=$(command -v sshd || echo /usr/sbin/sshd)
[ -x "$sshd" ] || { echo "sshd-up.sh: no sshd: install openssh-server" >&2; exit 3; }

umask 077
mkdir -p "$run/home"
cd "$run"
run=$PWD
name=${run##*/}
# The server insists on this directory when root runs it.
[ "$(id -u)" -ne 0 ] || mkdir -p -m 0755 /run/sshd

for key in host user; do
	[ -e "$key" ] || ssh-keygen -q -t ed25519 -N '' -C "plumb test $key" -f "$key"
done
cp user.pub authorized_keys

cat >server <<C
ListenAddress 127.0.0.1
Port $port
HostKey "$run/host"
PidFile none
AuthorizedKeysFile "$run/authorized_keys"
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
MaxStartups 100
MaxSessions 100
UseDNS no
PrintMotd no
C
# A shell's start-up files run for every command: an empty home has none.
if [ -n "$search" ]; then
	echo "SetEnv HOME=\"$run/home\" PATH=\"$search\"" >>server
else
	echo "SetEnv HOME=\"$run/home\"" >>server
fi

cat >client <<C
Host $name
  HostName 127.0.0.1
  Port $port
  User $(id -un)
  IdentityFile "$run/user"
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile "$run/known_hosts"
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  KexAlgorithms curve25519-sha256
C
printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 host.pub)" >known_hosts

exec "$sshd" -D -e -f "$run/server"
