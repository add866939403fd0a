import type { Bucket } from "@myfsio/client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Badge } from "@/components/ui/basics";
import { t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { bucketAcl, bucketOwnership } from "../../api/permissions";
import { type Acl, type Grant, givesPublic } from "../../model/permissions/acl";
import { ConfigurationCard } from "../ConfigurationCard";
import { AclDialog } from "./AclDialog";
import css from "./permissions.module.css";
import { lacking, READ, WRITE } from "./rights";
import { Unknown, unknownWhy } from "./Unknown";
import { GROUPS, PERMITS } from "./words";

/** Grants that the bucket gives beside all policies, the older way. */
export function AclCard({ bucket }: { bucket: Bucket }) {
  const mayRead = may(bucket.permissions, READ.acl);
  const query = useQuery({ ...bucketAcl(bucket.name), enabled: mayRead });
  const ownership = useQuery({ ...bucketOwnership(bucket.name), enabled: may(bucket.permissions, READ.ownership) });
  const [editing, setEditing] = useState(false);
  const off = ownership.data?.value === "BucketOwnerEnforced";
  return (
    <>
      <ConfigurationCard
        title={t("acl.title")}
        query={query}
        needRead={mayRead ? undefined : READ.acl}
        needWrite={lacking(bucket.permissions, WRITE.acl)}
        blocked={off ? t("acl.off") : unknownWhy(query.data?.unknown)}
        action={t("acl.edit")}
        onEdit={() => setEditing(true)}
      >
        {({ value, unknown }) => (
          <div className={css.stack}>
            <p className="muted">{t(off ? "acl.off-text" : "acl.text")}</p>
            <Unknown names={unknown} />
            {!off && <Grants acl={value} />}
          </div>
        )}
      </ConfigurationCard>
      {editing && query.data !== undefined && (
        <AclDialog bucket={bucket} acl={query.data.value} onClose={() => setEditing(false)} />
      )}
    </>
  );
}

/** The list, with all that one grantee has in one row. */
function Grants({ acl }: { acl: Acl }) {
  const rows = new Map<string, Grant[]>();
  for (const grant of acl.grants) {
    const key = grant.to.group ?? grant.to.id;
    rows.set(key, [...(rows.get(key) ?? []), grant]);
  }
  if (rows.size === 0) return <p>{t("acl.nobody")}</p>;
  return (
    <table className={css.grants}>
      <thead>
        <tr>
          <th scope="col">{t("acl.grantee")}</th>
          <th scope="col">{t("acl.permission")}</th>
        </tr>
      </thead>
      <tbody>
        {[...rows].map(([key, grants]) => (
          <tr key={key}>
            <th scope="row">
              <Grantee grant={grants[0] as Grant} owner={acl.owner.id} />{" "}
              {givesPublic(grants) && <Badge tone="warn">{t("access.public")}</Badge>}
            </th>
            <td>{grants.map((grant) => t(PERMITS[grant.permission])).join(", ")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Grantee({ grant: { to }, owner }: { grant: Grant; owner: string }) {
  if (to.group !== undefined) return t(GROUPS[to.group]);
  return (
    <>
      {t(to.id === owner ? "acl.owner" : "acl.account")} {to.name !== "" && <span className="mono">{to.name}</span>}
      <span className={`mono ${css.id}`}>{to.id}</span>
    </>
  );
}
