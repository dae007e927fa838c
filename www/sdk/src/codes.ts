// Numbers that the core and the page agree on: see `src/book/page.rs`, and for calls `src/wasm/visitor.rs`.

/** What the core may be asked for. */
export const enum Call {
  Room, Load, Tags, Inputs, Flags, Track, Context, Declare, DeclareAll, Advance, NextChange, Consent, Forget,
  Attach, Detach, Fold, Lend, Discarded, Seed, Decide, Force, Drawn, Mute, Weigh,
}

/** What a signal is. */
export const enum Kind { Window, Since, Top, Affinity, Sequence, Context, Declared, Score, Model }
/** The type of a declared signal. */
export const enum Declared { Items, Boolean, Number }
/** How a rule of a slot chooses; from `Source` on by an experiment or a bandit, by its place in the table plus this. */
export const enum By { Show, Rank, Source }
/** What the page may collect by itself; and that the book decides something. */
export const enum Needs { Dwell = 1, Scroll = 2, View = 4, Collect = 7, Decide = 8 }

/** What of the gate's record goes: nothing, all but what was spent, all. */
export const enum Gone { Nothing, Ledger, Everything }
