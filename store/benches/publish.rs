//! Publishing one item to 200,000 enterprises (`make bench`): facts read, matches written, notices queued, on the database of
//! `DATABASE_URL`'s cluster, in one that is made and dropped here.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // A benchmark prints.

use domain::policy::model::Item;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::time::Instant;
use store::Store;
use store::policy::item::{self, Keeper};
use store::policy::matching::{Matched, match_item};
use time::OffsetDateTime;

const ENTERPRISES: i64 = 200_000;

#[tokio::main]
async fn main() {
    let cluster = std::env::var("DATABASE_URL").expect("DATABASE_URL names the cluster");
    let name = format!("qifu_bench_{}", std::process::id());
    let mut admin = PgConnection::connect(&cluster).await.unwrap();
    admin.execute(AssertSqlSafe(format!("create database {name}"))).await.unwrap();
    let (base, _) = cluster.rsplit_once('/').unwrap();
    let url = format!("{base}/{name}");
    measure(&url).await;
    admin.execute(AssertSqlSafe(format!("drop database {name} with (force)"))).await.unwrap();
}

async fn measure(url: &str) {
    store::migrate(url).await.unwrap();
    let mut owner = PgConnection::connect(url).await.unwrap();
    for sql in [
        "insert into area values (330500, '湖州市', '市'), (330502, '吴兴区', '吴兴')".to_owned(),
        format!(
            "insert into enterprise (uscc, name, area, scale, class, created_at)
             select '9133' || lpad(n::text, 14, '0'), '湖州第' || n || '公司', 330502, 'small', 'ordinary', now() from generate_series(1, {ENTERPRISES}) n"
        ),
        // Twelve facts each, as a portrait has them.
        "insert into portrait (enterprise_id, facts, version, updated_at)
         select e.id, jsonb_build_object('equipment_investment', f(e.id * 7919 % 20000000), 'revenue', f(e.id * 104729 % 90000000),
            'industry', jsonb_build_object('value', (array['C1819', 'C3811', 'F5132', 'I6513'])[e.id % 4 + 1]), 'employees', f(e.id % 400),
            'total_assets', f(e.id * 31 % 7000000), 'taxable_income', f(e.id * 17 % 4000000), 'rd_expense', f(e.id * 13 % 900000),
            'ui_months', f(e.id % 90), 'bank_loan', f(e.id % 9000000), 'six_taxes_due', f(e.id % 90000), 'niche_years', f(e.id % 12),
            'tags', case when e.id % 3 = 0 then '[\"hightech\"]'::jsonb else '[]'::jsonb end), 1, now()
         from enterprise e"
            .to_owned(),
    ] {
        if sql.contains("portrait") {
            let fact = "create function pg_temp.f(n bigint) returns jsonb language sql as $$
                select jsonb_build_object('value', n::text, 'period', '2025', 'source', '市税务局', 'on', '2026-11-24') $$";
            owner.execute(fact).await.unwrap();
        }
        owner.execute(AssertSqlSafe(sql.replace(" f(", " pg_temp.f("))).await.unwrap();
    }
    owner.execute("analyze").await.unwrap();
    let item: Item = serde_json::from_value(json!({
        "id": "bench", "title": "补助", "document": { "title": "办法" }, "level": "city",
        "valid": { "from": "2026-01-01" }, "apply": { "mode": "declare" },
        "condition": { "all": [
            { "num": { "attr": "equipment_investment", "op": "ge", "value": "5000000" } },
            { "num": { "attr": "revenue", "op": "le", "value": "80000000" } },
            { "has_tag": { "tag": "hightech" } }, { "in_set": { "attr": "industry", "codes": ["C"] } } ] },
        "amount": { "percent": { "of": "equipment_investment", "rate": "0.08", "cap": "1000000" } },
    }))
    .unwrap();
    let store = Store::connect(url, 2).await.unwrap();
    let mut conn = store.system().await.unwrap();
    let now = OffsetDateTime::now_utc();
    item::import(&mut conn, &item, Keeper { staff: None, area: 330_500, department: None }, now).await.unwrap();
    let id = item::in_force(&mut conn, now.date()).await.unwrap()[0].id;
    for (words, after) in [("publishing", now), ("the same again, nothing to write", now)] {
        let start = Instant::now();
        let (mut next, mut sum) = (Some(0), Matched::default());
        while let Some(from) = next {
            let (done, more) = match_item(&mut conn, id, from, after.date(), after).await.unwrap();
            sum = Matched {
                seen: sum.seen + done.seen,
                new: sum.new + done.new,
                changed: sum.changed + done.changed,
                gone: sum.gone + done.gone,
            };
            next = more;
        }
        println!(
            "| one item to 200,000 enterprises, {words} | {:.2} s | {} matches, each with its step and its notice |",
            start.elapsed().as_secs_f64(),
            sum.new
        );
    }
    drop(conn);
    store.close().await;
    owner.close().await.unwrap();
}
