import { Button, TextInput } from "@mantine/core";
import type { AccessLevel, Bucket, PrincipalAccess } from "@myfsio/client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Badge, Bone, Card, ServerText } from "@/components/ui/basics";
import { ProblemNotice } from "@/components/ui/notice";
import { asProblem } from "@/lib/http/problem";
import { type MessageId, t } from "@/lib/i18n";
import { bucketAccess } from "../../api/permissions";
import css from "./permissions.module.css";
import { lacking, READ } from "./rights";

const LEVELS = {
  list: "who.list",
  read: "who.read",
  write: "who.write",
  delete: "who.delete",
  administer: "who.administer",
} as const satisfies Record<AccessLevel["level"], MessageId>;

/** Who has what on the bucket or below a prefix. It is looked at when somebody asks: it goes over all users. */
export function WhoCard({ bucket }: { bucket: Bucket }) {
  const [prefix, setPrefix] = useState("");
  const [asked, setAsked] = useState<string>();
  const need = lacking(bucket.permissions, READ.policy) ?? lacking(bucket.permissions, READ.acl);
  return (
    <Card title={t("who.title")}>
      {need !== undefined ? (
        <p className="muted">{t("action.needs", { permission: need })}</p>
      ) : (
        <div className={css.stack}>
          <p className="muted">{t("who.text")}</p>
          <form
            className={css.who}
            onSubmit={(event) => {
              event.preventDefault();
              setAsked(prefix);
            }}
          >
            <TextInput
              label={t("who.prefix")}
              placeholder={t("who.example")}
              value={prefix}
              onChange={(event) => setPrefix(event.currentTarget.value)}
            />
            <Button variant="default" type="submit">
              {t("who.look")}
            </Button>
          </form>
          {asked !== undefined && <Found key={asked} bucket={bucket.name} prefix={asked} />}
        </div>
      )}
    </Card>
  );
}

function Found({ bucket, prefix }: { bucket: string; prefix: string }) {
  const query = useInfiniteQuery(bucketAccess(bucket, prefix));
  const pages = query.data?.pages ?? [];
  const principals = pages.flatMap((page) => page.principals);
  const hidden = pages.flatMap((page) => page.hidden);
  return (
    <div role="status" aria-busy={query.isFetching} className={css.stack}>
      {query.isPending && (
        <div className="delayed">
          <Bone width="60%" />
        </div>
      )}
      {query.isError && (
        <ProblemNotice title={t("who.failed")} problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
      )}
      {query.data !== undefined && principals.length === 0 && !query.hasNextPage && <p>{t("who.nobody")}</p>}
      <ul className={css.people} aria-label={t("who.title")}>
        {principals.map((one) => (
          <li key={`${one.kind} ${one.name ?? one.arn ?? one.account ?? ""}`}>
            <Principal one={one} />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <div>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t("who.more")}
          </Button>
        </div>
      )}
      {hidden.length > 0 && <p className={css.hint}>{t("who.hidden", { kinds: [...new Set(hidden)].join(", ") })}</p>}
      {pages.some((page) => page.objectLists) && <p className={css.hint}>{t("who.object-lists")}</p>}
    </div>
  );
}

function nameOf(one: PrincipalAccess): string {
  switch (one.kind) {
    case "everyone":
      return t("who.everyone");
    case "authenticated":
      return t("who.authenticated");
    case "account":
      return t("who.account", { account: one.account ?? "" });
  }
  return one.name ?? one.arn ?? "";
}

function Principal({ one }: { one: PrincipalAccess }) {
  const open = one.kind === "everyone" || one.kind === "authenticated";
  return (
    <>
      <div className={css.person}>
        <strong>{nameOf(one)}</strong>
        {one.kind === "role" && <span className="muted">{t("iam.role")}</span>}
        {one.disabled && <Badge>{t("who.disabled")}</Badge>}
        <span className={css.levels}>
          {one.levels.map((level) => (
            <Badge key={level.level} tone={open ? "warn" : undefined}>
              {level.conditional ? t("who.conditional", { level: t(LEVELS[level.level]) }) : t(LEVELS[level.level])}
            </Badge>
          ))}
        </span>
      </div>
      <details>
        <summary className="muted">{t("who.through")}</summary>
        <ul className={css.reasons}>
          {one.levels.flatMap((level) =>
            level.through.map((part) => (
              <li key={`${level.level} ${part.source} ${part.number ?? 0}`}>
                {t(LEVELS[level.level])}: {part.effect}{" "}
                <ServerText>
                  {part.number === undefined
                    ? part.source
                    : t("simulate.place", {
                        source: part.source,
                        number: part.number,
                        sid: part.sid ? ` (${part.sid})` : "",
                      })}
                </ServerText>
                {part.conditions !== undefined && (
                  <>
                    {" "}
                    <code className={css.condition}>{part.conditions}</code>
                  </>
                )}
              </li>
            )),
          )}
        </ul>
      </details>
    </>
  );
}
