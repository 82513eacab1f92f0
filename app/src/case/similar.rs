//! Seen by whoever is writing a problem, on a phone between two sentences, and again before it is filed: how others' problems of the same kind were
//! solved (S-11). They may file all the same. What is shown was published; what is typed is kept nowhere.

use crate::error::AppError;
use crate::request::Ctx;
use crate::ui::icon;
use domain::case::sentence;
use domain::cluster::{Doc, resembling};
use leptos::prelude::*;
use store::case::{self, Near};

/// With so many cases what somebody writes is compared.
const COMPARED: i64 = 50;
/// Of so many categories the cases come first.
const CATEGORIES: usize = 12;
/// Fewer characters than these say nothing yet.
const FEWEST: usize = 4;

/// The cases that these words are compared with: none where they say nothing yet.
///
/// # Errors
/// When the database does not answer.
pub async fn candidates(ctx: &mut Ctx, words: &str) -> Result<Vec<Near>, AppError> {
    if words.chars().filter(|character| character.is_alphanumeric()).count() < FEWEST {
        return Ok(Vec::new());
    }
    let codes = categories(ctx, words);
    Ok(case::near(&mut ctx.conn, &codes, COMPARED).await?)
}

/// What the words point to, then the other categories of the same boards.
fn categories(ctx: &Ctx, words: &str) -> Vec<String> {
    let fit = ctx.terms.route(words, ctx.now);
    let meant: Vec<_> = fit.found.iter().map(|suggestion| suggestion.category).collect();
    let all = ctx.catalogue().categories();
    let beside = all.into_iter().filter(|category| {
        meant.iter().any(|known| known.board == category.board) && meant.iter().all(|known| known.code != category.code)
    });
    meant.iter().copied().chain(beside).take(CATEGORIES).map(|category| category.code.clone()).collect()
}

/// Those that resemble these words, the nearest first; nothing where none does. Off the threads that serve: the dictionary takes its time.
///
/// # Errors
/// [`AppError::Internal`].
pub async fn similar(words: String, cases: Vec<Near>) -> Result<Option<AnyView>, AppError> {
    if cases.is_empty() {
        return Ok(None);
    }
    let compared = tokio::task::spawn_blocking(move || {
        let docs: Vec<Doc> = cases.iter().map(|case| Doc::of(&format!("{} {}", case.title, case.problem))).collect();
        let near = resembling(&words, &docs);
        near.into_iter().map(|found| cases[found.at].clone()).collect::<Vec<Near>>()
    });
    let found = compared.await.map_err(AppError::internal)?;
    Ok((!found.is_empty()).then(|| list(found)))
}

/// The same for a page, which holds its connection anyway.
///
/// # Errors
/// When the database does not answer.
pub async fn beside(ctx: &mut Ctx, words: String) -> Result<Option<AnyView>, AppError> {
    let cases = candidates(ctx, &words).await?;
    similar(words, cases).await
}

/// What is typed stays where it is: a case opens beside it.
fn list(found: Vec<Near>) -> AnyView {
    let items = found.into_iter().map(|case| {
        let (answer, rule) = (sentence(&case.answer), format!("依据：{}", sentence(&case.rule)));
        view! {
            <li class="cell">
                <a href=format!("/cases/{}", case.id) target="_blank" rel="noopener">
                    <strong>{case.title}<span class="hidden">"（在新窗口打开）"</span></strong>
                    <span>{answer}</span>
                    <span class="muted">{rule}</span>
                </a>
            </li>
        }
    });
    view! {
        <section class="card">
            <h2>{icon("star")}"类似问题已有办法"</h2>
            <p class="muted">"先看看别的企业是怎么解决的；不一样的，接着提交就好。"</p>
            <ul class="cells">{items.collect_view()}</ul>
        </section>
    }
    .into_any()
}
