package repositories

// The kinds of file that infrastructure is written in. Letters after $: n name, i number, a address stay;
// v version, r count, m size, h digest change.
var (
	deployment = newKind(plain, `apiVersion: apps/v1
kind: Deployment
metadata:
  name: $n
  labels:
    app.kubernetes.io/part-of: platform
spec:
  template:
    spec:
      containers:
`,
		`        - name: $n
          image: registry.example.org/platform/$n:$v
          resources:
            requests:
              memory: $mMi
              cpu: $rm
`,
		`        - name: $n-$i
          image: ghcr.io/example-org/$n:$v@sha256:$h
          ports:
            - containerPort: $i
`,
		`        - name: $n-proxy
          image: registry.example.org/edge/proxy:$v
          args: ["--upstream=$a:$i", "--workers=$r"]
          readinessProbe:
            httpGet: {path: /healthz, port: $i}
            periodSeconds: $r
`)

	values = newKind(plain, `# Values of $n.
replicaCount: 2
serviceAccount:
  create: true
`,
		`$n-$i:
  enabled: true
  replicas: $r
  image:
    repository: registry.example.org/$n
    tag: "$v"
`,
		`$n-$i:
  host: $n.internal.example.org
  memory: $mMi
  timeoutSeconds: $r
`,
		`$n-$i:
  schedule: "$r $r * * *"
  digest: sha256:$h
`)

	kustomization = newKind(plain, `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: $n
resources:
`,
		"  - ../../base/$n-$i?ref=v$v\n",
		"  - https://charts.example.org/$n/$v/manifests-$i.yaml\n",
		"  # $n: keep $r replicas until $i is closed.\n  - $n-$i-$r.yaml\n")

	alerts = newKind(plain, `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: $n
spec:
  groups:
`,
		`    - name: $n-$i
      rules:
        - alert: TooManyErrors$i
          expr: sum(rate(http_errors_total{service="$n"}[$rm])) > $m
          for: $rm
`,
		`    - name: $n-latency-$i
      rules:
        - alert: Slow$i
          expr: histogram_quantile(0.99, latency_bucket{job="$n"}) > $r
          labels: {severity: page, team: $n}
`)

	terraform = newKind(plain, `terraform {
  required_version = ">= 1.5"
}

`,
		`module "$n_$i" {
  source         = "github.com/example-org/terraform-$n?ref=$v"
  instance_count = $r
  storage_gb     = $m
}

`,
		`resource "aws_security_group_rule" "$n_$i" {
  type        = "ingress"
  from_port   = $i
  to_port     = $i
  protocol    = "tcp"
  cidr_blocks = ["$a/32"]
  description = "$n, request $r"
}

`,
		`resource "aws_db_instance" "$n_$i" {
  engine_version    = "$v"
  allocated_storage = $m
  instance_class    = "db.m$r.large"
  apply_immediately = false
}

`)

	variables = newKind(plain, "",
		`variable "$n_$i" {
  description = "How many of $n there are"
  type        = number
  default     = $r
}

`,
		`variable "$n_$i_size" {
  type    = string
  default = "$mGi" # Was $r times as much.
}

`)

	workflow = newKind(plain, `name: $n
on: [push]
jobs:
`,
		`  $n-$i:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v$r
      - uses: example-org/$n@$h # v$v
`)

	inventory = newKind(plain, "[$n]\n",
		"$n-$i ansible_host=$a weight=$r\n",
		"$n-$i ansible_host=$a release=$v memory=$m\n",
		"\n[$n_$i]\n$n-$i ansible_host=$a ansible_port=$r\n")

	script = newKind(executable, "#!/bin/sh\n# Looks after $n.\nset -eu\n\n",
		"for try in $r $r $r; do\n  curl -fsS https://$n.internal.example.org/healthz && break\ndone\n\n",
		"kubectl rollout restart deployment/$n-$i --timeout=$ms\n",
		"docker pull registry.example.org/$n:$v\n")

	document = newKind(plain, "# $n\n\nWho is on call finds here what to do.\n\n",
		"## $n $i\n\nRuns on $a since release $v. Page the team when more than $r of its\nreplicas are gone for longer than $m seconds.\n\n",
		"- $n: see runbook $i, step $r.\n",
		"| $n | $a | $v | $m MiB |\n")
)

// placed is a file that services have.
type placed struct {
	path string
	kind *kind
}

// ofService are the files of a service in an environment; small services have only the first of them.
var ofService = []placed{
	{"deployment.yaml", deployment},
	{"values.yaml", values},
	{"kustomization.yaml", kustomization},
	{"resources/main.tf", terraform},
	{"resources/variables.tf", variables},
	{"alerts.yaml", alerts},
	{"resources/rds.tf", terraform},
	{"ingress.yaml", values},
	{"resources/irsa.tf", terraform},
	{"cronjob.yaml", deployment},
	{"networkpolicy.yaml", values},
	{"resources/s3.tf", terraform},
}

// ofModule are the files of a Terraform module that environments share.
var ofModule = []placed{{"main.tf", terraform}, {"variables.tf", variables}, {"outputs.tf", variables}, {"README.md", document}}
