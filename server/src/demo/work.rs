//! The desk at work, in the demo: templates, an internal note, issues in somebody's hands, a colleague who stands in.

use anyhow::{Context, Result};
use domain::calendar::local;
use domain::issue::Queue;
use domain::issue::template::Words;
use store::identity::{self, Identity, Who};
use store::issue::{template, work};
use store::{Conn, Store};
use time::{Duration, OffsetDateTime};

/// Department's code (none: of the city), title, text.
const TEMPLATES: &[(Option<&str>, &str, &str)] = &[
    (
        None,
        "已办理，请核实",
        "{企业}：您反映的“{标题}”（{编号}）已由{部门}办理，{今天}办结。请您核实，仍有问题可以直接联系经办人。",
    ),
    (None, "政策暂不支持，说明理由", "{企业}：关于“{标题}”，经{部门}核实，现行政策暂不支持，理由如下："),
    (Some("jianshe"), "路面积水已疏通", "{企业}：我局已到现场查看，“{标题}”是雨水管淤塞所致，已完成疏通，并列入汛前巡查。"),
    (Some("jianshe"), "施工许可一次告知", "{企业}：关于“{标题}”，办理施工许可还需要补齐以下材料，补齐后七日内作出决定："),
    (Some("jingxin"), "账款投诉已转办", "{企业}：您反映的“{标题}”已按《保障中小企业款项支付条例》受理，并转主管部门督促处理。"),
];

/// The token of the one session that writes it; it is ended at once.
const TOKEN: &[u8] = b"the demo's own work at the desk";

/// Loads it.
///
/// # Errors
/// When the database does not answer.
pub async fn load(store: &Store, now: OffsetDateTime) -> Result<()> {
    let mut system = store.system().await?;
    let departments = store::reference::load(&mut system).await?.departments;
    for (code, title, body) in TEMPLATES {
        let department =
            code.map(|code| departments.iter().find(|known| known.code == code).context("a department").map(|d| d.id));
        let words = Words { title: (*title).to_owned(), body: (*body).to_owned() };
        template::add(&mut system, department.transpose()?, &words, "演示数据", now).await?;
    }
    let handler = identity::credentials(&mut system, "jianshe").await?.context("the demo's handler")?;
    identity::create_session(&mut system, TOKEN, Who::Staff(handler.id), now, "demo").await?;
    let (mut conn, session) = store.open_session(TOKEN, now).await?;
    if let Some(Identity::Staff(staff)) = session.map(|session| session.identity) {
        at_work(&mut conn, &staff, now).await?;
    }
    conn.release();
    identity::end_session(&mut system, TOKEN).await?;
    system.release();
    Ok(())
}

async fn at_work(conn: &mut Conn, staff: &identity::StaffIdentity, now: OffsetDateTime) -> Result<()> {
    let open = store::issue::queue(conn, &staff.duty, Queue::Mine, now, None, 3).await?.rows;
    let colleagues = work::colleagues(conn).await?;
    for (index, row) in open.iter().enumerate() {
        if index == 0 {
            let author = format!("{} {}", staff.organisation, staff.name);
            let said = "已约养护单位明天上午到现场，雨停后施工；企业的电话在上午打得通。";
            work::note(conn, row.id, staff.id, &author, said, now).await?;
        }
        let to = colleagues.first().filter(|_| index == 2).map_or(staff.id, |colleague| colleague.id);
        work::pass(conn, row.id, Some(to), "", now).await?;
    }
    if let Some(colleague) = colleagues.first() {
        let today = local(now).date();
        work::substitute(conn, colleague.id, (today, today + Duration::days(4)), "年休假", now).await?;
    }
    Ok(())
}
