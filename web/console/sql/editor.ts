import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { PostgreSQL, sql } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { TableView } from "../../../src/console/api.ts";

export interface Editor {
  text(): string;
  set(text: string): void;
  know(tables: TableView[]): void;
  focus(): void;
  close(): void;
}

const LOOK = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--ground)", minHeight: "9rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-content": {
    fontFamily: "ui-monospace, monospace",
    caretColor: "var(--text)",
    minHeight: "9rem",
  },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--mark)",
  },
  // So few that the list need not scroll.
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { maxHeight: "none", overflow: "visible" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--link)",
    color: "var(--ground)",
  },
});

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--link)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: tags.number, color: "var(--warm)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
]);

/**
 * Below a shadow root the editor's styles are constructed style sheets, which the page's policy allows; beside the page's own
 * they would be a style element, which it does not.
 */
export function openEditor(place: HTMLElement, text: string, run: () => void): Editor {
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  const tables = new Compartment();
  const language = (known: TableView[]) =>
    sql({
      dialect: PostgreSQL,
      upperCaseKeywords: false,
      schema: Object.fromEntries(
        known.map(({ name, columns }) => [name, (columns ?? []).map((column) => column.name)]),
      ),
    });
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([
          {
            key: "Mod-Enter",
            run: () => {
              run();
              return true;
            },
          },
          // Who gets here by the keyboard must get away by it: Tab is the browser's.
          ...completionKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        history(),
        drawSelection(),
        bracketMatching(),
        autocompletion({ maxRenderedOptions: 10 }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "SQL, Ctrl Enter runs it" }),
        syntaxHighlighting(COLOURS),
        LOOK,
        tables.of(language([])),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    set: (next) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
    know: (known) => view.dispatch({ effects: tables.reconfigure(language(known)) }),
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
}
