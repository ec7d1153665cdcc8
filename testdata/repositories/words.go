package repositories

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

var (
	environments = strings.Fields("production staging development sandbox preproduction recovery")

	domains = strings.Fields(`payments orders catalog billing search identity inventory shipping ledger pricing reports mail notify media
		profile session checkout returns fraud audit tax loyalty coupons reviews wishlist geo weather booking courts cases
		permits licences grants pensions housing claims appeals records archive telemetry`)
	roles = strings.Fields("api worker web cron gateway cache store proxy relay sync import export admin index stream")

	// services are names of services as files mention them.
	services = serviceNames(200)

	parts = strings.Split(`image tag|replica count|memory limit|CPU request|ingress host|alert threshold|database instance class|IAM policy|network policy|
cron schedule|bucket lifecycle|queue visibility timeout|log retention|TLS certificate issuer|secret rotation period|autoscaling range|liveness probe|
readiness probe|service account|DNS record|security group|backup window|dead letter queue|cache node type|pod disruption budget|node selector|
storage class|rate limit|feature flag|Prometheus rule|egress allow list|session timeout|connection pool|read replica|encryption key|topic subscription`, "|")

	verbs   = strings.Fields("Raise Lower Set Change Fix Restore Tighten Relax Move Correct Pin Unpin Simplify Split Enable Disable Review Document Align Tune")
	reasons = strings.Split(`the nightly import|last week's incident|the new cluster|the migration|peak traffic on Mondays|the auditors|cost control|
the load test|customers abroad|the failover exercise|the next release|the deprecated API|the security review|on-call noise`, "|")

	sentences = []string{
		"The %[1]s of %[2]s was too low for %[3]s.",
		"Since %[3]s the %[1]s did not fit any more.",
		"This prepares %[2]s for %[3]s; no restart is needed.",
		"See the discussion in OPS-%[4]d for why the %[1]s has to change first.",
		"Tested in staging with %[4]d requests per second for one hour.",
		"Without this %[2]s runs out of memory about every %[4]d minutes.",
		"The old value was a guess from before %[3]s.",
		"Nothing else uses the %[1]s, so this is safe to apply alone.",
		"A follow-up removes the %[1]s from the other environments.",
		"Asked for by the team that owns %[2]s because of %[3]s.",
		"- %[1]s: as agreed for %[3]s",
		"- %[2]s: ticket %[4]d",
	}
	careless = strings.Split("fix|wip|typo|Trigger build|fix again|address review comments|lint|update|more of the same|oops", "|")
	tools    = strings.Fields("helm terraform kubectl prometheus grafana nginx cert-manager external-dns argocd flux postgres redis rabbitmq vault traefik loki")
)

func serviceNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = serviceName(i)
	}
	return names
}

// team is who owns the i-th service.
func team(i int) string { return domains[i%len(domains)] }

// serviceName is the name of the i-th service; no two have the same.
func serviceName(i int) string {
	name := team(i) + "-" + roles[(i/len(domains)+i)%len(roles)]
	if again := i / (len(domains) * len(roles)); again > 0 {
		name += fmt.Sprintf("-%d", again+1)
	}
	return name
}

// topic is what a piece of work is about.
type topic struct {
	place  string // The directory.
	part   string
	reason string
	number int
}

func newTopic(place string, random *rand.Rand) topic {
	return topic{place, strings.TrimSpace(pick(random, parts)), strings.TrimSpace(pick(random, reasons)), 100 + random.IntN(9900)}
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

// names are the service of the topic, and its environment where it has one.
func (t topic) names() (service, environment string) {
	elements := strings.Split(t.place, "/")
	service = elements[len(elements)-1]
	if len(elements) >= 4 && elements[0] == "environments" {
		environment = elements[1]
	}
	return service, environment
}

// subject is the first line of a commit about the topic, in somebody's style.
func (t topic) subject(by person, random *rand.Rand) string {
	service, environment := t.names()
	if by.style == carelessly && random.IntN(6) == 0 {
		return pick(random, careless)
	}
	verb := pick(random, verbs)
	what := t.part
	if random.IntN(2) == 0 {
		what = "the " + what
	}
	where := " of " + service
	if environment != "" && random.IntN(3) > 0 {
		where += " in " + environment
	}
	switch by.style {
	case conventional:
		kind := pick(random, []string{"fix", "feat", "chore", "feat", "docs", "refactor"})
		return fmt.Sprintf("%s(%s): %s %s", kind, service, strings.ToLower(verb), what) + strings.TrimPrefix(where, " of "+service)
	case ticketed:
		return fmt.Sprintf("OPS-%d %s %s%s", t.number, verb, what, where)
	case carelessly:
		return strings.ToLower(verb) + " " + what + where
	}
	if random.IntN(3) == 0 {
		return verb + " " + what + where + " for " + t.reason
	}
	return verb + " " + what + where
}

// body is some lines on the topic, one to five.
func (t topic) body(random *rand.Rand) string {
	service, _ := t.names()
	var b strings.Builder
	for range 1 + random.IntN(5) {
		s := fmt.Sprintf(pick(random, sentences)+"%.0[1]s%.0[2]s%.0[3]s%.0[4]d", t.part, service, t.reason, t.number)
		b.WriteString(s + "\n")
	}
	return b.String()
}

// message is what somebody writes about the topic; a third of all messages have a body.
func (t topic) message(by person, random *rand.Rand) string {
	message := t.subject(by, random) + "\n"
	if random.IntN(3) == 0 {
		message += "\n" + t.body(random)
	}
	return message
}

// branch is the name of the branch for a request on the topic.
func (t topic) branch(by person, random *rand.Rand) string {
	service, _ := t.names()
	part := strings.ReplaceAll(strings.ToLower(t.part), " ", "-")
	switch random.IntN(4) {
	case 0:
		return fmt.Sprintf("OPS-%d-%s", t.number, service)
	case 1:
		return by.handle() + "/" + part
	case 2:
		return "feature/" + service + "-" + part
	}
	return service + "-" + part
}
