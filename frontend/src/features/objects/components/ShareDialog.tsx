import { Button, NativeSelect, NumberInput, SegmentedControl, TextInput } from "@mantine/core";
import { useState } from "react";
import { CopyButton } from "@/components/ui/basics";
import { Dialog } from "@/components/ui/dialog";
import { LinkIcon } from "@/components/ui/icons";
import { Notice, ProblemNotice } from "@/components/ui/notice";
import { duration, exactTime } from "@/lib/format";
import { asProblem, type Problem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { readable } from "@/lib/keys";
import { useSession } from "@/lib/session";
import { makeLink } from "../api/objects";
import css from "./objects.module.css";

type Method = "GET" | "PUT" | "DELETE";
const LONGEST = 604_800;
const UNITS = [
  { value: "1", label: "share.seconds" },
  { value: "60", label: "share.minutes" },
  { value: "3600", label: "share.hours" },
  { value: "86400", label: "share.days" },
] as const;

const EXPLAINED = { GET: "share.get-text", PUT: "share.put-text", DELETE: "share.delete-text" } as const;

/** Makes a link that works without signing in, for a time. */
export function ShareDialog(props: {
  bucket: string;
  objectKey: string;
  versionId?: string | undefined;
  onClose: () => void;
}) {
  const { linkExpires } = useSession();
  const [method, setMethod] = useState<Method>("GET");
  const preset =
    UNITS.findLast((u) => linkExpires % Number(u.value) === 0 && linkExpires >= Number(u.value)) ?? UNITS[0];
  const [unit, setUnit] = useState<string>(preset.value);
  const [amount, setAmount] = useState<number | string>(linkExpires / Number(preset.value));
  const [saves, setSaves] = useState("show");
  const [link, setLink] = useState<{ url: string; expires: string }>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const seconds = typeof amount === "number" ? Math.round(amount * Number(unit)) : Number.NaN;
  const valid = seconds >= 1 && seconds <= LONGEST;

  const changed = () => {
    setLink(undefined);
    setProblem(undefined);
  };
  const make = async () => {
    if (!valid) return;
    setBusy(true);
    setProblem(undefined);
    try {
      setLink(
        await makeLink({
          bucket: props.bucket,
          key: props.objectKey,
          method,
          expires: seconds,
          versionId: method === "PUT" ? undefined : props.versionId,
          download: method === "GET" && saves === "save" ? true : undefined,
        }),
      );
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
    setBusy(false);
  };

  return (
    <Dialog title={t("share.title")} onClose={props.onClose} size={520}>
      <form
        className={css.share}
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <p className={css.what}>{readable(props.objectKey)}</p>
        <div>
          <span className={css.label} id="share-method">
            {t("share.method")}
          </span>
          <SegmentedControl
            aria-labelledby="share-method"
            fullWidth
            value={method}
            onChange={(next) => {
              setMethod(next as Method);
              changed();
            }}
            data={[
              { value: "GET", label: t("share.get") },
              { value: "PUT", label: t("share.put") },
              { value: "DELETE", label: t("share.delete") },
            ]}
          />
          <p className={css.hint}>{t(EXPLAINED[method])}</p>
        </div>
        <div className={css.shareRow}>
          <NumberInput
            label={t("share.expires")}
            value={amount}
            min={1}
            max={Math.floor(LONGEST / Number(unit))}
            allowDecimal={false}
            allowNegative={false}
            clampBehavior="none"
            onChange={(next) => {
              setAmount(next);
              changed();
            }}
            error={valid ? undefined : t("share.range")}
            hideControls
          />
          <NativeSelect
            label={t("share.unit")}
            value={unit}
            onChange={(event) => {
              setUnit(event.currentTarget.value);
              changed();
            }}
            data={UNITS.map((u) => ({ value: u.value, label: t(u.label) }))}
          />
        </div>
        {method === "GET" && (
          <NativeSelect
            label={t("share.opens")}
            value={saves}
            onChange={(event) => {
              setSaves(event.currentTarget.value);
              changed();
            }}
            data={[
              { value: "show", label: t("share.show") },
              { value: "save", label: t("share.save") },
            ]}
          />
        )}
        {problem !== undefined && (
          <ProblemNotice title={t("share.failed")} problem={problem} onRetry={() => void make()} />
        )}
        {link === undefined ? (
          <Button type="submit" size="sm" leftSection={<LinkIcon size={16} />} loading={busy} disabled={!valid}>
            {t("share.make")}
          </Button>
        ) : (
          <div className={css.link} role="status">
            <TextInput
              label={t("share.link")}
              description={t("share.until", { time: exactTime(new Date(link.expires)), span: duration(seconds) })}
              value={link.url}
              readOnly
              onFocus={(event) => event.currentTarget.select()}
              rightSection={<CopyButton text={link.url} label={t("share.copy")} />}
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
            />
            {method !== "GET" && <Notice tone="warn">{t("share.careful")}</Notice>}
          </div>
        )}
      </form>
    </Dialog>
  );
}
