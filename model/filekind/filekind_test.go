package filekind

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"plumb/model"
)

func file(data string) Version {
	return Version{Exists: true, Mode: model.ModeFile, Size: int64(len(data)), Data: []byte(data)}
}

// picture is a picture in a format of the standard library.
func picture(t testing.TB, format string, width, height int) string {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, width, height))
	var b bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&b, m)
	case "jpeg":
		err = jpeg.Encode(&b, m, nil)
	case "gif":
		err = gif.Encode(&b, m, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12582912\n"

// sops is a file as SOPS writes it, for two keys.
const sops = "db:\n  password: ENC[AES256_GCM,data:QUJD,iv:aXYx,tag:dGFn,type:str]\nsops:\n  age:\n  - recipient: age1abc\n    enc: x\n  - recipient: age1def\n    enc: y\n  mac: ENC[AES256_GCM,data:QUJD,iv:aXYx,tag:dGFn,type:str]\n  version: 3.8.1\n"

const age = "age-encryption.org/v1\n-> X25519 abc\nxyz\n-> ssh-ed25519 abc def\nxyz\n-> ,j-grease a b\nxyz\n--- mac\n\x00\x01\x02"

func armoured(data string) string {
	return "-----BEGIN AGE ENCRYPTED FILE-----\n" + base64.StdEncoding.EncodeToString([]byte(data)) + "\n-----END AGE ENCRYPTED FILE-----\n"
}

func TestAVersionSaysWhatItIs(t *testing.T) {
	pad := strings.Repeat("\x00", 3000)
	tests := []struct {
		name, path string
		version    Version
		want       string
		kind       Kind
	}{
		{"no file", "x", Version{}, "", Absent},
		{"text", "x", file("port: 80\n"), "text, 9 B", Text},
		{"an empty file", "x", file(""), "empty file", Empty},
		{"an SVG", "x.svg", file("<svg width=\"10\"></svg>\n"), "text, 23 B", Text},
		{"text like an image", "x", file("BMW and GIF89a\n"), "text, 15 B", Text},
		{"text that begins like a GIF", "x", file("GIF89a is a format"), "text, 18 B", Text},
		{"a PNG", "logo.png", file(picture(t, "png", 640, 480)), "PNG image, 640×480, ", Image},
		{"a PNG by another name", "logo.txt", file(picture(t, "png", 3, 4)), "PNG image, 3×4, ", Image},
		{"a PNG that breaks off", "logo.png", file(picture(t, "png", 3, 4)[:12]), "PNG image, 12 B", Image},
		{"a JPEG", "x.jpg", file(picture(t, "jpeg", 20, 10)), "JPEG image, 20×10, ", Image},
		{"a GIF", "x.gif", file(picture(t, "gif", 20, 10)), "GIF image, 20×10, ", Image},
		{"a lossy WebP", "x.webp", file("RIFF\x00\x00\x00\x00WEBPVP8 \x00\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\x20\x03\x58\x02"), "WebP image, 800×600, 30 B", Image},
		{"a lossless WebP", "x.webp", file("RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f\x1f\xc3\x95\x00\x00\x00\x00\x00\x00"), "WebP image, 800×600, 30 B", Image},
		{"an extended WebP", "x.webp", file("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x1f\x03\x00\x57\x02\x00"), "WebP image, 800×600, 30 B", Image},
		{"a BMP", "x.bmp", file("BM" + pad[:12] + "\x28\x00\x00\x00\x20\x03\x00\x00\xa8\xfd\xff\xff" + pad[:100]), "BMP image, 800×600, 126 B", Image},
		{"an icon", "favicon.ico", file("\x00\x00\x01\x00\x02\x00" + "\x10\x10" + pad[:14] + "\x00\x00" + pad[:14]), "icon, 256×256, 38 B", Image},
		{"a program", "bin/run", file("\x7fELF" + pad), "binary (ELF program), 3 KiB", Binary},
		{"a chart", "charts/redis-1.0.tgz", file("\x1f\x8b" + pad), "binary (compressed tar archive), 3 KiB", Binary},
		{"bytes", "x", file("\x01\x00\x02"), "binary, 3 B", Binary},
		{"text of Windows", "x.ps1", file("\xff\xfea\x00\r\x00\n\x00"), "binary (UTF-16 text), 8 B", Binary},
		{"a submodule", "vendor/x", Version{Exists: true, Mode: model.ModeSubmodule, Hash: "1a2b3c4d5e6f"}, "submodule at 1a2b3c4", Submodule},
		{"a link", "x", Version{Exists: true, Mode: model.ModeSymlink, Size: 4, Data: []byte("../x")}, "symbolic link to ../x", Symlink},
		{"a link that paints", "x", Version{Exists: true, Mode: model.ModeSymlink, Data: []byte("a\x1b[2J\n\u202e")}, "symbolic link to a␛[2J␊<U+202E>", Symlink},
		{"a directory", "x", Version{Exists: true, Mode: model.ModeTree}, "directory", Directory},
		{"a pointer of LFS", "disk.img", file(pointer), "Git LFS, 12 MiB, kept outside git", LFS},
		{"a pointer with an extension", "disk.img", file(strings.Replace(pointer, "oid", "ext-0-foo sha256:00\noid", 1)), "Git LFS, 12 MiB, kept outside git", LFS},
		{"a text about LFS", "x.md", file(strings.Replace(pointer, "sha256:4d", "sha256:zz", 1)), "text, 133 B", Text},
		{"git-crypt", "secrets.env", file("\x00GITCRYPT\x00" + pad), "encrypted by git-crypt, 3 KiB", Encrypted},
		{"a vault", "vault.yml", file("$ANSIBLE_VAULT;1.1;AES256\n3031\n"), "encrypted by ansible-vault, 31 B", Encrypted},
		{"age", "x.age", file(age), "encrypted by age, for 2 keys, 99 B", Encrypted},
		{"age in armour", "x.age", file(armoured(age)), "encrypted by age, for 2 keys, 201 B", Encrypted},
		{"OpenPGP in armour", "x.asc", file("-----BEGIN PGP MESSAGE-----\n\nabcd\n"), "encrypted by OpenPGP, 34 B", Encrypted},
		{"OpenPGP", "x.gpg", file("\x85\x01\x0c\x03\x00"), "encrypted by OpenPGP, 5 B", Encrypted},
		{"SOPS", "secrets.yaml", file(sops), "encrypted by SOPS, for 2 keys, 225 B", SOPS},
		{"SOPS in JSON", "s.json", file(`{"a": "ENC[AES256_GCM,data:QQ==,iv:a,tag:b,type:str]", "sops": {"pgp": [{"fp": "AB", "enc": "x"}]}}`), "encrypted by SOPS, for 1 key, 99 B", SOPS},
		{"SOPS in dotenv", "s.env", file("A=ENC[AES256_GCM,data:QQ==]\nsops_age__list_0__map_recipient=age1abc\nsops_mac=x\n"), "encrypted by SOPS, for 1 key, 79 B", SOPS},
		{"SOPS in INI", "s.ini", file("[db]\na = ENC[AES256_GCM,data:QQ==]\n[sops]\nmac = x\n"), "encrypted by SOPS, 50 B", SOPS},
		{"the head of a large file of SOPS", "s.yaml", Version{Exists: true, Mode: model.ModeFile, Size: 1 << 20, Data: []byte(sops[:100])}, "encrypted by SOPS, 1 MiB", SOPS},
		{"a text about SOPS", "README.md", file("It looks like ENC[AES256_GCM,data:QQ==] then.\n"), "text, 46 B", Text},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Detect(test.path, test.version)
			if got.Kind != test.kind || !strings.HasPrefix(got.String(), test.want) || test.kind != Image && got.String() != test.want {
				t.Errorf("got %d, %q; want %d, %q", got.Kind, got, test.kind, test.want)
			}
		})
	}
}

