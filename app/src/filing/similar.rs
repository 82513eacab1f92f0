//! Seen by whoever is writing a problem, on a phone between two sentences, and again before it is filed: how others' problems of the same kind were
//! solved (S-11). They may file all the same. What is shown was published; what is typed is kept nowhere.

use super::rpc::Solved;
use crate::error::AppError;
use crate::request::Ctx;
use domain::case::sentence;
use domain::catalogue::{Edition, Fit};
use domain::cluster::{Doc, resembling};
use store::case::{self, Near};

/// With so many cases what somebody writes is compared.
const COMPARED: i64 = 50;
/// Of so many categories the cases come first.
const CATEGORIES: usize = 12;
/// Fewer characters than these say nothing yet.
const FEWEST: usize = 4;

/// The cases that these words are compared with, those of the categories that they fit first: none where they say nothing yet.
///
/// # Errors
/// When the database does not answer.
pub async fn candidates(ctx: &mut Ctx, words: &str, fit: &Fit<'_>) -> Result<Vec<Near>, AppError> {
    if words.chars().filter(|character| character.is_alphanumeric()).count() < FEWEST {
        return Ok(Vec::new());
    }
    let codes = categories(fit, ctx.catalogue());
    Ok(case::near(&mut ctx.conn, &codes, COMPARED).await?)
}

/// What the words point to, then the other categories of the same boards.
fn categories(fit: &Fit<'_>, today: Edition<'_>) -> Vec<String> {
    let meant: Vec<_> = fit.found.iter().map(|suggestion| suggestion.category).collect();
    let all = today.categories();
    let beside = all.into_iter().filter(|category| {
        meant.iter().any(|known| known.board == category.board) && meant.iter().all(|known| known.code != category.code)
    });
    meant.iter().copied().chain(beside).take(CATEGORIES).map(|category| category.code.clone()).collect()
}

/// Those that resemble these words, the nearest first. Off the threads that serve: the dictionary takes its time.
///
/// # Errors
/// [`AppError::Internal`].
pub async fn similar(words: String, cases: Vec<Near>) -> Result<Vec<Solved>, AppError> {
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let compared = tokio::task::spawn_blocking(move || {
        let docs: Vec<Doc> = cases.iter().map(|case| Doc::of(&format!("{} {}", case.title, case.problem))).collect();
        let near = resembling(&words, &docs);
        near.into_iter().map(|found| solved(&cases[found.at])).collect()
    });
    compared.await.map_err(AppError::internal)
}

fn solved(case: &Near) -> Solved {
    let lines =
        format!("{}\n{}\n依据：{}（在新窗口打开）", case.title.replace('\n', " "), sentence(&case.answer), sentence(&case.rule));
    Solved { href: format!("/cases/{}", case.id), lines }
}

/// The same for a page, which holds its connection anyway.
///
/// # Errors
/// When the database does not answer.
pub async fn beside(ctx: &mut Ctx, words: String, fit: &Fit<'_>) -> Result<Vec<Solved>, AppError> {
    let cases = candidates(ctx, &words, fit).await?;
    similar(words, cases).await
}
