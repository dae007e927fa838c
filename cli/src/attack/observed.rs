//! What two sites have of some visitors: for each site, week and channel a symbol.

/// Visitors as both sites see them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// Number of weeks.
    pub weeks: usize,
    /// Number of symbols of each channel.
    pub sizes: Vec<usize>,
    /// Symbols of each site: visitor by visitor, in these week by week, in these by channel.
    pub sites: [Vec<u16>; 2],
}

/// The first site.
pub const FIRST: usize = 0;
/// The second site.
pub const SECOND: usize = 1;

impl Observed {
    /// Nobody yet.
    pub fn new(weeks: usize, sizes: Vec<usize>) -> Self {
        Self {
            weeks,
            sizes,
            sites: [Vec::new(), Vec::new()],
        }
    }

    /// Symbols of one visitor at one site.
    pub const fn row(&self) -> usize {
        self.weeks * self.sizes.len()
    }

    /// Number of visitors.
    pub fn visitors(&self) -> usize {
        let [first, _] = &self.sites;
        first.len().checked_div(self.row()).unwrap_or(0)
    }

    /// All symbols of a site.
    pub fn site(&self, site: usize) -> &[u16] {
        self.sites.get(site).map_or(&[], |s| s)
    }

    /// The symbol of a visitor at a site, in a week, of a channel.
    pub fn symbol(&self, site: usize, visitor: usize, week: usize, channel: usize) -> u16 {
        let at = visitor * self.row() + week * self.sizes.len() + channel;
        self.site(site).get(at).copied().unwrap_or(0)
    }

    /// Adds visitors behind those that are here.
    pub fn append(&mut self, mut more: Self) {
        for (here, there) in self.sites.iter_mut().zip(&mut more.sites) {
            here.append(there);
        }
    }

    /// The first weeks alone.
    pub fn up_to(&self, weeks: usize) -> Self {
        let weeks = weeks.min(self.weeks);
        let keep = weeks * self.sizes.len();
        let cut = |site: &Vec<u16>| {
            let rows = site.chunks(self.row().max(1));
            rows.flat_map(|row| row.iter().take(keep).copied())
                .collect()
        };
        let [first, second] = &self.sites;
        Self {
            weeks,
            sizes: self.sizes.clone(),
            sites: [cut(first), cut(second)],
        }
    }
}
