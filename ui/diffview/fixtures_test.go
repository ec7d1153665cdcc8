package diffview

import (
	"fmt"
	"strings"

	"plumb/model/diff"
	"plumb/model/text"
)

// nginx is a live file that somebody edited by hand.
func nginx() diff.File {
	old := strings.Repeat("# comment\n", 11) + `worker_processes auto; # one for each core
events {
	worker_connections 1024;
}
http {
` + strings.Repeat("    gzip on;\n", 14) + `    server {
        listen 80;
        listen 443 ssl;
        access_log /var/log/nginx/access.log main buffer=64k flush=5m if=$loggable;
        ssl_certificate /etc/ssl/old/fullchain.pem;
        location / { proxy_pass http://127.0.0.1:8080; proxy_set_header Host $host; proxy_set_header X-Real-IP $remote_addr; }
    }
` + strings.Repeat("    charset utf-8;\n", 9) + `}
`
	new := strings.NewReplacer(
		"connections 1024", "connections 4096",
		"        access_log /var/log/nginx/access.log main buffer=64k flush=5m if=$loggable;\n", "        access_log off;\n        error_page 502 /down.html; # 日本語のコメント、とても長いので、狭い画面では切られます\n",
		"/etc/ssl/old/", "/etc/letsencrypt/live/example.org/",
		"    }\n    charset", "    }\n      charset",
	).Replace(old) + "# end"
	f := diff.Text([]byte(old), []byte(new), diff.Options{Path: "hosts/web/nginx.conf", OldLabel: "git a1b2c3d", NewLabel: "live"})
	f.Attrs = []diff.AttrChange{{Name: "mode", Old: "0644", New: "0640"}, {Name: "owner", New: "www-data:www-data"}}
	return f
}

// volume is a commit's edit of a Terraform file.
func volume() diff.File {
	old := strings.Repeat("# comment\n", 40) + `resource "aws_ebs_volume" "data" {
  availability_zone = "eu-central-1a"
  encrypted         = true
}
`
	new := strings.Replace(old, "central-1a", "central-1b", 1)
	f := diff.Text([]byte(old), []byte(new), diff.Options{Path: "live/production/db/disk.tf", OldLabel: "9f3e21c", NewLabel: "a1b2c3d"})
	f.OldPath = text.Lit("live/production/db/main.tf")
	f.OldMode, f.NewMode = "100644", "100755"
	return f
}

// policy is a new file, dropped an old one.
func policy() diff.File {
	return diff.Text(nil, []byte("kind: NetworkPolicy\nmetadata:\n  name: shop # only the front\n  ports: [{ port: 8080, name: \"http\" }]\n"),
		diff.Options{Path: "kubernetes/shop/networkpolicy.yaml", OldLabel: "9f3e21c", NewLabel: "a1b2c3d"})
}

func dropped() diff.File {
	return diff.Text([]byte("Welcome\n"), nil, diff.Options{Path: "hosts/web/motd", OldLabel: "9f3e21c", NewLabel: "a1b2c3d"})
}

func icon() diff.File { return noted("hosts/web/favicon.ico", text.Lit("binary, 3 KiB → 4 KiB")) }

// inventory is a file of n lines, every tenth of them changed, with groups of 50 that are apart.
func inventory(n int) diff.File {
	var old, new strings.Builder
	for i := range n {
		if i%50 == 0 {
			for _, b := range []*strings.Builder{&old, &new} {
				fmt.Fprintf(b, "group_%d:\n", i)
				for k := range 12 {
					fmt.Fprintf(b, "  setting_%d: %d\n", k, i)
				}
			}
		}
		s := fmt.Sprintf(`  host_%d: { address: "10.0.%d.%d", role: web, weight: %d } # rack %d`, i, i/256, i%256, i%7, i%40)
		switch i % 10 {
		case 5:
			fmt.Fprintf(&old, "%s drain: true\n", s)
			fmt.Fprintf(&new, "%s drain: false\n", s)
		default:
			fmt.Fprintln(&old, s)
			fmt.Fprintln(&new, s)
		}
	}
	return diff.Text([]byte(old.String()), []byte(new.String()), diff.Options{Path: "inventory.yaml", OldLabel: "old", NewLabel: "new"})
}
