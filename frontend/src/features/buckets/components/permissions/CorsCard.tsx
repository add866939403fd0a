import type { Bucket } from "@myfsio/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Fact, Facts, IconButton } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { DeleteIcon, DownIcon, PlusIcon, RenameIcon, UpIcon } from "@/components/ui/icons";
import { duration } from "@/lib/format";
import { t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { sayFailure } from "@/lib/toast";
import { accessChanged, bucketCors, setCors } from "../../api/permissions";
import { type CorsRule, MAX_CORS_RULES } from "../../model/permissions/cors";
import { ConfigurationCard } from "../ConfigurationCard";
import { CorsDialog } from "./CorsDialog";
import css from "./permissions.module.css";
import { lacking, READ, WRITE } from "./rights";
import { Unknown, unknownWhy } from "./Unknown";

type Way = "up" | "down";

/** The dialog that is open. What is removed is shown as it was, for it is gone from the rules before the dialog is. */
type Open =
  | { what: "edit"; index: number }
  | { what: "remove"; index: number; rule: CorsRule; name: string; last: boolean };

/** Which pages of other origins may call the bucket from a browser. */
export function CorsCard({ bucket }: { bucket: Bucket }) {
  const queries = useQueryClient();
  const mayRead = may(bucket.permissions, READ.cors);
  const query = useQuery({ ...bucketCors(bucket.name), enabled: mayRead });
  const list = useRef<HTMLOListElement>(null);
  const [open, setOpen] = useState<Open>();
  const rules = query.data?.value ?? [];
  const need = lacking(bucket.permissions, WRITE.cors);
  const unknown = unknownWhy(query.data?.unknown);
  const changes = need === undefined && unknown === undefined;

  const save = async (next: CorsRule[]) => {
    await setCors(bucket.name, next);
    await accessChanged(queries, bucket.name);
  };
  /** The first rule that fits counts, so their order can be changed. The focus goes with the rule. */
  const move = async (index: number, way: Way) => {
    const other = way === "up" ? index - 1 : index + 1;
    const next = [...rules];
    [next[index], next[other]] = [rules[other] as CorsRule, rules[index] as CorsRule];
    try {
      await save(next);
      list.current?.children[other]?.querySelector<HTMLElement>(`[data-way=${way}]`)?.focus();
    } catch (thrown) {
      sayFailure(t("cors.not-saved"), thrown);
    }
  };
  const nameOf = (index: number) => {
    const number = String(index + 1);
    const id = rules[index]?.id ?? "";
    return id === "" ? t("cors.rule", { number }) : t("cors.rule-id", { number, id });
  };
  return (
    <>
      <ConfigurationCard
        title={t("cors.title")}
        query={query}
        needRead={mayRead ? undefined : READ.cors}
        needWrite={need}
        blocked={
          unknown ?? (rules.length >= MAX_CORS_RULES ? t("cors.full", { max: String(MAX_CORS_RULES) }) : undefined)
        }
        action={t("cors.add")}
        icon={<PlusIcon size={14} aria-hidden />}
        onEdit={() => setOpen({ what: "edit", index: rules.length })}
      >
        {({ value, unknown }) => (
          <div className={css.stack}>
            <p className="muted">{t(value.length === 0 ? "cors.none" : "cors.text")}</p>
            <Unknown names={unknown} />
            {value.length > 0 && (
              <ol ref={list} className={css.rules}>
                {value.map((rule, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a rule is what stands at its place
                  <li key={index} aria-label={nameOf(index)}>
                    <header>
                      <h3>{nameOf(index)}</h3>
                      {changes && (
                        <>
                          {(["up", "down"] as const).map((way) => {
                            const end = way === "up" ? index === 0 : index === value.length - 1;
                            return (
                              <IconButton
                                key={way}
                                label={t(way === "up" ? "cors.up" : "cors.down", { rule: nameOf(index) })}
                                data-way={way}
                                aria-disabled={end || undefined}
                                onClick={() => {
                                  if (!end) void move(index, way);
                                }}
                              >
                                {way === "up" ? <UpIcon size={14} /> : <DownIcon size={14} />}
                              </IconButton>
                            );
                          })}
                          <IconButton
                            label={t("cors.edit", { rule: nameOf(index) })}
                            onClick={() => setOpen({ what: "edit", index })}
                          >
                            <RenameIcon size={14} />
                          </IconButton>
                          <IconButton
                            label={t("cors.remove", { rule: nameOf(index) })}
                            onClick={() =>
                              setOpen({ what: "remove", index, rule, name: nameOf(index), last: value.length === 1 })
                            }
                          >
                            <DeleteIcon size={14} />
                          </IconButton>
                        </>
                      )}
                    </header>
                    <Rule rule={rule} />
                  </li>
                ))}
              </ol>
            )}
          </div>
        )}
      </ConfigurationCard>
      {open?.what === "edit" && (
        <CorsDialog
          title={open.index < rules.length ? t("cors.edit", { rule: nameOf(open.index) }) : t("cors.add")}
          rule={rules[open.index]}
          onSave={(rule) => save(rules.toSpliced(open.index, 1, rule))}
          onClose={() => setOpen(undefined)}
        />
      )}
      {open?.what === "remove" && (
        <FormDialog
          title={t("cors.remove", { rule: open.name })}
          action={t("cors.remove-action")}
          failure={t("cors.not-saved")}
          danger
          onClose={() => setOpen(undefined)}
          onSubmit={() => save(rules.toSpliced(open.index, 1))}
        >
          <p>{t(open.last ? "cors.remove-last" : "cors.remove-text")}</p>
          <Rule rule={open.rule} />
        </FormDialog>
      )}
    </>
  );
}

function Rule({ rule }: { rule: CorsRule }) {
  const list = (texts: readonly string[]) =>
    texts.length === 0 ? (
      <span className="muted">{t("cors.no")}</span>
    ) : (
      <span className="mono">{texts.join(", ")}</span>
    );
  return (
    <Facts>
      <Fact name={t("cors.origins")}>
        {rule.origins.map((origin) => (
          <div key={origin} className="mono">
            {origin}
          </div>
        ))}
      </Fact>
      <Fact name={t("cors.methods")}>{list(rule.methods)}</Fact>
      <Fact name={t("cors.allow-headers")}>{list(rule.allowHeaders)}</Fact>
      <Fact name={t("cors.expose-headers")}>{list(rule.exposeHeaders)}</Fact>
      <Fact name={t("cors.max-age")}>
        {rule.maxAge === undefined ? (
          <span className="muted">{t("cors.browser-decides")}</span>
        ) : rule.maxAge <= 0 ? (
          t("cors.not-kept")
        ) : (
          duration(rule.maxAge)
        )}
      </Fact>
    </Facts>
  );
}
