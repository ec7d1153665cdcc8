package structure

import "strings"

// identify gives a document the identity and the name of a Kubernetes object, if it is one. The version of an API is
// not identity: apps/v1beta1 and apps/v1 are two ways to write the same object.
func identify(d *document) {
	version, kind := d.root.word("apiVersion"), d.root.word("kind")
	if version == "" || kind == "" {
		return
	}
	group, _, hasGroup := strings.Cut(version, "/")
	if !hasGroup {
		group = ""
	}
	var namespace, name string
	if meta := d.root.get("metadata"); meta != nil {
		namespace, name = meta.word("namespace"), meta.word("name")
		if name == "" {
			name = meta.word("generateName")
		}
	}
	d.identity = strings.Join([]string{group, kind, namespace, name}, "\x00")
	d.name = kind
	switch {
	case namespace != "" && name != "":
		d.name += " " + namespace + "/" + name
	case name != "":
		d.name += " " + name
	}
}

func (d *document) isKubernetes() bool { return d.identity != "" }

// splitLists puts the items of Kubernetes lists in the place of the list, so that they are matched as objects. What is
// left of the list stays, as a list without items.
func splitLists(docs []document) []document {
	var out []document
	for _, d := range docs {
		identify(&d)
		items := d.root.get("items")
		if !strings.HasSuffix(d.root.word("kind"), "List") || !d.isKubernetes() || items == nil || !areObjects(items) {
			out = append(out, d)
			continue
		}
		shell := &node{kind: mapKind, tag: d.root.tag, at: d.root.at}
		for _, f := range d.root.fields {
			if f.key != "items" {
				shell.fields = append(shell.fields, f)
			}
		}
		if shell.seal() != nil { // It is smaller than what was sealed before.
			out = append(out, d)
			continue
		}
		d.root = shell
		out = append(out, d)
		for _, item := range items.items {
			within := document{root: item, at: item.at}
			identify(&within)
			out = append(out, within)
		}
	}
	return out
}

func areObjects(items *node) bool {
	if items.kind != listKind || len(items.items) == 0 {
		return false
	}
	for _, item := range items.items {
		if item.word("apiVersion") == "" || item.word("kind") == "" {
			return false
		}
	}
	return true
}

var (
	byName          = naturalKey{fields: []string{"name"}}
	byContainerPort = naturalKey{fields: []string{"containerPort"}, protocol: true}
	byPort          = naturalKey{fields: []string{"port"}, protocol: true}
)

// mergeKeys are those by which Kubernetes itself merges lists, by the name of the field.
var mergeKeys = map[string][]naturalKey{
	"containers":                {byName},
	"initContainers":            {byName},
	"ephemeralContainers":       {byName},
	"volumes":                   {byName},
	"env":                       {byName},
	"imagePullSecrets":          {byName},
	"secrets":                   {byName},
	"ports":                     {byContainerPort, byPort},
	"volumeMounts":              {{fields: []string{"mountPath"}}},
	"volumeDevices":             {{fields: []string{"devicePath"}}},
	"hostAliases":               {{fields: []string{"ip"}}},
	"tolerations":               {{fields: []string{"key"}}, {fields: []string{"key"}, optional: []string{"effect"}}},
	"topologySpreadConstraints": {{fields: []string{"topologyKey"}}},
	"conditions":                {{fields: []string{"type"}}},
	"ownerReferences":           {{fields: []string{"uid"}}},
}
