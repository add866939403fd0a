// Package reqinfo carries what logs and audit say about a request through its context.
package reqinfo

import "context"

// Info describes one request.
type Info struct {
	RequestID string // as answered in x-amz-request-id
	Operation string // name in the operation table, empty before routing
	Remote    string // client address without port, after trusted proxies
	AccessKey string // empty while anonymous or not yet authenticated
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
