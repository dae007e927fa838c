//! The partition of a question's answers by the published crowd table.
//!
//! An answer climbs to the finest rung with a known crowd of at least the floor. That alone is
//! not enough: if only `boots` climbs to `footwear` because every other segment under it is a
//! crowd of its own, then `footwear` means boots to everybody who has the book. So what counts
//! is the cell: all visitors whose answer is shown by the same name. Cells below the floor
//! climb on until none is left.

use super::dimensions::Draft;
use crate::book::Shown;
use std::collections::BTreeMap;

/// Known crowds of a dimension: name → number of visitors.
pub(super) type Crowds<'n> = BTreeMap<&'n str, f64>;

/// What each answer becomes; in a bootstrap, without a table, every answer stays as it is.
pub(super) fn shown(dimension: &Draft, table: &Crowds, floor: f64, bootstrap: bool) -> Vec<Shown> {
    let segments = (0u16..).zip(&dimension.segments);
    let own = |i, name: &str| {
        if name == "any" {
            Shown::Any
        } else {
            Shown::Segment(i)
        }
    };
    let mut shown: Vec<Shown> = segments.map(|(i, s)| own(i, s.name)).collect();
    // Of an experiment that begins nobody has counted anything; it could never begin.
    let outcome = dimension.outcome.is_some();
    if bootstrap || (outcome && table.is_empty()) {
        return shown;
    }
    let ladder = Ladder { dimension, table };
    // Up to the finest rung that is known to be a crowd.
    for cell in &mut shown {
        while *cell != Shown::Any && !ladder.crowd(*cell).is_some_and(|crowd| crowd >= floor) {
            *cell = ladder.above(*cell);
        }
    }
    // Then on, until every cell holds a crowd by itself.
    loop {
        let mut cells: Vec<(f64, Shown)> = Vec::new();
        for cell in &shown {
            if !cells.iter().any(|(_, known)| known == cell) {
                cells.push((ladder.cell(*cell, &shown), *cell));
            }
        }
        // The lowest rungs first: what climbs from there may help the rung above.
        cells.sort_by(|a, b| {
            let height = ladder.height(a.1).cmp(&ladder.height(b.1));
            height.reverse().then(a.0.total_cmp(&b.0))
        });
        // Those who were shown no variant may be as few as they are: all that is said of them is
        // that they did not see a place of the page.
        let rest = outcome && shown.iter().filter(|cell| **cell == Shown::Any).count() == 1;
        let small = cells
            .iter()
            .find(|(crowd, cell)| *crowd < floor && !(rest && *cell == Shown::Any));
        let Some(&(_, small)) = small else {
            return shown;
        };
        // The top cannot climb: another joins it.
        let climbs = if small == Shown::Any {
            let mut others: Vec<_> = cells.iter().filter(|c| c.1 != Shown::Any).collect();
            others.sort_by(|a, b| a.0.total_cmp(&b.0));
            others.first().map(|(_, cell)| *cell)
        } else {
            Some(small)
        };
        let Some(climbs) = climbs else {
            return vec![Shown::Withheld; shown.len()];
        };
        let above = if small == Shown::Any {
            Shown::Any
        } else {
            ladder.above(climbs)
        };
        for cell in shown.iter_mut().filter(|cell| **cell == climbs) {
            *cell = above;
        }
    }
}

struct Ladder<'a, 'n> {
    dimension: &'a Draft<'n>,
    table: &'a Crowds<'n>,
}

impl Ladder<'_, '_> {
    fn parent(&self, cell: Shown) -> Option<u16> {
        match cell {
            Shown::Segment(i) => self.dimension.segments.get(usize::from(i))?.parent,
            Shown::Group(g) => self.dimension.groups.get(usize::from(g))?.parent,
            Shown::Any | Shown::Withheld => None,
        }
    }

    fn above(&self, cell: Shown) -> Shown {
        self.parent(cell).map_or(Shown::Any, Shown::Group)
    }

    /// Rungs above a cell.
    fn height(&self, mut cell: Shown) -> usize {
        let mut rungs = 0;
        while cell != Shown::Any {
            cell = self.above(cell);
            rungs += 1;
        }
        rungs
    }

    fn is_below(&self, mut cell: Shown, top: Shown) -> bool {
        while cell != Shown::Any {
            cell = self.above(cell);
            if cell == top {
                return true;
            }
        }
        false
    }

