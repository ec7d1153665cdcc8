package command

import (
	"cmp"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"plumb/ui/headless"
)

func (inv *invocation) versionCommand() *cobra.Command {
	var json bool
	cmd := &cobra.Command{
		Use:     "version",
		GroupID: groupSetUp,
		Short:   "Which plumb this is",
		Args:    inv.nothing,
		RunE: func(*cobra.Command, []string) error {
			return inv.printer(json).Version(thisVersion())
		},
	}
	jsonFlag(cmd, &json)
	return cmd
}

// thisVersion is what the Go toolchain noted when it built the program.
func thisVersion() headless.Version {
	v := headless.Version{Version: "(devel)", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Version = cmp.Or(info.Main.Version, v.Version)
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v.Commit = s.Value
		}
	}
	return v
}
