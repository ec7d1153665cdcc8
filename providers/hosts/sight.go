package hosts

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"plumb/model"
)

// sight is what was seen at one path of a host.
type sight struct {
	problem  string // Why it could not be read; all else is then zero.
	exists   bool
	kind     string // "file", "symlink", "directory", "pipe", "socket", "device".
	perm     uint32 // The lower twelve bits of the mode.
	uid, gid int
	user     string // The owner's name, or the id in digits where it has none.
	group    string
	size     int64
	sum      model.Digest // Of a file's content or a link's target.
	link     string
	modified time.Time
}

// mark is a short text that is equal for equal sights. The scripts that write
// on remote hosts compute the same text there, to see whether anything moved.
func (s sight) mark() string {
	hex := strings.TrimPrefix(string(s.sum), "sha256:")
	switch {
	case !s.exists:
		return "absent"
	case s.kind == "file":
		return fmt.Sprintf("file:%o:%d:%d:%s", s.perm, s.uid, s.gid, hex)
	case s.kind == "symlink":
		return fmt.Sprintf("symlink:%d:%d:%s", s.uid, s.gid, hex)
	default:
		return "other"
	}
}

// state is the sight as a live state. The states that it will be compared with
// say which of the many names of an owner they mean.
func (s sight) state(others ...model.State) model.State {
	if !s.exists {
		return model.State{}
	}
	live := model.State{Exists: true, Kind: s.kind, Modified: s.modified, Content: model.Content{Size: s.size, Sum: s.sum}}
	wanted := map[string]string{}
	for _, o := range others {
		live.Sensitive = live.Sensitive || o.Sensitive
		for _, a := range o.Attrs {
			wanted[a.Name] = a.Value
		}
	}
	if s.kind == "symlink" {
		live.Content = model.NewContent([]byte(s.link))
	} else {
		live.Attrs = append(live.Attrs, model.Attr{Name: "mode", Value: fmt.Sprintf("%04o", s.perm)})
	}
	wantUser, wantGroup, _ := strings.Cut(wanted["owner"], ":")
	live.Attrs = append(live.Attrs, model.Attr{Name: "owner", Value: spell(s.user, s.uid, wantUser) + ":" + spell(s.group, s.gid, wantGroup)})
	if w, ok := wanted["user"]; ok {
		live.Attrs = append(live.Attrs, model.Attr{Name: "user", Value: spell(s.user, s.uid, w)})
	}
	if w, ok := wanted["group"]; ok {
		live.Attrs = append(live.Attrs, model.Attr{Name: "group", Value: spell(s.group, s.gid, w)})
	}
	if s.kind == "file" {
		live.Attrs = append(live.Attrs, model.Attr{Name: "executable", Value: yesNo(s.perm&0o100 != 0)})
	}
	return live
}

// spell names an owner in the way that want does: by its id where want is that id.
func spell(name string, id int, want string) string {
	if digits := strconv.Itoa(id); digits == want {
		return digits
	}
	return name
}

// isOurs reports whether plumb may write here: anything but a file or a link is in the way.
func (s sight) isOurs() bool { return !s.exists || s.kind == "file" || s.kind == "symlink" }
