package filekind

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"plumb/model/diff"
)

// maxHeader is how many bytes the header of an image is looked for in: cameras put a preview and a colour profile before the size.
const maxHeader = 1 << 20

// imageFormat is a format of images: how it begins, and how its size is read. Where that is sure, no text begins so, and a
// file whose size cannot be read is an image of this format all the same.
type imageFormat struct {
	name   string
	magic  string
	second string // What stands further in, at offset at.
	at     int
	sure   bool
	size   func(data []byte) (width, height int)
}

var imageFormats = []imageFormat{
	{name: "PNG", magic: "\x89PNG\r\n\x1a\n", sure: true, size: decoded(png.DecodeConfig)},
	{name: "JPEG", magic: "\xff\xd8\xff", sure: true, size: decoded(jpeg.DecodeConfig)},
	{name: "GIF", magic: "GIF87a", size: decoded(gif.DecodeConfig)},
	{name: "GIF", magic: "GIF89a", size: decoded(gif.DecodeConfig)},
	{name: "WebP", magic: "RIFF", second: "WEBP", at: 8, sure: true, size: webp},
	{name: "BMP", magic: "BM", size: bmp},
	{name: "icon", magic: "\x00\x00\x01\x00", size: icon},
	{name: "TIFF", magic: "II*\x00", sure: true},
	{name: "TIFF", magic: "MM\x00*", sure: true},
	{name: "AVIF", second: "ftypavif", at: 4, sure: true},
	{name: "HEIC", second: "ftypheic", at: 4, sure: true},
}

// isImage recognises images by how they begin. SVG is text.
func isImage(_ string, data []byte, i *Info) bool {
	for _, f := range imageFormats {
		if !bytes.HasPrefix(data, []byte(f.magic)) || !hasAt(data, f.at, f.second) || !f.sure && !diff.IsBinary(data) {
			continue
		}
		width, height := 0, 0
		if f.size != nil {
			width, height = f.size(data[:min(len(data), maxHeader)])
		}
		if width <= 0 || height <= 0 {
			if !f.sure {
				continue
			}
			width, height = 0, 0
		}
		i.Kind, i.Format, i.Width, i.Height = Image, f.name, width, height
		return true
	}
	return false
}

func hasAt(data []byte, at int, what string) bool {
	return len(data) >= at+len(what) && string(data[at:at+len(what)]) == what
}

// decoded reads the size with a decoder of the standard library, which goes no further than the header.
func decoded(config func(io.Reader) (image.Config, error)) func([]byte) (int, int) {
	return func(data []byte) (int, int) {
		c, err := config(bytes.NewReader(data))
		if err != nil {
			return 0, 0
		}
		return c.Width, c.Height
	}
}

// webp knows the three kinds of first chunk: lossy, lossless and extended.
func webp(data []byte) (width, height int) {
	if len(data) < 30 {
		return 0, 0
	}
	little := binary.LittleEndian
	switch string(data[12:16]) {
	case "VP8 ":
		if string(data[23:26]) == "\x9d\x01\x2a" {
			return int(little.Uint16(data[26:]) & 0x3fff), int(little.Uint16(data[28:]) & 0x3fff)
		}
	case "VP8L":
		if data[20] == 0x2f {
			bits := little.Uint32(data[21:])
			return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1
		}
	case "VP8X":
		return int(little.Uint32(data[24:])&0xffffff) + 1, int(little.Uint32(data[26:])>>8) + 1
	}
	return 0, 0
}

// bmp is particular about the header: two letters alone would make images of texts.
func bmp(data []byte) (width, height int) {
	if len(data) < 26 {
		return 0, 0
	}
	little := binary.LittleEndian
	switch header := little.Uint32(data[14:]); {
	case header == 12:
		return int(little.Uint16(data[18:])), int(little.Uint16(data[20:]))
	case header >= 40 && header <= 124:
		h := int(int32(little.Uint32(data[22:])))
		return int(int32(little.Uint32(data[18:]))), max(h, -h) // A negative height says that the top row comes first.
	}
	return 0, 0
}

// icon answers the size of the largest picture in an icon.
func icon(data []byte) (width, height int) {
	if len(data) < 6 {
		return 0, 0
	}
	count := int(binary.LittleEndian.Uint16(data[4:]))
	for n := range count {
		at := 6 + 16*n
		if at+16 > len(data) {
			break
		}
		// 0 stands for 256, and the byte behind the colours is always 0.
		w, h := int(data[at]), int(data[at+1])
		if data[at+3] != 0 {
			return 0, 0
		}
		if w == 0 {
			w = 256
		}
		if h == 0 {
			h = 256
		}
		if w*h > width*height {
			width, height = w, h
		}
	}
	return width, height
}
