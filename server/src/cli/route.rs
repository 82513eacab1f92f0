//! `qifu route`: where texts go, by the function that serves the form and the desk.

use crate::config::Config;
use crate::database::Cluster;
use anyhow::Result;
use domain::actor::AreaCode;
use domain::calendar::WorkCalendar;
use domain::catalogue::{DEPARTMENTS, FALLBACK_BOARD, Suggestion};
use domain::issue::Terms;
use serde_json::{Value, json};
use std::process::ExitCode;
use store::Store;
use store::reference::Reference;
use time::OffsetDateTime;

/// Prints a line for each text.
///
/// # Errors
/// When a database is there and does not answer.
pub async fn route(texts: &[String], area: AreaCode, config: &Config, json: bool) -> Result<ExitCode> {
    let (terms, reference) = known(config).await?;
    let now = OffsetDateTime::now_utc();
    for text in texts {
        let routed = routed(text, area, &terms, now, &reference);
        if json {
            println!("{routed}");
        } else {
            let word = |name: &str| routed.get(name).and_then(Value::as_str).unwrap_or("—").to_owned();
            println!("{} · {} · {} · {}", word("board"), word("category"), word("department"), word("reason"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The city's own terms and names; the starting set where no database is configured or runs.
async fn known(config: &Config) -> Result<(Terms, Reference)> {
    let url = match &config.database_url {
        Some(url) => Some(url.clone()),
        // Asking makes no folder.
        None if !config.data.exists() => None,
        None => Cluster::of(&config.data, false).ok().filter(Cluster::is_running).map(|cluster| cluster.url()),
    };
    let Some(url) = url else { return Ok((Terms::default(), Reference::default())) };
    let store = Store::connect(&url, 1).await?;
    let mut conn = store.system().await?;
    let terms = store::terms::load(&mut conn, WorkCalendar::default()).await?;
    let reference = store::reference::load(&mut conn).await?;
    conn.release();
    store.close().await;
    Ok((terms, reference))
}

fn routed(text: &str, area: AreaCode, terms: &Terms, at: OffsetDateTime, reference: &Reference) -> Value {
    let (fit, now) = (terms.route(text, at), terms.catalogue.at(at));
    let board = |code: &str| now.board(code).map_or_else(|| code.to_owned(), |board| board.name.clone());
    let known = |code: &str| DEPARTMENTS.iter().find(|known| known.code == code).map_or(code, |known| known.name).to_owned();
    let department = |code: &str| reference.department_by_code(code).map_or_else(|| known(code), |found| found.name.clone());
    // What may stand apart is read so: 水…停.
    let matched = |found: &Suggestion<'_>| found.matched.join("、").replace('+', "…");
    let words = |found: &Suggestion<'_>| format!("“{}”：{}", found.category.name, matched(found));
    let reason = match (fit.category, fit.found.as_slice()) {
        (Some(_), [best, ..]) => format!("提到{}", matched(best)),
        (None, [_, ..]) => format!("几类一样接近，不作猜测：{}", fit.found.iter().map(words).collect::<Vec<_>>().join("；")),
        _ => "没有指向任何类别的词".to_owned(),
    };
    let reason = fit.taught().map_or(reason.clone(), |taught| format!("{reason}；{taught}"));
    let others = fit.found.iter().skip(usize::from(fit.category.is_some())).map(|found| found.category.name.clone());
    json!({
        "text": text,
        "category": now.category(fit.code()).map(|category| category.name.clone()),
        "board": fit.category.map_or_else(|| board(FALLBACK_BOARD), |category| board(&category.board)),
        "department": fit.category.map(|category| {
            let named = now.route(category, area);
            let lesson = terms.learned.department(&category.code, area, named);
            department(lesson.as_ref().map_or(named, |lesson| &lesson.to))
        }),
        "confidence": fit.confidence(),
        "reason": reason,
        "others": others.collect::<Vec<_>>(),
    })
}
