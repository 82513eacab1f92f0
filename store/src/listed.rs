//! Lists that a person still reads through (名单), as the database is asked for them: searched, filtered, put in order and counted there, a page at a time.
//! First the ids of the page, then the rows of these: what a row costs beside itself is paid for what is shown alone.

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// What a row has to hold, in lower case; empty for every row.
    pub words: String,
    /// Codes of what is called by these words: categories, areas, departments, states.
    pub named: Vec<String>,
    /// Codes in the order of their names: a list is put in the order of names that the database does not know.
    pub ranked: Vec<String>,
    /// Names and values of filters.
    pub marks: Vec<(String, String)>,
    /// The column it is put in order by; empty for its own order.
    pub sort: String,
    pub down: bool,
    pub limit: i64,
    pub offset: i64,
}

impl Listed {
    /// What a filter asks for; empty where it asks nothing.
    pub(crate) fn mark(&self, name: &str) -> &str {
        self.marks.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }
}

/// A page of it, and how many rows there are in all.
#[derive(Debug, Clone)]
pub struct Part<T> {
    pub rows: Vec<T>,
    pub total: i64,
}
