//! Policies of the repository, three invented ones that say so, and facts of every enterprise such that each of the five groups has
//! something in it.

use super::Dice;
use super::people::People;
use crate::policies;
use anyhow::Result;
use domain::actor::CITY;
use domain::calendar::local;
use domain::policy::application::Command;
use domain::policy::book::Book;
use domain::policy::evaluate::Verdict;
use domain::policy::model::{Item, day};
use domain::policy::money::Fen;
use serde_json::{Value, json};
use store::Conn;
use store::job::{self, Kind};
use store::policy::application::{NewApplication, Words};
use store::policy::item::Keeper;
use store::policy::portrait::Change;
use store::policy::{application, item, library, matching, notice, portrait};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

/// Industries of the demo's trades in GB/T 4754 codes, in the order of `names::TRADES`.
const INDUSTRIES: &[&str] = &[
    "C1819", "C1751", "C2682", "C3434", "C2034", "C3831", "C3490", "C3435", "C2761", "C2110", "H6190", "C3744", "C3841", "C3089",
    "C1713", "C1530", "C2140", "C2041", "C2110", "C3581", "C3670", "C3976", "I6513",
];

/// Who supplies which fact.
const SOURCES: &[(&str, &str)] = &[
    ("industry", "市市场监管局"),
    ("area", "市市场监管局"),
    ("founded_on", "市市场监管局"),
    ("employees", "市人力社保局"),
    ("ui_months", "市人力社保局"),
    ("key_group_hired", "市人力社保局"),
    ("graduates_hired", "市人力社保局"),
    ("equipment_investment", "市经信局"),
    ("scale", "市统计局"),
];

/// Loads it all, and has everything matched.
///
/// # Errors
/// When the database does not answer.
pub async fn load(conn: &mut Conn, people: &People, now: OffsetDateTime) -> Result<()> {
    let today = local(now).date();
    let bundle = policies::embedded()?;
    for attribute in bundle.library.attributes.values() {
        library::put_attribute(conn, attribute).await?;
    }
    for tag in bundle.library.tags.values() {
        library::put_tag(conn, tag).await?;
    }
    for question in bundle.library.questions.values() {
        library::put_question(conn, question).await?;
    }
    // Facts first: every item is then matched to the whole city once.
    let mut dice = Dice::new(44);
    for (index, firm) in people.firms.iter().enumerate() {
        // Known before the first application was filed: what was recorded later does not count for it.
        let known = today - Duration::days(45);
        portrait::put(conn, firm.id, &facts(index, firm.area, today, &mut dice), known, now).await?;
    }
    let keeper = Keeper { staff: None, area: CITY, department: people.departments.get("jingxin").copied() };
    let mut items = bundle.items()?;
    items.sort_by(|a, b| (&a.id, a.version).cmp(&(&b.id, b.version)));
    items.extend(invented(today)?);
    for item in &items {
        item::import(conn, item, keeper, now - Duration::days(40)).await?;
    }
    for published in item::in_force(conn, today).await? {
        let mut after = 0;
        while let (_, Some(next)) = matching::match_item(conn, published.id, after, today, now).await? {
            after = next;
        }
    }
    // What the import and the facts asked for has just been done.
    for kind in [Kind::MatchEnterprise, Kind::MatchItem] {
        let done: Vec<i64> = job::claim(conn, kind, now, 100_000).await?.iter().map(|job| job.id).collect();
        job::finish(conn, &done).await?;
    }
    notice::tell(conn, today, now, 100_000).await?;
    applications(conn, people, today, now).await
}

