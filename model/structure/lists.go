package structure

import (
	"cmp"
	"slices"
	"strings"
)

// naturalKey is a field, or several, by which people tell the items of a list apart.
type naturalKey struct {
	fields   []string // Scalars that every item has.
	optional []string
	protocol bool   // The protocol of a port belongs to it, TCP where it is not given.
	cut      string // What follows in the value is not part of the key: the version in uses: checkout@v4.
}

// naturalKeys are tried in this order.
var naturalKeys = []naturalKey{
	{fields: []string{"name"}},
	{fields: []string{"type", "name"}, optional: []string{"module", "mode"}}, // Resources of a Terraform state.
	{fields: []string{"kind", "name"}, optional: []string{"namespace"}},
	{fields: []string{"id"}},
	{fields: []string{"key"}},
	{fields: []string{"uid"}},
	{fields: []string{"containerPort"}, protocol: true},
	{fields: []string{"port"}, protocol: true},
	{fields: []string{"mountPath"}},
	{fields: []string{"host"}},
	{fields: []string{"path"}},
	{fields: []string{"ip"}},
	{fields: []string{"topologyKey"}},
	{fields: []string{"alias"}},
	{fields: []string{"address"}},
	{fields: []string{"cidr"}},
	{fields: []string{"cidr_block"}},
	{fields: []string{"username"}},
	{fields: []string{"arn"}},
	{fields: []string{"uses"}, cut: "@"},
	{fields: []string{"from_port"}},
	{fields: []string{"from_port", "to_port"}, optional: []string{"protocol"}},
	{fields: []string{"to"}},
	{fields: []string{"hosts"}},
	{fields: []string{"type"}},
	{fields: []string{"repo"}},
	{fields: []string{"index_key"}},
}

// identities tell items apart even where not all of a list have them.
var identities = []naturalKey{
	{fields: []string{"name"}},
	{fields: []string{"id"}},
	{fields: []string{"key"}},
	{fields: []string{"uses"}, cut: "@"},
}

// of answers the key of an item and how it is written; ok is false where the item has none.
func (k naturalKey) of(n *node) (key, label string, ok bool) {
	if n.kind != mapKind {
		return "", "", false
	}
	const maxKeys = 8
	var keys, labels [maxKeys]string
	parts := 0
	for at, name := range slices.Concat(k.fields, k.optional) {
		v := n.get(name)
		switch {
		case v == nil && at >= len(k.fields):
			continue
		case v == nil || !v.kind.isScalar() || v.kind == nullKind || v.kind == encryptedKind || v.text == "":
			return "", "", false
		}
		labels[parts], keys[parts] = v.text, name+"\x00"+v.canon
		if k.cut != "" {
			labels[parts], _, _ = strings.Cut(v.text, k.cut)
			keys[parts] = labels[parts]
		}
		parts++
	}
	key, label = strings.Join(keys[:parts], "\x00"), strings.Join(labels[:parts], ".")
	if k.protocol {
		protocol := cmp.Or(n.word("protocol"), "TCP")
		key += "\x00" + protocol
		if protocol != "TCP" {
			label += "/" + protocol
		}
	}
	return key, label, true
}

// keysOf answers the key and the label of all items, or ok false where one has none or two have the same.
func (k naturalKey) keysOf(items []*node) (keys, labels []string, ok bool) {
	keys, labels = make([]string, len(items)), make([]string, len(items))
	seen := make(map[string]bool, len(items))
	for i, item := range items {
		if keys[i], labels[i], ok = k.of(item); !ok || seen[keys[i]] {
			return nil, nil, false
		}
		seen[keys[i]] = true
	}
	return keys, labels, true
}

// candidates answers the keys to try for the items of a field.
func (c *comparer) candidates(field string) []naturalKey {
	if c.kubernetes {
		if own := mergeKeys[field]; own != nil {
			return slices.Concat(own, naturalKeys)
		}
	}
	return naturalKeys
}

