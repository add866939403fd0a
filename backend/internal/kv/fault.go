package kv

import (
	"errors"

	"github.com/myfsio/myfsio/backend/internal/fault"
)

// Fault classifies an error of an engine; faults stay what they are and nil stays nil.
func Fault(op string, err error) error {
	var f *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return err
	case errors.Is(err, ErrFull):
		return &fault.Error{Kind: fault.StorageFull, Op: op, Err: err}
	case errors.Is(err, ErrPoisoned), errors.Is(err, ErrReadOnly):
		return &fault.Error{Kind: fault.ReadOnly, Op: op, Err: err}
	case errors.Is(err, ErrUnknown), errors.Is(err, ErrClosed):
		return &fault.Error{Kind: fault.Unavailable, Op: op, Err: err}
	}
	return fault.Wrap(op, err)
}
