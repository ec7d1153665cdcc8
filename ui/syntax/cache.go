package syntax

import (
	"container/list"
	"sync"
)

// Cache keeps the colours of the files that were looked at last, up to a number of bytes. It
// is for all goroutines; the zero value keeps nothing.
type Cache struct {
	mu    sync.Mutex
	max   int
	size  int
	byKey map[cacheKey]*list.Element
	order list.List // Of *cached, the last used first.
}

type cacheKey struct{ path, sum string }

type cached struct {
	key  cacheKey
	text *Text
}

// NewCache makes a cache of at most maxBytes bytes.
func NewCache(maxBytes int) *Cache {
	return &Cache{max: maxBytes, byKey: map[cacheKey]*list.Element{}}
}

// Get finds the colours of a version of a file. sum is what tells versions apart: the id of the blob, or a hash of the lines.
func (c *Cache) Get(path, sum string) (*Text, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[cacheKey{path, sum}]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached).text, true
}

// Put keeps the colours of a version of a file, and forgets others where there is no room.
func (c *Cache) Put(path, sum string, t *Text) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := cacheKey{path, sum}
	if e, ok := c.byKey[key]; ok {
		c.forget(e)
	}
	cost := entryCost(key, t)
	if cost > c.max {
		return
	}
	c.byKey[key] = c.order.PushFront(&cached{key, t})
	c.size += cost
	for c.size > c.max {
		c.forget(c.order.Back())
	}
}

func (c *Cache) forget(e *list.Element) {
	v := c.order.Remove(e).(*cached)
	delete(c.byKey, v.key)
	c.size -= entryCost(v.key, v.text)
}

// entryCost counts what the entry itself takes too: many empty texts are not free.
func entryCost(k cacheKey, t *Text) int { return 200 + len(k.path) + len(k.sum) + t.Size() }
