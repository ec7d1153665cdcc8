package diffview

import (
	"strings"

	"plumb/model"
	"plumb/model/diff"
	"plumb/model/filekind"
	"plumb/model/text"
)

// compared is a difference with the labels of two commits.
func compared(path, old, new string) diff.File {
	return diff.Text([]byte(old), []byte(new), diff.Options{Path: path, OldLabel: "9f3e21c", NewLabel: "a1b2c3d"})
}

// noted is a file that has no lines to compare.
func noted(path string, note text.Safe) diff.File {
	return diff.File{OldPath: text.Line(path), NewPath: text.Line(path), OldLabel: "9f3e21c", NewLabel: "a1b2c3d", Note: note}
}

// scripts has the text that is hard to put in columns: wide, joined, from right to left, with tabs and with what terminals obey.
func scripts() diff.File {
	old := strings.Join([]string{
		"wide     = 日本語のテキスト、全角文字",
		"emoji    = 👩\u200d💻 🏳️\u200d🌈 🇩🇪 ✅ 1️⃣ ok",
		"joined   = éäô ñ नमस्ते ไทย 한국어",
		"hebrew   = שלום עולם",
		"arabic   = مرحبا بالعالم",
		"both     = left שלום right",
		"tabs\t=\ta\tb\tc",
		"control  = \x1b[2J\x07\r\x7f and \u202ereversed\u202c \u200b",
		"invalid  = \xff\xfe",
		"ambiguous= ±°×…─│",
	}, "\n") + "\n"
	new := strings.NewReplacer(
		"全角文字", "半角ﾓｼﾞ", "🇩🇪", "🇫🇷", "ñ", "õ", "עולם", "לכולם", "بالعالم", "بكم", "left", "LEFT", "\tb\t", "\tbcdefghi\t", "[2J", "[3J", "\xfe", "\xfd", "°×", "×°",
	).Replace(old)
	return compared("docs/文字 כתב.conf", old, new)
}

// minified has lines of several hundred and of many thousand bytes, and differs far to the right.
func minified() diff.File {
	long := strings.Repeat("0123456789 ", 40)
	return compared("web/app.js", "a();\nb(\""+long+"old\");\n"+strings.Repeat("x=1;", 5000)+"\n", "a();\nb(\""+long+"new\");\n"+strings.Repeat("x=1;", 5000)+"y=2;\n")
}

// lock is written by a program.
func lock() diff.File {
	f := compared("go.sum", "a v1.0.0 h1:x=\nb v1.0.0 h1:y=\n", "a v1.1.0 h1:z=\nb v1.0.0 h1:y=\n")
	f.Generated = true
	return f
}

// sealed is a file of SOPS, as its versions look when masked.
func sealed() diff.File {
	f := compared("secrets/db.yaml", "db:\n  user: bob\n  password: «encrypted»\n", "db:\n  user: rob\n  password: «encrypted, changed»\n")
	f.Note = text.Lit("encrypted by SOPS, for 2 keys")
	return f
}

// kinds are files of all kinds that have no lines to compare, or are not shown at once.
func kinds() []diff.File {
	change := func(path string, old, new filekind.Info) diff.File { return noted(path, filekind.Change(old, new)) }
	whole := func(path string, is filekind.Info) diff.File {
		f := change(path, filekind.Info{}, is)
		f.OldPath = text.Safe{}
		return f
	}
	dump := noted("backup/dump.sql", text.Safe{})
	dump.Unloaded = 12 << 20
	script := noted("bin/deploy", text.Safe{})
	script.OldMode, script.NewMode = "100644", "100755"
	moved := noted("hosts/web/moved.conf", text.Safe{})
	moved.OldPath = text.Lit("hosts/old/moved.conf")
	return []diff.File{
		icon(),
		change("web/logo.png", filekind.Info{Kind: filekind.Image, Format: "PNG", Width: 640, Height: 480, Size: 12 << 10}, filekind.Info{Kind: filekind.Image, Format: "PNG", Width: 800, Height: 600, Size: 14 << 10}),
		change("media/intro.psd", filekind.Info{Kind: filekind.LFS, OID: "a", Size: 2 << 20}, filekind.Info{Kind: filekind.LFS, OID: "b", Size: 3 << 20}),
		change("current", filekind.Info{Kind: filekind.Symlink, Target: text.Lit("releases/1.25.0")}, filekind.Info{Kind: filekind.Symlink, Target: text.Lit("releases/1.26.0-日本語-a-name-that-is-longer-than-narrow-screens-are-wide")}),
		change("modules/vpc", filekind.Info{Kind: filekind.Submodule, Hash: model.Hash(strings.Repeat("4d5e6f7a", 5))}, filekind.Info{Kind: filekind.Submodule, Hash: model.Hash(strings.Repeat("8b9c0d1e", 5))}),
		change("vault/prod.yml", filekind.Info{Kind: filekind.Encrypted, Tool: "ansible-vault", Size: 900}, filekind.Info{Kind: filekind.Encrypted, Tool: "ansible-vault", Size: 1100}),
		whole("secrets/app.env", filekind.Info{Kind: filekind.Encrypted, Tool: "git-crypt", Size: 2 << 10}),
		whole("keep", filekind.Info{Kind: filekind.Empty}),
		noted("data/table.csv", text.Lit("binary by .gitattributes, 3 KiB → 4 KiB")),
		noted("data/disk.img", text.Lit("300 MiB: too large to be compared here")),
		script, moved, sealed(), lock(), dump,
	}
}

// page has everything that a difference can show.
func page() []diff.File {
	return append([]diff.File{nginx(), volume(), policy(), dropped(), scripts(), minified()}, kinds()...)
}
