package headless

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed schema/*.json
var schemas embed.FS

// SchemaNames are the documents that have a schema, sorted: "change", "changes", "diff".
func SchemaNames() []string {
	files, err := fs.Glob(schemas, "schema/*.json")
	if err != nil {
		panic(err) // The pattern is a constant.
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(strings.TrimPrefix(f, "schema/"), ".json")
	}
	return names
}

// Schema is the JSON schema of a document by its name, as in "status" for plumb.status/1.
func Schema(name string) ([]byte, bool) {
	data, err := schemas.ReadFile("schema/" + name + ".json")
	return data, err == nil
}
