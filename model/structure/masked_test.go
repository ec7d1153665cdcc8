package structure

import (
	"testing"

	"plumb/model/secret"
)

// What is masked stays readable for the parsers, and a secret that changed says so.
func TestMaskedSecrets(t *testing.T) {
	for _, test := range []struct {
		name     string
		format   Format
		old, new string
		want     string
	}{
		{"YAML", YAML, "password: hunter2\n", "password: hunter3\n", "~ password: «secret» → «secret, changed»\n"},
		{"a YAML flow map", YAML, "a: {password: hunter2, b: 1, api_token: abcdefgh123}\n", "a: {password: hunter3, b: 1, api_token: abcdefgh124}\n", "~ a.password: «secret» → «secret, changed»\n~ a.api_token: «secret» → «secret, changed»\n"},
		{"a Kubernetes secret", YAML, "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata:\n  a: Zm9v\n  b: YmFy\n", "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata:\n  a: Zm9w\n  b: YmFy\n", "~ Secret x\n~ data.a: «secret» → «secret, changed»\n"},
		{"JSON", JSON, `{"password": "hunter2"}`, `{"password": "hunter3"}`, "~ password: «secret» → «secret, changed»\n"},
		{"a number in JSON", JSON, `{"password": 12345678, "token": 12345678}`, `{"password": 12345678, "token": 12345679}`, "~ token: «secret» → «secret, changed»\n"},
		{"TOML", TOML, "password = 12345678\n", "password = 12345679\n", "~ password: «secret» → «secret, changed»\n"},
		{"HCL", HCL, "x = { db_password = \"hunter2\" }\n", "x = { db_password = \"hunter3\" }\n", "~ x.db_password: «secret» → «secret, changed»\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			old, new := secret.MaskPair("x", []byte(test.old), []byte(test.new), false)
			d, err := Compare(test.format, old, new)
			if err != nil {
				t.Fatalf("%v\n%s", err, new)
			}
			if got := show(d); got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
		})
	}
}