/// The first firms always have something in each group; the others vary.
fn facts(index: usize, area: i32, today: Date, dice: &mut Dice) -> Vec<Change> {
    let year = today.year() - 1;
    let money = |wan: usize| format!("{}", wan * 10_000);
    let mut list: Vec<(&str, Value)> =
        vec![("industry", json!(INDUSTRIES[index % INDUSTRIES.len()])), ("area", json!(area.to_string()))];
    let first = index < 4;
    let employees = if first { 86 } else { 8 + dice.below(420) };
    let revenue = if first { 3_680 } else { 80 + dice.below(24_000) };
    let scale = match (employees, revenue) {
        (..20, _) | (_, ..300) => "micro",
        (..300, _) | (_, ..2_000) => "small",
        (_, ..20_000) => "medium",
        _ => "large",
    };
    list.push(("scale", json!(scale)));
    let founded = today - Duration::days(if first { 2_400 } else { 150 + i64::try_from(dice.below(5_000)).unwrap_or(0) });
    list.push(("founded_on", json!(day::text(founded))));
    list.push(("employees", json!(employees.to_string())));
    list.push(("revenue", json!(money(revenue))));
    list.push(("total_assets", json!(money(revenue * 3 / 4 + 120))));
    list.push(("taxable_income", json!(money(if first { 164 } else { revenue / (12 + dice.below(30)) }))));
    list.push(("rd_expense", json!(money(if first { 132 } else { revenue * dice.below(9) / 100 }))));
    // Forty-two ten-thousands short of the threshold.
    list.push(("equipment_investment", json!(if first { "4580000".to_owned() } else { money(dice.below(2_600)) })));
    list.push(("ui_months", json!((if first { 48 } else { dice.below(90) }).to_string())));
    list.push(("bank_loan", json!(money(if first { 800 } else { dice.below(3_000) }))));
    list.push(("disabled_employees", json!((if first { 1 } else { dice.below(5) }).to_string())));
    list.push(("disabled_fund_due", json!(money(employees / 12))));
    list.push(("six_taxes_due", json!((40_000 + dice.below(90_000)).to_string())));
    if !first && dice.chance(70) {
        list.push(("key_group_hired", json!(dice.below(4).to_string())));
        list.push(("rd_staff", json!((employees * dice.below(22) / 100).to_string())));
        list.push(("hightech_revenue", json!(money(revenue * (40 + dice.below(50)) / 100))));
        list.push(("niche_years", json!((1 + dice.below(12)).to_string())));
    }
    let mut tags: Vec<&str> = Vec::new();
    if index == 1 || dice.chance(18) {
        tags.push("hightech");
    }
    if dice.chance(10) {
        tags.push("innovative-sme");
    }
    if scale == "micro" && dice.chance(60) {
        tags.push("small-vat-payer");
    }
    let mut changes: Vec<Change> = list
        .into_iter()
        .map(|(code, value)| Change {
            code: code.to_owned(),
            value: Some(value),
            period: if matches!(code, "industry" | "area" | "founded_on") { String::new() } else { year.to_string() },
            source: SOURCES.iter().find(|row| row.0 == code).map_or("市税务局", |row| row.1).to_owned(),
        })
        .collect();
    changes.push(Change {
        code: "tags".to_owned(),
        value: Some(json!(tags)),
        period: String::new(),
        source: "市经信局".to_owned(),
    });
    changes
}

/// Three items that are no policy anywhere, with windows around today, so that there is always something to apply for.
fn invented(today: Date) -> Result<[Item; 3]> {
    let document = json!({
        "no": "演示〔2026〕1号", "title": "企业服务演示政策（非真实文件）", "issuer": "演示数据", "years": "演示",
        "note": "仅用于演示，不是任何地方的真实政策",
    });
    let (from, to) = (day::text(today - Duration::days(60)), day::text(today + Duration::days(37)));
    let soon = day::text(today + Duration::days(12));
    let upgrade = json!({
        "id": "demo-upgrade", "title": "技术改造设备补助（演示）", "document": document, "level": "district", "area": "湖州市",
        "board": "project", "tags": ["技术改造"], "valid": { "from": from, "to": to },
        "apply": { "mode": "declare", "from": from, "to": to, "where": "区县经信局（企服空间在线申报）",
            "materials": ["设备购置发票清单", "设备购置合同和付款凭证"] },
        "clauses": { "c1": "年度设备投资500万元（含）以上", "c2": "制造业企业", "c3": "按设备投资额8%补助，最高1000万元" },
        "condition": { "all": [
            { "num": { "attr": "equipment_investment", "op": "ge", "value": "5000000" }, "clause": "c1" },
            { "in_set": { "attr": "industry", "codes": ["C"] }, "clause": "c2" } ] },
        "amount": { "percent": { "of": "equipment_investment", "rate": "0.08", "cap": "10000000" } },
        "fund": { "id": "demo-upgrade-2026", "remaining": "50000000" },
    });
    let voucher = json!({
        "id": "demo-digital-voucher", "title": "数字化诊断服务券（演示）", "document": document, "level": "district", "area": "湖州市",
        "board": "digital", "tags": ["数字化"], "valid": { "from": from, "to": to },
        "apply": { "mode": "express", "from": from, "to": to, "where": "企服空间一键领取", "materials": [] },
        "clauses": { "c1": "小型、微型企业", "c2": "年营业收入500万元（含）以上，每家2万元" },
        "condition": { "all": [
            { "in_set": { "attr": "scale", "codes": ["small", "micro"] }, "clause": "c1" },
            { "num": { "attr": "revenue", "op": "ge", "value": "5000000" }, "clause": "c2" } ] },
        "amount": { "fixed": "20000" },
    });
    let research = json!({
        "id": "demo-research", "title": "研发投入后补助（演示）", "document": document, "level": "city", "area": "湖州市",
        "board": "policy", "tags": ["研发"], "valid": { "from": from, "to": to },
        "apply": { "mode": "declare", "from": from, "to": soon, "where": "市科技局（企服空间在线申报）",
            "materials": ["研发费用专项审计报告"] },
        "clauses": { "c1": "年度研发费用100万元（含）以上", "c2": "年营业收入4亿元以下", "c3": "按研发费用5%补助，最高50万元" },
        "condition": { "all": [
            { "num": { "attr": "rd_expense", "op": "ge", "value": "1000000" }, "clause": "c1" },
            { "num": { "attr": "revenue", "op": "lt", "value": "400000000" }, "clause": "c2" } ] },
        "amount": { "percent": { "of": "rd_expense", "rate": "0.05", "cap": "500000" } },
        "fund": { "id": "demo-research-2026", "remaining": "20000000" },
    });
    Ok([serde_json::from_value(upgrade)?, serde_json::from_value(voucher)?, serde_json::from_value(research)?])
}

