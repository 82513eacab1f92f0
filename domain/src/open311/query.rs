//! `GET requests`: which.

use super::{Fault, argument};
use crate::calendar::midnight;
use crate::when;
use time::{Duration, OffsetDateTime};

/// The most that one answer lists, and the most numbers that may be asked for at once.
pub const MOST: usize = 1000;
/// The longest span of a question, and the one that is meant where none is given.
const SPAN: Duration = Duration::days(90);

/// Which of open and closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statuses {
    pub open: bool,
    pub closed: bool,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Categories; none for every one.
    pub services: Vec<String>,
    /// From this instant on …
    pub from: OffsetDateTime,
    /// … until this one, itself included.
    pub until: OffsetDateTime,
    pub statuses: Statuses,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// These numbers, whatever else is said.
    Numbers(Vec<String>),
    /// Whatever fits.
    Fitting(Asked),
}

impl Query {
    /// Reads the arguments.
    ///
    /// # Errors
    /// Every [`Fault`] (400): a date without its zone, a span beyond ninety days, another status than open and closed.
    pub fn parse(pairs: &[(String, String)], now: OffsetDateTime) -> Result<Query, Vec<Fault>> {
        if let Some(numbers) = list(pairs, "service_request_id") {
            if numbers.len() > MOST {
                return Err(vec![Fault::new(400, format!("service_request_id: at most {MOST} at once"))]);
            }
            return Ok(Query::Numbers(numbers));
        }
        let mut faults = Vec::new();
        let start = instant(pairs, "start_date", &mut faults);
        let end = instant(pairs, "end_date", &mut faults);
        let (from, until) = match (start, end) {
            (Some(start), Some(end)) => (start, end),
            (Some(start), None) => (start, start.saturating_add(SPAN).min(now.max(start))),
            (None, Some(end)) => (end.saturating_sub(SPAN), end),
            (None, None) => (now.saturating_sub(SPAN), now),
        };
        if from > until {
            faults.push(Fault::new(400, "start_date lies after end_date"));
        } else if until - from > SPAN {
            faults.push(Fault::new(400, "start_date and end_date span more than 90 days"));
        }
        let mut statuses = Statuses { open: false, closed: false };
        for word in list(pairs, "status").unwrap_or_else(|| vec!["open".to_owned(), "closed".to_owned()]) {
            match word.as_str() {
                "open" => statuses.open = true,
                "closed" => statuses.closed = true,
                _ => faults.push(Fault::new(400, "status: open, closed, or both with a comma between them")),
            }
        }
        if faults.is_empty() {
            Ok(Query::Fitting(Asked { services: list(pairs, "service_code").unwrap_or_default(), from, until, statuses }))
        } else {
            Err(faults)
        }
    }
}

/// Values with commas between them.
fn list(pairs: &[(String, String)], name: &str) -> Option<Vec<String>> {
    let found: Vec<String> =
        argument(pairs, name)?.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect();
    (!found.is_empty()).then_some(found)
}

/// An instant with its zone (W3 NOTE-datetime, the seconds may be missing); a day alone begins at its midnight here.
fn instant(pairs: &[(String, String)], name: &str, faults: &mut Vec<Fault>) -> Option<OffsetDateTime> {
    let text = argument(pairs, name)?;
    // In a query string a bare plus is a blank.
    let text = text.replace(' ', "+");
    let minutes = || Some(format!("{}:00{}", text.get(..16)?, text.get(16..)?));
    let found = when::instant(&text).or_else(|| when::instant(&minutes()?)).or_else(|| when::day(&text).map(midnight));
    if found.is_none() {
        faults
            .push(Fault::new(400, format!("{name}: a date and time with its zone is needed, such as 2026-11-27T09:00:00+08:00")));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-27 09:00 +8);

    fn ask(pairs: &[(&str, &str)]) -> Result<Query, Vec<Fault>> {
        let pairs: Vec<(String, String)> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Query::parse(&pairs, NOW)
    }

    fn fitting(pairs: &[(&str, &str)]) -> Asked {
        let Ok(Query::Fitting(asked)) = ask(pairs) else { panic!("{pairs:?}") };
        asked
    }

    #[test]
    fn nothing_asked_is_the_last_ninety_days() {
        let asked = fitting(&[("status", ""), ("unknown", "x"), ("service_request_id", " ,")]);
        assert_eq!((asked.until, asked.until - asked.from), (NOW, SPAN));
        assert!(asked.statuses.open && asked.statuses.closed && asked.services.is_empty());
    }

    #[test]
    fn numbers_come_before_everything_else() {
        let found = ask(&[("status", "nonsense"), ("service_request_id", "A1, A2"), ("start_date", "?")]);
        assert_eq!(found, Ok(Query::Numbers(vec!["A1".to_owned(), "A2".to_owned()])));
    }

    #[test]
    fn one_end_gives_the_other() {
        let asked = fitting(&[("start_date", "2026-01-01T00:00:00Z")]);
        assert_eq!(asked.until, datetime!(2026-04-01 00:00 UTC));
        assert_eq!(fitting(&[("start_date", "2026-11-20T00:00:00 08:00")]).until, NOW);
        assert_eq!(fitting(&[("start_date", "2026-11-20T09:30+08:00")]).from, datetime!(2026-11-20 09:30 +8));
        assert_eq!(fitting(&[("end_date", ""), ("end_date", "2026-11-20T09:30Z")]).until, datetime!(2026-11-20 09:30 UTC));
        assert_eq!(fitting(&[("end_date", "2026-04-01")]).from, datetime!(2026-01-01 00:00 +8));
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let faults = ask(&[("start_date", "yesterday"), ("status", "half")]).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), [400, 400]);
        for (start, end) in [("2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"), ("2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z")] {
            assert_eq!(ask(&[("start_date", start), ("end_date", end)]).unwrap_err().len(), 1, "{start}");
        }
        for no_zone in
            ["2026-01-01T00:00:00", "2026-01-01T00:00", "2026-01-01T00:00:00+0800", "2026-01-01T00", "二〇二六年一月一日上午九时"]
        {
            assert!(ask(&[("start_date", no_zone)]).is_err(), "{no_zone}");
        }
        for no_day in ["9999-12-31T23:59:59-01:00", "-9999-01-01", "0000-01-01T00:00:00+08:00"] {
            assert!(ask(&[("start_date", no_day)]).is_err() && ask(&[("end_date", no_day)]).is_err(), "{no_day}");
        }
    }
}
