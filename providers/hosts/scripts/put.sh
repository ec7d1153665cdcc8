# Changes one path, if it still is as it was seen: it verifies, writes beside the
# path, verifies again and renames. The standard input has what is to be done, a
# value per line in base64, and after that the content. A last line of output says how
# it ended: nothing of a change that "failed" or "moved" is in effect.
IFS= read -r nonce
echo "plumb $nonce"

fail() {
	say failed "$1"
	exit 0
}
try() {
	what=$1
	shift
	message=$("$@" 2>&1) || fail "$what: $message"
}
# Not every sync takes names.
durable() { sync -- "$1" 2>/dev/null || sync; }
# Puts back what the renamed file took the place of.
restore() {
	if [ "$before" = absent ]; then
		rm -f -- "$path"
	else
		mv -f -T -- "$temp.old" "$path"
	fi
}
# While a guard watches over the change, see guard.sh, either it finds this directory and waits, or
# this finds its token gone and writes nothing: what was taken back stays so.
entered=
enter() {
	[ -n "$guard" ] || return 0
	late='the time is over, and the host takes the change back'
	mkdir -- "$HOME/.plumb-guard-$guard/writing" 2>/dev/null || fail "$late"
	entered=$HOME/.plumb-guard-$guard
	[ -e "$entered/token" ] || fail "$late"
}
leave() {
	[ -z "$entered" ] || rmdir -- "$entered/writing" 2>/dev/null
	entered=
}
doubtful=
clean() {
	leave
	[ -z "$doubtful" ] || restore
	rm -f -- "$temp" "$temp.old" "$temp.log"
}

value; root=$value
value; guard=$value
value; path=$value
value; temp=$value
value; before=$value
value; kind=$value
value; sum=$value
value; perm=$value
value; owner=$value
value; when=$value
value; count=$value
set --
while [ "$count" -gt 0 ]; do
	value
	set -- "$@" "$value"
	count=$((count - 1))
done
dir=${path%/*}
dir=${dir:-/}

[ "$(mark "$path")" = "$before" ] || { say moved ''; exit 0; }
trap clean EXIT
trap 'exit 1' HUP INT TERM

case $kind in
file | symlink)
	umask 022
	try 'make its directory' mkdir -p -- "$dir" ;;
esac
umask 077
case $kind in
file)
	set -C
	message=$( (: >"$temp") 2>&1) || fail "write: $message"
	set +C
	case $before in
	# Access lists and labels come along where cp can take them; the rights follow below.
	file:*) cp --attributes-only --preserve=all -- "$path" "$temp" 2>/dev/null ;;
	esac
	try 'set the mode' chmod 600 "$temp"
	message=$(cat 2>&1 >"$temp") || fail "write: $message"
	touch -- "$temp"
	[ "$(sha256sum <"$temp" | cut -c 1-64)" = "$sum" ] || fail 'write: the content did not arrive whole'
	[ -z "$owner" ] || try "set the owner to $owner" chown -- "$owner" "$temp"
	try 'set the mode' chmod "$perm" "$temp"
	durable "$temp" ;;
symlink)
	target=$(cat && printf x)
	target=${target%x}
	[ "$(printf %s "$target" | sha256sum | cut -c 1-64)" = "$sum" ] || fail 'write: the link did not arrive whole'
	try 'write' ln -s -- "$target" "$temp"
	[ -z "$owner" ] || try "set the owner to $owner" chown -h -- "$owner" "$temp" ;;
esac
if [ "$when" = first ]; then
	(cd "$root" && exec "$@") </dev/null >"$temp.log" 2>&1 || fail "check failed: exit status $?: $(tail -n 1 "$temp.log" | head -c 1000)"
fi
if [ "$when" = after ] && [ "$before" != absent ]; then
	try 'keep the earlier file' ln -- "$path" "$temp.old"
fi
enter
[ "$(mark "$path")" = "$before" ] || { say moved ''; exit 0; }
[ "$when" != after ] || doubtful=yes
if [ -z "$kind" ]; then
	try 'delete' rm -f -- "$path"
else
	try 'put in place' mv -f -T -- "$temp" "$path"
fi
leave
if [ "$when" = after ]; then
	if (cd "$root" && exec "$@") </dev/null >"$temp.log" 2>&1; then
		doubtful=
	else
		why="check failed: exit status $?: $(tail -n 1 "$temp.log" | head -c 1000)"
		message=$(restore 2>&1) || { doubtful=; say lost "$why; the earlier file could not be put back: $message"; exit 0; }
		doubtful=
		durable "$dir"
		fail "$why; the earlier file is back"
	fi
fi
durable "$dir"
say done "$(mark "$path")"
