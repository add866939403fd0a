import { Button, NativeSelect, Radio, TextInput } from "@mantine/core";
import type { Bucket } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { IconButton } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { DeleteIcon, PlusIcon, UpIcon } from "@/components/ui/icons";
import { type MessageId, t } from "@/lib/i18n";
import { may } from "@/lib/session";
import { bucketWebsite, setWebsite } from "../api/configuration";
import {
  hostFault,
  indexFault,
  MAX_ROUTES,
  REPLACES,
  type Replaces,
  type Route,
  routeFaults,
  type Website,
} from "../model/website";
import css from "./buckets.module.css";

const REMOVE = "s3:DeleteBucketWebsite";

const REPLACED = {
  nothing: "website.replace-nothing",
  prefix: "website.replace-prefix",
  key: "website.replace-key",
} as const satisfies Record<Replaces, MessageId>;

type Row = Route & { row: number };

export function WebsiteDialog({ bucket, site, onClose }: { bucket: Bucket; site: Website; onClose: () => void }) {
  const queries = useQueryClient();
  const mayRemove = may(bucket.permissions, REMOVE);
  const [kind, setKind] = useState<Website["kind"]>(site.kind === "off" ? "site" : site.kind);
  const [host, setHost] = useState(site.kind === "redirect" ? site.host : "");
  const [protocol, setProtocol] = useState(site.kind === "redirect" ? site.protocol : "");
  const [index, setIndex] = useState(site.kind === "site" ? site.index : "index.html");
  const [error, setError] = useState(site.kind === "site" ? site.error : "");
  const [rows, setRows] = useState<Row[]>(() =>
    site.kind === "site" ? site.routes.map((route, row) => ({ ...route, row })) : [],
  );
  const ready =
    kind === "off" ||
    (kind === "redirect"
      ? hostFault(host) === undefined
      : indexFault(index) === undefined && rows.every((row) => routeFaults(row).size === 0));
  return (
    <FormDialog
      title={t("website.edit")}
      action={t("action.save")}
      failure={t("website.not-saved")}
      size={640}
      danger={kind === "off" && site.kind !== "off"}
      ready={ready}
      onClose={onClose}
      onSubmit={async () => {
        await setWebsite(
          bucket.name,
          kind === "off"
            ? { kind }
            : kind === "redirect"
              ? { kind, host, protocol }
              : { kind, index, error, routes: rows.map(({ row: _, ...route }) => route) },
        );
        await queries.invalidateQueries({ queryKey: bucketWebsite(bucket.name).queryKey });
      }}
    >
      <Radio.Group label={t("website.kind")} value={kind} onChange={(next) => setKind(next as Website["kind"])}>
        <div className={css.choices}>
          <Radio
            value="site"
            label={t("website.kind-site")}
            description={t("website.kind-site-text")}
            data-autofocus={kind === "site" || undefined}
          />
          <Radio
            value="redirect"
            label={t("website.kind-redirect")}
            description={t("website.kind-redirect-text")}
            data-autofocus={kind === "redirect" || undefined}
          />
          {site.kind !== "off" && (
            <Radio
              value="off"
              label={t("website.kind-off")}
              description={mayRemove ? t("website.kind-off-text") : t("action.needs", { permission: REMOVE })}
              disabled={!mayRemove}
            />
          )}
        </div>
      </Radio.Group>
      {kind === "redirect" && (
        <div className={css.two}>
          <HostInput label={t("website.host")} value={host} onChange={setHost} required />
          <ProtocolSelect label={t("website.protocol")} value={protocol} onChange={setProtocol} />
        </div>
      )}
      {kind === "site" && (
        <>
          <TextInput
            label={t("website.index")}
            description={t("website.index-text")}
            value={index}
            error={indexFault(index) === "slash" ? t("website.no-slash") : undefined}
            spellCheck={false}
            onChange={(event) => setIndex(event.currentTarget.value)}
          />
          <TextInput
            label={t("website.error")}
            description={t("website.error-text")}
            placeholder={t("website.no-error")}
            value={error}
            spellCheck={false}
            maxLength={1024}
            onChange={(event) => setError(event.currentTarget.value)}
          />
          <Routes rows={rows} onRows={setRows} />
        </>
      )}
    </FormDialog>
  );
}

function HostInput(props: { label: string; value: string; onChange: (host: string) => void; required?: boolean }) {
  return (
    <TextInput
      label={props.label}
      placeholder={t(props.required ? "website.host-example" : "website.same-host")}
      value={props.value}
      error={hostFault(props.value) === "form" ? t("website.bad-host") : undefined}
      spellCheck={false}
      autoCapitalize="off"
      onChange={(event) => props.onChange(event.currentTarget.value.trim())}
    />
  );
}

