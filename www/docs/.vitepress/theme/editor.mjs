// The book's editor: CodeMirror, with the compiler's findings where they are.
import { json } from "@codemirror/lang-json";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorView } from "@codemirror/view";
import { basicSetup } from "codemirror";

/** Opens an editor in a place. `changed` is called with the text whenever somebody edits it. */
export function openEditor(parent, text, changed) {
  let quiet = false;
  const view = new EditorView({
    doc: text, parent,
    extensions: [
      basicSetup, json(), lintGutter(), EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": "The book, as JSON" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !quiet) changed(update.state.doc.toString());
      }),
    ],
  });
  // What scrolls can be reached by the keyboard.
  view.scrollDOM.tabIndex = 0;
  /** Lines count from 1, columns from 1 in characters. */
  const spot = ({ line, column, length }) => {
    const { doc } = view.state;
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const from = Math.min(at.from + Math.max(column - 1, 0), at.to);
    return { from, to: Math.min(from + Math.max(length, 1), at.to) };
  };
  return {
    set(now) {
      quiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: now } });
      quiet = false;
    },
    show: (findings) => view.dispatch(setDiagnostics(view.state, findings.map((one) => ({
      ...spot(one), severity: one.severity, message: one.help ? `${one.message}\n${one.help}` : one.message,
    })))),
    go(finding) {
      const { from, to } = spot(finding);
      view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