    /// The crowd of a rung: as published, or the sum of what lies directly under it, as far as
    /// known.
    fn crowd(&self, rung: Shown) -> Option<f64> {
        let name = match rung {
            Shown::Segment(i) => self.dimension.segments.get(usize::from(i)).map(|s| s.name),
            Shown::Group(g) => self.dimension.group_names.get(usize::from(g)).copied(),
            Shown::Any => Some("any"),
            Shown::Withheld => None,
        };
        if let Some(crowd) = self.table.get(name?) {
            return Some(*crowd);
        }
        let segments = (0u16..).zip(&self.dimension.segments);
        let segments = segments
            .filter(|(_, s)| s.name != "any")
            .map(|(i, _)| Shown::Segment(i));
        let groups = (0u16..)
            .zip(&self.dimension.groups)
            .map(|(g, _)| Shown::Group(g));
        let under = segments
            .chain(groups)
            .filter(|cell| self.above(*cell) == rung);
        let known: Vec<f64> = under.filter_map(|cell| self.crowd(cell)).collect();
        (!known.is_empty() && !matches!(rung, Shown::Segment(_))).then(|| known.iter().sum())
    }

    /// How many visitors are shown by this name: the rung's crowd without the cells below it.
    fn cell(&self, cell: Shown, shown: &[Shown]) -> f64 {
        let mut below: Vec<Shown> = Vec::new();
        for other in shown {
            let inside = self.is_below(*other, cell) && !below.contains(other);
            if inside
                && !shown
                    .iter()
                    .any(|top| self.is_below(*other, *top) && self.is_below(*top, cell))
            {
                below.push(*other);
            }
        }
        let without: f64 = below.iter().filter_map(|cell| self.crowd(*cell)).sum();
        self.crowd(cell).unwrap_or(0.0) - without
    }
}

#[cfg(test)]
mod tests {
    use crate::book::Shown::{Any, Group, Segment, Withheld};
    use crate::book::author::compile;

    fn partition(crowds: &str) -> Vec<crate::book::Shown> {
        let json = r#"{ "fewbits": 1, "book": "b", "version": 1,
          "signals": { "aisle": { "declared": ["a", "b", "c", "d"] } },
          "dimensions": { "interest": { "why": "a test", "groups": ["footwear", "outerwear"],
            "segments": [ { "id": "boots", "under": "footwear", "when": { "aisle": "a" } },
              { "id": "sandals", "under": "footwear", "when": { "aisle": "b" } },
              { "id": "coats", "under": "outerwear", "when": { "aisle": "c" } } ],
            "otherwise": "any" } },
          "report": { "questions": { "interest": 1 }, "crowd": 50, "crowds": { "interest": CROWDS } } }"#;
        let book = compile(&json.replace("CROWDS", crowds))
            .expect("a good book")
            .book;
        book.reporting.expect("a report").questions.remove(0).shown
    }

    #[test]
    fn every_cell_is_a_crowd() {
        for (crowds, expected) in [
            // Everybody is a crowd.
            (
                r#"{ "boots": 60, "sandals": 70, "coats": 80, "any": 300 }"#,
                [Segment(0), Segment(1), Segment(2), Any],
            ),
            // Two small ones make a crowd together.
            (
                r#"{ "boots": 30, "sandals": 40, "coats": 80, "any": 300 }"#,
                [Group(0), Group(0), Segment(2), Any],
            ),
            // One small one alone would be named by its group: it climbs on.
            (
                r#"{ "boots": 30, "sandals": 500, "coats": 80, "any": 700 }"#,
                [Any, Segment(1), Segment(2), Any],
            ),
            // The rest is too small to be the top: the smallest cell joins it.
            (
                r#"{ "boots": 30, "sandals": 500, "coats": 80, "any": 620 }"#,
                [Any, Segment(1), Any, Any],
            ),
            // Nothing is known of one segment.
            (
                r#"{ "boots": 60, "coats": 80, "any": 300 }"#,
                [Segment(0), Any, Segment(2), Any],
            ),
            // A group is known, its segments are not.
            (
                r#"{ "footwear": 90, "coats": 80, "any": 300 }"#,
                [Group(0), Group(0), Segment(2), Any],
            ),
            // Nobody is known.
            (r#"{ "any": 49 }"#, [Withheld; 4]),
        ] {
            assert_eq!(partition(crowds), expected, "{crowds}");
        }
    }
}
