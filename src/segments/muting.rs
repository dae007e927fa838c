//! "Not me": what the visitor said of a segment overrules its condition.

use super::{Family, Segments, touch};

impl Segments {
    /// The visitor said that a segment is not them, or takes that back: until then it does not
    /// hold, whatever its condition says. What holds when nothing else does cannot be muted.
    #[inline(never)]
    pub fn mute(&mut self, segment: u16, muted: bool) {
        let rest = |f: &Family| f.first + f.count - 1 == segment;
        if self.families.iter().any(rest) {
            return;
        }
        self.muted.retain(|one| *one != segment);
        if muted {
            self.muted.push(segment);
        }
        self.flipped.push(segment);
        touch(&mut self.families, &self.family_of, segment);
    }

    /// Takes back all of it.
    pub fn unmute(&mut self) {
        while let Some(segment) = self.muted.first() {
            self.mute(*segment, false);
        }
    }
}
