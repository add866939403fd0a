package admin

import (
	"context"

	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

// Users are those of the caller's account. Who may change whom is decided by iam, inside the transaction of the change.

func (a *API) listUsers(ctx context.Context, c *call, _ *noInput) (*output[UserList], error) {
	users, err := a.IAM.Users(ctx, c.id)
	if err != nil {
		return nil, err
	}
	list := UserList{Users: []UserEntry{}}
	for _, u := range users {
		list.Users = append(list.Users, userEntry(u))
	}
	return answer(list), nil
}

func userEntry(u iam.User) UserEntry {
	return UserEntry{
		AccessKey: u.AccessKey, UserID: u.UserID, DisplayName: u.Name, Account: u.Account, Created: u.Created, Disabled: u.Disabled, Environment: u.Environment,
		Admin: u.Administrator, Policies: Policies(u.Policies),
	}
}

func (a *API) createUser(ctx context.Context, c *call, in *createUserInput) (*output[UserSecret], error) {
	u, secret, err := a.IAM.CreateUser(ctx, c.id, iam.CreateUser{
		Name: in.Body.DisplayName, AccessKey: in.Body.AccessKey, Secret: in.Body.SecretKey, Policies: in.Body.Policies, Account: in.Body.Account,
	})
	if err != nil {
		return nil, err
	}
	reqinfo.From(ctx).Target = u.AccessKey
	return answer(userSecret(u, secret)), nil
}

func userSecret(u iam.User, secret string) UserSecret {
	return UserSecret{AccessKey: u.AccessKey, SecretKey: secret, UserID: u.UserID, DisplayName: u.Name, Account: u.Account, Policies: Policies(u.Policies)}
}

func (a *API) rotateSecret(ctx context.Context, c *call, in *userInput) (*output[UserSecret], error) {
	secret, err := a.IAM.RotateSecret(ctx, c.id, in.AccessKey)
	if err != nil {
		return nil, err
	}
	// The secret is changed and cannot be told again, whatever becomes of the rest of the answer.
	u, err := a.IAM.User(ctx, in.AccessKey)
	if err != nil {
		u = iam.User{AccessKey: in.AccessKey}
	}
	return answer(userSecret(u, secret)), nil
}

func (a *API) setUserPolicies(ctx context.Context, c *call, in *policiesInput) (*output[UserEntry], error) {
	u, err := a.IAM.SetPolicies(ctx, c.id, in.AccessKey, in.Body)
	if err != nil {
		return nil, err
	}
	return answer(userEntry(u)), nil
}

func (a *API) deleteUser(ctx context.Context, c *call, in *userInput) (*noBody, error) {
	return &noBody{}, a.IAM.DeleteUser(ctx, c.id, in.AccessKey)
}
