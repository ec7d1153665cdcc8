package filter

// Word explains one word of the language, for help, completion and documentation.
type Word struct {
	Kind    Kind
	Key     string // What it begins with: "author:", "~"; empty for plain text and for ranges of dates.
	Example string // A whole word, which [Parse] understands.
	About   string // In one line, without a final period.
}

// Words are all words of the language, in the order in which people learn them.
func Words() []Word {
	return []Word{
		{Text, "", "nginx", "in the message; quote several words: \"load balancer\"; with a capital, exactly so"},
		{Fuzzy, "~", "~ngx", "these letters in this order in the message"},
		{Author, "author:", "author:ann", "part of the author's name or address"},
		{Committer, "committer:", "committer:ann", "part of the committer's name or address"},
		{Dates, "since:", "since:2h", "committed since: 90s, 15m, 2h, 3d, 2w, 6mo, 1y, today, yesterday, monday, 14:05, 2026-08-01; also after:"},
		{Dates, "until:", "until:yesterday", "committed until the end of; also before:"},
		{Dates, "", "2026-08-01..2026-08-31", "committed between, both days included; either may be left out"},
		{Path, "path:", "path:live/**/*.tf", "changes a path, or something below it: * within a directory, ** across"},
		{File, "file:", "file:hosts/web-1/etc/motd", "the history of one file or directory, renames followed"},
		{Environment, "env:", "env:production", "changes something of the environment; also touches:"},
		{Target, "target:", "target:production/web", "changes something of the target"},
		{Resource, "resource:", "resource:web-1:/etc/motd", "changes the resource with this address"},
		{Adds, "adds:", "adds:max_connections", "adds or removes this text; also -S, as in git"},
		{Changes, "changes:", "changes:replicas:.*[0-9]+", "changes a line that matches this expression; also -G, as in git"},
		{Trailer, "trailer:", "trailer:Reviewed-by=ann", "has this trailer, with this in it"},
		{Is, "is:merge", "is:merge", "has several parents"},
		{Is, "is:request", "is:request", "merged a pull or merge request"},
		{Is, "is:production", "is:production", "touches production; also touches:production"},
		{Is, "is:live", "is:live", "is live in an environment"},
		{Is, "is:pending", "is:pending", "waits to be applied in an environment"},
		{Is, "is:signed", "is:signed", "carries a signature"},
		{Revision, "in:", "in:v1.4..main", "reachable from a branch, or in a range of revisions"},
	}
}

// aliases are keys that stand for others, which the words explain.
var aliases = map[string]string{
	"after": "since:", "before": "until:", "environment": "env:", "touches": "env:", "-S": "adds:", "-G": "changes:",
}

// hintFor tells what belongs after a key, with the example of the word it stands for.
func hintFor(key string) string {
	name, ok := aliases[key]
	if !ok {
		name = key + ":"
	}
	if key == "is" {
		name = "is:merge"
	}
	for _, w := range Words() {
		if w.Key == name {
			return "as in " + w.Example + ": " + w.About
		}
	}
	return ""
}

// isValues are the values of is:, as the words teach them.
func isValues() []string {
	return []string{IsMerge, IsRequest, IsProduction, IsLive, IsPending, IsSigned}
}
