//! The evaluation of a policy: did it reach whom it is for, how fast did the money come, where does it stop. Charts are SVG of
//! our own, each with its table.

use super::editor::ItemParams;
use crate::error::AppError;
use crate::policy::desk::read;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::chart::{self, Bar, Words, bars};
use crate::ui::{back, facts, icon, section, words as text};
use domain::policy::money::Fen;
use domain::policy::words::code_name;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use store::policy::evaluation::{Evaluation, Row, STEPS};
use store::policy::item::Version;
use store::reference::Reference;

/// Whom a policy reached, and with how much.
#[component]
pub fn EvaluationPage() -> impl IntoView {
    let params = use_params::<ItemParams>().get_untracked();
    let request = Request::current();
    reads(async move {
        let code = params.map_err(|_| AppError::NotFound)?.code;
        let mut ctx = request.open().await?;
        let (version, figures) = read::evaluate(&mut ctx, &code).await?;
        let reference = ctx.reference.clone();
        drop(ctx);
        title(format!("政策评估：{}", version.title));
        Ok(page(&version, &figures, &reference))
    })
}

fn page(version: &Version, figures: &Evaluation, reference: &Reference) -> AnyView {
    let export = format!("/desk/policies/{}/evaluation.xlsx", version.code);
    let steps: Vec<(String, i64)> = figures
        .funnel
        .iter()
        .map(|(code, count)| (STEPS.iter().find(|row| row.0 == code).map_or(code.clone(), |row| row.1.to_owned()), *count))
        .collect();
    let fund = version.item().ok().and_then(|item| item.fund);
    let budget = fund.map_or_else(|| "未设".to_owned(), |fund| fund.remaining.words());
    let rating =
        figures.rating.map_or_else(|| "还没有评价".to_owned(), |(mean, count)| format!("{mean:.1} 分（{count} 个评价）"));
    let days = figures.median_days.map_or_else(|| "还没有拨付".to_owned(), |days| format!("{days:.0} 天"));
    let questions = format!("{} 件", figures.questions);
    view! {
        {back(format!("/desk/policies/{}/edit", version.code), "返回政策")}
        <h1>{format!("政策评估：{}", version.title)}</h1>
        <p><a class="button secondary" href=export>{icon("down")}"导出 xlsx"</a></p>
        {section("从匹配到拨付", drawn("funnel", "企业数", &steps))}
        {section("资金", facts(vec![
            ("资金额度", text(budget)),
            ("匹配企业可享", text(Fen(figures.matched).words())),
            ("已核准", text(Fen(figures.approved).words())),
            ("已拨付", text(Fen(figures.paid).words())),
            ("发布到拨付（中位数）", text(days)),
            ("满意度", text(rating)),
            ("相关诉求", text(questions)),
        ]))}
        {section("按区县", breakdown("by-district", "按区县明细", &figures.districts, |key| district(key, reference)))}
        {section("按行业", breakdown("by-industry", "按行业明细", &figures.industries, industry))}
    }
    .into_any()
}

/// What a group by district is called.
pub fn district(key: &str, reference: &Reference) -> String {
    key.parse().map_or_else(|_| key.to_owned(), |code| reference.area(code))
}

/// What a group by industry is called.
pub fn industry(key: &str) -> String {
    if key == "?" { "未知".to_owned() } else { code_name("industry", key) }
}

/// A bar for each row, and the same as a table.
fn drawn(id: &'static str, unit: &'static str, rows: &[(String, i64)]) -> AnyView {
    let list: Vec<Bar> = rows
        .iter()
        .map(|(label, count)| Bar { label: label.clone(), value: *count, figure: count.to_string(), tone: "" })
        .collect();
    let about = list.iter().map(|bar| format!("{} {}", bar.label, bar.figure)).collect::<Vec<_>>().join("，");
    let table =
        rows.iter().map(|(label, count)| view! { <tr><th scope="row">{label.clone()}</th><td>{count.to_string()}</td></tr> });
    let heads = ["步骤", unit].map(str::to_owned).to_vec();
    view! {
        {bars(Words { id, title: unit.to_owned(), about }, None, &list)}
        {chart::beside(chart::table(unit, heads, table.collect_view()))}
    }
    .into_any()
}

fn breakdown(id: &'static str, label: &'static str, rows: &[Row], name: impl Fn(&str) -> String) -> AnyView {
    let paid: Vec<(String, i64)> = rows.iter().map(|row| (name(&row.key), row.matched)).collect();
    let table = rows.iter().map(|row| {
        view! {
            <tr>
                <th scope="row">{name(&row.key)}</th><td>{row.matched.to_string()}</td><td>{row.applied.to_string()}</td>
                <td>{row.paid.to_string()}</td><td>{Fen(row.amount).words()}</td>
            </tr>
        }
    });
    view! {
        {drawn(id, "匹配企业", &paid)}
        <div class="table-wrap" tabindex="0" role="region" aria-label=label>
            <table class="figures">
                <thead>
                    <tr>
                        <th scope="col">"分组"</th><th scope="col">"匹配"</th><th scope="col">"申请"</th>
                        <th scope="col">"拨付"</th><th scope="col">"金额"</th>
                    </tr>
                </thead>
                <tbody>{table.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