func TestAChangeSaysWhatBecameOfAFile(t *testing.T) {
	image := func(width, height int, size int64) Info {
		return Info{Kind: Image, Mode: model.ModeFile, Format: "PNG", Width: width, Height: height, Size: size}
	}
	with := func(i Info, change func(*Info)) Info {
		change(&i)
		return i
	}
	plain := Detect("x", file("a\n"))
	script := with(plain, func(i *Info) { i.Mode = model.ModeExecutable })
	link := func(to string) Info {
		return Detect("x", Version{Exists: true, Mode: model.ModeSymlink, Data: []byte(to)})
	}
	module := func(id model.Hash) Info {
		return Detect("x", Version{Exists: true, Mode: model.ModeSubmodule, Hash: id})
	}
	lfs := Detect("x", file(pointer))
	values := Detect("x", file(sops))
	for _, test := range []struct {
		name     string
		old, new Info
		want     string
	}{
		{"text", plain, plain, ""},
		{"new text", Info{}, plain, ""},
		{"a new script", Info{}, script, "new: executable"},
		{"a new empty file", Info{}, Detect("x", file("")), "new: empty file"},
		{"an empty file that is filled", Detect("x", file("")), plain, ""},
		{"a new image", Info{}, image(640, 480, 12<<10), "new: PNG image, 640×480, 12 KiB"},
		{"an image that is gone", image(640, 480, 12<<10), Info{}, "removed: PNG image, 640×480, 12 KiB"},
		{"a larger image", image(640, 480, 12<<10), image(800, 600, 14<<10), "PNG image, 640×480 → 800×600, 12 KiB → 14 KiB"},
		{"an image of the same size", image(640, 480, 12<<10), image(640, 480, 12<<10+1), "PNG image, 640×480, 12 KiB, other contents"},
		{"an image whose mode changed", with(image(6, 4, 9), func(i *Info) { i.Hash = "aa" }), with(image(6, 4, 9), func(i *Info) { i.Hash, i.Mode = "aa", model.ModeExecutable }),
			"PNG image, 6×4, 9 B, mode 0644 → 0755 (now executable)"},
		{"another format", image(6, 4, 9), with(image(6, 4, 9), func(i *Info) { i.Format = "GIF" }), "PNG image → GIF image, 6×4, 9 B"},
		{"an image that cannot be measured any more", image(6, 4, 9), image(0, 0, 9), "PNG image, 6×4 → not known, 9 B"},
		{"text that became binary", plain, Detect("x", file("\x00")), "text, 2 B → binary, 1 B"},
		{"a mode", plain, script, "mode 0644 → 0755 (now executable)"},
		{"a mode back", script, plain, "mode 0755 → 0644 (no longer executable)"},
		{"a submodule", module("1a2b3c4d"), module("4d5e6f7a"), "submodule 1a2b3c4 → 4d5e6f7"},
		{"a link", link("../a"), link("../b"), "link target ../a → ../b"},
		{"a file that became a link", plain, link("../b"), "file → symbolic link to ../b"},
		{"a link that became a submodule", link("../b"), module("4d5e6f7a"), "symbolic link to ../b → submodule at 4d5e6f7"},
		{"an LFS object", lfs, with(lfs, func(i *Info) { i.Size, i.OID = 20<<20, "x" }), "Git LFS, 12 MiB → 20 MiB, kept outside git"},
		{"an LFS object of the same size", lfs, with(lfs, func(i *Info) { i.OID = "x" }), "Git LFS, 12 MiB, kept outside git, other contents"},
		{"a file that moved to LFS", plain, lfs, "text, 2 B → Git LFS, 12 MiB, kept outside git"},
		{"values of SOPS", values, with(values, func(i *Info) { i.Size = 5 }), "encrypted by SOPS, for 2 keys"},
		{"a key more", values, with(values, func(i *Info) { i.Recipients = 3 }), "encrypted by SOPS, for 2 keys → for 3 keys"},
		{"values that are not encrypted any more", values, plain, "encrypted by SOPS, for 2 keys, 225 B → text, 2 B"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Change(test.old, test.new).String(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestOnlyLinesThatTellSomethingAreCompared(t *testing.T) {
	for name, test := range map[string]struct {
		data string
		want bool
	}{"text": {"a\n", true}, "SOPS": {sops, true}, "LFS": {pointer, false}, "age": {age, false}, "an image": {picture(t, "png", 1, 1), false}} {
		if got := Detect("x", file(test.data)).Kind.HasLines(); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzDetect(f *testing.F) {
	for _, s := range []string{"a\n", pointer, sops, age, armoured(age), picture(f, "png", 3, 2), picture(f, "jpeg", 3, 2), picture(f, "gif", 3, 2), "BM", "\x00\x00\x01\x00\xff\xff"} {
		f.Add("x.gpg", []byte(s), uint32(model.ModeFile))
	}
	f.Fuzz(func(t *testing.T, path string, data []byte, mode uint32) {
		i := Detect(path, Version{Exists: true, Mode: model.FileMode(mode), Size: int64(len(data)), Data: data})
		for _, s := range []string{i.String(), Change(Info{}, i).String(), Change(i, Info{Kind: Text, Mode: model.ModeFile}).String(), Change(i, i).String()} {
			if strings.ContainsAny(s, "\x1b\n\r") {
				t.Fatalf("%q reaches the screen", s)
			}
		}
		if i.Width < 0 || i.Height < 0 || i.Size < 0 || i.Recipients < 0 {
			t.Fatalf("%+v", i)
		}
	})
}
