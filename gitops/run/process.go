package run

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// ProcessStart identifies a process beyond its id, which the kernel uses again: its start time
// in clock ticks since boot with the boot's id, where the kernel tells; otherwise empty.
func ProcessStart(pid int) string {
	const startTime = 19
	fields := stat(pid)
	if len(fields) <= startTime {
		return ""
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(boot)) + "/" + fields[startTime]
}

// stat is what the kernel tells of a process, behind its name; nothing where it does not tell.
func stat(pid int) []string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	// The second field is the program's name in parentheses and may hold anything, so count from its end.
	return strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
}

// Alive reports whether the process of a holder on this host still runs. In doubt it does. One that is dead and was
// not collected by its parent does not.
func Alive(h Holder) bool {
	err := syscall.Kill(h.PID, 0)
	if errors.Is(err, syscall.ESRCH) {
		return false
	}
	if fields := stat(h.PID); len(fields) > 0 && (fields[0] == "Z" || fields[0] == "X") {
		return false
	}
	now := ProcessStart(h.PID)
	return h.Start == "" || now == "" || now == h.Start
}
