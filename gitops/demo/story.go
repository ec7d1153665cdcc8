package demo

// The files that the story is about.
const (
	nginxConf   = "etc/nginx/nginx.conf"
	proxyConf   = "etc/nginx/conf.d/proxy.conf"
	shopConf    = "etc/nginx/sites-available/shop.conf"
	shopLink    = "etc/nginx/sites-enabled/shop.conf"
	shopService = "etc/systemd/system/shop.service"
	appEnv      = "etc/shop/app.env"
	sshdConfig  = "etc/ssh/sshd_config"
	sysctlConf  = "etc/sysctl.d/60-shop.conf"
	logrotate   = "etc/logrotate.d/nginx"
	fullchain   = "etc/ssl/shop/fullchain.pem"
	haproxyCfg  = "etc/haproxy/haproxy.cfg"
	nftables    = "etc/nftables.conf"
	postgres    = "etc/postgresql/16/main/postgresql.conf"
	postgresHBA = "etc/postgresql/16/main/pg_hba.conf"
)

// Directories that come up often.
var (
	edge       = []string{"production/edge/all"}
	repository = []string{""}
)

// tell tells the whole story: it is what happened to the shop's machines.
func tell(t *teller) {
	begin(t)
	settle(t)
	grow(t)
	hurry(t)
	today(t)
	t.leave()
}

// begin is the first week: what is there comes into the repository.
func begin(t *teller) {
	t.commit(alice, "25 09:20", `Start the repository of our machines

What is on the hosts was spread over five laptops and a wiki. From now on
it is here.`,
		put(repository, "README.md", "README.md"))
	t.commit(alice, "25 10:05", "Bring nginx of all web hosts under version control",
		put(in("web", everywhere), nginxConf, "web/nginx.conf"),
		put(in("web", everywhere), proxyConf, "web/proxy.conf"),
		put(in("web", everywhere), shopConf, "web/shop.conf"),
		link(in("web", everywhere), shopLink, "../sites-available/shop.conf"))
	t.commit(alice, "25 11:30", `Add sshd, kernel settings and greetings as they are today

Nothing is cleaned up yet: first what is, then what should be.`,
		put(append(in("web", everywhere), edge...), sshdConfig, "common/sshd_config"),
		put(in("db", "dev staging"), sshdConfig, "common/sshd_config"),
		put(in("web", everywhere), sysctlConf, "web/sysctl.conf"),
		put(in("web", "dev staging"), "etc/motd", "common/motd"),
		put(in("db", "dev staging"), "etc/motd", "common/motd"),
		put([]string{"production/web/web-1", "production/web/web-2", "production/edge/edge-1"}, "etc/motd", "common/motd"))
	t.commit(bob, "25 14:10", "Add the edge: haproxy and its firewall",
		put(edge, haproxyCfg, "edge/haproxy.cfg"),
		put(edge, nftables, "edge/nftables.conf"))
	t.commit(carol, "25 15:45", "Add PostgreSQL of dev and staging, with its backup",
		put(in("db", "dev staging"), postgres, "db/postgresql.conf"),
		put(in("db", "dev staging"), postgresHBA, "db/pg_hba.conf"),
		put(in("db", "dev staging"), "etc/cron.d/shop-backup", "db/cron"),
		script(in("db", "dev staging"), "usr/local/bin/shop-backup", "db/shop-backup"))
	t.commit(alice, "24 09:40", `Describe the environments for plumb

Three environments, five targets. The database of production is rented and
so is not among them.`,
		put(repository, "plumb.yaml", "plumb.yaml"))
	t.commit(dan, "24 11:15", "Run the shop by systemd",
		put(in("web", everywhere), shopService, "web/shop.service"),
		put(in("web", everywhere), appEnv, "web/app.env"),
		put(in("web", everywhere), "etc/cron.d/shop", "web/cron"))
	t.commit(erin, "24 14:30", "Rotate nginx's logs",
		put(in("web", everywhere), logrotate, "web/logrotate"))
	t.commit(bot, "24 15:40", "Issue certificates for all environments",
		certificate(append(in("web", everywhere), edge...), fullchain))
	t.equip()
	t.deploy("dev", "24 16:00", bot, "First deploy of the new hosts")
	t.deploy("staging", "24 16:40", alice, "First deploy of the new hosts")
	t.deploy("production", "23 10:20", alice, "Move to the new hosts")

	t.on("health-check")
	t.commit(dan, "23 11:00", `Tell monitoring when the shop does not answer

The cron entry has been there from the start, the script was not.`,
		script(in("web", everywhere), "usr/local/bin/shop-health", "web/shop-health"))
	t.merge(alice, "23 14:20", 398, "Tell monitoring when the shop does not answer")
	t.deploy("dev", "23 14:35", bot, "Pipeline of main")
	t.commit(bob, "22 10:00", `Turn password logins off on dev and staging

Everybody has had a key since last year. Production follows when nobody
has complained for a day.`,
		sub(append(in("web", "dev staging"), in("db", "dev staging")...), sshdConfig, "PasswordAuthentication yes", "PasswordAuthentication no"))
	t.commit(bob, "22 10:20", "Allow fewer tries and no X11 on dev and staging",
		subs(append(in("web", "dev staging"), in("db", "dev staging")...), sshdConfig,
			"MaxAuthTries 6", "MaxAuthTries 3", "X11Forwarding yes", "X11Forwarding no"))
	t.deploy("dev", "22 10:35", bot, "Pipeline of main")
	t.deploy("staging", "22 13:10", bob, "Keys only, as announced")
	t.commit(alice, "21 09:30", `Require an approval for production

Two of us deployed to production at the same time on Wednesday and neither
knew of the other. From now on somebody else has a look first.`,
		sub(repository, "plumb.yaml", "approvals: 0", "approvals: 1"))
	t.commit(bob, "21 11:20", "Turn password logins off in production",
		subs(append(in("web", "production"), edge...), sshdConfig,
			"PasswordAuthentication yes", "PasswordAuthentication no",
			"MaxAuthTries 6", "MaxAuthTries 3", "X11Forwarding yes", "X11Forwarding no"))
	t.deploy("production", "21 13:50", bob, "Keys only, and the health check", alice)
}

