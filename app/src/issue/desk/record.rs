//! 案卷 (S-8): one issue's whole file, to be printed for a meeting or an inquiry: what was asked, everything that happened in its order, every limit
//! and flag, who of the offices opened it, who was shown the enterprise's number, and whether each event is still what was written.
//!
//! Members who open their own issue are not written down: that an enterprise read an answer is no judgement of it, and a list of it would soon be used as one.

use super::asked::kept;
use super::show;
use super::view::{Clock as ClockRow, IssueView, path_of};
use crate::access::Access;
use crate::error::AppError;
use crate::form::Form;
use crate::issue::read::{self, StaffIssue};
use crate::issue::timeline::{Photos, TimelineLine};
use crate::render::{reads, title};
use crate::request::{Clock, Request};
use crate::ui::{back, facts, section, time, words as paragraphs};
use domain::actor::Duty;
use domain::calendar::words;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_params;
use leptos_router::params::Params;
use store::audit::{self, Chain};
use store::issue::record::{self, Opening, Reader};
use time::OffsetDateTime;

/// Whose file.
#[derive(Params, Debug, Clone, PartialEq, Eq)]
struct RecordParams {
    number: String,
}

/// The way to it from the issue's page; nothing for whoever may not open it.
pub fn link(number: &str, duty: &Duty) -> Option<AnyView> {
    let href = [&path_of(number), "/record"].concat();
    Access::Record.has_business(duty).then(|| view! { <p class="actions"><a href=href>"案卷（可打印）"</a></p> }.into_any())
}

/// The page.
#[component]
pub fn RecordPage() -> impl IntoView {
    let params = use_params::<RecordParams>().get_untracked();
    let request = Request::current();
    reads(async move {
        let number = params.map_err(|_| AppError::NotFound)?.number;
        let mut ctx = request.open().await?;
        let staff = ctx.require_record()?;
        let mut page = read::of_staff(&mut ctx, &number).await?;
        // Who else has it open is of this moment, and no part of the file.
        page.beside.viewers.clear();
        let chain = audit::of_issue(&mut ctx.conn, page.detail.id).await?;
        let readers = record::readers(&mut ctx.conn, &number).await?;
        let openings = record::openings(&mut ctx.conn, page.detail.id).await?;
        let clock = ctx.clock();
        let (view, paper) = on_paper(&page, &clock);
        title(format!("案卷 {number}"));
        let printed = format!("{} {} 于 {} 调阅", staff.organisation, staff.name, words::moment(clock.now, paper));
        let looked =
            view! { {section("谁看过", opened(&openings, paper))}{section("查看过完整电话的人", seen(&readers, paper))} };
        Ok(file(view, &printed, &chain, looked.into_any()))
    })
}

/// The issue in words that hold on any day, and the instant from which they are said. What is left of a limit that still runs is left of it now.
fn on_paper(page: &StaffIssue, clock: &Clock) -> (IssueView, OffsetDateTime) {
    let paper = clock.on_paper();
    let said = |clock: &Clock| show::issue(page, &Form::default(), None, &kept(""), clock);
    let (now, mut view) = (said(clock), said(&paper));
    let met = page.issue.clocks().map(|(_, clock)| clock.met.is_some());
    for ((row, now), met) in view.clocks.iter_mut().zip(now.clocks).zip(met) {
        if !met {
            (row.tone, row.status) = (now.tone, now.status);
        }
    }
    (view, paper.now)
}

fn file(view: IssueView, printed: &str, chain: &Chain, looked: AnyView) -> AnyView {
    let IssueView { number, head, problem, clocks, mut lines, .. } = view;
    lines.reverse();
    let flags: Vec<&str> = head.flags.iter().map(|flag| flag.label()).collect();
    let stands = [head.state.label(), head.round.as_str()].into_iter().chain(flags).filter(|word| !word.is_empty());
    let stands = stands.collect::<Vec<_>>().join(" · ");
    let asked = view! { {paragraphs(problem.body)}<Photos photos=problem.photos/> };
    let rows = problem.facts.into_iter().map(|(name, value)| (name, value.into_any())).collect();
    view! {
        {back(path_of(&number), "返回诉求")}
        <p class="number">{number}</p>
        <h1>"案卷："{head.title}</h1>
        <p>{head.about}</p>
        <p>{stands}</p>
        <p class="muted">{printed.to_owned()}</p>
        {section("诉求", asked)}
        {section("基本情况和异常", facts(rows))}
        {section("办理过程", events(lines))}
        {section("时限", limits(clocks))}
        {looked}
        {section("记录校验", checked(chain))}
    }
    .into_any()
}

