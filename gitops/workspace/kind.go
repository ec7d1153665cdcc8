package workspace

import (
	"context"
	"errors"

	"plumb/gitops/attributes"
	"plumb/gitops/objects"
	"plumb/model"
	"plumb/model/diff"
	"plumb/model/filekind"
	"plumb/model/text"
)

// version is one side of what is compared. The zero value does not exist.
type version struct {
	exists bool
	mode   model.FileMode // Only whether it is a link, a submodule or a directory counts here.
	hash   model.Hash     // Of the blob, or the commit of a submodule; may be empty.
	size   int64
	data   []byte // Nil where it was not read, or there is nothing to read.
}

// bytes are what is compared: nil for what does not exist, and nothing for what has no bytes.
func (v version) bytes() []byte {
	if v.exists && v.data == nil {
		return []byte{}
	}
	return v.data
}

// kind is what the version is.
func (v version) kind(path string) filekind.Info {
	i := filekind.Detect(path, filekind.Version{Exists: v.exists, Mode: v.mode, Hash: v.hash, Size: v.size, Data: v.data})
	i.Mode = 0 // A mode that changed is told beside the path.
	return i
}

// compareVersions compares two versions and says what they are. Where one of them has no lines that are worth comparing, only
// that is said.
func compareVersions(path string, before, after version, whole bool, opt diff.Options) diff.File {
	old, new := before.bytes(), after.bytes()
	d := compare(path, old, new, whole, opt)
	if before.mode == model.ModeSymlink || after.mode == model.ModeSymlink {
		before.data, after.data = masked(path, old, new, whole) // Where a link leads to may be a secret too.
	}
	was, is := before.kind(path), after.kind(path)
	if !was.Kind.HasLines() || !is.Kind.HasLines() {
		d = d.WithoutLines()
		d.Note = filekind.Change(was, is)
		return d
	}
	note := filekind.Change(was, is)
	switch {
	case d.Note.IsEmpty():
		d.Note = note
	case !note.IsEmpty():
		d.Note = text.Join(", ", note, d.Note)
	}
	return d
}

// binaryNote says of two versions what there is to say where attributes forbid to compare them by lines.
func binaryNote(before, after version) text.Safe {
	switch {
	case !before.exists:
		return text.Format("new: binary by .gitattributes, %s", text.Size(after.size))
	case !after.exists:
		return text.Format("removed: binary by .gitattributes, %s", text.Size(before.size))
	}
	old, new := text.Size(before.size), text.Size(after.size)
	switch {
	case old != new:
		return text.Format("binary by .gitattributes, %s → %s", old, new)
	case before.hash != after.hash:
		return text.Format("binary by .gitattributes, %s, other contents", new)
	}
	return text.Format("binary by .gitattributes, %s", new)
}

// headAttributes are the attributes of one commit.
type headAttributes struct {
	commit     model.Hash
	attributes *attributes.Attributes
}

// attributes are those of HEAD, so that a file is shown alike in all revisions, as git does with those of the work tree.
// What cannot be read says nothing.
func (w *Workspace) attributes(ctx context.Context, path string) attributes.Attrs {
	head, err := w.opt.Store.Resolve(ctx, "HEAD")
	if err != nil {
		return attributes.Attrs{Generated: attributes.IsGenerated(path)}
	}
	w.mu.Lock()
	known := w.attrs
	w.mu.Unlock()
	if known.commit != head || known.attributes == nil {
		// They are read for whoever asks next too, who may outlive this caller.
		files, err := objects.FS(context.WithoutCancel(ctx), w.opt.Store, head)
		if err != nil {
			return attributes.Attrs{Generated: attributes.IsGenerated(path)}
		}
		known = headAttributes{head, attributes.Read(files)}
		w.mu.Lock()
		if w.attrs.commit == head && w.attrs.attributes != nil {
			known = w.attrs
		}
		w.attrs = known
		w.mu.Unlock()
	}
	attrs, _ := known.attributes.Of(path) // What could be read comes with the error.
	return attrs
}

// version reads one side of a file. One of more than most bytes is not read and is a [*tooLarge].
func (w *Workspace) version(ctx context.Context, mode model.FileMode, id model.Hash, most int64) (version, error) {
	v := version{exists: id != "", mode: mode, hash: id}
	if id == "" || mode == model.ModeSubmodule {
		return v, nil
	}
	var err error
	if v.size, err = w.opt.Store.Size(ctx, id); err != nil {
		return v, err
	}
	if v.size > min(most, maxLoaded) {
		return v, &tooLarge{v.size}
	}
	v.data, err = w.opt.Store.Blob(ctx, id)
	return v, err
}

// blob reads one side of a file; nil where it does not exist.
func (w *Workspace) blob(ctx context.Context, mode model.FileMode, id model.Hash, most int64) ([]byte, error) {
	v, err := w.version(ctx, mode, id, most)
	if err != nil {
		return nil, err
	}
	return v.bytes(), nil
}

// tooLarge is a file that was not loaded for its size in bytes.
type tooLarge struct{ size int64 }

func (e *tooLarge) Error() string { return text.Size(e.size).String() + ", not loaded" }

// unread answers the size of the largest version that was not loaded for its size alone, and whatever else kept one from being read.
func unread(errs ...error) (largest int64, err error) {
	for _, e := range errs {
		if large, ok := errors.AsType[*tooLarge](e); ok {
			largest = max(largest, large.size)
		} else if e != nil {
			err = errors.Join(err, e)
		}
	}
	return largest, err
}

// largeNote is what there is to say beyond the size: nothing where the file can be loaded after all.
func largeNote(size int64) text.Safe {
	if size <= maxLoaded {
		return text.Safe{}
	}
	return text.Format("%s: too large to be compared here", text.Size(size))
}