function ProtocolSelect(props: { label: string; value: string; onChange: (protocol: string) => void }) {
  return (
    <NativeSelect
      label={props.label}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      data={[
        { value: "", label: t("website.same-protocol") },
        { value: "https", label: "https" },
        { value: "http", label: "http" },
      ]}
    />
  );
}

/** Routing rules: the first that meets a request counts, so their order can be changed. */
function Routes({ rows, onRows }: { rows: Row[]; onRows: (next: Row[]) => void }) {
  const made = useRef(rows.length);
  const add = useRef<HTMLButtonElement>(null);
  return (
    <fieldset className={css.group}>
      <legend>{t("website.routes")}</legend>
      <p className="muted">{t("website.routes-text")}</p>
      {rows.map((row, index) => (
        <RouteFields
          key={row.row}
          number={String(index + 1)}
          route={row}
          onChange={(part) => onRows(rows.map((other) => (other === row ? { ...row, ...part } : other)))}
          onUp={index === 0 ? undefined : () => onRows(rows.toSpliced(index, 1).toSpliced(index - 1, 0, row))}
          onRemove={() => {
            onRows(rows.filter((other) => other !== row));
            add.current?.focus();
          }}
        />
      ))}
      <div>
        <Button
          ref={add}
          variant="default"
          leftSection={<PlusIcon size={14} aria-hidden />}
          disabled={rows.length >= MAX_ROUTES}
          onClick={() => {
            const row = made.current++;
            onRows([
              ...rows,
              { row, prefix: "", status: "", host: "", protocol: "", code: "", replaces: "nothing", with: "" },
            ]);
          }}
        >
          {t("website.add-route")}
        </Button>
      </div>
    </fieldset>
  );
}

interface RouteFieldsProps {
  number: string;
  route: Route;
  onChange: (part: Partial<Route>) => void;
  /** Undefined: it is the first one. */
  onUp: (() => void) | undefined;
  onRemove: () => void;
}

function RouteFields({ number, route, onChange, onUp, onRemove }: RouteFieldsProps) {
  const faults = routeFaults(route);
  const touched = route.prefix !== "" || route.status !== "" || route.code !== "";
  return (
    <fieldset className={css.route} aria-label={t("website.route", { number })}>
      <div className={css.routeHead}>
        <strong>{t("website.route", { number })}</strong>
        {onUp !== undefined && (
          <IconButton label={t("website.route-up", { number })} onClick={onUp}>
            <UpIcon size={14} />
          </IconButton>
        )}
        <IconButton label={t("website.route-remove", { number })} onClick={onRemove}>
          <DeleteIcon size={14} />
        </IconButton>
      </div>
      <div className={css.two}>
        <TextInput
          label={t("website.if-prefix")}
          placeholder={t("website.any-key")}
          value={route.prefix}
          spellCheck={false}
          onChange={(event) => onChange({ prefix: event.currentTarget.value })}
        />
        <TextInput
          label={t("website.if-status")}
          placeholder={t("website.any-status")}
          inputMode="numeric"
          value={route.status}
          error={faults.has("status") ? t("website.bad-status") : undefined}
          onChange={(event) => onChange({ status: event.currentTarget.value.trim() })}
        />
        <HostInput label={t("website.to-host")} value={route.host} onChange={(host) => onChange({ host })} />
        <ProtocolSelect
          label={t("website.protocol")}
          value={route.protocol}
          onChange={(protocol) => onChange({ protocol })}
        />
        <NativeSelect
          label={t("website.replace")}
          value={route.replaces}
          onChange={(event) => onChange({ replaces: event.currentTarget.value as Replaces })}
          data={REPLACES.map((value) => ({ value, label: t(REPLACED[value]) }))}
        />
        <TextInput
          label={t("website.with")}
          value={route.replaces === "nothing" ? "" : route.with}
          disabled={route.replaces === "nothing"}
          spellCheck={false}
          onChange={(event) => onChange({ with: event.currentTarget.value })}
        />
        <TextInput
          label={t("website.code")}
          placeholder="301"
          inputMode="numeric"
          value={route.code}
          error={faults.has("code") ? t("website.bad-code") : undefined}
          onChange={(event) => onChange({ code: event.currentTarget.value.trim() })}
        />
      </div>
      {faults.has("all") && touched && <p className={css.fieldFault}>{t("website.goes-nowhere")}</p>}
    </fieldset>
  );
}
