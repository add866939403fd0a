import { Button, type ButtonProps, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "@/lib/i18n";

interface GuardedProps extends Omit<ButtonProps, "onClick"> {
  /** The permission that the person lacks, if so: the button stays, cannot be used, and says why. */
  need?: string | undefined;
  /** Another reason for which the button cannot be used, in words. */
  why?: string | undefined;
  "aria-busy"?: boolean;
  onClick: () => void;
  children: ReactNode;
}

export function Guarded({ need, why, onClick, ...rest }: GuardedProps) {
  const reason = need === undefined ? why : t("action.needs", { permission: need });
  return (
    <Tooltip label={reason ?? ""} disabled={reason === undefined} multiline maw={320}>
      <Button
        {...rest}
        data-disabled={reason !== undefined || undefined}
        aria-disabled={reason !== undefined || undefined}
        onClick={() => {
          if (reason === undefined) onClick();
        }}
      />
    </Tooltip>
  );
}
