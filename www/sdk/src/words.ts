// What happened, and what to do: loaded when something did. Texts are constants, so an error never holds what a
// visitor did or is.
import type { ErrorCode } from "./types.js";

export const WORDS: Record<ErrorCode, readonly [message: string, help: string]> = {
  "wasm-blocked": ["the page's Content-Security-Policy, or the browser, forbids WebAssembly", "add 'wasm-unsafe-eval' to script-src; with iOS's Lockdown Mode there is nothing to do for the site"],
  "wasm-failed": ["a module could not be loaded", "serve all files of the package beside the script, or pass `wasm`; with Vite's dev server, exclude \"fewbits\" from optimizeDeps; in Node, import \"fewbits/node\""],
  "book-not-found": ["there is no book at its address", "check the path given as `book`, and that the file is deployed"],
  "book-unreachable": ["the book could not be fetched", "check the server's answer, CORS, and connect-src of the Content-Security-Policy"],
  "book-is-html": ["the address of the book answers with an HTML page", "the path is wrong, or the server answers every path with its start page"],
  "book-not-json": ["the book is neither compiled nor JSON", "run `fewbits check` on the file"],
  "book-invalid": ["the book has errors", "run `fewbits check` on the file"],
  "book-newer": ["the book was compiled for a newer version of the package", "update the package, or compile the book with the same version"],
  "book-corrupt": ["the compiled book is damaged", "compile it again, and check that the server does not change binary files"],
  "storage-full": ["the browser's storage is full; the profile is kept in memory only", "free space: this site keeps too much in localStorage"],
  "storage-blocked": ["the browser forbids storage; the profile is kept in memory only", "nothing to do for the site"],
  "profile-discarded": ["the stored profile could not be read and was discarded", "the visitor starts anew; if many do, look for a downgrade of the package"],
  "bad-option": ["an option of createFewbits, or an argument of on(), is not valid", "see the type declarations"],
  "bad-event": ["track() wants the event's name, a text", "see `events` in the book"],
  "bad-tags": ["tags are an object of texts, or lists of texts, at most 16", "leave numbers and objects out, or name them in words"],
  "bad-value": ["an event's value is a finite number within ±1000000000", "the event counts without it: check the caller"],
  "bad-fact": ["declare() got a fact that the book does not declare, or of another type", "see the `declared` signals of the book"],
  "bad-context": ["setContext() got a name or an item that is not in the lists", "see the `context` signals of the book"],
  "bad-consent": ["consent is \"granted\", \"denied\" or \"unknown\", for store, personalise, measure, share", "what was not understood counts as it was before"],
  "unknown-segment": ["the book has no such segment or group", "ids look like \"dimension/segment\"; see `fb.ids`"],
  "unknown-slot": ["the book has no such slot", "see `fb.slots`"],
  "unknown-ranking": ["the book has no such ranking", "see `rankings` in the book"],
  "bad-query": ["what rank() was given besides the ranking is not valid", "`must` and `not` are lists of tags, `price` a range, `limit` from 1 to 1000"],
  "bad-force": ["a preview names a slot, an experiment or a variant that the book does not have", "write ?fewbits-force=NAME:VARIANT,NAME:VARIANT"],
  "collector-refused": ["the collector refused the report, and it will not be sent again", "check that the collector knows this version of the book"],
  "listener-threw": ["a listener of on() threw an error", "see the page's own error log"],
  "internal": ["something failed inside", "please report it, with the book"],
};
