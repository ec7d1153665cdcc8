package hosts

import (
	"context"

	"plumb/model"
)

// Desired answers the files of all hosts of the target, host by host in path order.
func (p *Provider) Desired(ctx context.Context, target model.Target, want model.Snapshot) ([]model.Desired, error) {
	l, _, err := p.layouts(ctx, target, want, model.Snapshot{})
	if err != nil {
		return nil, err
	}
	var desired []model.Desired
	for _, h := range target.Hosts {
		files := l[h.Name]
		for _, name := range sortedKeys(files) {
			desired = append(desired, model.Desired{Address: address(h.Name, name), Group: h.Name, Name: name, State: files[name]})
		}
	}
	return desired, nil
}
