//! What an issue is decided by besides itself: the city's calendar, limits, catalogue and words, each with its days. Data that administrators keep.

use super::limits::{LimitTable, Limits};
use super::texts::Texts;
use super::{Issue, Office};
use crate::calendar::WorkCalendar;
use crate::catalogue::learned::Learned;
use crate::catalogue::{Catalogue, Edition};
use std::sync::Arc;
use time::OffsetDateTime;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Terms {
    /// When offices are at work.
    pub calendar: Arc<WorkCalendar>,
    /// Limits by version.
    pub limits: Arc<LimitTable>,
    /// Boards and categories by time.
    pub catalogue: Arc<Catalogue>,
    /// What messages say, by day.
    pub texts: Arc<Texts>,
    /// What the centres' corrections of the last days teach.
    pub learned: Arc<Learned>,
    /// Departments, as they are now: who has people in the centre.
    pub offices: Arc<Vec<Office>>,
}

#[cfg(feature = "server")]
impl Default for Terms {
    /// The starting set.
    fn default() -> Terms {
        Terms {
            calendar: Arc::default(),
            limits: Arc::default(),
            catalogue: Arc::new(Catalogue::built_in()),
            texts: Arc::default(),
            learned: Arc::default(),
            offices: Arc::default(),
        }
    }
}

impl Terms {
    /// Where a text goes: by its words, and by what was made of such words before. The one function of form, desk and command line.
    #[cfg(feature = "server")]
    pub fn route(&self, text: &str, now: OffsetDateTime) -> crate::catalogue::Fit<'_> {
        self.catalogue.at(now).fit_learned(text, &self.learned)
    }

    /// The limits an issue lives by: those it was submitted under, or now for one that is not yet.
    pub fn limits_of(&self, issue: &Issue, now: OffsetDateTime) -> &Limits {
        let submitted = issue.submitted_at.unwrap_or(now);
        self.limits.by_version(issue.limits).unwrap_or_else(|| self.limits.in_force(submitted))
    }

    /// The catalogue as it was when an issue was submitted, or now for one that is not yet: a later change is not about it.
    pub fn catalogue_of(&self, issue: &Issue, now: OffsetDateTime) -> Edition<'_> {
        self.catalogue.at(issue.submitted_at.unwrap_or(now))
    }
}
