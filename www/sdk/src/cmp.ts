// Finds a consent tool that may come late, live in a frame around this one, throw, or never answer.

/** Calls the tool: what it says comes by `hear`, as often as it likes. */
export type CmpCall = (command: string, hear: (value: unknown, success: unknown) => void, parameter?: unknown) => void;

type Api = (...given: unknown[]) => unknown;
const FIRST_LOOK = 50, SLOWEST_LOOK = 1000;

interface Kind {
  api: "__tcfapi" | "__gpp";
  /** How the function is called: the two standards differ. */
  given(command: string, hear: (...all: unknown[]) => void, parameter: unknown): unknown[];
  version?: number;
}
export const TCF: Kind = { api: "__tcfapi", given: (command, hear, parameter) => [command, 2, hear, parameter], version: 2 };
export const GPP: Kind = { api: "__gpp", given: (command, hear, parameter) => [command, hear, parameter] };

const pageOf = (): Record<string, unknown> | undefined =>
  typeof window === "undefined" ? undefined : window as unknown as Record<string, unknown>;

/** The nearest frame around this one whose tool answers to messages. */
function frameOf(api: string): Window | undefined {
  try {
    for (let frame: Window = window; frame !== frame.parent; ) {
      frame = frame.parent;
      try {
        if ((frame.frames as unknown as Record<string, unknown>)[`${api}Locator`]) return frame;
      } catch { /* of another origin, and without such a frame */ }
    }
  } catch { /* a page that forbids even the look */ }
  return undefined;
}

/** By messages to a frame, as both standards have it. */
function openFrame({ api, version }: Kind, frame: Window): { call: CmpCall; close(): void } {
  const waiting = new Map<string, Parameters<CmpCall>[1]>();
  const mine = Math.random().toString(36).slice(2);
  let count = 0;
  const hear = (event: MessageEvent): void => {
    if (event.source !== frame) return;
    try {
      const data: unknown = typeof event.data === "string" ? JSON.parse(event.data) : event.data;
      const back = (data as Record<string, { callId?: unknown; returnValue?: unknown; success?: unknown }>)?.[`${api}Return`];
      if (back && typeof back.callId === "string") waiting.get(back.callId)?.(back.returnValue, back.success);
    } catch { /* somebody else's message */ }
  };
  addEventListener("message", hear);
  return {
    call: (command, then, parameter) => {
      const callId = `fewbits-${mine}-${++count}`;
      waiting.set(callId, then);
      frame.postMessage({ [`${api}Call`]: { command, version, parameter, callId } }, "*");
    },
    close: () => removeEventListener("message", hear),
  };
}

export interface Watch {
  /** The tool has answered: it need not be looked for any more. */
  found(): void;
  /** The tool calls back by this number, until the watch ends. */
  listening(call: CmpCall, id: unknown): void;
  stop(): void;
}

/** Looks for the tool until it has answered, or patience is over. `use` gets a way to call it: once more if the page puts
 * another function in its place, as a stub is replaced; `gaveUp` says what there was in the end. */
export function watchCmp(kind: Kind, patience: number, use: (call: CmpCall) => void, gaveUp: (why: "no-cmp" | "cmp-silent") => void): Watch {
  const page = pageOf();
  const start = Date.now();
  const listeners: [call: CmpCall, id: unknown][] = [];
  let known: unknown, frame: ReturnType<typeof openFrame> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const look = (wait: number): void => {
    if (ended || !page) return;
    let api: unknown;
    try {
      api = page[kind.api];
    } catch { /* a getter that throws */ }
    if (typeof api === "function") {
      if (api !== known) {
        known = api;
        use((command, hear, parameter) => { (api as Api)(...kind.given(command, hear, parameter)); });
      }
    } else if (!frame) {
      const around = frameOf(kind.api);
      if (around) use((frame = openFrame(kind, around)).call);
    }
    if (ended) return;
    if (Date.now() - start >= patience) {
      ended = true;
      gaveUp(known || frame ? "cmp-silent" : "no-cmp");
    } else {
      timer = setTimeout(look, wait, Math.min(wait * 1.5, SLOWEST_LOOK));
    }
  };
  // Not at once: who follows gets the function that ends it before the first answer.
  if (page) timer = setTimeout(look, 0, FIRST_LOOK);
  else queueMicrotask(() => { if (!ended) gaveUp("no-cmp"); });
  return {
    found: () => {
      ended = true;
      clearTimeout(timer);
    },
    listening: (call, id) => { listeners.push([call, id]); },
    stop: () => {
      ended = true;
      clearTimeout(timer);
      for (const [call, id] of listeners) {
        try {
          call("removeEventListener", () => undefined, id);
        } catch { /* it is heard no more, in any case */ }
      }
      frame?.close();
    },
  };
}

/** An object that can be looked into. */
export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** The milliseconds to look for a tool. */
export const patienceOf = (given: unknown): number => typeof given === "number" && given >= 0 ? given : 60_000;
