//! Errors of the store have a kind of their own, told by SQLSTATE and by the names of constraints.

use crate::world::{World, morning};
use sqlx::{Connection, Executor, PgConnection, PgPool};
use store::StoreError;

/// What a statement of the process's role comes to, without any scope.
async fn said(conn: &mut PgConnection, sql: &'static str) -> StoreError {
    conn.execute(sql).await.expect_err(sql).into()
}

#[sqlx::test(migrator = "store::MIGRATOR")]
async fn every_refusal_has_its_kind(owner: PgPool) {
    let world = World::new(owner).await;
    world.file(&world.a, "道路积水", &[], morning()).await;
    let options = world.owner.connect_options();
    let mut own = PgConnection::connect_with(&options).await.unwrap();
    let mut app = PgConnection::connect_with(&options).await.unwrap();
    app.execute("set role qifu_app").await.unwrap();

    let twice = said(&mut own, "insert into station select * from station").await;
    assert!(matches!(&twice, StoreError::Db(_)), "an identity column is no conflict: {twice:?}");
    let twice =
        said(&mut own, "insert into department (code, name, area, on_site) select code, name, area, on_site from department")
            .await;
    assert!(twice.is_conflict_with("department_code_key") && !twice.is_passing(), "{twice:?}");
    // Whoever filed stays: no foreign key says so, for it would lock the enterprise at each filing.
    for (sql, name) in [("delete from enterprise", "issue_enterprise_fkey"), ("delete from person", "issue_person_fkey")] {
        let foreign = said(&mut own, sql).await;
        assert!(foreign.is_conflict_with(name) && foreign.is_unknown(), "{sql}: {foreign:?}");
    }

    // A row the policies refuse, a right that was not granted, a guard of a function: all are this scope's.
    for sql in [
        "insert into job (kind, payload, run_at, created_at) values ('sms', '{}', now(), now())",
        "delete from issue",
        "select note_step(1, 1, 'read', now())",
    ] {
        let refused = said(&mut app, sql).await;
        assert!(refused.is_row_refused(), "{sql}: {refused:?}");
    }
    for sql in ["delete from issue_event", "delete from issue", "truncate issue cascade"] {
        assert!(matches!(said(&mut own, sql).await, StoreError::Frozen), "{sql}");
    }

    // What no index holds, no column, no number, no calendar.
    own.execute("create temp table long (text text primary key, short varchar(2))").await.unwrap();
    for sql in [
        "insert into long select string_agg(md5(n::text), '') from generate_series(1, 600) n",
        "insert into long select string_agg(md5(n::text), '') from generate_series(1, 200) n",
        "insert into long values ('a', 'abc')",
        "select 9223372036854775807 + 1",
        "select timestamptz '2026-01-01' + interval '300000 years'",
    ] {
        let large = said(&mut own, sql).await;
        assert!(matches!(large, StoreError::TooLarge) && !large.is_unknown() && !large.is_passing(), "{sql}: {large:?}");
    }

    let mut waiting = PgConnection::connect_with(&options).await.unwrap();
    waiting.execute("set lock_timeout = '50ms'").await.unwrap();
    own.execute("begin; lock table job").await.unwrap();
    let busy = said(&mut waiting, "update job set attempts = 0").await;
    assert!(matches!(busy, StoreError::Busy(_)) && busy.is_passing(), "{busy:?}");
    own.execute("rollback").await.unwrap();
    let slow = said(&mut waiting, "set statement_timeout = '20ms'; select pg_sleep(9)").await;
    assert!(matches!(slow, StoreError::Busy(_)), "{slow:?}");

    assert!(matches!(said(&mut own, "select 1 / 0").await, StoreError::Db(_)));
    sqlx::query(
        "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(9)%' and pid <> pg_backend_pid()",
    )
    .execute(&world.owner)
    .await
    .unwrap();
    let gone = said(&mut waiting, "select 1").await;
    assert!(matches!(gone, StoreError::Unavailable(_)) && gone.is_passing(), "{gone:?}");
    for conn in [own, app] {
        conn.close().await.unwrap();
    }
    world.end().await;
}

/// What every connection of the process gives up after. Whoever is ended for it is told what may pass.
#[sqlx::test(migrator = "store::MIGRATOR")]
async fn nobody_holds_what_others_wait_for(owner: PgPool) {
    let world = World::new(owner).await;
    let options = world.owner.connect_options();
    // A connection of the store's waits for a lock as long as it says, and a statement of its does not go on for ever either.
    let mut holder = PgConnection::connect_with(&options).await.unwrap();
    holder.execute("begin; lock table rate_limit").await.unwrap();
    let mut conn = world.store.system().await.unwrap();
    let started = std::time::Instant::now();
    let busy = store::identity::forget_limits(&mut conn, "x").await.unwrap_err();
    assert!(matches!(busy, StoreError::Busy(_)) && started.elapsed() < std::time::Duration::from_secs(12), "{busy:?}");
    holder.execute("rollback").await.unwrap();
    store::identity::forget_limits(&mut conn, "x").await.unwrap();
    drop(conn);
    holder.close().await.unwrap();
    let mut idle = PgConnection::connect_with(&options).await.unwrap();
    idle.execute("set idle_in_transaction_session_timeout = '20ms'; begin; lock table job").await.unwrap();
    // The lock is free once the one who left it is gone: this waits for that, and not for a time.
    let mut next = PgConnection::connect_with(&options).await.unwrap();
    next.execute("set lock_timeout = '10s'; begin; lock table job; rollback").await.unwrap();
    let ended = said(&mut idle, "select 1").await;
    assert!(matches!(ended, StoreError::Unavailable(_)) && ended.is_passing(), "{ended:?}");
    next.close().await.unwrap();
    world.end().await;
}
