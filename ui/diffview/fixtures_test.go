package diffview

import (
	"fmt"

	"plumb/model/diff"
	"plumb/model/text"
)

// spans makes a line of parts; every second one differs from the other side.
func spans(parts ...string) []diff.Span {
	var out []diff.Span
	for i, p := range parts {
		if p != "" {
			out = append(out, diff.Span{Text: text.Clean(p), Changed: i%2 == 1})
		}
	}
	return out
}

func line(number int, parts ...string) diff.Line {
	if number == 0 {
		return diff.Line{}
	}
	return diff.Line{Number: number, Spans: spans(parts...)}
}

func equal(old, new int, s string) diff.Row {
	return diff.Row{Op: diff.Equal, Old: line(old, s), New: line(new, s)}
}

func insert(n int, s string) diff.Row { return diff.Row{Op: diff.Insert, New: line(n, s)} }

func remove(n int, s string) diff.Row { return diff.Row{Op: diff.Delete, Old: line(n, s)} }

func change(old, new diff.Line) diff.Row { return diff.Row{Op: diff.Change, Old: old, New: new} }

// nginx is a live file that somebody edited by hand.
func nginx() diff.File {
	last := insert(41, "# end")
	last.New.NoFinal = true
	return diff.File{
		OldPath: text.Lit("hosts/web/nginx.conf"), NewPath: text.Lit("hosts/web/nginx.conf"),
		OldLabel: "git a1b2c3d", NewLabel: "live", Added: 5, Removed: 3, After: 1,
		Attrs: []diff.AttrChange{{Name: "mode", Old: "0644", New: "0640"}, {Name: "owner", New: "www-data:www-data"}},
		Hunks: []diff.Hunk{
			{Skipped: 11, Rows: []diff.Row{
				equal(12, 12, "worker_processes auto; # one for each core"),
				equal(13, 13, "events {"),
				change(line(14, "\tworker_connections ", "1024", ";"), line(14, "\tworker_connections ", "4096", ";")),
				equal(15, 15, "}"),
			}},
			{Skipped: 18, Heading: text.Lit("http › server"), Rows: []diff.Row{
				equal(34, 34, "    listen 443 ssl;"),
				insert(35, "    access_log off;"),
				insert(36, "    error_page 502 /down.html; # 日本語のコメント、とても長いので、狭い画面では切られます"),
				remove(35, "    access_log /var/log/nginx/access.log main buffer=64k flush=5m if=$loggable;"),
				change(line(36, "    ssl_certificate ", "/etc/ssl/old", "/fullchain.pem;"),
					line(37, "    ssl_certificate ", "/etc/letsencrypt/live/example.org", "/fullchain.pem;")),
				equal(37, 38, "    location / { proxy_pass http://127.0.0.1:8080; proxy_set_header Host $host; proxy_set_header X-Real-IP $remote_addr; }"),
				last,
			}},
		},
	}
}

// volume is a commit's edit of a Terraform file.
func volume() diff.File {
	return diff.File{
		OldPath: text.Lit("live/production/db/main.tf"), NewPath: text.Lit("live/production/db/disk.tf"),
		OldMode: "100644", NewMode: "100755", OldLabel: "9f3e21c", NewLabel: "a1b2c3d", Added: 1, Removed: 1,
		Hunks: []diff.Hunk{{Skipped: 40, Heading: text.Lit(`resource "aws_ebs_volume" "data"`), Rows: []diff.Row{
			equal(41, 41, `resource "aws_ebs_volume" "data" {`),
			change(line(42, `  availability_zone = "eu-central-1`, "a", `"`), line(42, `  availability_zone = "eu-central-1`, "b", `"`)),
			equal(43, 43, `  encrypted         = true`),
			equal(44, 44, "}"),
		}}},
	}
}

// policy is a new file, dropped an old one.
func policy() diff.File {
	return diff.File{
		NewPath: text.Lit("kubernetes/shop/networkpolicy.yaml"), OldLabel: "9f3e21c", NewLabel: "a1b2c3d", Added: 4,
		Hunks: []diff.Hunk{{Rows: []diff.Row{
			insert(1, "kind: NetworkPolicy"), insert(2, "metadata:"), insert(3, "  name: shop # only the front"), insert(4, `  ports: [{ port: 8080, name: "http" }]`),
		}}},
	}
}

func dropped() diff.File {
	return diff.File{
		OldPath: text.Lit("hosts/web/motd"), OldLabel: "9f3e21c", NewLabel: "a1b2c3d", Removed: 1,
		Hunks: []diff.Hunk{{Rows: []diff.Row{remove(1, "Welcome")}}},
	}
}

func icon() diff.File {
	return diff.File{
		OldPath: text.Lit("hosts/web/favicon.ico"), NewPath: text.Lit("hosts/web/favicon.ico"),
		OldLabel: "9f3e21c", NewLabel: "a1b2c3d", Note: text.Lit("binary, 3 KiB → 4 KiB"),
	}
}

// long is a file of n rows in hunks of 50, every tenth of them changed.
func long(n int) diff.File {
	f := diff.File{OldPath: text.Lit("inventory.yaml"), NewPath: text.Lit("inventory.yaml"), OldLabel: "old", NewLabel: "new"}
	for from := 0; from < n; from += 50 {
		h := diff.Hunk{Skipped: 7, Heading: text.Format("group_%d:", from)}
		for i := from; i < min(from+50, n); i++ {
			s := fmt.Sprintf(`    host_%d: { address: "10.0.%d.%d", role: web, weight: %d } # rack %d`, i, i/256, i%256, i%7, i%40)
			if i%10 != 5 {
				h.Rows = append(h.Rows, equal(i+1, i+1, s))
				continue
			}
			f.Added, f.Removed = f.Added+1, f.Removed+1
			h.Rows = append(h.Rows, change(line(i+1, s+" drain: ", "true", ""), line(i+1, s+" drain: ", "false", "")))
		}
		f.Hunks = append(f.Hunks, h)
	}
	return f
}
