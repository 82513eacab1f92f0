//! What was typed into a form and what is wrong with it: data only, on its way from a post to the page that shows it again.

use domain::text::FieldError;
use leptos::prelude::use_context;
use uuid::Uuid;

/// The hidden field that says which enterprise a member's form was written for.
pub const WHOSE: &str = "whose";

/// What was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Form {
    values: Vec<(String, String)>,
    /// The faults.
    pub errors: Vec<FieldError>,
}

impl Form {
    /// What was typed and refused, on the page that is shown again; an empty form on its first showing.
    pub fn typed() -> Form {
        use_context::<Form>().unwrap_or_default()
    }

    /// A form as it came, or as it is offered first.
    pub fn new(values: Vec<(String, String)>) -> Form {
        Form { values, errors: Vec::new() }
    }

    /// With a value for a field that has none.
    #[must_use]
    pub fn or(mut self, name: &str, value: impl Into<String>) -> Form {
        if !self.values.iter().any(|(known, _)| known == name) {
            self.values.push((name.to_owned(), value.into()));
        }
        self
    }

    /// With faults.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Form {
        self.errors = errors;
        self
    }

    /// The value of a field, empty when there is none.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Every value of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.values.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The ids of files uploaded before that the form carries.
    pub fn ids(&self, name: &str) -> Vec<Uuid> {
        self.all(name).filter_map(|id| Uuid::parse_str(id).ok()).collect()
    }

    /// Whether a checkbox or radio of this value was chosen.
    pub fn chosen(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|known| known == value)
    }

    /// Everything that came, in its order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.values
    }

    /// Adds a value.
    pub fn push(&mut self, name: &str, value: impl Into<String>) {
        self.values.push((name.to_owned(), value.into()));
    }

    /// The fault of a field.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == name).map(|error| error.message.as_str())
    }
}