// match finds out which items of two lists, or of two runs of blocks, belong together.
func (c *comparer) match(old, new *node, field string) []entry {
	ordered := old.kind == listKind
	m := newMatch(len(old.items), len(new.items))
	if key := c.chooseKey(old.items, new.items, field); key != nil {
		c.matchNamed(m, *key, old.items, new.items)
	} else {
		c.matchUnnamed(m, old.items, new.items, ordered)
	}
	return m.entries(ordered)
}

// chooseKey answers the first key that is unique on both sides, and better one by which any item has a partner; nil for none.
func (c *comparer) chooseKey(olds, news []*node, field string) *naturalKey {
	for _, items := range [][]*node{olds, news} {
		if len(items) > 0 && items[0].kind != mapKind {
			return nil
		}
	}
	var first *naturalKey
	for _, k := range c.candidates(field) {
		oldKeys, _, ok := k.keysOf(olds)
		if !ok {
			continue
		}
		newKeys, _, ok := k.keysOf(news)
		if !ok {
			continue
		}
		if len(olds) == 0 || len(news) == 0 || haveCommon(oldKeys, newKeys) {
			return &k
		}
		if first == nil {
			first = &k
		}
	}
	return first
}

func haveCommon(a, b []string) bool {
	in := make(map[string]bool, len(a))
	for _, s := range a {
		in[s] = true
	}
	return slices.ContainsFunc(b, func(s string) bool { return in[s] })
}

func (c *comparer) matchNamed(m *match, k naturalKey, olds, news []*node) {
	oldKeys, oldLabels, _ := k.keysOf(olds)
	newKeys, newLabels, _ := k.keysOf(news)
	m.oldLabel, m.newLabel = oldLabels, newLabels
	m.byKey(func(i int) string { return oldKeys[i] }, func(j int) string { return newKeys[j] })
	// An item whose key changed is still the same if it kept its name.
	if k.fields[0] != "name" {
		m.byIdentity(olds, news)
	}
}

// byIdentity pairs what is left by names that are unique among it.
func (m *match) byIdentity(olds, news []*node) {
	for _, k := range identities {
		places, fresh := k.unique(olds, m.newOf), k.unique(news, m.oldOf)
		for j, i := range m.oldOf {
			if i >= 0 {
				continue
			}
			if key, label, ok := k.of(news[j]); ok && fresh[key] == j+1 && places[key] > 0 {
				m.pair(places[key]-1, j, label)
			}
		}
	}
}

// unique answers the place from 1 of each key among the items that have no partner; -1 where a key is there twice.
func (k naturalKey) unique(items []*node, partner []int) map[string]int {
	places := map[string]int{}
	for i, item := range items {
		if partner[i] >= 0 {
			continue
		}
		if key, _, ok := k.of(item); ok {
			if places[key] != 0 {
				places[key] = -1
			} else {
				places[key] = i + 1
			}
		}
	}
	return places
}

// matchUnnamed matches items that have no key: the equal ones, then those of one name, then those that are alike
// and stand between the same neighbours.
func (c *comparer) matchUnnamed(m *match, olds, news []*node, ordered bool) {
	if ordered {
		for _, p := range c.common(hashes(olds), hashes(news)) {
			m.pair(p.old, p.new, "")
		}
	}
	m.byEqual(olds, news)
	m.byIdentity(olds, news)
	if !ordered {
		c.matchGap(m, olds, news, pair{0, 0}, pair{len(olds), len(news)})
		return
	}
	lo := pair{0, 0}
	var pairs []pair
	for j, i := range m.oldOf {
		if i >= 0 {
			pairs = append(pairs, pair{i, j})
		}
	}
	stays := rising(pairs)
	for k, p := range append(pairs, pair{len(olds), len(news)}) {
		if k < len(stays) && !stays[k] {
			continue
		}
		c.matchGap(m, olds, news, lo, p)
		lo = pair{p.old + 1, p.new + 1}
	}
}

