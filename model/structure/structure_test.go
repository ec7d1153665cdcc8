package structure

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumb/model/diff"
)

// show writes a difference in the way of a person: one line per change.
func show(d Diff) string {
	var b strings.Builder
	for _, o := range d.Objects {
		if !o.Name.IsEmpty() || o.Op != diff.Change {
			fmt.Fprintf(&b, "%s %s\n", sign(o.Op), o.Name)
		}
		for _, c := range o.Changes {
			fmt.Fprintf(&b, "%s %s", sign(c.Op), c.Path)
			if c.Moved {
				b.WriteString(" moved")
			}
			switch c.Op {
			case diff.Insert:
				fmt.Fprintf(&b, ": %s", c.New)
			case diff.Delete:
				fmt.Fprintf(&b, ": %s", c.Old)
			default:
				fmt.Fprintf(&b, ": %s → %s", c.Old, c.New)
			}
			if !c.Kind.IsEmpty() {
				fmt.Fprintf(&b, " (%s)", c.Kind)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func sign(op diff.Op) string { return [...]string{"=", "+", "-", "~"}[op] }

// The names of the operations in the tables below: + added, - removed, ~ changed.
type meaning struct {
	name, old, new, want string
}

func check(t *testing.T, f Format, tests []meaning) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, err := Compare(f, []byte(test.old), []byte(test.new))
			if err != nil {
				t.Fatal(err)
			}
			want := strings.TrimPrefix(strings.ReplaceAll(test.want, "\t", ""), "\n")
			if got := show(d); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			if d.IsEmpty() != (d.Added+d.Removed+d.Changed == 0) {
				t.Error("the counts do not say whether there is a change")
			}
			checkLines(t, d, test.old, test.new)
			same, err := Compare(f, []byte(test.new), []byte(test.new))
			if err != nil || !same.IsEmpty() {
				t.Errorf("the new version differs from itself: %v %s", err, show(same))
			}
		})
	}
}

