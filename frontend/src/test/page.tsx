import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { cleanup, render } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";
import { makeQueries } from "@/app/queries";
import { makeRouter } from "@/app/router";
import { cssVariables, makeTheme } from "@/app/theme/theme";
import { forgetListings } from "@/features/objects/model/listings";
import { setLocale } from "@/lib/i18n";
import { session } from "@/lib/session";
import { Console } from "./console";

/** The server of the test that runs, new for each. */
export let server: Console;
const realFetch = globalThis.fetch;

beforeEach(() => {
  server = new Console();
  server.bucket("photos", { "README.md": "# hello", "2026/a.jpg": 12_345, "data.json": "{}" }, "Enabled");
  server.bucket("empty-one");
  globalThis.fetch = async (input, init) => server.handle(new Request(input, init));
});
afterEach(() => {
  cleanup();
  globalThis.fetch = realFetch;
  session.set(undefined);
  forgetListings();
  setLocale("en");
});

/** Draws the console at an address. */
export function open(path: string) {
  const queries = makeQueries();
  const router = makeRouter(queries);
  router.update({ ...router.options, history: createMemoryHistory({ initialEntries: [`/ui${path}`] }) } as never);
  render(
    <MantineProvider theme={makeTheme()} cssVariablesResolver={cssVariables}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Notifications />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return router;
}
