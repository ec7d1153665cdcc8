package providers

import (
	"errors"
	"fmt"

	"plumb/model"
)

// decorator is a provider around another one.
type decorator interface {
	Provider
	inner() Provider
}

// AsAdopter is p as an Adopter, with all that decorators put around it, if the provider
// at the core can adopt.
func AsAdopter(p Provider) (Adopter, bool) { return as[Adopter](p) }

// AsDesirer is p as a Desirer, with all that decorators put around it, if the provider at the core is one.
func AsDesirer(p Provider) (Desirer, bool) { return as[Desirer](p) }

// as is p as what its core can do beside being a provider: every decorator passes it on, whether there is anything
// to pass it on to or not.
func as[T any](p Provider) (T, bool) {
	core := p
	for {
		d, ok := core.(decorator)
		if !ok {
			break
		}
		core = d.inner()
	}
	if t, ok := core.(T); !ok {
		return t, false
	}
	t, ok := p.(T)
	return t, ok
}

// adopter is the decorated provider's own Adopt, or a refusal.
func adopter(p Provider) (Adopter, error) {
	if a, ok := AsAdopter(p); ok {
		return a, nil
	}
	return nil, model.Refuse("restore it instead, or change the repository by hand", "the provider %s cannot adopt", p.Name())
}

// desirer is the decorated provider's own Desired, or an error that wraps [errors.ErrUnsupported].
func desirer(p Provider) (Desirer, error) {
	if d, ok := AsDesirer(p); ok {
		return d, nil
	}
	return nil, fmt.Errorf("what the provider %s wants is known only beside what is live: %w", p.Name(), errors.ErrUnsupported)
}
