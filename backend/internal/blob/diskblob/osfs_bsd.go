//go:build unix && !linux && !darwin

package diskblob

func renameNew(from, to string) error { return linkNew(from, to) }
