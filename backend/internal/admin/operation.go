package admin

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/myfsio/myfsio/backend/internal/limit"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

const (
	maxBody     = 1 << 20          // bytes of a JSON body
	maxJobBody  = 1<<20 - 16<<10   // leaves room for the rest of the record that keeps it
	bodyTimeout = 10 * time.Second // for a JSON body to arrive
)

// scope is who may call an operation.
type scope uint8

const (
	scopeAnonymous      scope = iota // anybody
	scopeOwn                         // whoever is authenticated; the answer holds only what is theirs to see
	scopeAdministrative              // who has the one action, which belongs to no bucket
	scopeData                        // who has the actions that the input needs, on its bucket and keys
)

var scopeNames = [...]string{"anonymous", "own", "administrative", "data"}

// permission is what an operation needs. For scopeData, actions are all that it may need: which of them follows from the input (see needer).
type permission struct {
	scope   scope
	actions []string
	inside  bool // decided further inside: by the service, in its transaction, where the user or policy counts that it is about; by the S3 port; or by a ticket
}

func anonymous() permission { return permission{scope: scopeAnonymous} }
func own() permission       { return permission{scope: scopeOwn} }
func administrative(action string) permission {
	return permission{scopeAdministrative, []string{action}, false}
}
func onUser(action string) permission   { return permission{scopeAdministrative, []string{action}, true} }
func data(actions ...string) permission { return permission{scopeData, actions, false} }
func ported(action string) permission   { return permission{scopeData, []string{action}, true} }

// operation is a row of the table of operations: routing, documentation, permission and limits in one place.
type operation struct {
	id, method, path string
	alias            string // a second path, not in the specification
	tag              string
	summary, text    string
	status           int // of success; 0 for 200, or 204 without a body
	need             permission
	class            limit.Class // of its rate limit; limit.None for limit.Admin
	probe            bool        // without a rate limit
	console          bool        // always needs the console's header and, when there is an Origin, the right one
	bodyIn           string      // media type of a body that is not JSON
	bodyOut          string      // media type of an answer that is not JSON
	maxBody          int64       // bytes of a JSON body, 0 for maxBody
	reads            bool        // changes nothing, whatever its method
	landing          bool        // a page of another site leads the browser to it, and it changes something although it is a GET
	always           bool        // goes on while the audit log cannot be written: it lets people in, or makes space
}

// writes reports whether the operation changes anything.
func (o *operation) writes() bool {
	return o.landing || !o.reads && o.method != http.MethodGet && o.method != http.MethodHead
}

// security lists the ways to authenticate, in the terms of OpenAPI.
func (o *operation) security() []map[string][]string {
	ways := []map[string][]string{{"session": {}}, {"bearer": {}}, {"accessKey": {}, "secretKey": {}}, {"signature": {}}}
	if o.need.scope == scopeAnonymous {
		return append([]map[string][]string{{}}, ways...)
	}
	return ways
}

// describe is the operation as huma and the specification see it.
func (o *operation) describe() huma.Operation {
	text := o.text
	if len(o.need.actions) > 0 {
		text = strings.TrimSpace(text + "\n\nPermission: " + strings.Join(o.need.actions, ", ") + ".")
	}
	if o.alias != "" {
		text += "\n\nAlso at `" + o.alias + "`."
	}
	op := huma.Operation{
		OperationID: o.id, Method: o.method, Path: o.path, Tags: []string{o.tag}, Summary: o.summary, Description: strings.TrimSpace(text),
		DefaultStatus: o.status, Security: o.security(), MaxBodyBytes: o.maxBody, BodyReadTimeout: bodyTimeout,
		Extensions: map[string]any{"x-permission": map[string]any{"scope": scopeNames[o.need.scope], "actions": append([]string{}, o.need.actions...)}},
	}
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = maxBody
	}
	binary := func(media string) map[string]*huma.MediaType {
		return map[string]*huma.MediaType{media: {Schema: &huma.Schema{Type: "string", Format: "binary"}}}
	}
	if o.bodyIn != "" {
		op.RequestBody = &huma.RequestBody{Required: true, Content: binary(o.bodyIn)}
	}
	if o.status == http.StatusFound {
		op.Responses = map[string]*huma.Response{"302": {Description: "The browser goes on elsewhere"}}
	}
	if o.bodyOut != "" {
		op.Responses = map[string]*huma.Response{"200": {Description: "The content", Content: binary(o.bodyOut)}}
	}
	return op
}

// handler is the work of an operation, called once the caller is known and allowed.
type handler[I, O any] func(context.Context, *call, *I) (*O, error)

