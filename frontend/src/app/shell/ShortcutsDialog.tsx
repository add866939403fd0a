import { Dialog } from "@/components/ui/dialog";
import { type MessageId, t } from "@/lib/i18n";
import css from "./shell.module.css";

type Id = Extract<MessageId, `shortcuts.${string}`>;
const GROUPS: readonly { title: Id; keys: readonly [keys: string, what: Id][] }[] = [
  {
    title: "shortcuts.everywhere",
    keys: [
      ["Ctrl K", "shortcuts.palette"],
      ["g b", "shortcuts.buckets"],
      ["g i", "shortcuts.access"],
      ["g a", "shortcuts.activity"],
      ["g s", "shortcuts.settings"],
      ["?", "shortcuts.help"],
    ],
  },
  {
    title: "shortcuts.lists",
    keys: [
      ["/", "shortcuts.filter"],
      ["↑ ↓", "shortcuts.move"],
      ["Home End", "shortcuts.ends"],
      ["Space", "shortcuts.select"],
      ["Shift ↑ ↓", "shortcuts.range"],
      ["Ctrl A", "shortcuts.all"],
      ["Esc", "shortcuts.none"],
      ["Enter", "shortcuts.open"],
      ["Delete", "shortcuts.delete"],
      ["Shift F10", "shortcuts.menu"],
      ["r", "shortcuts.refresh"],
    ],
  },
  {
    title: "shortcuts.objects",
    keys: [
      ["u", "shortcuts.upload"],
      ["n", "shortcuts.new"],
      ["F2", "shortcuts.rename"],
      ["d", "shortcuts.download"],
      ["Backspace", "shortcuts.up"],
    ],
  },
];

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("shortcuts.title")} onClose={onClose} size={640}>
      <div className={css.shortcuts}>
        {GROUPS.map((group) => (
          <section key={group.title} aria-label={t(group.title)}>
            <h2>{t(group.title)}</h2>
            <dl>
              {group.keys.map(([keys, what]) => (
                <div key={what}>
                  <dt>{t(what)}</dt>
                  <dd>
                    {keys.split(" ").map((key) => (
                      <kbd key={key} className={css.key}>
                        {key}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
