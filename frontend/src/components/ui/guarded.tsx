import { Button, type ButtonProps, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "@/lib/i18n";

interface GuardedProps extends Omit<ButtonProps, "onClick"> {
  /** The permission that the person lacks, if so: the button stays, cannot be used, and says why. */
  need?: string | undefined;
  onClick: () => void;
  children: ReactNode;
}

export function Guarded({ need, onClick, ...rest }: GuardedProps) {
  return (
    <Tooltip label={need === undefined ? "" : t("action.needs", { permission: need })} disabled={need === undefined}>
      <Button
        {...rest}
        data-disabled={need !== undefined || undefined}
        aria-disabled={need !== undefined || undefined}
        onClick={() => {
          if (need === undefined) onClick();
        }}
      />
    </Tooltip>
  );
}
