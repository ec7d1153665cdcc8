package secret

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The tests write CANARY where the canary stands: once masked it must never be seen again.
const canary = "C4nary+Xy7/zQ"

// kept are places where secrets are kept.
var kept = []struct{ name, in, want string }{
	{"a YAML value", "password: CANARY\n", "password: «secret»\n"},
	{"in quotes", "db_password: \"CANARY\"\n", "db_password: \"«secret»\"\n"},
	{"with a blank in it", "password: my CANARY phrase\n", "password: «secret»\n"},
	{"a number", "password: 12345\n", "password: «secret»\n"},
	{"an item", "- api_key: CANARY\n", "- api_key: «secret»\n"},
	{"a comment", "# password = CANARY\n", "# password = «secret»\n"},
	{"tfvars", "client_secret = \"CANARY\" # rotate\n", "client_secret = \"«secret»\" # rotate\n"},
	{"an escaped quote", `password = "a\"CANARY"` + "\n", "password = \"«secret»\"\n"},
	{"a YAML quote in a quote", "password: 'a''CANARY'\n", "password: '«secret»'\n"},
	{"strings put together", "password = \"a\" + \"CANARY\"\n", "password = \"«secret»\n"},
	{"shell strings put together", "PASSWORD='a'\"CANARY\"\n", "PASSWORD='«secret»\n"},
	{"an environment file", "export DB_PASSWORD=CANARY\nPORT=80\n", "export DB_PASSWORD=«secret»\nPORT=80\n"},
	{"systemd", "Environment=\"DB_PASSWORD=my CANARY\"\n", "Environment=\"DB_PASSWORD=«secret»\"\n"},
	{"JSON", `{"user": "bob", "accessKey": "CANARY", "n": 1}` + "\n", `{"user": "bob", "accessKey": "«secret»", "n": 1}` + "\n"},
	{"JSON in a string", `x: "{\"password\":\"CANARY\",\"n\":1}"` + "\n", `x: "{\"password\":\"«secret»\",\"n\":1}"` + "\n"},
	{"a list", "tokens: [\"CANARY\", \"b\"]\n", "tokens: [«secret»]\n"},
	{"a YAML list", "passwords:\n- CANARY\n- b\nport: 1\n", "passwords:\n- «secret»\n- «secret»\nport: 1\n"},
	{"the line below", "password:\n  CANARY\nport: 1\n", "password:\n  «secret»\nport: 1\n"},
	{"a block scalar", "private_key: |\n  CANARY\n\n  more: x\nport: 1\n", "private_key: |\n  «secret»\n\n  «secret»\nport: 1\n"},
	{"a quote of several lines", "password: \"CANARY\n  CANARY\"\nport: 1\n", "password: \"«secret»\n  «secret»\"\nport: 1\n"},
	{"a here-document", "secret = <<EOT\nCANARY\nEOT\nport = 1\n", "secret = <<EOT\n«secret»\nEOT\nport = 1\n"},
	{"flow style", "{user: bob, password: my CANARY, n: 1}\n", "{user: bob, password: «secret», n: 1}\n"},
	{"XML", "<password>CANARY</password>\n", "<password>«secret»</password>\n"},
	{"nginx", "  secret CANARY;\n", "  secret «secret»;\n"},
	{"redis", "requirepass CANARY\n", "requirepass «secret»\n"},
	{"netrc", "machine x login bob password CANARY\n", "machine x login bob password «secret»\n"},
	{"a URL", "url: postgres://bob:CANARY@db:5432/x\n", "url: postgres://bob:«secret»@db:5432/x\n"},
	{"a query", "GET /x?token=CANARY&n=1\n", "GET /x?token=«secret»&n=1\n"},
	{"an environment of a container", "- name: DB_PASSWORD\n  value: CANARY\n- name: PORT\n  value: \"80\"\n",
		"- name: DB_PASSWORD\n  value: «secret»\n- name: PORT\n  value: \"80\"\n"},
	{"the same in JSON", `{"name":"DB_PASSWORD","value":"CANARY"}`, `{"name":"DB_PASSWORD","value":"«secret»"}`},
	{"a Kubernetes Secret", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  a.txt: CANARY\n  b: |\n    CANARY\n  c: d\ntype: Opaque\n---\nkind: ConfigMap\ndata:\n  a: plain\n",
		"apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  a.txt: «secret»\n  b: |\n    «secret»\n  c: «secret»\ntype: Opaque\n---\nkind: ConfigMap\ndata:\n  a: plain\n"},
	{"an invalid Secret", "kind: Secret\nstringData:\n  a: 12345\n", "kind: Secret\nstringData:\n  a: «secret»\n"},
	{"a Secret in JSON", "{\n  \"kind\": \"Secret\",\n  \"data\": {\n    \"a\": \"CANARY\"\n  },\n  \"type\": \"Opaque\"\n}\n",
		"{\n  \"kind\": \"Secret\",\n  \"data\": {\n    \"a\": \"«secret»\"\n  },\n  \"type\": \"Opaque\"\n}\n"},
	{"last-applied", `    last-applied: '{"apiVersion":"v1","data":{"a":"CANARY"},"kind":"Secret","metadata":{"name":"x"}}'` + "\n",
		`    last-applied: '{"apiVersion":"v1","data":{"a":"«secret»"},"kind":"Secret","metadata":{"name":"x"}}'` + "\n"},
	{"a kubeconfig", "users:\n- user:\n    client-key-data: CANARY\n    token: CANARY\n", "users:\n- user:\n    client-key-data: «secret»\n    token: «secret»\n"},
	{"a private key", "-----BEGIN OPENSSH PRIVATE KEY-----\nCANARY\nCANARY==\n-----END OPENSSH PRIVATE KEY-----\nx: 1\n",
		"-----BEGIN OPENSSH PRIVATE KEY-----\n«secret»\n«secret»\n-----END OPENSSH PRIVATE KEY-----\nx: 1\n"},
	{"a private key that breaks off", "-----BEGIN RSA PRIVATE KEY-----\nCANARY\n# that is all, folks\n", "-----BEGIN RSA PRIVATE KEY-----\n«secret»\n# that is all, folks\n"},
	{"a service account of GCP", `  "private_key": "-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----\n",` + "\n",
		`  "private_key": "-----BEGIN PRIVATE KEY-----«secret»-----END PRIVATE KEY-----\n",` + "\n"},
	{"a key of AWS", "id AKIAIOSFODNN7EXAMPLE here\n", "id «secret» here\n"},
	{"a token of GitHub", "see ghp_abcdefghijklmnopqrstuvwxyz0123456789\n", "see «secret»\n"},
	{"a JSON web token", "x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF_123 y\n", "x «secret» y\n"},
	{"a header", "curl -H 'Authorization: Bearer CANARY'\n", "curl -H 'Authorization: «secret»'\n"},
	{"a default of a variable", "password: ${DB:-CANARY}\n", "password: «secret»\n"},
	{"line ends of Windows", "password: CANARY\r\nport: 1\r\n", "password: «secret»\r\nport: 1\r\n"},
	{"a flag", "mysql --password CANARY --user x\n", "mysql --password «secret» --user x\n"},
	{"an assigned flag", "mysql --password=CANARY --user=x\n", "mysql --password=«secret» --user=x\n"},
}

