import { Button, TextInput } from "@mantine/core";
import type { MfaDevice, NewMfaDevice, Profile } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Card, Copyable, When } from "@/components/ui/basics";
import { Dialog, DialogForm, FormDialog } from "@/components/ui/dialog";
import { Guarded } from "@/components/ui/guarded";
import { t } from "@/lib/i18n";
import { ACCOUNT, confirm, enrol, removeDevice } from "../api/account";
import css from "./account.module.css";

const MAX_DEVICES = 8;
const CODE = /^\d{6}$/;

/** The devices of a person that show codes for signing in. */
export function DevicesCard({ own }: { own: Profile }) {
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<MfaDevice>();
  const [code, setCode] = useState("");
  const refresh = () => queries.invalidateQueries({ queryKey: ACCOUNT });
  const why = own.environment
    ? t("iam.environment-text")
    : own.devices.length >= MAX_DEVICES
      ? t("account.devices-limit", { max: MAX_DEVICES })
      : undefined;
  return (
    <Card
      title={t("account.devices")}
      actions={
        <Guarded variant="default" why={why} onClick={() => setAdding(true)}>
          {t("account.add-device")}
        </Guarded>
      }
    >
      {own.devices.length === 0 ? (
        <p className="muted">{t("account.no-devices")}</p>
      ) : (
        <ul className={css.list}>
          {own.devices.map((device) => (
            <li key={device.serial}>
              <span className={css.grow}>{device.name}</span>
              <Button
                variant="default"
                size="compact-sm"
                aria-label={t("account.remove-device-of", { name: device.name })}
                onClick={() => {
                  setCode("");
                  setRemoving(device);
                }}
              >
                {t("account.remove-device")}
              </Button>
              <span className={css.facts}>
                <span>
                  {t("account.device-since")} <When time={device.enabled} />
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {adding && <AddDialog onClose={() => setAdding(false)} onDone={refresh} />}
      {removing !== undefined && (
        <FormDialog
          title={t("account.remove-device")}
          action={t("account.remove-device")}
          failure={t("account.device-not-removed")}
          danger
          ready={CODE.test(code)}
          onClose={() => setRemoving(undefined)}
          onSubmit={async () => {
            await removeDevice(removing.name, code);
            await refresh();
          }}
        >
          <p>{t("account.remove-device-text", { name: removing.name })}</p>
          <CodeField label={t("session.code")} value={code} onChange={setCode} focus />
        </FormDialog>
      )}
    </Card>
  );
}

function CodeField(props: { label: string; value: string; onChange: (next: string) => void; focus?: boolean }) {
  return (
    <TextInput
      label={props.label}
      value={props.value}
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={6}
      onChange={(event) => props.onChange(event.currentTarget.value.trim())}
      data-autofocus={props.focus || undefined}
    />
  );
}

function AddDialog(props: { onClose: () => void; onDone: () => Promise<void> }) {
  const [name, setName] = useState("");
  const [device, setDevice] = useState<NewMfaDevice>();
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const good = /^[\w+=,.@-]{1,64}$/.test(name);
  return (
    <Dialog title={t("account.add-device")} onClose={props.onClose} size={480}>
      {device === undefined ? (
        <DialogForm
          key="name"
          action={t("account.next")}
          failure={t("account.device-not-added")}
          ready={good}
          onDone={() => {}}
          onLeave={props.onClose}
          onSubmit={async () => setDevice(await enrol(name))}
        >
          <TextInput
            label={t("account.device-name")}
            description={t("iam.name-rule", { max: 64 })}
            value={name}
            error={name === "" || good ? undefined : t("iam.name-fault")}
            onChange={(event) => setName(event.currentTarget.value)}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            data-autofocus
          />
        </DialogForm>
      ) : (
        <DialogForm
          key="codes"
          action={t("account.add-device")}
          failure={t("account.device-not-added")}
          ready={CODE.test(first) && CODE.test(second)}
          onDone={props.onClose}
          onLeave={props.onClose}
          onSubmit={async () => {
            await confirm(device.token, first, second);
            await props.onDone();
          }}
        >
          <p>{t("account.scan")}</p>
          <QrCode rows={device.qr} label={t("account.qr")} />
          <div>
            <p className="muted">{t("account.seed")}</p>
            <Copyable text={device.seed} label={t("action.copy-what", { what: t("account.seed") })} />
          </div>
          <p>{t("account.two-codes")}</p>
          <CodeField label={t("account.first-code")} value={first} onChange={setFirst} focus />
          <CodeField label={t("account.second-code")} value={second} onChange={setSecond} />
        </DialogForm>
      )}
    </Dialog>
  );
}

/** A QR code, always dark on light, as cameras want it. */
function QrCode({ rows, label }: { rows: readonly string[]; label: string }) {
  const path = rows.flatMap((row, y) => [...row].map((cell, x) => (cell === "#" ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg className={css.qr} viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={label}>
      <rect width={rows.length} height={rows.length} fill="#fff" />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
