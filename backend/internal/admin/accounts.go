package admin

import (
	"context"

	"github.com/myfsio/myfsio/backend/internal/iam"
	"github.com/myfsio/myfsio/backend/internal/reqinfo"
)

// Accounts are made and removed by iam, which decides again in the transaction of the change.

func (a *API) listAccounts(ctx context.Context, c *call, _ *noInput) (*output[AccountList], error) {
	accounts, err := a.IAM.Accounts(ctx, c.id)
	if err != nil {
		return nil, err
	}
	list := AccountList{Accounts: []Account{}}
	for _, account := range accounts {
		list.Accounts = append(list.Accounts, accountEntry(account))
	}
	return answer(list), nil
}

func accountEntry(a iam.Account) Account {
	out := Account{Name: a.Name, ID: a.Number, CanonicalID: a.CanonicalID, DisplayName: a.DisplayName}
	if !a.Created.IsZero() {
		out.Created = &a.Created
	}
	return out
}

func (a *API) createAccount(ctx context.Context, c *call, in *createAccountInput) (*output[NewAccountSecret], error) {
	reqinfo.From(ctx).Target = in.Body.Name
	account, user, secret, err := a.IAM.CreateAccount(ctx, c.id, iam.CreateAccount{
		Name: in.Body.Name, DisplayName: in.Body.DisplayName, AccessKey: in.Body.AccessKey, Secret: in.Body.SecretKey,
	})
	if err != nil {
		return nil, err
	}
	return answer(NewAccountSecret{Account: accountEntry(account), AccessKey: user.AccessKey, SecretKey: secret, UserID: user.UserID}), nil
}

func (a *API) deleteAccount(ctx context.Context, c *call, in *accountInput) (*noBody, error) {
	return &noBody{}, a.IAM.DeleteAccount(ctx, c.id, in.Name)
}
