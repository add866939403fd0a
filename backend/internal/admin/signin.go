package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/myfsio/myfsio/backend/internal/fault"
	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/limit"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

// Credentials are an access key and its secret, or the name of a user and their password.
type Credentials struct {
	AccessKey   string `json:"accessKey,omitempty" maxLength:"128"`
	SecretKey   string `json:"secretKey,omitempty" maxLength:"256"`
	Account     string `json:"account,omitempty" maxLength:"64" doc:"Name of the account of the user; the default account when absent"`
	UserName    string `json:"userName,omitempty" maxLength:"128"`
	Password    string `json:"password,omitempty" maxLength:"512"`
	NewPassword string `json:"newPassword,omitempty" maxLength:"512" doc:"In the place of a password that must be changed, which is refused with the code PasswordChangeRequired without it"`
	Code        string `json:"code,omitempty" maxLength:"16" doc:"Of a device, for who has one: without it the answer has the code MFARequired"`
}

// PasswordInput is a password that an administrator gives a user.
type PasswordInput struct {
	Password   string `json:"password" minLength:"12" maxLength:"128"`
	MustChange bool   `json:"mustChange" doc:"The user must choose another one at the next sign-in"`
}

// PasswordChange is a new password in the place of one's own.
type PasswordChange struct {
	Password    string `json:"password" minLength:"1" maxLength:"512" doc:"The one that holds"`
	NewPassword string `json:"newPassword" minLength:"12" maxLength:"128"`
}

// IdentityPassword is what may be told of a user's password.
type IdentityPassword struct {
	Created    time.Time `json:"created" doc:"When the user got a first one"`
	MustChange bool      `json:"mustChange" doc:"At the next sign-in"`
}

type (
	setPasswordInput struct {
		Name string `path:"name" maxLength:"128"`
		Body PasswordInput
	}
	changePasswordInput struct{ Body PasswordChange }
)

// signInRoutes: passwords.
func (a *API) signInRoutes(m *mount) {
	const user = "/myfsio/identities/users/{name}"
	add(m, operation{
		id: "setPassword", method: http.MethodPut, path: user + "/password", tag: tagIdentities, need: onIdentity("%LoginProfile", "Create", "Update"),
		summary: "Give a user a password for the console, or another one",
		text:    "The user signs in with the name and the password. What came from an old password ends: sessions, and links that were made in the console.",
	}, a.setPassword)
	add(m, operation{
		id: "deletePassword", method: http.MethodDelete, path: user + "/password", tag: tagIdentities, need: onUser("iam:DeleteLoginProfile"),
		summary: "Take the password of a user away",
		text:    "Sessions and links that came from it end at once. Access keys stay.",
	}, a.deletePassword)
	add(m, operation{
		id: "endConsole", method: http.MethodDelete, path: user + "/console", tag: tagIdentities, need: onUser("iam:UpdateLoginProfile"),
		summary: "End what a user does in the console without an access key",
		text:    "Sessions that began with a password, and links that were made in them, end at once.",
	}, a.endConsole)
	add(m, operation{
		id: "changePassword", method: http.MethodPut, path: "/myfsio/me/password", tag: tagSession, need: own(), class: limit.Login,
		summary: "Change one's own password",
		text:    "Needs the old one. Other sessions that began with it end, and links that were made in them; the session that asks goes on.",
	}, a.changePassword)
}

// prove checks what somebody signs in with, with lockout, and returns when a code was given, zero for none.
func (a *API) prove(ctx context.Context, c *call, b *Credentials) (cred iam.Credential, mfa time.Time, err error) {
	const op = "admin.prove"
	switch {
	case b.AccessKey != "" && b.SecretKey != "" && b.UserName == "" && b.Password == "":
		id, err := a.login(ctx, c, b.AccessKey, b.SecretKey)
		if err == nil {
			if mfa, err = a.IAM.Code(ctx, id.UserID, "", b.Code); err != nil {
				unproven(reqinfo.From(ctx), err)
			}
		}
		return iam.Credential{Identity: id, Secret: b.SecretKey}, mfa, err
	case b.UserName != "" && b.Password != "" && b.AccessKey == "" && b.SecretKey == "":
		reqinfo.From(ctx).Target = b.UserName
		cred, mfa, err = a.IAM.SignIn(ctx, iam.SignIn{
			Account: b.Account, User: b.UserName, Password: b.Password, NewPassword: b.NewPassword, Code: b.Code, Remote: c.remote(),
		})
		if err != nil {
			unproven(reqinfo.From(ctx), err)
			return cred, mfa, fault.Wrap(op, err)
		}
		a.IAM.Used(cred.Identity, a.Config.Service, a.Config.Region)
		return cred, mfa, nil
	}
	return cred, mfa, fault.New(op, fault.InvalidArgument, "Sign in with an access key and its secret key, or with a name and a password.")
}

func (a *API) setPassword(ctx context.Context, c *call, in *setPasswordInput) (*noBody, error) {
	return &noBody{}, a.IAM.SetPassword(ctx, c.id, in.Name, in.Body.Password, in.Body.MustChange)
}

func (a *API) deletePassword(ctx context.Context, c *call, in *identityNameInput) (*noBody, error) {
	return &noBody{}, a.IAM.DeletePassword(ctx, c.id, in.Name)
}

func (a *API) endConsole(ctx context.Context, c *call, in *identityNameInput) (*noBody, error) {
	return &noBody{}, a.IAM.EndConsole(ctx, c.id, in.Name)
}

// changePassword changes the password and then lets the session go on; a kill between the two ends it with the others.
func (a *API) changePassword(ctx context.Context, c *call, in *changePasswordInput) (*noBody, error) {
	if err := a.IAM.ChangePassword(ctx, c.id, in.Body.Password, in.Body.NewPassword); err != nil {
		return nil, err
	}
	if c.session == nil || c.session.accessKey != c.id.AccessKey || !iam.ConsoleKey(c.id.AccessKey) {
		return &noBody{}, nil
	}
	cred, err := a.IAM.ConsoleCredential(ctx, c.id.UserID)
	if err != nil {
		return nil, err
	}
	next := *c.session
	next.mark = a.sessions.mark(cred.Identity.AccessKey, cred.Secret)
	return &noBody{}, a.sessions.change(ctx, &next)
}
