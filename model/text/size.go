package text

// Size names a number of bytes as people read it: bytes below one KiB, and above rounded to the nearest whole unit.
func Size(n int64) Safe {
	for _, unit := range []string{"B", "KiB", "MiB", "GiB"} {
		if n < 1024 {
			return Format("%d %s", n, unit)
		}
		n = n/1024 + (n%1024+512)/1024
	}
	return Format("%d TiB", n)
}
