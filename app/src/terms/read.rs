//! Reading what administrators keep of the terms: from the database itself, whatever this server has heard so far.

use crate::error::AppError;
use crate::request::Ctx;
use domain::actor::{AreaCode, CITY, area_covers};
use domain::administration::Kind;
use domain::calendar::midnight;
use domain::catalogue::{Board, Category, Edition};
use domain::issue::Terms;
use domain::retention::Schedule;
use domain::work_indicator::{Whose, Work, month_text};
use serde_json::Value;
use std::sync::Arc;
use store::administration::change::{self, Change, Wanted};
use store::identity::StaffIdentity;
use store::issue::work_figure;
use store::reference::Reference;
use time::{Date, OffsetDateTime};

/// What a page of the terms starts from.
pub struct Kept {
    /// Who looks.
    pub staff: StaffIdentity,
    /// The area it administers.
    pub area: AreaCode,
    pub terms: Terms,
    pub reference: Arc<Reference>,
    pub today: Date,
    pub now: OffsetDateTime,
    /// What was changed of it, the newest first.
    pub changes: Vec<Change>,
    /// The number of the last change; a form carries it.
    pub seen: i64,
}

/// Changes that a page shows.
const SHOWN: i64 = 20;

/// Everything of a kind, or one of it.
///
/// # Errors
/// As [`Ctx::require_administrator`].
pub async fn kept(ctx: &mut Ctx, kind: Kind, key: &str) -> Result<Kept, AppError> {
    let (staff, area) = ctx.require_administrator()?;
    let terms = store::terms::load(&mut ctx.conn, ctx.calendar.plain()).await?;
    let wanted = Wanted { kind: kind.code(), key, ..Wanted::default() };
    let changes = change::list(&mut ctx.conn, &wanted, None, SHOWN).await?.rows;
    let seen = change::last(&mut ctx.conn, kind, key).await?;
    let (reference, today, now) = (ctx.reference.clone(), ctx.today(), ctx.now);
    Ok(Kept { staff, area, terms, reference, today, now, changes, seen })
}

/// As [`kept`], with how long what is personal is kept.
///
/// # Errors
/// As [`kept`].
pub async fn retention(ctx: &mut Ctx, key: &str) -> Result<(Kept, Schedule), AppError> {
    let kept = kept(ctx, Kind::Retention, key).await?;
    let schedule = store::retention::schedule(&mut ctx.conn).await?;
    Ok((kept, schedule))
}

/// As [`kept`], with every district and department and its work figures of a month.
///
/// # Errors
/// As [`kept`].
pub async fn work(ctx: &mut Ctx, month: Date) -> Result<(Kept, Vec<Work>), AppError> {
    let kept = kept(ctx, Kind::Work, &month_text(month)).await?;
    let works = work_figure::works(&mut ctx.conn, month, &kept.reference, kept.catalogue()).await?;
    Ok((kept, works))
}

impl Kept {
    /// The catalogue as it is now.
    pub fn catalogue(&self) -> Edition<'_> {
        self.terms.catalogue.at(self.now)
    }

    /// The catalogue as it will be when a change begins to hold: at the first instant of its day, or now.
    pub fn catalogue_from(&self, day: Date) -> Edition<'_> {
        self.terms.catalogue.at(midnight(day).max(self.now))
    }

    /// Whether it is the city's administrator that looks: the catalogue, limits and calendar are the city's.
    pub fn whole_city(&self) -> bool {
        self.area == CITY
    }

    /// Whether this administrator keeps an area.
    pub fn keeps(&self, area: AreaCode) -> bool {
        area_covers(self.area, area)
    }

    /// Whether this administrator enters its work figures.
    pub fn measures(&self, whose: Whose) -> bool {
        work_figure::area(&self.reference, whose).is_some_and(|area| self.keeps(area))
    }

    /// The name of a department by its code; the code where there is none.
    pub fn department(&self, code: &str) -> String {
        self.reference.department_by_code(code).map_or_else(|| code.to_owned(), |known| known.name.clone())
    }

    /// Departments that may have business in an area: code and name, those of the place first.
    pub fn departments(&self, area: AreaCode) -> Vec<(String, String)> {
        let mut known: Vec<_> = self.reference.departments.iter().filter(|known| known.serves(area)).collect();
        known.sort_by_key(|known| known.area != area);
        known.into_iter().map(|known| (known.code.clone(), known.name.clone())).collect()
    }

    /// Every open department: code and name.
    pub fn all_departments(&self) -> Vec<(String, String)> {
        let open = self.reference.departments.iter().filter(|known| known.active);
        open.map(|known| (known.code.clone(), known.name.clone())).collect()
    }

    /// Whether a department of this code may have business in an area.
    pub fn serves(&self, code: &str, area: AreaCode) -> bool {
        self.reference.department_by_code(code).is_some_and(|known| known.serves(area))
    }

    /// A board as the log tells it.
    pub fn told_board(&self, board: &Board) -> Value {
        board.told(&self.department(&board.lead))
    }

    /// A category as the log tells it.
    pub fn told_category(&self, category: &Category) -> Value {
        let board = self.catalogue().board(&category.board).map_or(category.board.as_str(), |board| &board.name);
        category.told(board, &self.department(&category.department))
    }
}