/// Everything that happened, in its order, what only offices read among it.
fn events(lines: Vec<TimelineLine>) -> AnyView {
    let rows = lines.into_iter().map(|line| {
        let internal = line.internal.then_some("（内部）");
        let note = (!line.note.is_empty()).then(|| view! { <p>"内部说明："{line.note}</p> });
        view! {
            <tr>
                <th scope="row">{line.seq}</th>
                <td>{line.when.view()}</td>
                <td>{line.who}</td>
                <td><strong>{line.title}{internal}</strong>{paragraphs(line.body)}{note}<Photos photos=line.photos/></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="办理过程">
            <table class="figures">
                <thead><tr><th scope="col">"序号"</th><th scope="col">"时间"</th><th scope="col">"谁"</th><th scope="col">"做了什么"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn limits(clocks: Vec<ClockRow>) -> AnyView {
    let rows = clocks.into_iter().map(|clock| {
        view! { <tr><th scope="row">{clock.step}</th><td>{clock.due.view()}</td><td class=clock.tone>{clock.status}</td></tr> }
    });
    let rows = rows.collect_view();
    view! {
        <table class="figures">
            <thead><tr><th scope="col">"环节"</th><th scope="col">"期限"</th><th scope="col">"状态"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// Whoever reads this page is among them: opening the file is written down before it is made.
fn opened(openings: &[Opening], now: OffsetDateTime) -> AnyView {
    let rows = openings.iter().map(|opening| {
        let moment = |at| time(at, words::moment(at, now));
        view! {
            <tr>
                <th scope="row">{[opening.office.as_str(), " ", &opening.name].concat()}</th>
                <td>{moment(opening.first)}</td>
                <td>{moment(opening.last)}</td>
                <td>{opening.times}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="谁看过">
            <table class="figures">
                <thead><tr><th scope="col">"谁"</th><th scope="col">"第一次"</th><th scope="col">"最近一次"</th><th scope="col">"次数"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="muted">"记录打开过诉求或案卷的工作人员，一小时内多次打开算一次。从启用本功能起记录，随诉求长期保存。企业查看自己的诉求不记录。"</p>
    }
    .into_any()
}

fn seen(readers: &[Reader], now: OffsetDateTime) -> AnyView {
    if readers.is_empty() {
        return view! { <p>"没有人查看过。"</p> }.into_any();
    }
    let rows = readers.iter().map(|reader| {
        let (at, who) = (time(reader.at, words::moment(reader.at, now)), reader.name.clone());
        view! { <tr><td>{at}</td><td>{who}</td><td>{reader.login.clone()}</td></tr> }
    });
    let rows = rows.collect_view();
    view! {
        <table class="figures">
            <thead><tr><th scope="col">"时间"</th><th scope="col">"姓名"</th><th scope="col">"账号"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
        <p class="muted">"从启用安全日志起记录，保存三年。"</p>
    }
    .into_any()
}

/// What came of computing the chain again, with its last link, which stands for all before it.
fn checked(chain: &Chain) -> AnyView {
    let head = chain.head.clone();
    match &chain.broken {
        None => {
            let words = format!("已逐条重新计算，{} 条记录都与写入时一致。末条校验值：", chain.events);
            view! { <p class="ok">{words}</p><p class="hash"><code>{head}</code></p> }.into_any()
        }
        Some(broken) => {
            let words = format!("第 {} 条记录与写入时不一致，请联系系统管理员核查。", broken.seq);
            view! { <p class="late" role="alert">{words}</p><p class="hash"><code>{head}</code></p> }.into_any()
        }
    }
}
