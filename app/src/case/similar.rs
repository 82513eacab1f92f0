//! Seen by whoever is about to file: how others' problems of the same kind were solved (S-11). They may file all the same.

use crate::error::AppError;
use crate::request::Ctx;
use crate::ui::icon;
use leptos::prelude::*;
use store::case;

/// So many of the latest cases are compared with.
const COMPARED: i64 = 300;

/// Cases that resemble these words; nothing where none does.
///
/// # Errors
/// When the database does not answer.
pub async fn similar(ctx: &mut Ctx, words: &str) -> Result<Option<AnyView>, AppError> {
    let cases = case::list(&mut ctx.conn, "", "", COMPARED).await?;
    let texts: Vec<String> = cases.iter().map(|case| format!("{} {}", case.title, case.problem)).collect();
    let found = domain::case::similar(words, &texts);
    if found.is_empty() {
        return Ok(None);
    }
    let items = found.iter().map(|similar| {
        let case = &cases[similar.at];
        let line = format!("{}（相似度 {}%）", case.answer, similar.score);
        view! {
            <li class="cell">
                <a href=format!("/cases/{}", case.id)><strong>{case.title.clone()}</strong><span class="muted">{line}</span></a>
            </li>
        }
    });
    let view = view! {
        <section class="card">
            <h2>{icon("star")}"类似问题已有办法"</h2>
            <p class="muted">"先看看别的企业是怎么解决的；不一样的，接着提交就好。"</p>
            <ul class="cells">{items.collect_view()}</ul>
        </section>
    };
    Ok(Some(view.into_any()))
}
