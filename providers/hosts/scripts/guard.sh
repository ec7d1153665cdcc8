# A dead man's switch. It keeps files in a private directory and starts a process that puts
# them back after a time, unless it is told in time that all is well. The directory holds
#
#	list       where the files belong and what to run when they are back, a value per line
#	N.data     the Nth file as it was
#	token      there as long as nothing is decided; who renames it has decided:
#	confirmed  the change stays
#	fired      the change goes
#	pid        of the process that watches
#	now        somebody does not want to wait for the end of the time
#	writing    a file is just being put in place, see put.sh
#	result     how the files came back
#	sudo       sudo asked for no password when the guard was set up
#
# The standard input has a verb, the directory's own part of its name, and what the verb needs.
# The last line of output says how it stands. Run from the directory, it is the process that watches.
umask 077
pause() { sleep "$1" 2>/dev/null || sleep 1; }

# Whether the process that watches for a directory runs. The id alone may be another's by now.
alive() {
	pid=$(cat "$1/pid" 2>/dev/null) && kill -0 "$pid" 2>/dev/null || return 1
	[ ! -r "/proc/$pid/cmdline" ] || tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q -F -e "${1##*/}"
}

# Starts the process so that neither the end of this connection nor that of the ssh server ends it.
launch() {
	rm -f -- "$dir/pid"
	for how in systemd setsid hup; do
		case $how in
		systemd)
			[ -d /run/systemd/system ] && [ "$(id -u)" = 0 ] || continue
			systemd-run --quiet --collect --unit="${dir##*/.}" --setenv=PATH="$PATH" --setenv=HOME="$HOME" \
				/bin/sh "$dir/guard.sh" "$1" "$dir" </dev/null >/dev/null 2>&1 || continue ;;
		setsid)
			command -v setsid >/dev/null 2>&1 || continue
			setsid sh "$dir/guard.sh" "$1" "$dir" </dev/null >/dev/null 2>&1 & ;;
		hup)
			(trap '' HUP && exec sh "$dir/guard.sh" "$1" "$dir") </dev/null >/dev/null 2>&1 & ;;
		esac
		tries=50
		while [ "$tries" -gt 0 ]; do
			[ ! -e "$dir/pid" ] || return 0
			pause 0.1
			tries=$((tries - 1))
		done
	done
	return 1
}

# Calls a function for each kept file, and leaves the commands on the standard input.
each() {
	exec <"$dir/list"
	value; root=$value
	value; ticks=$value
	value; tick=$value
	value; count=$value
	n=0
	while [ "$n" -lt "$count" ]; do
		value; path=$value
		value; before=$value
		value; temp=$value
		n=$((n + 1))
		# What had moved when it was to be kept was not written either.
		[ -e "$dir/$n.moved" ] || "$1"
	done
}
nothing() { :; }
is_back() { [ "$(mark "$path")" = "$before" ]; }
prepare() {
	[ "$before" != absent ] || return 0
	is_back && return 0
	(umask 022 && mkdir -p -- "${path%/*}/") 2>/dev/null
	rm -f -- "$temp"
	cp -a -- "$dir/$n.data" "$temp" || rm -f -- "$temp"
}
remove() { [ "$before" != absent ] || is_back || rm -f -- "$path"; }
put_back() {
	[ "$before" != absent ] || return 0
	is_back && return 0
	# A new directory took the file's place; what is in it is not removed.
	[ -L "$path" ] || [ ! -d "$path" ] || find "$path" -depth -type d -exec rmdir {} \; 2>/dev/null
	# Where there was no room for a copy beside it, the kept file itself has to do.
	mv -f -T -- "$temp" "$path" 2>/dev/null || mv -f -T -- "$dir/$n.data" "$path"
}
judge() {
	is_back || wrong="$wrong$path is not as it was; "
	rm -f -- "$temp"
}