// mount registers the operations of an API on one router.
type mount struct {
	api   *API
	huma  huma.API
	port  Port
	table []operation
}

// add registers one operation: huma takes the request apart and checks it against the schema, guard (before the body is read) knows the
// caller, and the data permissions are checked here, once the input tells what they are about.
func add[I, O any](m *mount, o operation, fn handler[I, O]) {
	if o.class == limit.None && !o.probe {
		o.class = limit.Admin
	}
	m.table = append(m.table, o)
	run := func(ctx context.Context, in *I) (*O, error) {
		c := callOf(ctx)
		out, err := serve(ctx, m.api, &o, c, in, fn)
		if err != nil {
			return nil, m.api.fail(ctx, &o, err)
		}
		return out, nil
	}
	op := o.describe()
	op.Middlewares = huma.Middlewares{m.guard(&o)}
	huma.Register(m.huma, op, run)
	if o.alias != "" {
		op = o.describe()
		op.OperationID, op.Path, op.Hidden = o.id+"Alias", o.alias, true
		op.Middlewares = huma.Middlewares{m.guard(&o)}
		huma.Register(m.huma, op, run)
	}
}

func serve[I, O any](ctx context.Context, a *API, o *operation, c *call, in *I, fn handler[I, O]) (*O, error) {
	// The deadline for the body must not outlive it: when it passes in the middle of long work, the request is canceled.
	noReadDeadline(c.w)
	if o.need.scope == scopeData && !o.need.inside {
		needs := any(in).(needer).needs()
		about(reqinfo.From(ctx), needs)
		if err := a.authorize(ctx, c, needs); err != nil {
			return nil, a.refused(c.id, err)
		}
	}
	out, err := fn(ctx, c, in)
	return out, a.refused(c.id, err)
}

// register registers every operation.
func (m *mount) register() {
	a := m.api
	a.sessionRoutes(m)
	a.signInRoutes(m)
	a.consoleRoutes(m)
	a.ownRoutes(m)
	a.systemRoutes(m)
	a.accountRoutes(m)
	a.userRoutes(m)
	a.identityRoutes(m)
	a.managedRoutes(m)
	a.simulateRoutes(m)
	a.accessRoutes(m)
	a.bucketRoutes(m)
	a.documentRoutes(m)
	a.objectRoutes(m)
	a.objectDocumentRoutes(m)
	a.contentRoutes(m)
	a.jobRoutes(m)
	a.auditRoutes(m)
}

// specification is the part of the OpenAPI document that no operation carries.
func specification() huma.Config {
	doc := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title:       "MyFSIO",
			Version:     "1",
			Description: "The admin API of MyFSIO: what the console uses, and scripts can use. The same operations are on the console's port and on the S3 port. Errors are problems of RFC 9457 with a code and the id of the request.",
			License:     &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
		},
		Components: &huma.Components{
			Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
			SecuritySchemes: map[string]*huma.SecurityScheme{
				"session":   {Type: "apiKey", In: "cookie", Name: sessionCookie, Description: "The console's session, on the console's port only. Writes also need the header X-Myfsio-Console: 1 and the console's own Origin."},
				"bearer":    {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "A token of createToken."},
				"accessKey": {Type: "apiKey", In: "header", Name: headerAccessKey, Description: "With X-Secret-Key. By default only from the machine itself or over TLS (AUTH_HEADERS)."},
				"secretKey": {Type: "apiKey", In: "header", Name: headerSecretKey, Description: "With X-Access-Key."},
				"signature": {Type: "apiKey", In: "header", Name: "Authorization", Description: "AWS Signature Version 4 over the request, as for S3."},
			},
		},
		Tags: []*huma.Tag{
			{Name: tagSession, Description: "Signing in and out"}, {Name: tagSystem, Description: "The server itself"},
			{Name: tagAccount, Description: "Tenants, each with its own users and buckets"},
			{Name: tagUsers, Description: "Who may do what"}, {Name: tagIdentities, Description: "Users, groups, roles and managed policies as IAM has them"},
			{Name: tagBuckets, Description: "Buckets and their state"},
			{Name: tagObjects, Description: "Browsing and changing objects"}, {Name: tagLinks, Description: "Presigned links"},
			{Name: tagContent, Description: "Bytes up and down"}, {Name: tagUploads, Description: "Large objects in parts"},
			{Name: tagJobs, Description: "Long work on the server"}, {Name: tagAudit, Description: "Who did what, and which policy decided"},
		},
	}
	return huma.Config{
		OpenAPI: doc, Formats: maps.Clone(huma.DefaultFormats), DefaultFormat: "application/json",
	}
}
