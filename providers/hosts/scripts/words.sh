# What the scripts that change a host have in common; it stands before each of them.
LC_ALL=C
export LC_ALL

# The next value of the standard input, a line of base64.
value() {
	IFS= read -r line || exit 1
	value=$(printf %s "$line" | base64 -d && printf x) || exit 1
	value=${value%x}
}
say() {
	printf '%s ' "$1"
	printf %s "$2" | base64 | tr -d '\n'
	echo
}
# The same text as sight.mark makes of what look.sh saw.
mark() {
	if [ -L "$1" ]; then
		printf 'symlink:%s:%s' "$(stat -c %u:%g -- "$1")" "$(readlink -n -- "$1" | sha256sum | cut -c 1-64)"
	elif [ -f "$1" ]; then
		printf 'file:%s:%s' "$(stat -c %a:%u:%g -- "$1")" "$(sha256sum <"$1" | cut -c 1-64)"
	elif [ -e "$1" ]; then
		printf other
	else
		printf absent
	fi
}

