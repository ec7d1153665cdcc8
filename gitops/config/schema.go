package config

import (
	"reflect"
	"strings"
)

// The structs that a file is read into are its only schema. Their tags say all
// that the reader, the reference and the writer need to know of a key:
//
//	mapstructure  the key
//	doc           one sentence for people
//	required      the key must be there
//	default       what holds without the key
//	example       a value as it would be written
//	oneof         the values that are allowed, separated by spaces
//	short         a plain text stands for an object with these keys set to it
type field struct {
	key      string
	doc      string
	required bool
	fallback string
	example  string
	oneof    []string
	short    []string
	typ      reflect.Type
	index    []int // Where it is in the struct; longer than one for keys that several objects share.
}

// fields are the keys of the object that the struct type t describes, in its order.
func fields(t reflect.Type) []field {
	list := make([]field, 0, t.NumField())
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous {
			continue
		}
		typ := f.Type
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		list = append(list, field{
			key:      f.Tag.Get("mapstructure"),
			doc:      f.Tag.Get("doc"),
			required: f.Tag.Get("required") != "",
			fallback: f.Tag.Get("default"),
			example:  f.Tag.Get("example"),
			oneof:    strings.Fields(f.Tag.Get("oneof")),
			short:    strings.Fields(f.Tag.Get("short")),
			typ:      typ,
			index:    f.Index,
		})
	}
	return list
}

// keys are the names of the fields.
func keys(list []field) []string {
	names := make([]string, len(list))
	for i, f := range list {
		names[i] = f.key
	}
	return names
}

// object is the struct type of the objects that the field lists, if it lists any.
func (f field) object() (reflect.Type, bool) {
	if f.typ.Kind() == reflect.Slice && f.typ.Elem().Kind() == reflect.Struct {
		return f.typ.Elem(), true
	}
	return nil, false
}

// kind is what has to be written for the field, in words.
func (f field) kind() string {
	switch {
	case f.typ.Kind() == reflect.Bool:
		return "true or false"
	case f.typ.Kind() == reflect.Int:
		return "a whole number"
	case f.typ.Kind() == reflect.String:
		return "text"
	case f.typ.Elem().Kind() == reflect.String:
		return "a list of texts"
	default:
		return "a list of objects"
	}
}