// byEqual pairs equal items that are left: they have moved.
func (m *match) byEqual(olds, news []*node) {
	places := map[uint64][]int{}
	for i, j := range m.newOf {
		if j < 0 {
			places[olds[i].hash] = append(places[olds[i].hash], i)
		}
	}
	for j, i := range m.oldOf {
		if h := news[j].hash; i < 0 && len(places[h]) > 0 {
			m.pair(places[h][0], j, "")
			places[h] = places[h][1:]
		}
	}
}

// matchGap pairs items between two that stay. What is not alike enough is paired by position if there are as many on
// either side.
func (c *comparer) matchGap(m *match, olds, news []*node, lo, hi pair) {
	left, right := unpaired(m.newOf, lo.old, hi.old), unpaired(m.oldOf, lo.new, hi.new)
	if len(left) == 0 || len(right) == 0 {
		return
	}
	const most = 4096
	if len(left)*len(right) <= most {
		c.matchAlike(m, olds, news, left, right)
		left, right = unpaired(m.newOf, lo.old, hi.old), unpaired(m.oldOf, lo.new, hi.new)
	}
	if len(left) == len(right) {
		for k := range left {
			m.pair(left[k], right[k], "")
		}
	}
}

func unpaired(partner []int, lo, hi int) []int {
	var left []int
	for i := lo; i < hi; i++ {
		if partner[i] < 0 {
			left = append(left, i)
		}
	}
	return left
}

// matchAlike pairs the most alike first.
func (c *comparer) matchAlike(m *match, olds, news []*node, left, right []int) {
	type likeness struct {
		pair
		score float64
	}
	var found []likeness
	for _, i := range left {
		for _, j := range right {
			if score := c.alike(olds[i], news[j]); score >= 0.5 {
				found = append(found, likeness{pair{i, j}, score})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b likeness) int { return cmp.Compare(b.score, a.score) })
	for _, f := range found {
		if m.newOf[f.old] < 0 && m.oldOf[f.new] < 0 {
			m.pair(f.old, f.new, "")
		}
	}
}

// alike says from 0 to 1 how much two values have in common, one level deep.
func (c *comparer) alike(a, b *node) float64 {
	if a.kind != b.kind || a.tag != b.tag {
		return 0
	}
	common := 0.0
	switch a.kind {
	case mapKind:
		if c.steps -= len(b.fields); c.steps < 0 || len(a.fields)+len(b.fields) == 0 {
			return 0
		}
		for _, f := range b.fields {
			switch at := a.lookup(f.key); {
			case at < 0:
			case equal(a.fields[at].value, f.value):
				common += 2
			case a.fields[at].value.kind == f.value.kind:
				common++
			}
		}
		return common / float64(len(a.fields)+len(b.fields))
	case listKind:
		if c.steps -= len(a.items) + len(b.items); c.steps < 0 || len(a.items)+len(b.items) == 0 {
			return 0
		}
		in := make(map[uint64]int, len(a.items))
		for _, item := range a.items {
			in[item.hash]++
		}
		for _, item := range b.items {
			if in[item.hash] > 0 {
				in[item.hash]--
				common += 2
			}
		}
		return common / float64(len(a.items)+len(b.items))
	case stringKind:
		return alikeWords(a.text, b.text)
	}
	return 0
}

// alikeWords tells settings written as one word: --verbosity=2 is the same setting as --verbosity=4.
func alikeWords(a, b string) float64 {
	const mostly = 0.75
	before, _, ok := strings.Cut(a, "=")
	if other, _, also := strings.Cut(b, "="); ok && also && before == other && before != "" {
		return mostly
	}
	return 0
}

// itemLabels answers how the items of a field are called in paths, where there is one version only.
func itemLabels(n *node, field string, kubernetes bool) func(int) string {
	c := &comparer{kubernetes: kubernetes}
	if k := c.chooseKey(nil, n.items, field); k != nil {
		_, labels, _ := k.keysOf(n.items)
		return func(i int) string { return labels[i] }
	}
	return func(int) string { return "" }
}
