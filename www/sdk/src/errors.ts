import type { Diagnostic, ErrorCode, FewbitsError } from "./types.js";

/** What went wrong, before it is put into words. */
export interface Problem {
  readonly code: ErrorCode;
  /** Goes behind the message; never a value of the visitor. */
  readonly detail?: string;
  /** Instead of the usual help. */
  readonly help?: string;
  readonly diagnostics?: readonly Diagnostic[];
}

/** Tells the page, and the console once per kind. */
export type Fail = (problem: Problem) => Promise<FewbitsError>;

export function reporter(onError: ((error: FewbitsError) => void) | undefined): Fail {
  const told = new Set<ErrorCode>();
  return async (problem) => {
    const first = !told.has(problem.code);
    told.add(problem.code);
    const error = await inWords(problem);
    const { code, message, help } = error;
    // The page's own console and handler must not stop us.
    if (first) try { console.warn(`[fewbits] ${code}: ${message}. ${help}.`); } catch { /* its business */ }
    // A full storage stays full with every event: once is enough.
    if (first || !code.startsWith("storage")) try { onError?.(error); } catch { /* its business */ }
    return error;
  };
}

async function inWords({ code, detail = "", help, diagnostics }: Problem): Promise<FewbitsError> {
  let words: readonly [string, string] = ["it failed", "its words could not be loaded"];
  try {
    words = (await import("./words.js")).WORDS[code];
  } catch { /* the code alone must do */ }
  return { code, message: words[0] + detail, help: help || words[1], ...(diagnostics && { diagnostics }) };
}
