import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { firstTab } from "@/features/access/model/kinds";
import { readSimulationView } from "@/features/access/model/simulation";
import { readAccessView } from "@/features/access/model/view";
import { readAuditView } from "@/features/audit/model/view";
import { readBucketsView } from "@/features/buckets/model/view";
import { readView } from "@/features/objects/model/view";
import { loadSession } from "@/features/session/api/session";
import { parseSearch, placeOf, printSearch, text } from "@/lib/search";
import { BucketPage } from "./pages/BucketPage";
import { BucketsPage } from "./pages/BucketsPage";
import { CrashPage, NotFoundPage } from "./pages/FaultPages";
import { ObjectsPage } from "./pages/ObjectsPage";
import { Shell } from "./shell/Shell";

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Outlet,
  beforeLoad: async () => ({ session: await loadSession() }),
  errorComponent: CrashPage,
  notFoundComponent: NotFoundPage,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (
    search: Record<string, unknown>,
  ): { next?: string | undefined; sso?: string | undefined; request?: string | undefined } => ({
    next: text(search.next),
    sso: text(search.sso),
    request: text(search.request),
  }),
  beforeLoad: ({ context, search }) => {
    if (context.session?.user !== undefined) throw redirect(placeOf(search.next));
  },
  component: lazyRouteComponent(() => import("./pages/SignInRoute"), "SignInRoute"),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: ({ context, location }) => {
    if (context.session?.user !== undefined) return;
    const next = location.href === "/" ? undefined : location.href;
    throw redirect({ to: "/sign-in", search: { next } });
  },
  component: Shell,
});

const home = createRoute({
  getParentRoute: () => shell,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/buckets", replace: true });
  },
});

const buckets = createRoute({
  getParentRoute: () => shell,
  path: "/buckets",
  validateSearch: readBucketsView,
  component: BucketsPage,
});

const bucket = createRoute({ getParentRoute: () => shell, path: "/buckets/$bucket", component: BucketPage });

const objects = createRoute({
  getParentRoute: () => bucket,
  path: "/",
  validateSearch: readView,
  component: ObjectsPage,
});

const lifecycle = createRoute({
  getParentRoute: () => bucket,
  path: "/lifecycle",
  component: lazyRouteComponent(() => import("./pages/LifecyclePage"), "LifecyclePage"),
});

const permissions = createRoute({
  getParentRoute: () => bucket,
  path: "/permissions",
  component: lazyRouteComponent(() => import("./pages/PermissionsPage"), "PermissionsPage"),
});

const properties = createRoute({
  getParentRoute: () => bucket,
  path: "/properties",
  component: lazyRouteComponent(() => import("./pages/PropertiesPage"), "PropertiesPage"),
});

const activity = createRoute({
  getParentRoute: () => shell,
  path: "/activity",
  component: lazyRouteComponent(() => import("./pages/ActivityPage"), "ActivityPage"),
});

const access = createRoute({
  getParentRoute: () => shell,
  path: "/access",
  beforeLoad: ({ context }) => {
    const tab = firstTab(context.session?.permissions);
    if (tab === "simulator") throw redirect({ to: "/access/simulator", search: {}, replace: true });
    if (tab === "policies") throw redirect({ to: "/access/policies", search: {}, replace: true });
    throw redirect({ to: "/access/$kind", params: { kind: tab }, search: {}, replace: true });
  },
});

const identities = createRoute({
  getParentRoute: () => shell,
  path: "/access/$kind",
  validateSearch: readAccessView,
  component: lazyRouteComponent(() => import("./pages/AccessPage"), "AccessPage"),
});

const identity = createRoute({
  getParentRoute: () => shell,
  path: "/access/$kind/$name",
  component: lazyRouteComponent(() => import("./pages/IdentityPage"), "IdentityPage"),
});

const policies = createRoute({
  getParentRoute: () => shell,
  path: "/access/policies",
  validateSearch: readAccessView,
  component: lazyRouteComponent(() => import("./pages/PoliciesPage"), "PoliciesPage"),
});

const policy = createRoute({
  getParentRoute: () => shell,
  path: "/access/policy",
  validateSearch: (search: Record<string, unknown>): { arn?: string | undefined } => ({ arn: text(search.arn) }),
  component: lazyRouteComponent(() => import("./pages/PolicyPage"), "PolicyPage"),
});

const simulator = createRoute({
  getParentRoute: () => shell,
  path: "/access/simulator",
  validateSearch: readSimulationView,
  component: lazyRouteComponent(() => import("./pages/SimulatorPage"), "SimulatorPage"),
});

const jobs = createRoute({
  getParentRoute: () => activity,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/JobsPage"), "JobsPage"),
});

const audit = createRoute({
  getParentRoute: () => activity,
  path: "/audit",
  validateSearch: readAuditView,
  component: lazyRouteComponent(() => import("./pages/AuditPage"), "AuditPage"),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  validateSearch: (search: Record<string, unknown>): { filter?: string | undefined } => ({
    filter: text(search.filter),
  }),
  component: lazyRouteComponent(() => import("./pages/SettingsPage"), "SettingsPage"),
});

const account = createRoute({
  getParentRoute: () => shell,
  path: "/account",
  component: lazyRouteComponent(() => import("./pages/AccountPage"), "AccountPage"),
});

const nothing = createRoute({ getParentRoute: () => shell, path: "/$", component: NotFoundPage });

const tree = root.addChildren([
  signIn,
  shell.addChildren([
    home,
    buckets,
    bucket.addChildren([objects, lifecycle, permissions, properties]),
    activity.addChildren([jobs, audit]),
    access,
    identities,
    identity,
    policies,
    policy,
    simulator,
    settings,
    account,
    nothing,
  ]),
]);

export const makeRouter = (queries: QueryClient) =>
  createRouter({
    routeTree: tree,
    basepath: "/ui",
    context: { queries },
    parseSearch,
    stringifySearch: printSearch,
    defaultPreload: false,
    defaultPendingMs: 150,
    defaultErrorComponent: CrashPage,
  });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
