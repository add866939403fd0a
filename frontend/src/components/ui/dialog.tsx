import { Button, Modal, TextInput } from "@mantine/core";
import { type ReactNode, type SubmitEvent, useEffect, useRef, useState } from "react";
import { giveBack, opener } from "@/lib/focus";
import { asProblem, type Problem } from "@/lib/http/problem";
import { t } from "@/lib/i18n";
import { ProblemNotice } from "./notice";
import css from "./ui.module.css";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  size?: string | number | undefined;
}

/**
 * A dialog that is there as long as it is drawn, and gives the focus back to the control that opened it. `firm`: it can
 * be left only by what it offers. Its head is no header element, which would be a second banner of the page.
 */
export function Dialog({ title, onClose, children, size = 460, firm = false }: DialogProps & { firm?: boolean }) {
  const plain = { component: "div" } as object;
  const [from] = useState(opener);
  useEffect(() => () => giveBack(from), [from]);
  return (
    <Modal.Root
      opened
      onClose={onClose}
      size={size}
      centered
      padding="lg"
      closeOnClickOutside={!firm}
      closeOnEscape={!firm}
      transitionProps={{ transition: "fade", duration: 120 }}
    >
      <Modal.Overlay backgroundOpacity={0.4} />
      <Modal.Content radius="lg">
        <Modal.Header {...plain}>
          <Modal.Title>{title}</Modal.Title>
          {!firm && <Modal.CloseButton aria-label={t("action.close")} />}
        </Modal.Header>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

interface FormProps {
  /** What the button says: a verb. */
  action: string;
  danger?: boolean;
  /** Whether what was entered can be sent. */
  ready?: boolean;
  /** Does it; the dialog closes when it succeeds, and shows the problem when it does not. */
  onSubmit: () => Promise<void>;
  /** The problem's title: what failed. */
  failure: string;
  children?: ReactNode;
}

/** The form of a dialog: fields and one action. `onDone`: it succeeded. `back` is what leaves it, if not Cancel. */
export function DialogForm(props: FormProps & { onDone: () => void; onLeave: () => void; back?: string }) {
  const { ready = true, onSubmit, onDone } = props;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // The button could not hold the focus while it was busy.
    if (problem !== undefined && document.activeElement === document.body) button.current?.focus();
  }, [problem]);
  const submit = async () => {
    if (!ready || busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await onSubmit();
      onDone();
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <form
      className={css.form}
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        void submit();
      }}
    >
      {props.children}
      {problem !== undefined && <ProblemNotice title={props.failure} problem={problem} />}
      <div className={css.formActions}>
        <Button variant="default" size="sm" onClick={props.onLeave}>
          {props.back ?? t("action.cancel")}
        </Button>
        <Button
          ref={button}
          type="submit"
          size="sm"
          color={props.danger ? "red" : undefined}
          loading={busy}
          disabled={!ready}
        >
          {props.action}
        </Button>
      </div>
    </form>
  );
}

/** A dialog with fields and one action. Enter sends, Escape leaves. */
export function FormDialog({ title, size, onClose, ...form }: FormProps & Omit<DialogProps, "children">) {
  return (
    <Dialog title={title} onClose={onClose} size={size}>
      <DialogForm {...form} onDone={onClose} onLeave={onClose} />
    </Dialog>
  );
}

/** Asks for the name of what is to go. */
export function TypedName(props: { label: string; value: string; onChange: (typed: string) => void }) {
  return (
    <TextInput
      label={props.label}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      data-autofocus
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
    />
  );
}
