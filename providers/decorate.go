package providers

import "plumb/model"

// decorator is a provider around another one.
type decorator interface {
	Provider
	inner() Provider
}

// AsAdopter is p as an Adopter, with all that decorators put around it, if the provider
// at the core can adopt.
func AsAdopter(p Provider) (Adopter, bool) {
	core := p
	for {
		d, ok := core.(decorator)
		if !ok {
			break
		}
		core = d.inner()
	}
	if _, ok := core.(Adopter); !ok {
		return nil, false
	}
	a, ok := p.(Adopter)
	return a, ok
}

// adopter is the decorated provider's own Adopt, or a refusal.
func adopter(p Provider) (Adopter, error) {
	if a, ok := AsAdopter(p); ok {
		return a, nil
	}
	return nil, model.Refuse("restore it instead, or change the repository by hand", "the provider %s cannot adopt", p.Name())
}
