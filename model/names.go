package model

// Hash is the full hexadecimal id of a git object. The empty hash stands for "none".
type Hash string

// Short is the abbreviated form for people: seven characters.
func (h Hash) Short() string {
	if len(h) > 7 {
		return string(h[:7])
	}
	return string(h)
}

// Address names one resource within its target, in the words of its engine:
// "web-2:/etc/nginx/nginx.conf" for a file on a host. Providers build addresses
// of printable characters only, so an address that was shown can be typed back.
type Address string

// Digest is an algorithm and a checksum: "sha256:9f86d0…".
type Digest string

// Short is the abbreviated form for people: the first eight digits of the checksum.
func (d Digest) Short() string {
	s := string(d)
	if i := len("sha256:"); len(s) > i+8 {
		return s[i : i+8]
	}
	return s
}

// ChangeID names a change: "restore-web-2-3f9c". It is also the last part of its branch's name.
type ChangeID string

// Branch is the branch on which the commits of a sealed change wait.
func (id ChangeID) Branch() string { return "refs/heads/plumb/" + string(id) }

// RunID names one execution of a change.
type RunID string
