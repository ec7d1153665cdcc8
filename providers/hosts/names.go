package hosts

import (
	"fmt"
	"os/user"
	"strconv"
	"strings"
	"sync"
)

// names remembers this machine's users and groups, which are slow to look up.
// The zero value is ready, and may be used from several goroutines at once.
type names struct{ users, groups sync.Map }

func (n *names) user(uid int) string {
	return remember(&n.users, uid, func(id string) (string, error) {
		u, err := user.LookupId(id)
		if err != nil {
			return "", err
		}
		return u.Username, nil
	})
}

func (n *names) group(gid int) string {
	return remember(&n.groups, gid, func(id string) (string, error) {
		g, err := user.LookupGroupId(id)
		if err != nil {
			return "", err
		}
		return g.Name, nil
	})
}

// remember finds the name of an id; one without a name is called by its digits.
func remember(known *sync.Map, id int, find func(string) (string, error)) string {
	if name, ok := known.Load(id); ok {
		return name.(string)
	}
	digits := strconv.Itoa(id)
	name, err := find(digits)
	if err != nil || name == "" {
		name = digits
	}
	known.Store(id, name)
	return name
}

// ids turns an owner in chown's way into numbers; -1 stands for what it does not say.
func ids(owner string) (uid, gid int, err error) {
	uid, gid = -1, -1
	name, group, _ := strings.Cut(owner, ":")
	if name != "" {
		if uid, err = strconv.Atoi(name); err != nil {
			u, err := user.Lookup(name)
			if err != nil {
				return -1, -1, fmt.Errorf("there is no user %s on the host", name)
			}
			uid, _ = strconv.Atoi(u.Uid)
		}
	}
	if group != "" {
		if gid, err = strconv.Atoi(group); err != nil {
			g, err := user.LookupGroup(group)
			if err != nil {
				return -1, -1, fmt.Errorf("there is no group %s on the host", group)
			}
			gid, _ = strconv.Atoi(g.Gid)
		}
	}
	return uid, gid, nil
}
