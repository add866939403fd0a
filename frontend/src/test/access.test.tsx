import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { open, server } from "./page";

test("a user is made with a key, whose secret is shown once", async () => {
  open("/access/users");
  await screen.findByRole("row", { name: "ada" });
  await userEvent.click(screen.getByRole("button", { name: "Create user" }));
  const asks = await screen.findByRole("dialog", { name: "Create user" });
  const create = within(asks).getByRole("button", { name: "Create user" });
  expect(create).toBeDisabled();
  await userEvent.type(within(asks).getByLabelText(/^Name/), "eve two");
  expect(within(asks).getByText(/Only letters/)).toBeInTheDocument();
  await userEvent.clear(within(asks).getByLabelText(/^Name/));
  await userEvent.type(within(asks).getByLabelText(/^Name/), "eve");
  await userEvent.click(create);
  const shown = await screen.findByRole("dialog", { name: "Access key of eve" });
  expect(shown).toHaveTextContent("only/now+shown");
  await userEvent.keyboard("{Escape}");
  expect(shown).toBeInTheDocument();
  await userEvent.click(within(shown).getByRole("button", { name: "I have kept it" }));
  expect(await screen.findByRole("heading", { name: "eve", level: 1 })).toBeInTheDocument();
  expect(document.body).not.toHaveTextContent("only/now+shown");
});

test("a key is switched off; a user goes only when the name is typed", async () => {
  open("/access/users/ada");
  await userEvent.click(await screen.findByRole("button", { name: "Actions for AKIAADA" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Switch off" }));
  await waitFor(() => expect(server.people.all.users?.[0]?.accessKeys?.[0]?.active).toBe(false));
  await userEvent.click(screen.getByRole("button", { name: "Delete user" }));
  const asks = await screen.findByRole("dialog", { name: "Delete user" });
  const button = within(asks).getByRole("button", { name: "Delete user" });
  expect(button).toBeDisabled();
  await userEvent.type(within(asks).getByLabelText(/Type the name/), "ada");
  await userEvent.click(button);
  expect(await screen.findByRole("heading", { name: "No users yet" })).toBeInTheDocument();
});

test("who may only read sees what is missing, and no control that takes something away", async () => {
  server.people.general = ["iam:ListUsers"];
  server.people.permissions = ["iam:ListAccessKeys", "iam:GetUserPolicy", "iam:ListAttachedUserPolicies"];
  open("/access/users/ada");
  await screen.findByRole("heading", { name: "ada", level: 1 });
  for (const name of ["Edit", "Disable", "Create key", "Attach policy", "Add own policy", "Delete user"])
    expect(screen.getByRole("button", { name }), name).toHaveAttribute("aria-disabled", "true");
  expect(screen.queryByRole("button", { name: /^Detach / })).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /^Take out of / })).not.toBeInTheDocument();
  expect(screen.getByText("You lack the permission iam:ListUserTags")).toBeInTheDocument();
  const gone = server.requests.filter((request) => !request.startsWith("GET"));
  for (const name of ["Disable", "Delete user"]) await userEvent.click(screen.getByRole("button", { name }));
  expect(server.requests.filter((request) => !request.startsWith("GET"))).toEqual(gone);
});

test("the place is there only for who may open one of its lists", async () => {
  server.people.general = [];
  open("/buckets");
  await screen.findByRole("row", { name: "photos" });
  expect(screen.queryByRole("link", { name: "Access" })).not.toBeInTheDocument();
});
