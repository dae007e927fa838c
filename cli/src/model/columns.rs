//! The columns that a graph passes on before a model reads them: an input, and what was done
//! with it, as far as an input of a book's model can do the same.

/// What a column is compared with, for 1 or 0.
#[derive(Debug, Clone, PartialEq)]
pub enum Category {
    Text(String),
    Number(i64),
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name of the graph's input, and which of its columns.
    pub input: String,
    pub at: usize,
    pub is: Option<Category>,
    pub missing: Option<f32>,
    pub log: bool,
    pub mean: f32,
    pub scale: f32,
}

impl Column {
    /// A column of an input, as it is.
    pub fn new(input: &str, at: usize) -> Self {
        Self {
            input: input.to_owned(),
            at,
            is: None,
            missing: None,
            log: false,
            mean: 0.0,
            scale: 1.0,
        }
    }

    /// Whether nothing was done with it yet, but to fill its gaps.
    pub fn is_plain(&self) -> bool {
        self.is.is_none() && !self.log && self.is_unscaled()
    }

    fn is_unscaled(&self) -> bool {
        self.mean == 0.0 && self.scale == 1.0
    }

    /// `(x - mean) * scale`, on top of what was done already.
    pub fn scaled(&mut self, mean: f32, scale: f32) -> Result<(), &'static str> {
        if self.is_unscaled() {
            // As it stands: rounded in the same way as by the graph.
            (self.mean, self.scale) = (mean, scale);
            return Ok(());
        }
        if self.scale == 0.0 {
            return Err("a column was multiplied by 0 before it was moved");
        }
        let own = (f64::from(self.mean), f64::from(self.scale));
        self.mean = (own.0 + f64::from(mean) / own.1) as f32;
        self.scale = (own.1 * f64::from(scale)) as f32;
        Ok(())
    }

    /// What stands for a missing value.
    pub fn filled(&mut self, value: f32) -> Result<(), &'static str> {
        if self.is.is_some() {
            return Ok(());
        }
        if self.log || self.scale == 0.0 || self.missing.is_some() {
            return Err("gaps are filled after something else was done with the column");
        }
        self.missing = Some(if self.is_unscaled() {
            value
        } else {
            value / self.scale + self.mean
        });
        Ok(())
    }

    /// The natural logarithm: of one more than the value, which is all that a book can say.
    pub fn logarithm(&mut self) -> Result<(), &'static str> {
        if self.log || self.is.is_some() || self.mean != -1.0 || self.scale != 1.0 {
            return Err("only the logarithm of one more than an input can be taken");
        }
        (self.log, self.mean) = (true, 0.0);
        Ok(())
    }
}