// release bumps the version of the shop in one environment.
func release(t *teller, when, env, from, to string) {
	where := "on " + env
	if env == "production" {
		where = "in production"
	}
	t.commit(bot, when, "Bump shop to "+to+" "+where, sub(in("web", env), shopService, "releases/"+from+"/", "releases/"+to+"/"))
}

// settle is the second week.
func settle(t *teller) {
	release(t, "20 06:10", "dev", "4.17.2", "4.18.0")
	t.deploy("dev", "20 06:18", bot, "Pipeline of main")
	t.on("static-cache")
	t.commit(erin, "20 10:10", "Cache assets for a month on dev",
		sub(in("web", "dev"), shopConf, "expires 1h;", `expires 30d;
        add_header Cache-Control "public, immutable";`))
	t.commit(erin, "20 10:40", "Give fonts a cache time of their own on dev",
		sub(in("web", "dev"), shopConf, "    location = /healthz {", `    location /assets/fonts/ {
        expires 1y;
        add_header Access-Control-Allow-Origin "https://dev.shop.example";

    location = /healthz {`))
	t.merge(dan, "20 11:30", 401, "Cache static files for longer")
	t.failedDeploy("dev", "20 11:38", bot, "Pipeline of main", "check failed: exit status 1: braces do not pair: 7 opened, 6 closed")
	t.commit(erin, "20 11:50", `Close the location of fonts

nginx -t on dev refused it, so nothing was changed there.`,
		sub(in("web", "dev"), shopConf, `"https://dev.shop.example";
`, `"https://dev.shop.example";
    }
`))
	t.deploy("dev", "20 11:58", bot, "Pipeline of main")
	release(t, "19 06:12", "staging", "4.17.2", "4.18.0")
	t.commit(erin, "19 10:10", "Cache assets for a month on staging",
		sub(in("web", "staging"), shopConf, "expires 1h;", `expires 30d;
        add_header Cache-Control "public, immutable";`))
	t.deploy("staging", "19 15:00", erin, "4.18.0 and longer cache times")
	t.on("postgres-memory")
	t.commit(carol, "18 09:50", `Give PostgreSQL more memory

The hosts have 4 GB since the move, and it used an eighth of it.`,
		subs(in("db", "dev staging"), postgres, "shared_buffers = 512MB", "shared_buffers = 1GB",
			"effective_cache_size = 1536MB", "effective_cache_size = 3GB"))
	t.commit(carol, "18 10:20", "Log statements slower than 250 ms",
		sub(in("db", "dev staging"), postgres, "log_min_duration_statement = 1000", "log_min_duration_statement = 250"))
	t.merge(alice, "18 13:45", 405, "Use the memory of the database hosts")
	t.deploy("dev", "18 13:55", bot, "Pipeline of main")
	release(t, "17 06:11", "production", "4.17.2", "4.18.0")
	t.commit(dan, "17 09:25", "Cache assets for a month in production",
		sub(in("web", "production"), shopConf, "expires 1h;", `expires 30d;
        add_header Cache-Control "public, immutable";`))
	t.deploy("production", "17 11:00", carol, "4.18.0, and assets that are cached for longer", bob)
	t.on("office-vpn")
	t.commit(bob, "16 10:15", "Let the VPN reach the edge by ssh",
		sub(edge, nftables, "elements = { 203.0.113.0/28 }", "elements = { 203.0.113.0/28, 198.51.100.32/27 }"))
	t.commit(bob, "16 10:40", "Limit how often ssh is knocked at",
		sub(edge, nftables, "tcp dport 22 ip saddr @office accept", "tcp dport 22 ip saddr @office ct state new limit rate 10/minute accept"))
	t.merge(dan, "16 15:10", 409, "Reach the edge from the VPN")
}

