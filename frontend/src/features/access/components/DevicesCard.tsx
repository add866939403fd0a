import type { Identity, MfaDevice } from "@myfsio/client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Card, When } from "@/components/ui/basics";
import { FormDialog } from "@/components/ui/dialog";
import { Guarded } from "@/components/ui/guarded";
import { t } from "@/lib/i18n";
import { ACCESS, takeDevice } from "../api/access";
import { lacking } from "../model/kinds";
import css from "./access.module.css";
import { fixed } from "./IdentityDetails";

/** The devices of a user that show codes. Taking one away is the way back in for who has lost it. */
export function DevicesCard({ identity }: { identity: Identity }) {
  const queries = useQueryClient();
  const [removing, setRemoving] = useState<MfaDevice>();
  const { name, permissions, devices = [] } = identity;
  const needRead = lacking(permissions, "iam:ListMFADevices");
  return (
    <Card title={t("iam.devices")}>
      {needRead !== undefined ? (
        <p className="muted">{t("action.needs", { permission: needRead })}</p>
      ) : devices.length === 0 ? (
        <p className="muted">{t("iam.no-devices")}</p>
      ) : (
        <ul className={css.list}>
          {devices.map((device) => (
            <li key={device.serial}>
              <span className={css.grow}>{device.name}</span>
              <Guarded
                variant="default"
                need={lacking(permissions, "iam:DeactivateMFADevice")}
                why={fixed(identity)}
                aria-label={t("iam.device-remove-of", { name: device.name })}
                onClick={() => setRemoving(device)}
              >
                {t("iam.device-remove")}
              </Guarded>
              <span className={css.keyFacts}>
                <span>
                  {t("iam.created")} <When time={device.enabled} />
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {removing !== undefined && (
        <FormDialog
          title={t("iam.device-remove")}
          action={t("iam.device-remove")}
          failure={t("iam.device-not-removed")}
          danger
          onClose={() => setRemoving(undefined)}
          onSubmit={async () => {
            await takeDevice(name, removing.name);
            await queries.invalidateQueries({ queryKey: ACCESS });
          }}
        >
          <p>{t("iam.device-remove-text", { name: removing.name })}</p>
        </FormDialog>
      )}
    </Card>
  );
}
