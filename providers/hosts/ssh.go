package hosts

import (
	"fmt"

	"plumb/model"
)

func (p *Provider) newRemote(h model.Host, why string) (machine, error) {
	return nil, fmt.Errorf("%s: %s is a destination of ssh, and only directories of this machine are supported", why, h.SSH)
}
