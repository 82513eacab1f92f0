//! Commands about the record: whether it is what was written, and since when that can be shown.

use super::Output;
use crate::config::Config;
use crate::photos::PhotoStore;
use crate::retention::{self, Done};
use crate::workers::read_anchors;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use domain::calendar::SHANGHAI;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use store::Store;
use store::audit::{self, Anchor};
use store::issue::invariants::Broken;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// Anchors of the table that are looked at.
const ANCHORS: i64 = 31;

/// What can be done with the record.
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Recompute every chain of issues, applications and facts; names the first broken place of each kind, status 1 then.
    Verify(Verify),
    /// Check over all events that the rules of the loop were kept; names each that was not with five issues, status 1 then.
    Invariants(Output),
    /// Print a digest over all chains, to be kept elsewhere; with --json the line that --anchor reads.
    Anchor(Output),
}

#[derive(Args)]
pub struct Verify {
    /// Only what moved since this day of the city, e.g. 2026-11-01; anchors are not compared then.
    #[arg(long, conflicts_with = "anchor")]
    from: Option<String>,
    /// A file of anchors, a line each; all of them must hold. Those of the last month that the database keeps are compared in any case.
    #[arg(long)]
    anchor: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

/// Runs a command about the record.
///
/// # Errors
/// When the database does not answer or a file cannot be read.
pub async fn audit(command: AuditCommand, url: &str) -> Result<ExitCode> {
    let store = Store::connect(url, 2).await?;
    match command {
        AuditCommand::Verify(options) => verify(&store, options).await,
        AuditCommand::Invariants(output) => invariants(&store, output).await,
        AuditCommand::Anchor(output) => anchor(&store, output).await,
    }
}

async fn invariants(store: &Store, output: Output) -> Result<ExitCode> {
    let mut conn = store.system().await?;
    let broken = store::issue::invariants::broken(&mut conn, OffsetDateTime::now_utc()).await?;
    print_invariants(&broken, output);
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints rules that do not hold.
pub(super) fn print_invariants(broken: &[Broken], output: Output) {
    if output.json {
        let list =
            broken.iter().map(|Broken { rule, issues, numbers }| json!({ "rule": rule, "issues": issues, "numbers": numbers }));
        println!("{}", json!({ "good": broken.is_empty(), "broken": list.collect::<Vec<_>>() }));
        return;
    }
    for Broken { rule, issues, numbers } in broken {
        println!("BROKEN by {issues}: {rule}, e.g. {}", numbers.join(" "));
    }
    if broken.is_empty() {
        println!("every rule of the loop holds");
    }
}

async fn verify(store: &Store, options: Verify) -> Result<ExitCode> {
    let since = options.from.as_deref().map(first_instant).transpose()?;
    let mut conn = store.system().await?;
    let mut anchors = if since.is_none() { audit::kept(&mut conn, ANCHORS).await? } else { Vec::new() };
    if let Some(file) = &options.anchor {
        let text = std::fs::read_to_string(file).with_context(|| format!("--anchor: cannot read {}", file.display()))?;
        let own: Vec<Anchor> = read_anchors(&text).with_context(|| format!("--anchor: {}", file.display()))?;
        anyhow::ensure!(!own.is_empty(), "--anchor: there is no anchor in {}", file.display());
        anchors.extend(own);
    }
    let (walks, held) = audit::check(&mut conn, since, &anchors).await?;
    let good = walks.iter().all(|walk| walk.broken.is_none()) && held.iter().all(|held| held.broken.is_empty());
    if options.output.json {
        let chains: Vec<_> = walks
            .iter()
            .map(|walk| json!({ "kind": walk.kind.code(), "chains": walk.chains, "events": walk.events, "broken": walk.broken }))
            .collect();
        println!("{}", json!({ "good": good, "chains": chains, "anchors": held }));
    } else {
        for walk in &walks {
            println!("{:<18}{:>9} chains{:>10} events", walk.kind.table(), walk.chains, walk.events);
            if let Some(broken) = &walk.broken {
                println!("  BROKEN: {} of {} in {}: {}", broken.seq, broken.object, broken.table, broken.what);
            }
        }
        println!("{} anchors compared", held.len());
        for held in &held {
            for what in &held.broken {
                println!("  BROKEN: the anchor of {} does not hold. {what}", held.at);
            }
        }
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn first_instant(day: &str) -> Result<OffsetDateTime> {
    let day = Date::parse(day, format_description!("[year]-[month]-[day]"))
        .with_context(|| format!("--from: “{day}” is not a day, e.g. 2026-11-01"))?;
    Ok(day.midnight().assume_offset(SHANGHAI))
}

async fn anchor(store: &Store, output: Output) -> Result<ExitCode> {
    let mut conn = store.system().await?;
    let anchor = match audit::take(&mut conn, OffsetDateTime::now_utc()).await? {
        Ok(anchor) => anchor,
        Err(broken) => {
            for place in broken {
                eprintln!("qifu: {} of {} in {}: {}", place.seq, place.object, place.table, place.what);
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    if output.json {
        println!("{}", serde_json::to_string(&anchor)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!("anchor of {}, up to position {}", anchor.at, anchor.pos);
    for kind in domain::audit::Kind::ALL {
        let root = anchor.of(kind);
        println!("{:<18}{:>9} chains{:>10} events  {}", kind.table(), root.chains, root.events, root.root);
    }
    Ok(ExitCode::SUCCESS)
}

/// What has been kept long enough, and sees to it.
#[derive(Args)]
pub struct Retention {
    /// Only say how much there is; status 0 all the same.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    output: Output,
}

/// Runs `qifu retention`.
///
/// # Errors
/// When the database does not answer.
pub async fn retention(options: Retention, config: &Config, url: &str) -> Result<ExitCode> {
    let store = Store::connect(url, 2).await?;
    let now = OffsetDateTime::now_utc();
    let all: Vec<Done> = if options.dry_run {
        retention::due(&store, now).await?
    } else {
        retention::now(&store, &PhotoStore::of(config)?, now).await?
    };
    if options.output.json {
        let list: Vec<_> = all
            .iter()
            .map(|Done { rule, done }| {
                json!({ "kind": rule.code, "days": rule.keep.whole_days(), "act": rule.act.code(), "rows": done, "why": rule.why })
            })
            .collect();
        println!("{}", serde_json::Value::from(list));
        return Ok(ExitCode::SUCCESS);
    }
    for Done { rule, done } in &all {
        println!("{:<22}{:>6} d  {:<10}{done:>9}  {}", rule.code, rule.keep.whole_days(), rule.act.code(), rule.what);
    }
    Ok(ExitCode::SUCCESS)
}
