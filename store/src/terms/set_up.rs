//! Setting the terms up from a workbook: only what differs from what holds is written, each line with its change.

use super::write::{Line, insert};
use super::{days_in, load_in, seed_in};
use crate::StoreError;
use crate::administration::change::{NewChange, record_in};
use crate::administration::city::{Done, SetUp};
use domain::actor::{AreaCode, CITY};
use domain::administration::{Kind, Tail};
use domain::calendar::WorkCalendar;
use domain::catalogue::{Category, Responsible};
use domain::issue::limits::{self, LimitTable, Limits};
use domain::policy::day;
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::HashMap;
use time::Date;

/// The key of the limits' changes: there is one set of them.
const LIMITS: &str = "limits";

/// What a line changes, as the log tells it.
struct Told<'a> {
    area: AreaCode,
    kind: Kind,
    key: &'a str,
    before: Option<Value>,
    after: Value,
    from: Date,
}

/// Makes the terms be as the city shall have them, after the starting set. Organisations are there already. Needs the system's scope.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn set_up_in(tx: &mut PgConnection, set_up: &SetUp<'_>, done: &mut Done) -> Result<(), StoreError> {
    seed_in(tx).await?;
    boards(tx, set_up, done).await?;
    categories(tx, set_up, done).await?;
    versions(tx, set_up, done).await?;
    days(tx, set_up, done).await
}

async fn write(
    tx: &mut PgConnection,
    set_up: &SetUp<'_>,
    told: Told<'_>,
    line: &Line<'_>,
    done: &mut Done,
) -> Result<(), StoreError> {
    let Told { area, kind, key, before, after, from } = told;
    let tail = Tail { why: set_up.why.to_owned(), from };
    let new = NewChange { who: set_up.who, area, kind, key, before: before.as_ref(), after: Some(&after), tail: &tail };
    let change = record_in(&mut *tx, &new, set_up.now).await?;
    insert(tx, line, from, Some(change), set_up.now).await?;
    if before.is_some() {
        done.changed += 1;
    } else {
        done.added += 1;
    }
    Ok(())
}

/// Names of departments by their codes.
async fn departments(tx: &mut PgConnection) -> Result<HashMap<String, String>, StoreError> {
    let rows = sqlx::query!("select code, name from department").fetch_all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.code, row.name)).collect())
}

fn named<'a>(names: &'a HashMap<String, String>, code: &'a str) -> &'a str {
    names.get(code).map_or(code, String::as_str)
}

async fn boards(tx: &mut PgConnection, set_up: &SetUp<'_>, done: &mut Done) -> Result<(), StoreError> {
    let terms = load_in(tx, WorkCalendar::default()).await?;
    let names = departments(tx).await?;
    for board in &set_up.city.boards {
        let known = terms.catalogue.at(set_up.now).begun_board(&board.code);
        if known == Some(board) {
            done.unchanged += 1;
            continue;
        }
        let before = known.map(|known| known.told(named(&names, &known.lead)));
        let after = board.told(named(&names, &board.lead));
        let told = Told { area: CITY, kind: Kind::Board, key: &board.code, before, after, from: set_up.today };
        write(tx, set_up, told, &Line::Board(board), done).await?;
    }
    Ok(())
}

async fn categories(tx: &mut PgConnection, set_up: &SetUp<'_>, done: &mut Done) -> Result<(), StoreError> {
    let terms = load_in(tx, WorkCalendar::default()).await?;
    let names = departments(tx).await?;
    let SetUp { city, today, now, .. } = *set_up;
    let edition = terms.catalogue.at(now);
    let told = |category: &Category| {
        let board = edition.board(&category.board).map_or(category.board.as_str(), |board| &board.name);
        category.told(board, named(&names, &category.department))
    };
    for category in &city.categories {
        let known = edition.begun_category(&category.code);
        if known == Some(category) {
            done.unchanged += 1;
            continue;
        }
        let (before, after) = (known.map(told), told(category));
        let told = Told { area: CITY, kind: Kind::Category, key: &category.code, before, after, from: today };
        write(tx, set_up, told, &Line::Category(category), done).await?;
    }
    let areas = sqlx::query!("select code, name from area").fetch_all(&mut *tx).await?;
    for own in &city.responsible {
        let Responsible { category: code, area, department } = own;
        let new = city.categories.iter().find(|category| category.code == *code);
        let category = new.or_else(|| edition.category(code)).ok_or(StoreError::NotFound)?;
        let known = edition.own_department(category, *area);
        if known == department.as_deref() {
            done.unchanged += 1;
            continue;
        }
        let place = areas.iter().find(|known| known.code == *area).map_or("", |known| known.name.as_str());
        let told = |code: Option<&str>| category.told_in(place, code.map(|code| named(&names, code)));
        let (before, after) = (Some(told(known)), told(department.as_deref()));
        let told = Told { area: *area, kind: Kind::Category, key: code, before, after, from: today };
        write(tx, set_up, told, &Line::Responsible(own), done).await?;
    }
    Ok(())
}

async fn versions(tx: &mut PgConnection, set_up: &SetUp<'_>, done: &mut Done) -> Result<(), StoreError> {
    let mut table = load_in(tx, WorkCalendar::default()).await?.limits.as_ref().clone();
    for (from, spans) in &set_up.city.limits {
        let from = from.unwrap_or(set_up.today);
        let held = table.on(from).spans;
        if held == *spans {
            done.unchanged += 1;
            continue;
        }
        let (before, after) = (Some(limits::told(&held)), limits::told(spans));
        let told = Told { area: CITY, kind: Kind::Limit, key: LIMITS, before, after, from };
        write(tx, set_up, told, &Line::Limits(spans), done).await?;
        let version = table.versions().iter().map(|limits| limits.version).max().unwrap_or(0).saturating_add(1);
        let versions = table.versions().iter().copied().chain([Limits { version, from, spans: *spans }]);
        table = LimitTable::new(versions.collect());
    }
    Ok(())
}

/// What is over stays as it was: of days that began before today the rest is written.
async fn days(tx: &mut PgConnection, set_up: &SetUp<'_>, done: &mut Done) -> Result<(), StoreError> {
    for days in &set_up.city.days {
        let set = days_in(tx).await?;
        let on = |day: Date| {
            let line = set.iter().find(|line| line.day == day);
            line.and_then(|line| line.working.map(|working| (working, line.note.as_str())))
        };
        if days.last < set_up.today || days.each().filter(|day| *day >= set_up.today).all(|day| days.holds_on(day, on(day))) {
            done.unchanged += 1;
            continue;
        }
        let first = days.first.max(set_up.today);
        let key = day::text(first);
        let told = Told { area: CITY, kind: Kind::CalendarDay, key: &key, before: None, after: days.told(), from: first };
        let line = Line::Days { until: days.last, working: days.working, note: &days.note };
        write(tx, set_up, told, &line, done).await?;
    }
    Ok(())
}