// checkLines holds the lines of all changes against the versions.
func checkLines(t *testing.T, d Diff, old, new string) {
	t.Helper()
	olds, news := len(newLines([]byte(old))), len(newLines([]byte(new)))
	for _, o := range d.Objects {
		for _, c := range o.Changes {
			if c.OldLines.IsEmpty() != (c.Op == diff.Insert) || c.NewLines.IsEmpty() != (c.Op == diff.Delete) {
				t.Errorf("%s: lines %v and %v", c.Path, c.OldLines, c.NewLines)
			}
			if c.OldLines.Lo < 0 || c.NewLines.Lo < 0 || c.OldLines.Hi > olds || c.NewLines.Hi > news {
				t.Errorf("%s: lines %v and %v of %d and %d", c.Path, c.OldLines, c.NewLines, olds, news)
			}
		}
	}
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  annotations:
    kubernetes.io/x: "1"
spec:
  replicas: 2
  template:
    spec:
      containers:
      - name: web
        image: nginx:1.25
        ports:
        - containerPort: 80
          name: http
        - containerPort: 53
        - containerPort: 53
          protocol: UDP
      - name: log
        image: fluentd:1
        env:
        - {name: A, value: "1"}
        - {name: B, value: "2"}
`

func edit(s string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(s, pairs[i]) {
			panic("not there: " + pairs[i])
		}
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

func TestYAMLByMeaning(t *testing.T) {
	check(t, YAML, []meaning{
		{"a value", "a: 1.25\n", "a: 1.26\n", "~ a: 1.25 → 1.26\n"},
		{"key order is no change", "a: 1\nb: {c: 2, d: 3}\n", "b: {d: 3, c: 2}\na: 1\n", ""},
		{"comments, quotes and style are no change", "# x\na: [1, 2]\nb: 'x y'\nc: \"a b\"\n", "a:\n  - 1 # one\n  - 2\n\nb: x y\nc: >-\n  a\n  b\n", ""},
		{"a type is a change", "port: 80\n", "port: \"80\"\n", "~ port: 80 → \"80\" (integer → string)\n"},
		{"another way to write a number", "a: 0x10\nb: 1.0\nc: 1_000\n", "a: 16\nb: 1.00\nc: 1000\n", ""},
		{"integer and float are not the same", "a: 1\n", "a: 1.0\n", "~ a: 1 → 1.0 (integer → float)\n"},
		{"yes is a word", "a: yes\nb: true\n", "a: \"yes\"\nb: True\n", ""},
		{"null in any spelling", "a: ~\nb:\n", "a: null\nb: Null\n", ""},
		{"a key that comes and one that goes", "a: 1\nb: 2\n", "b: 2\nc: 3\n", "- a: 1\n+ c: 3\n"},
		{"what goes stands where it was", "a: 1\nb: 2\nc: 3\n", "a: 2\nc: 4\n", "~ a: 1 → 2\n- b: 2\n~ c: 3 → 4\n"},
		{"a map that comes is one change", "a: 1\n", "a: 1\nb:\n  c: 1\n  d: [1, 2]\n", "+ b: {c: 1, d: [1, 2]}\n"},
		{"a large map is counted", "a: 1\n", "a: 1\nb:\n  c: a long text that takes many cells to write out\n  d: another text of the kind\n", "+ b: {2 keys}\n"},
		{"empty and missing", "a: {}\n", "a:\n", "~ a: {} → null (map → null)\n"},
		{"odd keys are quoted", "metadata: {\"a.b/c\": 1, x: {\"\": 1}}\n", "metadata: {\"a.b/c\": 2, x: {\"\": 2}}\n", "~ metadata[\"a.b/c\"]: 1 → 2\n~ metadata.x[\"\"]: 1 → 2\n"},
		{"a list of names", "l:\n- {name: a, v: 1}\n- {name: b, v: 2}\n", "l:\n- {name: a, v: 1}\n- {name: x, v: 0}\n- {name: b, v: 3}\n", "+ l[x]: {name: x, v: 0}\n~ l[b].v: 2 → 3\n"},
		{"order of a list is meaning", "l: [{name: a}, {name: b}, {name: c}]\n", "l: [{name: c}, {name: a}, {name: b}]\n", "~ l[c] moved: position 3 → position 1\n"},
		{"one word inserted is one change", "l: [a, b, c]\n", "l: [a, x, b, c]\n", "+ l[1]: x\n"},
		{"one word replaced", "l: [a, b, c]\n", "l: [a, x, c]\n", "~ l[1]: b → x\n"},
		{"a word moved", "l: [a, b, c]\n", "l: [c, a, b]\n", "~ l[0] moved: position 3 → position 1\n"},
		{"the same setting", "args: [--v=1, --x, --log=a]\n", "args: [--new, --v=2, --x, --log=b]\n", "+ args[0]: --new\n~ args[1]: --v=1 → --v=2\n~ args[3]: --log=a → --log=b\n"},
		{"items without names by likeness", "l: [{from: a, to: b, x: 1}, {from: a, to: b, x: 2, y: 1}]\n", "l: [{from: n, to: m, x: 9}, {from: a, to: b, x: 1}, {from: a, to: b, x: 2, y: 2}]\n", "+ l[0]: {from: n, to: m, x: 9}\n~ l[2].y: 1 → 2\n"},
		{"text of several lines", "a: |\n  one\n  two\n", "a: |\n  one\n  three\n", "~ a: 2 lines → 2 lines\n"},
		{"only the final newline", "a: |\n  one\n  two\n", "a: |-\n  one\n  two\n", "~ a: 2 lines, 1 final newline → 2 lines, 0 final newlines\n"},
		{"a text is quoted where it has to be", "a: ''\n", "a: ' x'\n", "~ a: \"\" → \" x\"\n"},
		{"anchors are what they stand for", "a: &x {b: 1}\nc: *x\n", "a: {b: 1}\nc: {b: 1}\n", ""},
		{"merge keys are what they stand for", "a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n", "a: {b: 1, c: 2}\nd: {b: 1, c: 3}\n", ""},
		{"several merge keys, the first wins", "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b]}\n", "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {x: 1, y: 2}\n", ""},
		{"an anchor changes all that use it", "a: &x {b: 1}\nc: *x\n", "a: &x {b: 2}\nc: *x\n", "~ a.b: 1 → 2\n~ c.b: 1 → 2\n"},
		{"custom tags are part of the value", "a: !Ref x\nb: !Sub [a, b]\nc: !reference [x]\n", "a: !Ref y\nb: !Sub [a, c]\nc: !other [x]\n", "~ a: !Ref x → !Ref y\n~ b[1]: b → c\n~ c: !reference [x] → !other [x]\n"},
		{"CRLF is no change", "a: 1\nb: |\n  x\n  y\n", "a: 1\r\nb: |\r\n  x\r\n  y\r\n", ""},
		{"a BOM is no change", "a: 1\n", "\ufeffa: 1\n", ""},
		{"numbers as keys", "1: a\n\"1\": b\n", "1: a\n\"1\": c\n", "~ 1: b → c\n"},
		{"control characters are not obeyed", "a: x\n", "a: \"\\e[2J\"\n", "~ a: x → ␛[2J\n"},
		{"from a list to a map", "a: [1]\n", "a: {b: 1}\n", "~ a: [1] → {b: 1} (list → map)\n"},
		{"comments only", "# nothing\n", "", ""},
		{"plain documents by position", "a: 1\n---\nb: 1\n", "a: 1\n---\nb: 2\n", "~ document 2\n~ b: 1 → 2\n"},
		{"plain documents have an order", "a: 1\n---\nb: 1\n", "b: 1\n---\na: 1\n", "~ document 1\n~  moved: position 2 → position 1\n"},
		{"a play and its tasks", "- hosts: all\n  name: Web\n  tasks:\n  - name: Install\n    apt: {name: nginx, state: present}\n  - debug: {msg: a}\n", "- hosts: all\n  name: Web\n  tasks:\n  - debug: {msg: a}\n  - name: Install\n    apt: {name: nginx, state: latest}\n", "~ [Web].tasks[0] moved: position 2 → position 1\n~ [Web].tasks[Install].apt.state: present → latest\n"},
		{"a step of a workflow", "steps:\n- uses: actions/checkout@v3\n- uses: actions/setup-go@v4\n  with: {go-version: 1.21}\n", "steps:\n- uses: actions/checkout@v4\n- uses: actions/setup-go@v4\n  with: {go-version: 1.22}\n", "~ steps[actions/checkout].uses: actions/checkout@v3 → actions/checkout@v4\n~ steps[actions/setup-go].with.go-version: 1.21 → 1.22\n"},
		{"no document is left", "a: 1\nb: 2\n", "", "- \n- a: 1\n- b: 2\n"},
		{"expressions in quotes are text", "a: \"{{ x }}\"\n", "a: '{{ y }}'\n", "~ a: \"{{ x }}\" → \"{{ y }}\"\n"},
	})
}

func TestKubernetesByMeaning(t *testing.T) {
	service := "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec:\n  ports:\n  - {port: 80, targetPort: 8080}\n"
	check(t, YAML, []meaning{
		{"an image", deployment, edit(deployment, "nginx:1.25", "nginx:1.26"), "~ Deployment shop/web\n~ spec.template.spec.containers[web].image: nginx:1.25 → nginx:1.26\n"},
		{"an annotation", deployment, edit(deployment, `"1"`+"\nspec", `"2"`+"\nspec"), "~ Deployment shop/web\n~ metadata.annotations[\"kubernetes.io/x\"]: \"1\" → \"2\"\n"},
		{"documents in another order", deployment + "---\n" + service, service + "---\n" + deployment, ""},
		{"an object that comes and one that goes", deployment + "---\n" + service, edit(service, "name: web", "name: api") + "---\n" + deployment, "+ Service shop/api\n+ : {4 keys}\n- Service shop/web\n- : {4 keys}\n"},
		{"a new version of the API is a change", deployment, edit(deployment, "apps/v1", "apps/v2"), "~ Deployment shop/web\n~ apiVersion: apps/v1 → apps/v2\n"},
		{"containers in another order", "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a}, {name: b}]}\n", "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: b}, {name: a}]}\n", "~ Pod\n~ spec.containers[b] moved: position 2 → position 1\n"},
		{"ports by number and protocol", deployment, edit(deployment, "protocol: UDP", "protocol: UDP\n          hostPort: 5"), "~ Deployment shop/web\n+ spec.template.spec.containers[web].ports[53/UDP].hostPort: 5\n"},
		{"a port that kept its name", deployment, edit(deployment, "containerPort: 80", "containerPort: 8080"), "~ Deployment shop/web\n~ spec.template.spec.containers[web].ports[http].containerPort: 80 → 8080\n"},
		{"the usual protocol need not be said", deployment, edit(deployment, "- containerPort: 53\n        -", "- {containerPort: 53, protocol: TCP}\n        -"), "~ Deployment shop/web\n+ spec.template.spec.containers[web].ports[53].protocol: TCP\n"},
		{"items of a list are objects", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}, x: 1}\n- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n- {apiVersion: v1, kind: Secret, metadata: {name: a}, x: 2}\n", "~ Secret a\n~ x: 1 → 2\n"},
		{"the same object twice", service + "---\n" + service, service + "---\n" + edit(service, "80,", "81,") + "---\n", "~ Service shop/web\n- spec.ports[80]: {port: 80, targetPort: 8080}\n+ spec.ports[81]: {port: 81, targetPort: 8080}\n"},
	})
}

func TestJSONByMeaning(t *testing.T) {
	check(t, JSON, []meaning{
		{"keys and spaces", `{"a": 1, "b": [1, 2]}`, "{\n  \"b\": [1,2],\n  \"a\": 1\n}\n", ""},
		{"large numbers are exact", `{"a": 12345678901234567890123}`, `{"a": 12345678901234567890124}`, "~ a: 12345678901234567890123 → 12345678901234567890124\n"},
		{"the same number", `[1.0, 1e2, -0]`, `[1, 100, 0]`, ""},
		{"escapes", `{"a": "\u0041/"}`, `{"a": "A\/"}`, ""},
		{"a type", `{"a": 80}`, `{"a": "80"}`, "~ a: 80 → \"80\" (number → string)\n"},
		{"a BOM and CRLF", "{\"a\": 1}", "\ufeff{\r\n\"a\": 1}\r\n", ""},
		{"comments", "{\"a\": \"//x\"}", "{ // one\n\"a\": /* two\n */ \"//x\" }", ""},
		{"a Terraform state", `{"resources": [{"mode": "managed", "type": "a", "name": "x", "instances": [{"v": 1}]}, {"mode": "managed", "type": "b", "name": "x"}]}`, `{"resources": [{"mode": "managed", "type": "b", "name": "x"}, {"mode": "managed", "type": "a", "name": "x", "instances": [{"v": 2}]}]}`, "~ resources[b.x.managed] moved: position 2 → position 1\n~ resources[a.x.managed].instances[0].v: 1 → 2\n"},
		{"from an object to a list", `{}`, `[]`, "~ : {} → [] (map → list)\n"},
	})
}

func TestTOMLByMeaning(t *testing.T) {
	check(t, TOML, []meaning{
		{"tables and dotted keys", "[a]\nb = 1\n[a.c]\nd = 'x'\n", "a.b = 1\na.c = { d = \"x\" }\n", ""},
		{"order and comments", "a = 1 # x\nb = [1,2]\n", "b = [\n  1,\n  2, # two\n]\na = 1\n", ""},
		{"a value in a table", "[server]\nport = 80\n", "[server]\nport = 81\n", "~ server.port: 80 → 81\n"},
		{"arrays of tables by name", "[[job]]\nname = 'a'\nx = 1\n[[job]]\nname = 'b'\n", "[[job]]\nname = 'a'\nx = 2\n[[job]]\nname = 'c'\n[[job]]\nname = 'b'\n", "~ job[a].x: 1 → 2\n+ job[c]: {name: c}\n"},
		{"tables within an array of tables", "[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\nc = 2\n", "[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\nc = 3\n", "~ a[1].b.c: 2 → 3\n"},
		{"numbers and dates", "a = 0x10\nb = 1_0\nc = 2024-01-01 10:00:00Z\nd = +1.50\n", "a = 16\nb = 10\nc = 2024-01-01t10:00:00z\nd = 1.5\n", ""},
		{"a type", "a = 1\n", "a = '1'\n", "~ a: 1 → \"1\" (integer → string)\n"},
		{"several lines and CRLF", "a = \"\"\"\nx\ny\"\"\"\n", "a = \"\"\"\r\nx\r\ny\"\"\"\r\n", ""},
		{"a table that goes", "[a]\nx = 1\n[b]\ny = 1\n", "[a]\nx = 1\n", "- b: {y: 1}\n"},
		{"quoted keys", "[a.\"b.c\"]\nx = 1\n", "[a.\"b.c\"]\nx = 2\n", "~ a[\"b.c\"].x: 1 → 2\n"},
	})
}

const instance = `# The web server.
resource "aws_instance" "web" {
  ami           = "ami-1"
  instance_type = "t3.micro"
  tags = {
    Name = "web"
    "a.b" = 1
  }
  user_data = <<-EOT
    echo one
    echo two
  EOT
  count = length([
    for x in var.list : x # all
    if x != ""
  ])
}
`

func TestHCLByMeaning(t *testing.T) {
	check(t, HCL, []meaning{
		{"an attribute", instance, edit(instance, "t3.micro", "t3.large"), "~ resource.aws_instance.web.instance_type: t3.micro → t3.large\n"},
		{"a tag", instance, edit(instance, `"a.b" = 1`, `"a.b" = 2`), "~ resource.aws_instance.web.tags[\"a.b\"]: 1 → 2\n"},
		{"formatting and comments", instance, edit(instance, "ami           =", "ami=", "# The web server.\n", "\n\n", "length([\n    for x in var.list : x # all\n    if x != \"\"\n  ])", "length([for x in var.list : x if x!=\"\"])", "Name = \"web\"\n", "Name : \"web\",\n"), ""},
		{"attributes and blocks in another order", "a = 1\nb \"x\" {\n  c = 1\n  d = 2\n}\ne {}\n", "e {}\nb \"x\" {\n  d = 2\n  c = 1\n}\na = 1\n", ""},
		{"CRLF", instance, strings.ReplaceAll(instance, "\n", "\r\n"), ""},
		{"a block renamed", instance, edit(instance, `"web" {`, `"app" {`), "- resource.aws_instance.web: {5 keys}\n+ resource.aws_instance.app: {5 keys}\n"},
		{"an expression", "a = var.x + 1\n", "a = var.y + 1\n", "~ a: var.x + 1 → var.y + 1\n"},
		{"a word and an expression", "a = \"var.x\"\n", "a = var.x\n", "~ a: var.x → var.x (string → expression)\n"},
		{"a heredoc", instance, edit(instance, "echo two", "echo three"), "~ resource.aws_instance.web.user_data: 2 lines → 2 lines\n"},
		{"a comma is not a sign", "a = f(x, -1)\n", "a = f(x -1)\n", "~ a: f(x, -1) → f(x -1)\n"},
		{"objects within expressions", "a = merge(x, { b = 1\n c = 2 })\n", "a = merge(x, {\n  b = 1,\n  c = 2,\n})\n", ""},
		{"lists", "a = [1,\n 2, # two\n]\n", "a = [1, 2, 3]\n", "+ a[2]: 3\n"},
		{"numbers", "a = 1.0\nb = -1\n", "a = 1\nb = - 1.0\n", ""},
		{"blocks by their port", "r \"a\" \"b\" {\n  ingress {\n    from_port = 80\n  }\n  ingress {\n    from_port = 443\n    x = 1\n  }\n}\n", "r \"a\" \"b\" {\n  ingress {\n    from_port = 443\n    x = 2\n  }\n  ingress {\n    from_port = 80\n  }\n  ingress {\n    from_port = 22\n  }\n}\n", "~ r.a.b.ingress[443].x: 1 → 2\n+ r.a.b.ingress[22]: {from_port: 22}\n"},
		{"a second block", "r {\n  i {\n    a = 1\n    b = 1\n  }\n}\n", "r {\n  i {\n    a = 1\n    b = 2\n  }\n  i {\n    c = 3\n  }\n}\n", "~ r.i[0].b: 1 → 2\n+ r.i[1]: {c: 3}\n"},
		{"providers by alias", "provider \"aws\" {\n  alias = \"a\"\n  region = 1\n}\nprovider \"aws\" {\n  alias = \"b\"\n}\n", "provider \"aws\" {\n  alias = \"b\"\n}\nprovider \"aws\" {\n  alias = \"a\"\n  region = 2\n}\n", "~ provider.aws[a].region: 1 → 2\n"},
		{"a Nomad job", "job \"x\" {\n  group \"y\" {\n    task \"z\" {\n      config { image = \"a:1\" }\n    }\n  }\n}\n", "job \"x\" {\n  group \"y\" {\n    task \"z\" {\n      config { image = \"a:2\" }\n    }\n  }\n}\n", "~ job.x.group.y.task.z.config.image: a:1 → a:2\n"},
	})
}

func TestEncryptedValues(t *testing.T) {
	sops := "password: ENC[AES256_GCM,data:abc,type:str]\nuser: bob\nsops:\n  mac: ENC[AES256_GCM,data:x,type:str]\n  lastmodified: \"2024-01-01\"\n  age:\n  - {recipient: r}\n"
	vault := "a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n"
	check(t, YAML, []meaning{
		{"SOPS", sops, edit(sops, "abc", "abd", "data:x", "data:y", "2024", "2025"), "~ password: encrypted → encrypted (changed)\n~ sops: sops metadata → sops metadata (changed)\n"},
		{"SOPS begins", "password: x\n", sops, "~ password: x → encrypted (string → encrypted)\n+ user: bob\n+ sops: sops metadata\n"},
		{"ansible-vault", vault, edit(vault, "6162", "6163"), "~ a: encrypted → encrypted (changed)\n"},
		{"a map of encrypted values", "a: 1\n", "a: 1\nb: {c: 'ENC[AES256_GCM,data:abc,type:str]'}\n", "+ b: {c: encrypted}\n"},
	})
	check(t, JSON, []meaning{{"SOPS in JSON", `{"a": "ENC[AES256_GCM,data:1,type:str]", "sops": {"mac": "1"}}`, `{"a": "ENC[AES256_GCM,data:2,type:str]", "sops": {"mac": "2"}}`, "~ a: encrypted → encrypted (changed)\n~ sops: sops metadata → sops metadata (changed)\n"}})
	check(t, HCL, []meaning{{"in HCL", "a = \"ENC[AES256_GCM,data:1,type:str]\"\n", "a = \"ENC[AES256_GCM,data:2,type:str]\"\n", "~ a: encrypted → encrypted (changed)\n"}})
}

func TestWhatCannotBeRead(t *testing.T) {
	for _, test := range []struct {
		name   string
		format Format
		data   string
		line   int
		reason string
	}{
		{"YAML with a key twice", YAML, "a: 1\nb: 2\na: 3\n", 3, `the key "a" is there twice`},
		{"YAML that is none", YAML, "a: [1\n", 0, ""},
		{"a Helm template", YAML, "a: 1\n{{- if .Values.x }}\nb: 2\n{{- end }}\n", 0, ""},
		{"a template in a value", YAML, "a:\n  b: {{ .Values.x }}\n", 2, "template"},
		{"an anchor within itself", YAML, "a: &x [*x]\n", 1, "contains itself"},
		{"a merge of words", YAML, "a:\n  <<: b\n", 2, "merge"},
		{"JSON with a key twice", JSON, "{\"a\": 1,\n\"b\": {\"c\": 1,\n\"c\": 2}}", 3, `the key "c" is there twice`},
		{"JSON with something after it", JSON, "{}\n{}", 2, "after top-level value"},
		{"JSON that ends early", JSON, "{\n\"a\": [", 2, "unexpected end"},
		{"no JSON at all", JSON, "", 1, "unexpected end"},
		{"TOML with a key twice", TOML, "a = 1\nb = 2\na = 3\n", 3, "twice"},
		{"TOML with a table twice", TOML, "[a]\n[b]\n[a]\n", 3, "twice"},
		{"a TOML table that is a value", TOML, "a = 1\n[a.b]\n", 2, "twice"},
		{"a TOML table within an inline one", TOML, "a = {b = 1}\n[a.c]\n", 2, "twice"},
		{"no date", TOML, "x = 1\na = 2024-13-01\n", 2, "no date"},
		{"TOML that ends early", TOML, "a = [1,\n", 0, ""},
		{"HCL with an attribute twice", HCL, "a = 1\na = 2\n", 2, "Attribute redefined"},
		{"HCL that ends early", HCL, "a {\n  b = 1\n", 0, ""},
		{"git-crypt", YAML, "\x00GITCRYPT\x00abc", 0, "git-crypt"},
		{"ansible-vault", YAML, "$ANSIBLE_VAULT;1.1;AES256\n616263\n", 0, "ansible-vault"},
		{"not text", JSON, "{\"a\": \"\xff\"}", 0, "not UTF-8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Compare(test.format, nil, []byte(test.data))
			p, ok := errors.AsType[*ParseError](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			if p.Side != New || test.line != 0 && p.Line != test.line || !strings.Contains(p.Reason.String(), test.reason) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestVersionsThatDoNotExist(t *testing.T) {
	for _, test := range []struct {
		name     string
		old, new []byte
		want     string
	}{
		{"neither", nil, nil, ""},
		{"a new file", nil, []byte("a: 1\nb: {c: 2}\n"), "+ \n+ a: 1\n+ b: {c: 2}\n"},
		{"a file that is gone", []byte("a: 1\n"), nil, "- \n- a: 1\n"},
		{"a new object", nil, []byte(deployment), "+ Deployment shop/web\n+ : {4 keys}\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := Compare(YAML, test.old, test.new)
			if err != nil || show(d) != test.want {
				t.Errorf("got %s %v", show(d), err)
			}
		})
	}
}

func TestDetailUnfoldsWhatIsSummarised(t *testing.T) {
	old := "a: |\n  one\n  two\n  three\n"
	new := "a: |\n  one\n  zwei\n  three\nb:\n  c: 1\n  containers:\n  - {name: web, image: x}\n  - {name: log, args: []}\n"
	d, err := Compare(YAML, []byte(old), []byte(new))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range d.Objects[0].Changes {
		for _, l := range c.Detail {
			got = append(got, sign(l.Op)+" "+l.Text.String())
		}
	}
	want := []string{"- two", "+ zwei", "+ c: 1", "+ containers[web].name: web", "+ containers[web].image: x", "+ containers[log].name: log", "+ containers[log].args: []"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFormatOf(t *testing.T) {
	for name, want := range map[string]string{
		"a/b.yaml": "YAML", "B.YML": "YAML", "x.json": "JSON", "terraform.tfstate": "JSON", "main.tf.json": "JSON",
		"main.tf": "HCL", "x.tfvars": "HCL", "terragrunt.hcl": "HCL", "x.nomad": "HCL", "Cargo.toml": "TOML", "Cargo.lock": "TOML",
		"x.yaml.j2": "", "x.tpl": "", "README.md": "", "yaml": "",
	} {
		f, ok := FormatOf(name)
		if ok != (want != "") || ok && f.String() != want {
			t.Errorf("%s: got %s %v", name, f, ok)
		}
	}
}
