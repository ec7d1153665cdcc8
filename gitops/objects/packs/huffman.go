package packs

// Sizes of decoding tables. The root of a table is indexed by the next bits of
// the stream; longer codes go on in a part behind it. No code that is
// complete needs more than these, for so many symbols of 15 bits at most.
const (
	litRoot   = 9
	litTable  = 1024 // 852 are ever used; a power of two spares checks.
	distRoot  = 6
	distTable = 1024 // 592 are.

	maxLitCodes  = 288
	maxDistCodes = 32
	maxCodeBits  = 15
)

// An entry of a table has, from the lowest bit: four bits for how many bits the code has (behind
// the root: how many more), four for how many bits follow that belong to it,
// then what it is, and in the upper half its value.
const (
	kindMask  = 7 << 8
	isLiteral = 1 << 8 // The value is a byte.
	isBase    = 2 << 8 // The value is a length or a distance, to which the following bits are added.
	isEnd     = 3 << 8 // The block ends.
	isTable   = 4 << 8 // The value is where the code goes on in the table, by the number of bits that follow.
)

// litSymbols and distSymbols are the entries of all symbols, but for the bits of their codes.
var (
	litSymbols  = makeLitSymbols()
	distSymbols = makeDistSymbols()
	// lengthSymbols are those of the code in which the lengths of the other codes are written.
	lengthSymbols = func() (t [19]uint32) {
		for i := range t {
			t[i] = isLiteral | uint32(i)<<16
		}
		return t
	}()
)

func makeLitSymbols() (t [maxLitCodes]uint32) {
	for i := range 256 {
		t[i] = isLiteral | uint32(i)<<16
	}
	t[256] = isEnd
	base := uint32(3)
	for i := 257; i < 285; i++ {
		extra := uint32(max(0, (i-261)/4))
		t[i] = isBase | base<<16 | extra<<4
		base += 1 << extra
	}
	t[285] = isBase | 258<<16
	return t // The last two have codes in the fixed table, and no meaning.
}

func makeDistSymbols() (t [maxDistCodes]uint32) {
	base := uint32(1)
	for i := range 30 {
		extra := uint32(max(0, i/2-1))
		t[i] = isBase | base<<16 | extra<<4
		base += 1 << extra
	}
	return t
}

// fixed are the tables of blocks that bring none.
var fixed = func() (t struct {
	lit  [litTable]uint32
	dist [distTable]uint32
},
) {
	var lengths [maxLitCodes]uint8
	for i := range lengths {
		switch {
		case i < 144, i >= 280:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		default:
			lengths[i] = 7
		}
	}
	makeTable(t.lit[:], litRoot, lengths[:], litSymbols[:])
	for i := range maxDistCodes {
		lengths[i] = 5
	}
	makeTable(t.dist[:], distRoot, lengths[:maxDistCodes], distSymbols[:])
	return t
}()

// makeTable makes the table of a canonical code, of which the length of each
// symbol's code is known; 0 for symbols that do not occur. It reports whether there is such a code.
func makeTable(table []uint32, root uint, lengths []uint8, symbols []uint32) bool {
	var count [maxCodeBits + 1]int
	for _, l := range lengths {
		count[l]++
	}
	// Of the room that codes share, each takes its part.
	left, longest := 1, uint(0)
	for l := 1; l <= maxCodeBits; l++ {
		left = left<<1 - count[l]
		if left < 0 {
			return false
		}
		if count[l] > 0 {
			longest = uint(l)
		}
	}
	if left > 0 {
		// A code may have no symbol, or one, of one bit. What has no code then is no entry.
		if longest > 1 {
			return false
		}
		clear(table[:1<<root])
	}
	var sorted [maxLitCodes]uint16
	var start [maxCodeBits + 2]int
	for l := 1; l <= maxCodeBits; l++ {
		start[l+1] = start[l] + count[l]
	}
	used := start[maxCodeBits+1]
	for i, l := range lengths {
		if l > 0 {
			sorted[start[l]] = uint16(i)
			start[l]++
		}
	}
	// Codes come with their first bit lowest, so they are counted up from the highest.
	code := uint(0)
	free, part, partBits, prefix := uint(1)<<root, uint(0), uint(0), ^uint(0)
	for _, symbol := range sorted[:used] {
		l := uint(lengths[symbol])
		entry := symbols[symbol]
		if l <= root {
			entry |= uint32(l)
			for i := code; i < 1<<root; i += 1 << l {
				table[i] = entry
			}
		} else {
			if p := code & (1<<root - 1); p != prefix {
				prefix, part = p, free
				partBits = l - root
				// As large as the longest code that begins so.
				for room := 1 << partBits; partBits+root < longest; room <<= 1 {
					if room -= count[partBits+root]; room <= 0 {
						break
					}
					partBits++
				}
				free += 1 << partBits
				if free > uint(len(table)) {
					return false
				}
				table[prefix] = isTable | uint32(part)<<16 | uint32(partBits)<<4 | uint32(root)
			}
			entry |= uint32(l - root)
			for i := code >> root; i < 1<<partBits; i += 1 << (l - root) {
				table[part+i] = entry
			}
		}
		count[l]--
		bit := uint(1) << (l - 1)
		for code&bit != 0 {
			bit >>= 1
		}
		code = code&(max(bit, 1)-1) | bit
	}
	return true
}

// tables reads the codes that a block brings.
func (f *inflater) tables() error {
	lits, dists, lengths := int(f.take(5))+257, int(f.take(5))+1, int(f.take(4))+4
	if lits > 286 || dists > 30 {
		return errStream
	}
	var own [19]uint8
	for _, i := range []int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}[:lengths] {
		own[i] = uint8(f.take(3))
	}
	const bits = 7
	table := f.dist[:1<<bits]
	if !makeTable(table, bits, own[:], lengthSymbols[:]) {
		return errStream
	}
	all := f.lengths[:lits+dists]
	for i := 0; i < len(all); {
		f.fill()
		e := table[f.bits&(1<<bits-1)]
		if e == 0 {
			return errStream
		}
		f.take(uint(e & 15))
		symbol := uint8(e >> 16)
		if symbol < 16 {
			all[i] = symbol
			i++
			continue
		}
		repeated, times := uint8(0), 0
		switch symbol {
		case 16:
			if i == 0 {
				return errStream
			}
			repeated, times = all[i-1], 3+int(f.take(2))
		case 17:
			times = 3 + int(f.take(3))
		default:
			times = 11 + int(f.take(7))
		}
		if times > len(all)-i {
			return errStream
		}
		for range times {
			all[i] = repeated
			i++
		}
	}
	// A block without an end would have none.
	if all[256] == 0 || !makeTable(f.lit[:], litRoot, all[:lits], litSymbols[:]) || !makeTable(f.dist[:], distRoot, all[lits:], distSymbols[:]) {
		return errStream
	}
	return nil
}