/// How far the demo's applications have come, in turn.
const COURSES: &[&[Command]] = &[
    &[],
    &[Command::Review],
    &[Command::Review, Command::Ask],
    &[Command::Review, Command::Approve],
    &[Command::Review, Command::Approve, Command::Pay],
    &[Command::Review, Command::Approve, Command::Pay, Command::Rate],
    &[Command::Review, Command::Reject],
];

async fn applications(conn: &mut Conn, people: &People, today: Date, now: OffsetDateTime) -> Result<()> {
    let published = item::in_force(conn, today).await?;
    let wanted = published.into_iter().filter(|published| published.item.id.starts_with("demo-"));
    let (ids, items): (Vec<i64>, Vec<Item>) = wanted.map(|published| (published.id, published.item)).unzip();
    let codes: Vec<String> = items.iter().map(|item| item.id.clone()).collect();
    let book = Book::new(items, today);
    // The first firms start with a clean sheet: whoever tries the demo applies there.
    for (index, firm) in people.firms.iter().enumerate().skip(4).step_by(3) {
        let facts = portrait::get(conn, firm.id, today).await?;
        for outcome in book.evaluate(&facts).outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Eligible) {
            let item = &book.items()[outcome.item];
            let Some(place) = codes.iter().position(|code| *code == item.id) else { continue };
            let filed = now - Duration::days(i64::try_from(index % 25 + 6).unwrap_or(6));
            let new = NewApplication {
                client_key: Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{}/{}", firm.id, item.id).as_bytes()),
                enterprise: firm.id,
                person: firm.owner,
                actor_name: &firm.owner_name,
                item_id: ids[place],
                item,
                facts: &facts,
                as_of: local(filed).date(),
                amount: outcome.amount.low,
                contact_name: &firm.owner_name,
                contact_phone: &firm.phone,
                note: "",
                files: &[],
            };
            let number = application::file(conn, &new, filed).await?;
            let course = COURSES[(index / 3 + place) % COURSES.len()];
            for (step, command) in course.iter().enumerate() {
                let at = filed + Duration::days(i64::try_from(step).unwrap_or(0) + 1);
                let words = words_of(*command, outcome.amount.low);
                let who = if command.is_members() { firm.owner_name.as_str() } else { "市经信局 陈航" };
                application::command(conn, &number, *command, &words, who, local(at).date(), at).await?;
            }
        }
    }
    Ok(())
}

fn words_of(command: Command, amount: Fen) -> Words<'static> {
    match command {
        Command::Ask => Words { text: "请补充设备付款凭证的银行回单", ..Words::default() },
        Command::Reject => Words { text: "发票日期不在申报年度内", ..Words::default() },
        Command::Approve | Command::Pay => Words { amount: Some(amount.0), ..Words::default() },
        Command::Rate => Words { text: "很快，谢谢", rating: Some(5), ..Words::default() },
        _ => Words::default(),
    }
}
