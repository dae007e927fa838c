//! What is stored and what happened here, brought together; and the memory lent to another engine.

use alloc::vec::Vec;

use super::Engine;
use crate::book::Time;
use crate::gate::Gate;
use crate::ports::{LocalStore, Slot};
use crate::profile::{Discarded, Profile};

impl Engine {
    /// Reads the gate's record, and brings the memory together as [`Engine::fold_memory`] does. To
    /// be called while no other tab does. Returns whether the memory could be written.
    pub fn fold(&mut self, now: Time) -> bool {
        self.read_gate();
        let before = self.discarded.take();
        let written = self.fold_memory(now);
        if matches!(
            self.discarded,
            Some(Discarded::Corrupt | Discarded::Foreign)
        ) {
            self.note_discarded(now);
        }
        self.discarded = self.discarded.or(before);
        written
    }

    /// Reads the gate's record. If it was there and is gone, the visitor removed it, with all that
    /// it knew; if it is not there yet, what this page knows still counts.
    pub fn read_gate(&mut self) {
        // What may leave has to be asked for anew: another tab may have sent it.
        self.charged = false;
        let stored = self.store.as_ref().and_then(|s| s.read(Slot::Gate));
        match &stored {
            Some(bytes) => self.gate = Gate::decode(bytes),
            None if self.kept => self.gate = Gate::default(),
            None => {}
        }
        self.kept = stored.is_some();
    }

    /// Writes into the ledger that a stored profile could not be used.
    pub fn note_discarded(&mut self, now: Time) {
        self.gate.note_discarded(now);
        self.write_gate();
    }

    /// Reads the snapshot, replays all journals of all tabs into it and writes it back. To be
    /// called while no other tab does. Returns whether it could be written; if not, what was
    /// stored stands as it was and this tab keeps its own.
    #[inline(never)]
    pub fn fold_memory(&mut self, now: Time) -> bool {
        let Some(store) = self.store.as_mut() else {
            return false;
        };
        let rules = &self.rules;
        let stored = store.read(Slot::Profile);
        let profile = stored.map_or_else(
            || Ok(Profile::new(&rules.book)),
            |b| Profile::decode(&rules.book, &b),
        );
        let mut profile = match profile {
            Ok(profile) => profile,
            Err(why) => {
                self.discarded = Some(why);
                // A newer version's memory is not ours to replace.
                if why == Discarded::Newer {
                    return false;
                }
                Profile::new(&rules.book)
            }
        };
        // A journal outlives a snapshot that another tab, not knowing of it, writes over this one.
        // Its order is the order of events, so what is older must come first.
        let mut pending = Vec::new();
        for (at, input) in &self.pending {
            pending.append(&mut rules.door.record(&rules.book, input, *at));
        }
        if !pending.is_empty() && !self.journaled && store.append(&pending) {
            self.pending.clear();
            pending.clear();
            self.journaled = true;
        }
        // Not `insert`: its bounds check brings the formatting machinery along.
        let mut journals = Vec::new();
        if !pending.is_empty() {
            journals.push((0, pending));
        }
        journals.append(&mut store.journals());
        let segments = &mut self.segments;
        let path = segments.depends_on_the_past();
        profile.fold(&rules.book, &rules.door, &journals, |profile, input, at| {
            if path {
                rules.step(profile, segments, input, at);
            } else {
                rules.take(profile, input, at, &mut Vec::new());
            }
        });
        profile.settle_pending();
        profile.mind_the_clock(now);
        profile.expire(&rules.book, now);
        // Memberships first: they leave marks in the profile.
        self.profile = profile;
        self.redraw(now);
        self.keep_choices(now);
        let Some(store) = self.store.as_mut() else {
            return false;
        };
        if !store.write(Slot::Profile, &self.profile.encode(&self.rules.book)) {
            return false;
        }
        self.pending.clear();
        true
    }

    /// Lends the memory to another engine of the same page, through a store that lasts no longer.
    #[inline(never)]
    pub fn lend(&self, to: &mut dyn LocalStore) {
        to.write(Slot::Profile, &self.profile.encode(&self.rules.book));
    }

    /// Takes over what another engine of the same page lent. `false`: it could not be read.
    pub fn borrow(&mut self, from: &dyn LocalStore, now: Time) -> bool {
        let lent = from.read(Slot::Profile);
        let lent = lent.and_then(|bytes| Profile::decode(&self.rules.book, &bytes).ok());
        let Some(profile) = lent else { return false };
        self.profile = profile;
        self.redraw(now);
        true
    }
}
