# Runs a command whose arguments come on the standard input, a value per line in
# base64 behind their number, in the directory that comes first. Its output goes to a file, because a daemon
# that it starts may hold a pipe open for ever.
IFS= read -r nonce
echo "plumb $nonce"
value; root=$value
value; count=$value
set --
while [ "$count" -gt 0 ]; do
	value
	set -- "$@" "$value"
	count=$((count - 1))
done
log=$(mktemp 2>/dev/null) || log=/dev/null
(cd "$root" && exec "$@") </dev/null >"$log" 2>&1
status=$?
printf 'exit %s ' "$status"
head -c 4096 "$log" | base64 | tr -d '\n'
echo
[ "$log" = /dev/null ] || rm -f -- "$log"