func TestSecretsAreMaskedWhereTheyAreKept(t *testing.T) {
	for _, tt := range kept {
		t.Run(tt.name, func(t *testing.T) {
			in := strings.ReplaceAll(tt.in, "CANARY", canary)
			got := string(Mask("f", []byte(in), false))
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
			checkMasked(t, []byte(in))
		})
	}
}

func TestWhatIsNoSecretStays(t *testing.T) {
	for _, in := range []string{
		"password: ${DB_PASSWORD}\n", "password: ${DB_PASSWORD} # from the environment\n", "password: \"{{ vault_password }}\"\n",
		"password = var.db_password\n", "password = random_password.db.result\n",
		"token: $(cat /run/secrets/token)\n", "secret: /run/secrets/db\n", "password_file: CANARY.txt\n", "secretName: tls-web\n",
		"secretKeyRef:\n  name: db\n  key: pw\n", "automountServiceAccountToken: false\n", "token:\n", "password: null\n", "password: \"\"\n",
		"token_ttl: 3600\n", "max_tokens: 4096\n", "listen 443 ssl;\n", "# The password is kept elsewhere\n", "proxy_pass http://app:8080/x;\n",
		"see https://example.com:8080/path@v1\n", "url: https://user@example.com/\n", "key: value\n", "author: bob\n", "password: ENC[AES256_GCM,data:x,type:str]\n",
		"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "imagePullSecrets:\n- name: registry\n", "volumes:\n- secret:\n    secretName: x\n",
	} {
		if got := string(Mask("f", []byte(in), false)); got != in {
			t.Errorf("%q became %q", in, got)
		}
	}
}

