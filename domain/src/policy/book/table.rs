//! What items are computed from: rows of slots, column by column, and what a slot holds.

/// Stands in a slot for what is not known.
pub const UNKNOWN: i64 = i64::MIN;
/// Rows evaluated at a time: what a block needs stays in the first cache.
pub const BLOCK: usize = 256;
/// Three-valued truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// 不符合.
    Unmet,
    /// 信息不足.
    Unknown,
    /// 符合.
    Met,
}

impl Truth {
    /// From the byte a block holds.
    pub fn from_byte(byte: u8) -> Truth {
        match byte {
            0 => Truth::Unmet,
            1 => Truth::Unknown,
            _ => Truth::Met,
        }
    }
}

/// What a slot of the table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlotKind {
    /// A number in millionths.
    Number,
    /// A day number.
    Date,
    /// The place of a code among the codes that items ask for.
    Code,
    /// A set of tags.
    Tags,
    /// An answer, 0 or 1.
    Answer,
}

/// A slot: a column of the table.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slot {
    /// Attribute or question; a running number for tags.
    pub code: String,
    /// What it holds.
    pub kind: SlotKind,
}

/// A fact that cannot be read as what the items take it for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactProblem {
    /// The attribute.
    pub code: String,
    pub sentence: String,
}

/// Rows of slots, column by column.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub(crate) columns: Vec<Vec<i64>>,
    rows: usize,
}

impl Table {
    /// So many rows in which nothing is known.
    pub(super) fn unknown(slots: usize, rows: usize) -> Table {
        Table { columns: vec![vec![UNKNOWN; rows]; slots], rows }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The value in a slot of a row.
    pub fn get(&self, slot: usize, row: usize) -> i64 {
        self.columns[slot][row]
    }

    /// Sets the value in a slot of a row, as [`Slot::kind`] has it.
    pub fn put(&mut self, slot: usize, row: usize, value: i64) {
        self.columns[slot][row] = value;
    }
}
