//! `qifu simulate`: a year at random, and whether every rule of the loop held in it.

use super::Output;
use super::audit::print_invariants;
use crate::demo::{self, Size};
use anyhow::{Result, ensure};
use domain::issue::measure::Indicator;
use std::process::ExitCode;
use store::Store;
use store::issue::invariants;
use store::issue::measure::{Group, Wanted, counts};
use time::{Duration, OffsetDateTime};

/// Simulates, checks, and says what came out; status 1 where a rule was broken.
///
/// # Errors
/// When the database does not answer, or has enterprises already.
pub async fn simulate(size: Size, days: usize, url: &str, json: bool) -> Result<ExitCode> {
    let store = Store::connect(url, 2).await?;
    let now = OffsetDateTime::now_utc();
    let loaded = demo::simulate(&store, size, days, now).await?;
    ensure!(loaded, "there are enterprises already: a year is simulated in an empty database");
    let mut conn = store.system().await?;
    let figures = invariants::events(&mut conn).await?;
    let wanted =
        Wanted { from: now - Duration::days(i64::try_from(days)? + 60), until: now, area: None, board: None, department: None };
    let months = counts(&mut conn, &wanted, Group::Month, now).await?;
    let broken = invariants::broken(&mut conn, OffsetDateTime::now_utc()).await?;
    if json {
        let indicators = Indicator::ALL.iter().map(|indicator| {
            let (part, whole) = sum(&months, *indicator);
            (indicator.code().to_owned(), serde_json::json!([part, whole]))
        });
        let indicators: serde_json::Map<_, _> = indicators.collect();
        println!("{}", serde_json::json!({ "events": figures, "indicators": indicators, "broken": broken.len() }));
    } else {
        for (kind, count) in &figures {
            println!("{kind:<20}{count:>10}");
        }
        for indicator in Indicator::ALL {
            let (part, whole) = sum(&months, *indicator);
            println!("{:<20}{part:>10} of {whole}", indicator.code());
        }
        print_invariants(&broken, Output { json });
    }
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn sum(months: &[store::issue::measure::Counts], indicator: Indicator) -> (i64, i64) {
    months.iter().map(|counts| counts.of(indicator)).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
}