// grow is the third week, and some days more.
func grow(t *teller) {
	release(t, "15 06:14", "dev", "4.18.0", "4.18.2")
	t.commit(alice, "15 09:35", "Say in the README what goes live when",
		sub(repository, "README.md", "## Rules\n", `## When

Nothing goes to production on a Friday, and nothing while a sale is on. The
calendar of sales is in the channel's topic.

## Rules
`))
	t.deploy("dev", "15 09:45", bot, "Pipeline of main")
	release(t, "14 06:12", "staging", "4.18.0", "4.18.2")
	t.commit(erin, "14 11:10", "Tell browsers to stay with https on dev and staging",
		sub(in("web", "dev staging"), shopConf, "    root /srv/shop/public;", `    add_header Strict-Transport-Security "max-age=86400" always;

    root /srv/shop/public;`))
	t.deploy("dev", "14 11:20", bot, "Pipeline of main")
	t.deploy("staging", "14 16:00", alice, "4.18.2, memory for PostgreSQL, HSTS for a day")
	t.commit(carol, "13 09:30", `Authenticate against PostgreSQL by scram

md5 is on its way out, and the next version warns about it.`,
		sub(in("db", "dev staging"), postgresHBA, "host    shop      shop      10.0.0.0/8     md5", "host    shop      shop      10.0.0.0/8     scram-sha-256"),
	)
	t.commit(dan, "13 14:05", "Raise the limit of open files for the shop",
		sub(in("web", everywhere), shopService, "LimitNOFILE=8192", "LimitNOFILE=65536"))
	t.deploy("dev", "13 14:15", bot, "Pipeline of main")
	release(t, "12 06:12", "production", "4.18.0", "4.18.2")
	t.commit(erin, "12 10:20", "Tell browsers to stay with https in production",
		sub(in("web", "production"), shopConf, "    root /srv/shop/public;", `    add_header Strict-Transport-Security "max-age=86400" always;

    root /srv/shop/public;`))
	t.deploy("production", "12 13:30", alice, "4.18.2, HSTS for a day, the VPN at the edge", carol)
	t.commit(alice, "11 10:45", `Keep nginx's logs for 30 days

Fraud cases come up after three weeks, and by then the logs were gone.`,
		sub(in("web", everywhere), logrotate, "rotate 14", "rotate 30"))
	t.commit(bot, "10 06:05", "Rotate the secrets of production",
		rotate(in("web", "production"), appEnv, "SESSION_SECRET", "PAYMENT_API_KEY"))
	t.on("longer-queues")
	t.commit(bob, "10 10:30", `Accept longer queues of connections on dev and staging

The load test dropped connections before nginx ever saw them.`,
		subs(in("web", "dev staging"), sysctlConf, "net.core.somaxconn = 1024", "net.core.somaxconn = 4096",
			"tcp_max_syn_backlog = 2048", "tcp_max_syn_backlog = 8192"))
	t.merge(erin, "9 09:50", 417, "Longer queues of connections")
	t.deploy("dev", "9 10:00", bot, "Pipeline of main")
	t.deploy("staging", "9 15:20", dan, "Longer queues, scram, open files")
}

