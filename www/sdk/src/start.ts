// From options to a running SDK, later or at once.
import { bare } from "./bare.js";
import { idle, run } from "./client.js";
import { reporter } from "./errors.js";
import { within } from "./io.js";
import { load, type Host } from "./load.js";
import type { Parts } from "./parts.js";
import { whenOpened } from "./signals.js";
import type { Fewbits, Options } from "./types.js";

/** Starts the SDK. Whatever goes wrong, it answers with an object that can be used. */
export async function start(options: Options, host: Host, parts: Parts): Promise<Fewbits> {
  const given = bare(options ?? {});
  const fail = reporter(given.onError);
  // Asked for at once, because the start waits for it.
  if (given.storage !== "none" && /ed$/.test(given.consent?.store ?? "")) void parts.keep();
  try {
    const core = await load(given, host, parts);
    if ("problem" in core) return idle(await fail(core.problem), core.otherwise, given, host, fail, parts);
    // Book and module may be loaded in advance; nothing counts before the page is opened.
    await new Promise<void>(whenOpened);
    const { fb, answered, begin } = run(core, given, host, fail, parts);
    // An answer is not waited for longer than this, whatever another tab does with the lock.
    await within(2000, answered);
    begin();
    return fb;
  } catch {
    return idle(await fail({ code: "internal" }), { ids: [], slots: [] }, given, host, fail, parts);
  }
}