func TestAChangedSecretSaysSo(t *testing.T) {
	tests := []struct {
		name, old, new, wantOld, wantNew string
	}{
		{"changed", "a: 1\npassword: x1\n", "a: 2\npassword: x2\n", "a: 1\npassword: «secret»\n", "a: 2\npassword: «secret, changed»\n"},
		{"the same", "a: 1\npassword: x1\n", "a: 2\npassword: x1\n", "a: 1\npassword: «secret»\n", "a: 2\npassword: «secret»\n"},
		{"moved down", "password: x1\n", "a: 1\n\npassword: x1\n", "password: «secret»\n", "a: 1\n\npassword: «secret»\n"},
		{"swapped", "password: x1\nb: 1\npassword: x2\n", "password: x2\nb: 1\npassword: x1\n",
			"password: «secret»\nb: 1\npassword: «secret»\n", "password: «secret, changed»\nb: 1\npassword: «secret, changed»\n"},
		{"on a line that changed otherwise", "{n: 1, password: x1}\n", "{n: 2, password: x2}\n", "{n: 1, password: «secret»}\n", "{n: 2, password: «secret, changed»}\n"},
		{"new", "a: 1\n", "a: 1\npassword: x1\n", "a: 1\n", "a: 1\npassword: «secret»\n"},
		{"a private key", "-----BEGIN PRIVATE KEY-----\nAAAA\nBBBB\n-----END PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----\nAAAA\nCCCC\n-----END PRIVATE KEY-----\n",
			"-----BEGIN PRIVATE KEY-----\n«secret»\n«secret»\n-----END PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----\n«secret»\n«secret, changed»\n-----END PRIVATE KEY-----\n"},
		{"a secret for the mark itself", "password: x1\n", "password: «secret»\n", "password: «secret»\n", "password: «secret, changed»\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, n := MaskPair("f", []byte(tt.old), []byte(tt.new), false)
			if d := cmp.Diff(tt.wantOld, string(o)); d != "" {
				t.Errorf("old (-want +got)\n%s", d)
			}
			if d := cmp.Diff(tt.wantNew, string(n)); d != "" {
				t.Errorf("new (-want +got)\n%s", d)
			}
			if o2, n2 := MaskPair("f", o, n, false); !bytes.Equal(o, o2) || !bytes.Equal(n, n2) {
				t.Errorf("masked again: %q, %q", o2, n2)
			}
		})
	}
}

func TestWholeFileIsOneSecret(t *testing.T) {
	o, n := MaskPair("f", []byte("abc\nd"), []byte("abcdef\n\x00"), true)
	if string(o) != "«secret, 5 bytes»\n" || string(n) != "«secret, 8 bytes, changed»\n" {
		t.Errorf("%q and %q", o, n)
	}
	if o, n := MaskPair("f", nil, []byte("x"), true); o != nil || string(n) != "«secret, 1 bytes»\n" {
		t.Errorf("new: %q and %q", o, n)
	}
	if _, n := MaskPair("home/id_ed25519", []byte("x"), []byte("x"), false); string(n) != "«secret, 1 bytes»\n" {
		t.Errorf("a key file by its name: %q", n)
	}
	if got := Mask("f", []byte("\x00password: x"), false); string(got) != "\x00password: x" {
		t.Errorf("binary data became %q", got)
	}
}