// hurry is the time before the sale, up to the commit that should not have been.
func hurry(t *teller) {
	t.commit(dan, "7 09:45", "Ask less often whether the web hosts are alive",
		sub(edge, haproxyCfg, "check inter 2s fall 3", "check inter 5s fall 3"))
	t.commit(bob, "7 11:30", "Accept longer queues of connections in production",
		subs(in("web", "production"), sysctlConf, "net.core.somaxconn = 1024", "net.core.somaxconn = 4096",
			"tcp_max_syn_backlog = 2048", "tcp_max_syn_backlog = 8192"))
	t.deploy("production", "7 14:30", bob, "Room for the sale: queues, open files; new secrets", alice)
	release(t, "6 06:10", "dev", "4.18.2", "4.19.0")
	t.deploy("dev", "6 06:18", bot, "Pipeline of main")
	t.on("new-checkout")
	t.commit(erin, "5 10:05", "Turn the new checkout on for dev",
		sub(in("web", "dev"), appEnv, "FEATURE_NEW_CHECKOUT=off", "FEATURE_NEW_CHECKOUT=on"))
	t.commit(erin, "5 13:20", "Let customers upload 20 MB on dev and staging",
		sub(in("web", "dev staging"), nginxConf, "client_max_body_size        8m;", "client_max_body_size        20m;"))
	t.merge(carol, "5 15:30", 424, "The new checkout, on dev")
	release(t, "4 06:12", "staging", "4.18.2", "4.19.0")
	t.deploy("dev", "4 06:22", bot, "Pipeline of main")
	t.deploy("staging", "4 11:00", carol, "4.19.0, and room for uploads")
	t.commit(dan, "3 10:00", `Fail fast when the application hangs, on dev and staging

A request that hangs for a minute holds a worker for a minute. Half of that
is still ten times what our slowest report takes.`,
		subs(in("web", "dev staging"), proxyConf, "proxy_send_timeout     60s;", "proxy_send_timeout     30s;",
			"proxy_read_timeout     60s;", "proxy_read_timeout     30s;"))
	t.deploy("dev", "3 10:10", bot, "Pipeline of main")
	t.deploy("staging", "3 14:00", dan, "Shorter timeouts")
	t.on("postgres-17")
	t.commit(carol, "2 11:05", `Prepare dev for PostgreSQL 17

Not to be merged before the reports work with it.`,
		sub(in("db", "dev"), postgres, "max_wal_size = 2GB", "max_wal_size = 4GB\nsummarize_wal = on"))
	t.on("")
	t.on("tighten-timeouts")
	t.commit(erin, "2 14:15", "Let customers upload 20 MB in production",
		sub(in("web", "production"), nginxConf, "client_max_body_size        8m;", "client_max_body_size        20m;"))
	t.bad = t.commit(dan, "1 10:20", `Tighten proxy timeouts

Dev and staging have run with 30 s for two days without complaints.
Production follows before the sale begins.`,
		subs(in("web", "production"), proxyConf, "proxy_connect_timeout  5s;", "proxy_connect_timeout  2s;",
			"proxy_send_timeout     60s;", "proxy_send_timeout     30s;",
			"proxy_read_timeout     60s;", "proxy_read_timeout     3s;"))
	t.merge(bob, "1 11:40", 431, "Be ready for the sale")
	release(t, "1 12:10", "production", "4.18.2", "4.19.0")
	t.deploy("production", "1 13:30", dan, "Ready for the sale", bob)
}

// today is where the operator comes in.
func today(t *teller) {
	t.commit(bot, "0 06:05", "Renew the certificate of www.shop.example",
		certificate(append(in("web", "production"), edge...), fullchain))
	t.commit(erin, "0 09:10", "Cache product images for a week on staging",
		sub(in("web", "staging"), shopConf, "    location = /healthz {", `    location /images/products/ {
        expires 7d;
        add_header Cache-Control "public";
        try_files $uri @missing;
    }

    location @missing {
        return 302 /images/placeholder.svg;
    }

    location = /healthz {`))
	t.commit(bob, "0 10:15", "Compress JSON answers on staging",
		subs(in("web", "staging"), nginxConf, "gzip_types       text/css application/javascript image/svg+xml;",
			"gzip_types       text/css application/javascript application/json image/svg+xml;",
			"gzip_min_length  1024;", "gzip_min_length  512;"))
	t.on("login-rate")
	slow := t.commit(carol, "0 11:05", `Slow down who guesses passwords

Support saw four accounts taken over this week, each after some thousand
tries from one address.`,
		subs(in("web", "production"), shopConf, "rate=30r/m;", "rate=10r/m;",
			"        limit_req zone=login burst=10;", "        limit_req zone=login burst=5 nodelay;\n        limit_req_status 429;"))
	t.merge(alice, "0 12:30", 438, "Slow down who guesses passwords")
	t.commit(dan, "0 13:40", "Try HTTP/3 on dev",
		sub(in("web", "dev"), shopConf, "    listen 443 ssl http2;", `    listen 443 ssl http2;
    listen 443 quic reuseport;
    add_header Alt-Svc 'h3=":443"; ma=3600' always;`))
	t.checkOut()
	t.deploy("dev", "0 13:50", bot, "Pipeline of main")
	t.waiting = t.propose("production", "0 14:00", carol, slow,
		"Accounts are being taken over, this slows it down. The renewed certificate comes with it.")

	// While customers saw errors, somebody tried to help web-2 by hand.
	t.edit("0 14:10", "production", "web-2", logrotate)
	t.edit("0 14:20", "production", "web-2", nginxConf,
		"worker_connections  1024;", "worker_connections  4096;",
		"access_log  /var/log/nginx/access.log shop;", "access_log  off;  # sale, too much I/O")
}
