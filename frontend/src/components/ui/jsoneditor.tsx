import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, indentOnInput, syntaxTree } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { Annotation, Compartment, EditorState, Prec, RangeSetBuilder } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { type Ref, useEffect, useEffectEvent, useImperativeHandle, useRef } from "react";
import { t } from "@/lib/i18n";
import css from "./ui.module.css";

/** A place of the text, in UTF-16 units, and what is to be said of it. */
export interface Mark {
  from: number;
  to: number;
  message: string;
}

export interface JsonEditorHandle {
  /** Puts the cursor and the focus there. */
  goTo: (at: number) => void;
}

interface Props {
  value: string;
  onChange: (value: string) => void;
  /** The field's spoken name. */
  label: string;
  /** The id of what explains the field. */
  describedBy?: string;
  /** Faults of `value`. */
  marks: readonly Mark[];
  /** Escape: the focus shall go on. Tab leaves the editor as well. */
  onLeave: () => void;
  ref?: Ref<JsonEditorHandle>;
}

/** Kinds of JSON by the names of the grammar. */
const KINDS: Record<string, Decoration> = Object.fromEntries(
  Object.entries({
    PropertyName: "name",
    String: "string",
    Number: "other",
    True: "other",
    False: "other",
    Null: "other",
  }).map(([node, kind]) => [node, Decoration.mark({ class: `json-${kind}` })]),
);

/** Colours names, strings and other values. */
const colours = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = coloured(view.state);
    }
    update({ docChanged, startState, state }: ViewUpdate) {
      if (docChanged || syntaxTree(startState) !== syntaxTree(state)) this.decorations = coloured(state);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function coloured(state: EditorState): DecorationSet {
  const found = new RangeSetBuilder<Decoration>();
  syntaxTree(state).iterate({
    enter: ({ name, from, to }) => {
      const kind = KINDS[name];
      if (kind !== undefined) found.add(from, to, kind);
    },
  });
  return found.finish();
}

const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "12px", color: "var(--text)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "18px" },
  ".cm-content": { caretColor: "var(--text)", padding: "8px 0" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--muted)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--hover) 70%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--hover)", color: "var(--text)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-line)" },
  ".cm-gutter-lint": { width: "14px" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "0 1px" },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)",
    color: "var(--text)",
    border: "1px solid var(--line-strong)",
    borderRadius: "6px",
  },
  ".cm-diagnostic": { padding: "6px 10px", fontFamily: "var(--mantine-font-family)", maxWidth: "44ch" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--danger)" },
  ".json-name": { color: "var(--accent-text)" },
  ".json-string": { color: "var(--ok-text)" },
  ".json-other": { color: "var(--warn-text)" },
});

/** Marks a change that was made from outside, which is nothing to tell there. */
const outside = Annotation.define<boolean>();

const lines = (text: string): string => text.replace(/\r\n?/g, "\n");

/** A field for JSON. It is heavy: load it when it is needed. */
export function JsonEditor({ value, onChange, label, describedBy, marks, onLeave, ref }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(undefined);
  const spoken = useRef(new Compartment());
  const changed = useEffectEvent(onChange);
  const leave = useEffectEvent(onLeave);
  const initial = useRef(value);

  useEffect(() => {
    const view = new EditorView({
      parent: place.current as HTMLElement,
      state: EditorState.create({
        doc: initial.current,
        extensions: [
          lineNumbers(),
          lintGutter(),
          history(),
          json(),
          colours,
          bracketMatching(),
          indentOnInput(),
          highlightActiveLine(),
          EditorView.lineWrapping,
          EditorState.phrases.of({ "Selection deleted": t("json.selection-deleted") }),
          theme,
          // What the keymap does with Escape, as ending a selection of several places, comes first.
          keymap.of([...defaultKeymap, ...historyKeymap]),
          Prec.lowest(
            keymap.of([
              {
                key: "Escape",
                run: () => {
                  leave();
                  return true;
                },
              },
            ]),
          ),
          spoken.current.of([]),
          EditorView.updateListener.of((update) => {
            const given = update.transactions.some((transaction) => transaction.annotation(outside));
            if (update.docChanged && !given) changed(update.state.doc.toString());
          }),
        ],
      }),
    });
    editor.current = view;
    return () => view.destroy();
  }, []);

  useEffect(() => {
    const attributes = {
      "aria-label": label,
      "aria-invalid": String(marks.length > 0),
      ...(describedBy === undefined ? {} : { "aria-describedby": describedBy }),
      spellcheck: "false",
      tabindex: "0",
      class: "mono",
    };
    editor.current?.dispatch({ effects: spoken.current.reconfigure(EditorView.contentAttributes.of(attributes)) });
  }, [label, describedBy, marks]);

  useEffect(() => {
    const view = editor.current;
    if (view === undefined || lines(value) === view.state.doc.toString()) return;
    const changes = { from: 0, to: view.state.doc.length, insert: value };
    view.dispatch({ changes, annotations: outside.of(true) });
  }, [value]);

  useEffect(() => {
    const view = editor.current;
    if (view === undefined) return;
    const end = view.state.doc.length;
    const found = marks.map(({ from, to, message }) => ({
      from: Math.min(from, end),
      to: Math.min(to, end),
      message,
      severity: "error" as const,
    }));
    view.dispatch(setDiagnostics(view.state, found));
  }, [marks]);

  useImperativeHandle(ref, () => ({
    goTo: (at) => {
      const view = editor.current;
      if (view === undefined) return;
      view.dispatch({ selection: { anchor: Math.min(at, view.state.doc.length) }, scrollIntoView: true });
      view.focus();
    },
  }));

  return <div ref={place} className={css.editor} />;
}
