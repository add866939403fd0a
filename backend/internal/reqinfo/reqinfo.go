// Package reqinfo carries what logs and audit say about a request through its context.
package reqinfo

import (
	"context"

	"github.com/myfsio/myfsio/backend/internal/policy"
)

// Info describes one request. It belongs to the goroutine that serves the request.
type Info struct {
	RequestID string // as answered in x-amz-request-id
	Operation string // name in the operation table, empty before routing
	Remote    string // client address without port, after trusted proxies
	AccessKey string // empty while anonymous or not yet authenticated

	// Who and what, for the audit log; empty where it is not known.
	User, UserID, ARN string
	Account           string // id
	Bucket, Key       string
	Version           string // id, as the request names it
	Target            string // what else the operation is about: a user, an account, a job

	Action   string // that Decision is about, empty while nothing was decided
	Decision policy.Decision
	Unproven string // code of a failure to authenticate, empty for none
	Code     string // of the failure that was answered, empty for none
	Message  string // that goes with it
}

// Decide notes a decision over the request. The last one counts, but a refusal is not overwritten by what is allowed afterwards.
func (i *Info) Decide(action string, d policy.Decision) {
	if i.Action == "" || !d.Allowed || i.Decision.Allowed {
		i.Action, i.Decision = action, d
	}
}

type key struct{}

// With returns a context that carries info.
func With(ctx context.Context, info *Info) context.Context {
	return context.WithValue(ctx, key{}, info)
}

// From returns the context's info, or an empty one.
func From(ctx context.Context) *Info {
	if info, ok := ctx.Value(key{}).(*Info); ok {
		return info
	}
	return &Info{}
}
