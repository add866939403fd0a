import { Button } from "@mantine/core";
import { Dialog } from "@/components/ui/dialog";
import { T, t } from "@/lib/i18n";
import type { Answer } from "../model/queue";
import { useUploads } from "../model/uploads";
import css from "./uploads.module.css";

const ANSWERS = [
  { answer: "keep", label: "conflict.keep", text: "conflict.keep-text" },
  { answer: "replace", label: "conflict.replace", text: "conflict.replace-text" },
  { answer: "skip", label: "conflict.skip", text: "conflict.skip-text" },
] as const satisfies { answer: Answer; label: string; text: string }[];

/** Asked once for all files that were dropped together, when the first key turns out to be taken. */
export function ConflictDialog() {
  const queue = useUploads();
  const asked = queue.question;
  if (asked === undefined) return null;
  const count = queue.asking(asked.batch);
  return (
    <Dialog title={t("conflict.title")} onClose={() => queue.answer(asked.batch, "skip")} size={480}>
      <p>
        {count === 1 ? (
          <T id="conflict.one" values={{ name: <strong>{asked.wanted}</strong> }} />
        ) : (
          <T id="conflict.many" values={{ count, name: <strong>{asked.wanted}</strong> }} />
        )}
      </p>
      <div className={css.answers}>
        {ANSWERS.map(({ answer, label, text }, i) => (
          <Button
            key={answer}
            variant="default"
            size="md"
            fullWidth
            justify="flex-start"
            data-autofocus={i === 0 || undefined}
            onClick={() => queue.answer(asked.batch, answer)}
            aria-label={t(label)}
            aria-description={t(text)}
          >
            <span className={css.answer}>
              <strong>{t(label)}</strong>
              <span>{t(text)}</span>
            </span>
          </Button>
        ))}
      </div>
      <p className={css.note}>{t("conflict.note")}</p>
    </Dialog>
  );
}
