package attributes

import (
	"path"
	"strings"
)

// generatedNames are files that a program writes, wherever they are.
var generatedNames = map[string]bool{
	// What package managers and tools resolved.
	"package-lock.json": true, "npm-shrinkwrap.json": true, "yarn.lock": true, "pnpm-lock.yaml": true, "bun.lock": true, "bun.lockb": true, "deno.lock": true,
	"go.sum": true, "go.work.sum": true, "Cargo.lock": true, "Gemfile.lock": true, "composer.lock": true, "mix.lock": true, "pubspec.lock": true,
	"poetry.lock": true, "Pipfile.lock": true, "pdm.lock": true, "uv.lock": true, "pixi.lock": true, "conda-lock.yml": true,
	"Podfile.lock": true, "Package.resolved": true, "packages.lock.json": true, "paket.lock": true, "gradle.lockfile": true, "conan.lock": true,
	"flake.lock": true, "devbox.lock": true, "devenv.lock": true, "buf.lock": true, "MODULE.bazel.lock": true,
	".terraform.lock.hcl": true, "Chart.lock": true, "requirements.lock": true, "helmfile.lock": true, "Berksfile.lock": true, "Policyfile.lock.json": true,
	"jsonnetfile.lock.json": true, "vendir.lock.yml": true, "kbld.lock.yml": true, "gotk-components.yaml": true,
}

// generatedEndings are how the names of files end that a program writes.
var generatedEndings = []string{
	".min.js", ".min.css", ".js.map", ".css.map", ".bundle.js",
	"_generated.go", ".gen.go", ".pb.go", ".pb.gw.go", "_pb2.py", "_pb2_grpc.py", "_pb.js", "_pb.d.ts", ".pb.cc", ".pb.h", ".generated.cs", ".designer.cs",
	".generated.yaml", ".generated.yml", ".generated.json", ".generated.tf", ".snap",
}

// generatedPrefixes are how the names of Go files begin that a program writes.
var generatedPrefixes = []string{"zz_generated", "mock_"}

// IsGenerated reports a path whose name is one that programs give to what they write: lock files, minified scripts, code. What
// attributes say goes before it; [Attributes.Of] knows both.
func IsGenerated(name string) bool {
	base := path.Base(name)
	if generatedNames[base] || name == "vendor/modules.txt" || strings.HasSuffix(name, "/vendor/modules.txt") {
		return true
	}
	for _, end := range generatedEndings {
		if len(base) > len(end) && strings.HasSuffix(base, end) {
			return true
		}
	}
	for _, start := range generatedPrefixes {
		if strings.HasPrefix(base, start) && strings.HasSuffix(base, ".go") {
			return true
		}
	}
	return strings.Contains(base, "_generated.") && strings.HasSuffix(base, ".go") || strings.Contains(base, "_generated_") && strings.HasSuffix(base, ".go")
}
