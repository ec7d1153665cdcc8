package filekind

import (
	"path"
	"strings"
)

// signature is how files of a format begin.
type signature struct {
	at     int // Bytes from the start.
	magic  string
	suffix string // Where it is not empty, only for files whose name ends so.
	name   string
}

// signatures are in order: the first that fits is it.
var signatures = []signature{
	{magic: "\x7fELF", name: "ELF program"},
	{magic: "\xfe\xed\xfa\xce", name: "macOS program"},
	{magic: "\xfe\xed\xfa\xcf", name: "macOS program"},
	{magic: "\xce\xfa\xed\xfe", name: "macOS program"},
	{magic: "\xcf\xfa\xed\xfe", name: "macOS program"},
	{magic: "MZ", name: "Windows program"},
	{magic: "\x00asm", name: "WebAssembly"},
	{magic: "\xca\xfe\xba\xbe", suffix: ".class", name: "Java class"},
	{magic: "\xca\xfe\xba\xbe", name: "macOS program"},
	{magic: "PK\x03\x04", suffix: ".jar", name: "Java archive"},
	{magic: "PK\x03\x04", suffix: ".docx", name: "Word document"},
	{magic: "PK\x03\x04", suffix: ".xlsx", name: "Excel workbook"},
	{magic: "PK\x03\x04", suffix: ".pptx", name: "PowerPoint presentation"},
	{magic: "PK\x03\x04", suffix: ".tfplan", name: "Terraform plan"},
	{magic: "PK\x03\x04", name: "zip archive"},
	{magic: "PK\x05\x06", name: "zip archive"},
	{magic: "\x1f\x8b", suffix: ".tgz", name: "compressed tar archive"},
	{magic: "\x1f\x8b", suffix: ".tar.gz", name: "compressed tar archive"},
	{magic: "\x1f\x8b", name: "gzip"},
	{magic: "\xfd7zXZ\x00", name: "xz"},
	{magic: "BZh", name: "bzip2"},
	{magic: "\x28\xb5\x2f\xfd", name: "zstd"},
	{magic: "7z\xbc\xaf\x27\x1c", name: "7z archive"},
	{at: 257, magic: "ustar", name: "tar archive"},
	{magic: "\xed\xab\xee\xdb", name: "RPM package"},
	{magic: "!<arch>\ndebian", name: "Debian package"},
	{magic: "!<arch>\n", name: "library"},
	{magic: "SQLite format 3\x00", name: "SQLite database"},
	{magic: "%PDF-", name: "PDF document"},
	{magic: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", name: "Office document"},
	{magic: "\xfe\xed\xfe\xed", name: "Java keystore"},
	{magic: "\x30\x82", suffix: ".p12", name: "PKCS #12 keys"},
	{magic: "\x30\x82", suffix: ".pfx", name: "PKCS #12 keys"},
	{magic: "\x30\x82", suffix: ".der", name: "DER certificate or key"},
	{magic: "\x30\x82", suffix: ".crt", name: "DER certificate or key"},
	{magic: "\x30\x82", suffix: ".cer", name: "DER certificate or key"},
	{magic: "wOFF", name: "font"},
	{magic: "wOF2", name: "font"},
	{magic: "OTTO", name: "font"},
	{magic: "\x00\x01\x00\x00\x00", suffix: ".ttf", name: "font"},
	{magic: "ID3", name: "MP3 audio"},
	{magic: "OggS", name: "Ogg media"},
	{at: 4, magic: "ftyp", name: "MPEG-4 media"},
	{magic: "\x1aE\xdf\xa3", name: "Matroska media"},
	{at: 32769, magic: "CD001", name: "disc image"},
	{magic: "QFI\xfb", name: "QEMU disk"},
	{magic: "KDMV", name: "VMware disk"},
	{magic: "\xd4\xc3\xb2\xa1", name: "packet capture"},
	{magic: "\x0a\x0d\x0d\x0a", name: "packet capture"},
	{magic: "# v2 git bundle\n", name: "git bundle"},
	{magic: "# v3 git bundle\n", name: "git bundle"},
	{magic: "\xff\xfe\x00\x00", name: "UTF-32 text"},
	{magic: "\xff\xfe", name: "UTF-16 text"},
	{magic: "\xfe\xff", name: "UTF-16 text"},
}

// format names what binary data is, or is empty.
func format(name string, data []byte) string {
	base := strings.ToLower(path.Base(name))
	for _, s := range signatures {
		if hasAt(data, s.at, s.magic) && strings.HasSuffix(base, s.suffix) {
			return s.name
		}
	}
	return ""
}