func TestErrorTextsStayReadable(t *testing.T) {
	tests := []struct{ in, want string }{
		{"read token: permission denied", "read token: permission denied"},
		{"login failed: password=hunter2 user=bob", "login failed: password=«secret» user=bob"},
		{"git clone https://bob:hunter2@example.com/x.git: exit status 128", "git clone https://bob:«secret»@example.com/x.git: exit status 128"},
		{"invalid password: hunter2", "invalid password: «secret»"},
		{"vault write --token s3cr3t path/x", "vault write --token «secret» path/x"},
		{`env: ["DB_PASSWORD=hunter2", "A=b"]`, `env: ["DB_PASSWORD=«secret»", "A=b"]`},
		{"nothing of the kind", "nothing of the kind"},
	}
	for _, tt := range tests {
		if got := MaskText(tt.in); got != tt.want {
			t.Errorf("MaskText(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// Five kinds of secrets in the places where they are found: none may be left.
func TestCanariesAreNeverSeen(t *testing.T) {
	kinds := map[string]string{
		"AWS":        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		"AWS slash":  "/wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE",
		"GCP":        `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----\n`,
		"SSH":        "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
		"JWT":        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghij",
		"kubeconfig": "LS0tLS1CRUdJTiBSU0EgUFJJVkFURQ==",
	}
	places := map[string]string{
		"tfvars":           "aws_secret_key = \"%s\"\n",
		"state":            "      \"attributes\": {\"id\": \"x\", \"password\": \"%s\"},\n",
		"Secret data":      "kind: Secret\ndata:\n  anything: %s\n",
		"Secret string":    "stringData:\n  anything: '%s'\nkind: Secret\n",
		"last applied":     `  x: '{"kind":"Secret","stringData":{"anything":"%s"}}'` + "\n",
		"environment":      "DB_SECRET=%s\n",
		"vault":            "vault_db_password: \"%s\"\n",
		"error text":       "request failed: token=%s rejected\n",
		"container":        "env: [{name: API_TOKEN, value: '%s'}]\n",
		"shell":            "export API_TOKEN='%s'\n",
		"JSON in a string": `"x": "{\"token\":\"%s\"}"` + "\n",
	}
	for kind, value := range kinds {
		for where, format := range places {
			in := fmt.Sprintf(format, value)
			for name, out := range map[string]string{"Mask": string(Mask("f", []byte(in), false)), "MaskText": MaskText(in)} {
				for part := range strings.SplitSeq(value, `\n`) {
					if part != "" && !strings.HasPrefix(part, "-----") && strings.Contains(out, part[:8]) {
						t.Errorf("%s in %s: %s leaves %q", kind, where, name, out)
					}
				}
			}
		}
	}
}

// Text made to be slow: each of these takes minutes when the work grows with the square of its length.
func TestHostileTextIsMaskedInTime(t *testing.T) {
	const size = 1 << 20
	for _, part := range []string{
		"password: \"\\", "password='", "://", "://a:", "{password:x,", "{secret:", "secret:[", "token=\\\"", "--password ", "a: b ", "Bearer ",
		"password: \"x\n", "x = <<EOT\n", "password = <<EOT\n", "-----BEGIN PRIVATE KEY-----\n", "---\n", "- ", "passwords:\n",
	} {
		in := []byte(strings.Repeat(part, size/len(part)) + "@")
		if out := Mask("f", in, false); bytes.Count(in, []byte{'\n'}) != bytes.Count(out, []byte{'\n'}) {
			t.Errorf("%q: lines were lost", part)
		}
	}
}

// checkMasked holds what is true of every text: masking keeps the lines, leaves no canary and does nothing the second time.
func checkMasked(t *testing.T, in []byte) {
	t.Helper()
	out := Mask("f", in, false)
	if a, b := bytes.Count(in, []byte{'\n'}), bytes.Count(out, []byte{'\n'}); a != b {
		t.Fatalf("%q with %d lines became %q with %d", in, a, out, b)
	}
	if again := Mask("f", out, false); !bytes.Equal(again, out) {
		t.Fatalf("%q became %q, and that %q", in, out, again)
	}
}

func FuzzMask(f *testing.F) {
	for _, s := range []string{
		"password: x\n", "a = \"b\"\ntoken = <<E\nx\nE\n", "-----BEGIN PRIVATE KEY-----\nx\n", "kind: Secret\ndata:\n  a: |\n    b\n", "x://a:b@c",
		"passwords:\n- a\n- 'b", "{\"secret\": {\"a\": [1,2]}}", "--password x", "secret y;", "\\\"token\\\":\\\"x\\\"", "«secret»", "token: «secret, changed»",
	} {
		f.Add([]byte(s), []byte(strings.ReplaceAll(s, "x", "z")))
	}
	f.Fuzz(func(t *testing.T, old, new []byte) {
		// Whatever stands before, a plain assignment on a line of its own is masked.
		line := "\npassword: " + canary + "\n"
		if out := Mask("f", append(bytes.Clone(old), line...), false); bytes.IndexByte(old, 0) < 0 && bytes.Contains(out, []byte(canary)) && !bytes.Contains(old, []byte(canary)) {
			t.Fatalf("%q leaks", out)
		}
		checkMasked(t, old)
		MaskText(string(old))
		o, n := MaskPair("f", old, new, false)
		if bytes.Count(n, []byte{'\n'}) != bytes.Count(new, []byte{'\n'}) || bytes.Count(o, []byte{'\n'}) != bytes.Count(old, []byte{'\n'}) {
			t.Fatalf("lines were lost: %q, %q", o, n)
		}
		marked := bytes.Contains(old, []byte("«secret")) || bytes.Contains(new, []byte("«secret"))
		if !marked && bytes.Equal(old, new) != bytes.Equal(o, n) {
			t.Fatalf("%q and %q became %q and %q", old, new, o, n)
		}
	})
}

func BenchmarkMask(b *testing.B) {
	for name, s := range map[string]string{
		"yaml":  strings.Repeat("    - name: web\n      image: registry.example.com/web:1.31.2\n      replicas: 3\n      password: hunter2\n", 5000),
		"nginx": strings.Repeat("  server {\n    listen 443 ssl;\n    location / { proxy_pass http://app; }\n  }\n", 5000),
		"prose": strings.Repeat("The quick brown fox jumps over the lazy dog and goes on to say nothing of note\n", 5000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				Mask("f", []byte(s), false)
			}
		})
	}
}
