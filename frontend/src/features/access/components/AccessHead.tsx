import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { HERE, Tabs } from "@/components/ui/tabs";
import { t } from "@/lib/i18n";
import { may, useSession } from "@/lib/session";
import { SIMULATE } from "../model/simulation";
import css from "./access.module.css";

/** The title of the place, what belongs beside it, and its tabs; only those that the person may open are there. */
export function AccessHead({ children }: { children?: ReactNode }) {
  const { permissions } = useSession();
  return (
    <>
      <header className={css.head}>
        <h1>{t("nav.access")}</h1>
        {children}
      </header>
      <Tabs label={t("iam.tabs")}>
        {may(permissions, "iam:ListUsers") && (
          <Link to="/access/$kind" params={{ kind: "users" }} search={{}} activeProps={HERE}>
            {t("iam.users")}
          </Link>
        )}
        {may(permissions, "iam:ListGroups") && (
          <Link to="/access/$kind" params={{ kind: "groups" }} search={{}} activeProps={HERE}>
            {t("iam.groups")}
          </Link>
        )}
        {may(permissions, "iam:ListRoles") && (
          <Link to="/access/$kind" params={{ kind: "roles" }} search={{}} activeProps={HERE}>
            {t("iam.roles")}
          </Link>
        )}
        {may(permissions, "iam:ListPolicies") && (
          <Link to="/access/policies" search={{}} activeProps={HERE}>
            {t("iam.policies")}
          </Link>
        )}
        {may(permissions, SIMULATE) && (
          <Link to="/access/simulator" search={{}} activeProps={HERE}>
            {t("simulate.title")}
          </Link>
        )}
      </Tabs>
    </>
  );
}
