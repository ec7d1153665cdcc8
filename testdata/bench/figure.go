package main

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// figure is what was measured: a time in nanoseconds, or a size in bytes.
type figure struct {
	value  float64
	isSize bool
	how    string // How it was made of how many values.
}

// isKnown reports whether anything was measured.
func (f figure) isKnown() bool { return f.how != "" }

func (f figure) String() string {
	if !f.isKnown() {
		return "—"
	}
	return quantity(f.value, f.isSize) + ", " + f.how
}

// quantity writes a time or a size with three digits.
func quantity(v float64, isSize bool) string {
	if isSize {
		return digits(v/(1<<20)) + " MiB"
	}
	switch d := time.Duration(v); {
	case d >= time.Second:
		return digits(v/1e9) + " s"
	case d >= time.Millisecond:
		return digits(v/1e6) + " ms"
	default:
		return digits(v/1e3) + " µs"
	}
}

func digits(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}

// times are how long the same thing took, each time.
type times []time.Duration

func (t times) median() figure { return t.quantile(0.5, "median") }
func (t times) best() figure   { return t.quantile(0, "best") }
func (t times) p95() figure    { return t.quantile(0.95, "p95") }
func (t times) worst() figure  { return t.quantile(1, "worst") }

func (t times) quantile(q float64, name string) figure {
	if len(t) == 0 {
		return figure{}
	}
	sorted := slices.Sorted(slices.Values(t))
	at := max(int(math.Ceil(q*float64(len(sorted))))-1, 0)
	return figure{value: float64(sorted[at]), how: fmt.Sprintf("%s of %d", name, len(t))}
}

// sizes are how large the same thing was, each time.
type sizes []int64

// worst is the largest.
func (s sizes) worst() figure {
	if len(s) == 0 {
		return figure{}
	}
	return figure{value: float64(slices.Max(s)), isSize: true, how: fmt.Sprintf("worst of %d", len(s))}
}
