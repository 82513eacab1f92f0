//! Tables that leave the site, as csv or as a workbook: rows of cells, written by `server`.

/// A sheet of a workbook.
pub struct Sheet {
    pub name: &'static str,
    pub rows: Vec<Vec<Cell>>,
}

/// A cell of it.
pub enum Cell {
    Heading(String),
    Text(String),
    Number(f64),
}
