//! What goes wrong in a simulated year, and what people are like: outages of departments and of the workers, impatient and silent enterprises.

use super::Dice;
use domain::actor::{DepartmentId, EnterpriseId};
use std::collections::HashMap;
use time::{Duration, OffsetDateTime};

/// From … until before.
type Span = (OffsetDateTime, OffsetDateTime);

/// The year's outages.
pub struct Weather {
    /// When nobody at a department does anything.
    away: HashMap<DepartmentId, Span>,
    /// When no worker runs: what is due then is told afterwards, in order.
    down: Vec<Span>,
}

impl Weather {
    /// A third of the departments is away for one to three weeks; the workers are down six times, for three hours to three days.
    pub fn new(dice: &mut Dice, departments: &[DepartmentId], start: OffsetDateTime, days: usize) -> Weather {
        let mut from = |length: Duration| {
            let from = start + Duration::hours(i64::try_from(dice.below(days * 24)).unwrap_or(0));
            (from, from + length)
        };
        let away = departments.iter().step_by(3).enumerate();
        let away =
            away.map(|(index, department)| (*department, from(Duration::weeks(1 + i64::try_from(index % 3).unwrap_or(0)))));
        let away = away.collect();
        let down = [3, 6, 12, 24, 48, 72].into_iter().map(|hours| from(Duration::hours(hours))).collect();
        Weather { away, down }
    }

    /// When somebody of the department gets to what comes to hand at an instant.
    pub fn at_department(&self, department: DepartmentId, at: OffsetDateTime) -> OffsetDateTime {
        let away = self.away.get(&department).filter(|(from, until)| (*from..*until).contains(&at));
        away.map_or(at, |(_, until)| *until)
    }

    /// When a worker gets to what is due at an instant.
    pub fn at_worker(&self, mut at: OffsetDateTime) -> OffsetDateTime {
        // Outages may lie side by side.
        while let Some((_, until)) = self.down.iter().find(|(from, until)| (*from..*until).contains(&at)) {
            at = *until;
        }
        at
    }
}

/// What an enterprise is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temper {
    Ordinary,
    /// Urges, objects, is hard to please, opens again, withdraws.
    Impatient,
    /// Supplies nothing, rates nothing, is not reached.
    Silent,
}

impl Temper {
    /// Of ten enterprises two are impatient and two silent, whatever they file.
    pub fn of(enterprise: EnterpriseId) -> Temper {
        match enterprise.rem_euclid(10) {
            3 | 7 => Temper::Impatient,
            4 | 9 => Temper::Silent,
            _ => Temper::Ordinary,
        }
    }
}
