package blobtest

import (
	"testing"

	"github.com/myfsio/myfsio/backend/internal/blob"
)

func TestMemory(t *testing.T) {
	Run(t, func(*testing.T) func() blob.Store { return NewMemory })
}
