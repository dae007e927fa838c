// "Not me": which segments the visitor does not want to be, between visits and tabs.
import type { Io } from "./io.js";
import type { Vault } from "./store.js";

/** Takes over what the visitor said in another tab, or, when storage is `fresh` here, on an earlier visit: then what was
 * said on this page counts as well. */
export function hearMuted({ engine, tables: { ids }, now, touched }: Io, vault: Vault | undefined, fresh = false): void {
  if (!vault) return;
  const said = new Set(vault.muted());
  if (fresh && engine.muted.size) {
    for (const index of engine.muted) said.add(ids[index]!);
    vault.setMuted([...said]);
  }
  ids.forEach((id, index) => {
    if (said.has(id) !== engine.muted.has(index)) touched(engine.mute(index, said.has(id), now()));
  });
}