restore() {
	round=0
	while :; do
		round=$((round + 1))
		wrong=
		# All is made ready first, so that the files come back together.
		each prepare 2>/dev/null
		sync
		each remove 2>/dev/null
		each put_back 2>/dev/null
		sync
		each nothing
		value; commands=$value
		while [ "$commands" -gt 0 ]; do
			commands=$((commands - 1))
			value; args=$value
			set --
			while [ "$args" -gt 0 ]; do
				value
				set -- "$@" "$value"
				args=$((args - 1))
			done
			(cd "$root" && exec "$@") </dev/null >"$dir/log" 2>&1 || wrong="${wrong}$1 failed: exit status $?: $(tail -n 1 "$dir/log" | head -c 500); "
		done
		each judge
		[ -n "$wrong" ] && [ "$round" -lt 3 ] || break
		pause 1
	done
	if [ -n "$wrong" ]; then
		say broken "${wrong%; }" >"$dir/result.new"
	else
		say restored '' >"$dir/result.new"
		rm -f -- "$dir"/*.data
	fi
	mv -f -T -- "$dir/result.new" "$dir/result"
}

watch() {
	trap '' HUP
	cd /
	each nothing
	echo $$ >"$dir/pid.new" && mv -f -T -- "$dir/pid.new" "$dir/pid" || exit 0
	while [ "$ticks" -gt 0 ] && [ -e "$dir/token" ] && [ ! -e "$dir/now" ]; do
		pause "$tick"
		ticks=$((ticks - 1))
	done
	# Only one rename of the token succeeds, so what is confirmed is never taken back.
	mv -f -T -- "$dir/token" "$dir/fired" 2>/dev/null || [ "$1" = again ] || exit 0
	tries=100
	while [ -e "$dir/writing" ] && [ "$tries" -gt 0 ]; do
		pause 0.1
		tries=$((tries - 1))
	done
	restore
}

case ${1-} in
watch | again)
	dir=$2
	watch "$1"
	exit 0 ;;
esac

state() {
	if [ -e "$dir/result" ]; then
		cat -- "$dir/result"
	elif [ -e "$dir/confirmed" ]; then
		say confirmed ''
	elif [ -e "$dir/fired" ]; then
		say restoring ''
	elif [ -e "$dir/token" ]; then
		say armed ''
	else
		say gone ''
	fi
	exit 0
}
refuse() {
	rm -rf -- "$dir"
	say refused "$1"
	exit 0
}
# Copies the next value into the list.
keep() {
	value
	printf '%s\n' "$line" >>"$dir/list" || refuse 'the earlier files cannot be kept'
}

arm() {
	[ -n "${HOME-}" ] && [ -d "$HOME" ] && [ -w "$HOME" ] || refuse 'the login has no home directory that it can write to'
	for old in "$HOME"/.plumb-guard-*; do
		[ -d "$old" ] || continue
		if [ ! -e "$old/confirmed" ] && [ ! -e "$old/result" ]; then
			if alive "$old"; then
				say busy ''
				exit 0
			fi
			[ ! -e "$old/token" ] && [ ! -e "$old/fired" ] || echo 'left dead'
		elif [ -e "$old/result" ]; then
			echo 'left fired'
		fi
		rm -rf -- "$old"
	done
	message=$(mkdir -- "$dir" 2>&1) || refuse "the earlier files cannot be kept: $message"
	value
	printf %s "$value" >"$dir/guard.sh" || refuse 'the earlier files cannot be kept'
	value; asks=$value
	keep
	keep
	keep
	keep; count=$value
	n=0
	while [ "$n" -lt "$count" ]; do
		n=$((n + 1))
		keep; path=$value
		keep; before=$value
		keep
		if ! is_back; then
			: >"$dir/$n.moved"
			echo "moved $n"
			continue
		fi
		[ "$before" != absent ] || continue
		message=$(cp -a -- "$path" "$dir/$n.data" 2>&1) || refuse "the earlier $path cannot be kept: $message"
		[ "$(mark "$dir/$n.data")" = "$before" ] || refuse "the earlier $path cannot be kept as it is: this login could not put it back"
	done
	keep; commands=$value
	while [ "$commands" -gt 0 ]; do
		commands=$((commands - 1))
		keep; args=$value
		while [ "$args" -gt 0 ]; do
			keep
			args=$((args - 1))
		done
	done
	if [ -n "$asks" ] && sudo -n true </dev/null >/dev/null 2>&1; then
		: >"$dir/sudo"
	fi
	: >"$dir/token" && sync || refuse 'the earlier files cannot be kept'
	launch watch && [ -e "$dir/token" ] || refuse 'no process could be started that takes the change back'
	say armed ''
	exit 0
}

confirm() {
	[ -e "$dir/token" ] || state
	value; count=$value
	while [ "$count" -gt 0 ]; do
		value; path=$value
		value
		[ "$(mark "$path")" = "$value" ] || { say differs "$path"; exit 0; }
		count=$((count - 1))
	done
	if [ -e "$dir/sudo" ] && ! sudo -n true </dev/null >/dev/null 2>&1; then
		say nosudo ''
		exit 0
	fi
	mv -f -T -- "$dir/token" "$dir/confirmed" 2>/dev/null
	state
}

# Does not put the files back itself: the command that follows might cut this connection.
take() {
	[ -e "$dir/list" ] || state
	if [ ! -e "$dir/confirmed" ] && [ ! -e "$dir/result" ]; then
		: >"$dir/now"
		alive "$dir" || launch again
	fi
	tries=100
	while [ ! -e "$dir/confirmed" ] && [ ! -e "$dir/result" ] && [ "$tries" -gt 0 ]; do
		pause 0.1
		tries=$((tries - 1))
	done
	state
}

IFS= read -r nonce
echo "plumb $nonce"
value; verb=$value
value; dir=${HOME-}/.plumb-guard-$value
case $verb in
arm) arm ;;
confirm) confirm ;;
take) take ;;
clean)
	[ -e "$dir/confirmed" ] || [ -e "$dir/result" ] || state
	rm -rf -- "$dir"
	say gone '' ;;
esac
exit 0
