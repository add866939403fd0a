package awsquery

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/myfsio/myfsio/backend/internal/iam"
)

func init() {
	for name, do := range map[string]action{
		"CreateLoginProfile": createLoginProfile, "GetLoginProfile": getLoginProfile, "UpdateLoginProfile": updateLoginProfile, "DeleteLoginProfile": deleteLoginProfile,
		"ChangePassword": changePassword, "GetAccountPasswordPolicy": passwordPolicy,
	} {
		iamActions[name] = do
	}
}

// flag reads a boolean parameter, nil when it is not there.
func (c *call) flag(name string) (*bool, error) {
	v, ok := c.Form[name]
	if !ok {
		return nil, nil //nolint:nilnil // there is none
	}
	switch v[0] {
	case "true":
		return new(true), nil
	case "false":
		return new(false), nil
	}
	return nil, newError(http.StatusBadRequest, "MalformedInput", fmt.Sprintf("Invalid value for %s", name))
}

func loginProfile(p *iam.LoginProfile) []node {
	return []node{list("LoginProfile", text("UserName", p.User), moment("CreateDate", p.Created), text("PasswordResetRequired", strconv.FormatBool(p.MustChange)))}
}

func createLoginProfile(c *call) ([]node, error) {
	password, err := c.need("Password")
	if err != nil {
		return nil, err
	}
	name, err := c.user()
	if err != nil {
		return nil, err
	}
	must, err := c.flag("PasswordResetRequired")
	if err != nil {
		return nil, err
	}
	p, err := c.iam.CreatePassword(c, c.Caller, name, password, must != nil && *must)
	if err != nil {
		return nil, err
	}
	return loginProfile(&p), nil
}

func getLoginProfile(c *call) ([]node, error) {
	name, err := c.user()
	if err != nil {
		return nil, err
	}
	p, err := c.iam.Password(c, c.Caller, name)
	if err != nil {
		return nil, err
	}
	return loginProfile(&p), nil
}

func updateLoginProfile(c *call) ([]node, error) {
	name, err := c.user()
	if err != nil {
		return nil, err
	}
	must, err := c.flag("PasswordResetRequired")
	if err != nil {
		return nil, err
	}
	return nil, c.iam.UpdatePassword(c, c.Caller, name, c.Form.Get("Password"), must)
}

func deleteLoginProfile(c *call) ([]node, error) {
	name, err := c.user()
	if err != nil {
		return nil, err
	}
	return nil, c.iam.DeletePassword(c, c.Caller, name)
}

func changePassword(c *call) ([]node, error) {
	v, err := c.needs("OldPassword", "NewPassword")
	if err != nil {
		return nil, err
	}
	return nil, c.iam.ChangePassword(c, c.Caller, v[0], v[1])
}

// passwordPolicy is what every account has; it cannot be changed.
func passwordPolicy(c *call) ([]node, error) {
	if err := c.iam.MayDo(c.Caller, "iam:GetAccountPasswordPolicy", "*"); err != nil {
		return nil, err
	}
	no, yes := "false", "true"
	return []node{list("PasswordPolicy",
		text("MinimumPasswordLength", strconv.Itoa(iam.MinPassword)), text("RequireSymbols", no), text("RequireNumbers", no), text("RequireUppercaseCharacters", no),
		text("RequireLowercaseCharacters", no), text("AllowUsersToChangePassword", yes), text("ExpirePasswords", no),
	)}, nil
}
