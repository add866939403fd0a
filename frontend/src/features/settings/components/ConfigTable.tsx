import { TextInput } from "@mantine/core";
import type { Setting } from "@myfsio/client";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { Badge, Bone, Card, ServerText } from "@/components/ui/basics";
import { FilterIcon } from "@/components/ui/icons";
import { ProblemNotice } from "@/components/ui/notice";
import { asProblem } from "@/lib/http/problem";
import { type MessageId, t } from "@/lib/i18n";
import { useShortcuts } from "@/lib/shortcuts";
import { settings } from "../api/settings";
import css from "./settings.module.css";

type Plain = Extract<MessageId, `config.${"group" | "source"}-${string}`>;

/** Groups by the server's names for them. */
const GROUPS: Readonly<Record<string, Plain>> = {
  Core: "config.group-core",
  "Identity and security": "config.group-identity-and-security",
  "Single sign-on": "config.group-single-sign-on",
  CORS: "config.group-cors",
  "Rate limits": "config.group-rate-limits",
  Logging: "config.group-logging",
  "Audit log": "config.group-audit-log",
  Storage: "config.group-storage",
  "Plain files": "config.group-plain-files",
  Encryption: "config.group-encryption",
  "Background work": "config.group-background-work",
};
/** Where a value comes from, unless it is a line of a file. */
const SOURCES: Readonly<Record<string, Plain>> = {
  default: "config.source-default",
  environment: "config.source-environment",
  flag: "config.source-flag",
};

/** The console's word for a name that the server gives; what it does not know is shown as it came. */
const word = (words: Readonly<Record<string, Plain>>, name: string): string => {
  const id = words[name];
  return id === undefined ? name : t(id);
};

/** Every setting as it is in force, and where it comes from. Secrets never reach this page. */
export function ConfigTable(props: { words: string; onWords: (next: string) => void }) {
  const query = useQuery(settings());
  const field = useRef<HTMLInputElement>(null);
  const [changedOnly, setChangedOnly] = useState(false);
  const shortcuts = useMemo(() => ({ "/": () => field.current?.select() }), []);
  useShortcuts(shortcuts);
  const wanted = props.words.trim().toLowerCase();
  const rows = query.data?.filter(
    (s) =>
      (wanted === "" || `${word(GROUPS, s.group)} ${s.name} ${s.value}`.toLowerCase().includes(wanted)) &&
      (!changedOnly || s.source !== "default"),
  );
  const groups = grouped(rows ?? []);
  return (
    <Card
      title={t("config.title")}
      actions={
        <>
          <label className={css.only}>
            <input
              type="checkbox"
              checked={changedOnly}
              onChange={(event) => setChangedOnly(event.currentTarget.checked)}
            />
            {t("config.changed-only")}
          </label>
          <TextInput
            ref={field}
            className={css.filter}
            size="xs"
            type="search"
            leftSection={<FilterIcon size={14} />}
            placeholder={t("config.filter")}
            aria-label={t("config.filter")}
            value={props.words}
            onChange={(event) => props.onWords(event.currentTarget.value)}
          />
        </>
      }
    >
      {query.isError && (
        <ProblemNotice
          title={t("config.failed")}
          problem={asProblem(query.error)}
          onRetry={() => void query.refetch()}
        />
      )}
      {query.isPending && (
        <div className={`${css.bones} delayed`}>
          <Bone width="60%" />
          <Bone width="44%" />
          <Bone width="52%" />
        </div>
      )}
      {rows !== undefined &&
        (rows.length === 0 ? (
          <p className="muted">{t("config.no-match")}</p>
        ) : (
          <table className={css.config}>
            <thead>
              <tr>
                <th scope="col">{t("config.name")}</th>
                <th scope="col">{t("config.value")}</th>
                <th scope="col">{t("config.source")}</th>
              </tr>
            </thead>
            {groups.map(([group, members]) => (
              <tbody key={group}>
                <tr>
                  <th scope="rowgroup" colSpan={3} className={css.group}>
                    {word(GROUPS, group)}
                  </th>
                </tr>
                {members.map((s) => (
                  <tr key={s.name}>
                    <th scope="row">
                      <code>{s.name}</code>
                      {s.note !== undefined && s.note !== "" && (
                        <p className={css.note}>
                          <ServerText>{s.note}</ServerText>
                        </p>
                      )}
                    </th>
                    <td>
                      {s.value === "" ? <span className="muted">{t("config.unset")}</span> : <code>{s.value}</code>}
                    </td>
                    <td>
                      {s.source === "default" ? (
                        <span className="muted">{word(SOURCES, s.source)}</span>
                      ) : (
                        <Badge>{word(SOURCES, s.source)}</Badge>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            ))}
          </table>
        ))}
    </Card>
  );
}

/** Settings by their groups, both in the order of the server. */
function grouped(all: readonly Setting[]): [string, Setting[]][] {
  const groups = new Map<string, Setting[]>();
  for (const setting of all) {
    const members = groups.get(setting.group);
    if (members === undefined) groups.set(setting.group, [setting]);
    else members.push(setting);
  }
  return [...groups];
}
