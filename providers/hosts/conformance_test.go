package hosts

import (
	"os"
	"testing"
	"time"

	"plumb/model"
	"plumb/providers"
	"plumb/providers/providertest"
)

var (
	_ providers.Provider = (*Provider)(nil)
	_ providers.Adopter  = (*Provider)(nil)
	_ providers.Desirer  = (*Provider)(nil)
)

func TestDirectoriesKeepTheContract(t *testing.T) {
	providertest.Run(t, func(t *testing.T, rules ...model.FileRule) providertest.World {
		return newWorld(t, Options{}, rules, func(name, _ string) model.Host { return model.Host{Name: name, Root: name} })
	})
}

func TestSSHKeepsTheContract(t *testing.T) {
	servers := startServers(t, "")
	providertest.Run(t, func(t *testing.T, rules ...model.FileRule) providertest.World {
		return newWorld(t, Options{SSH: servers.ssh()}, rules, servers.reach)
	})
}

func TestStepsUnderAGuardKeepTheContract(t *testing.T) {
	if os.Getenv("PLUMB_THOROUGH") != "1" {
		t.Skip("it takes three minutes: make thorough")
	}
	providertest.Run(t, func(t *testing.T, rules ...model.FileRule) providertest.World {
		servers := startServers(t, "") // A host guards one change at a time.
		w := newWorld(t, Options{SSH: servers.ssh(), Limits: Limits{Confirm: 20 * time.Second}}, rules, servers.reach)
		w.Provider.(*Provider).guardAll = true
		return w
	})
}

func TestSSHToBusyboxKeepsTheContract(t *testing.T) {
	if testing.Short() {
		t.Skip("the suite over ssh takes a minute; it runs once with -short")
	}
	servers := startServers(t, busyboxPath(t))
	providertest.RunTools(t, func(t *testing.T, rules ...model.FileRule) providertest.World {
		return newWorld(t, Options{SSH: servers.ssh()}, rules, servers.reach)
	})
}
