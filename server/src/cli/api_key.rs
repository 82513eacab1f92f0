//! `qifu api-key`: keys of other channels.

use super::Output;
use super::accounts::note;
use anyhow::{Context, Result, bail};
use app::api_key::act::make;
use app::open311::hash_key;
use clap::{Args, Subcommand};
use domain::api_key::{self, Rates};
use domain::issue::Channel;
use domain::security::Kind;
use domain::text::Check;
use serde_json::json;
use std::process::ExitCode;
use store::Store;
use store::api_key::NAME;
use time::format_description::well_known::Rfc3339;

/// What can be done with keys.
#[derive(Subcommand)]
pub enum ApiKeyCommand {
    /// Add a key; prints it, once.
    Add(NewKey),
    /// The keys: who, since when, used when.
    List(Output),
    /// End a key at once, on every server; status 1 when there is none of this name in force.
    Revoke {
        /// Its name.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        output: Output,
    },
}

/// A key to be added.
#[derive(Args)]
pub struct NewKey {
    /// Who will have it, 2 to 30 characters.
    #[arg(long)]
    name: String,
    /// What comes in by it: hotline, direct, meeting, visit, upper, open311.
    #[arg(long, default_value = "open311")]
    channel: String,
    /// What it may do, once for each: open311, issues:write, issues:read, exchange.
    #[arg(long = "scope", default_value = "open311")]
    scopes: Vec<String>,
    /// Requests that it may make in a minute.
    #[arg(long, default_value_t = Rates::USUAL.a_minute)]
    a_minute: i32,
    /// Requests that it may make in a day.
    #[arg(long, default_value_t = Rates::USUAL.a_day)]
    a_day: i32,
    #[command(flatten)]
    output: Output,
}

/// Runs a command about keys.
///
/// # Errors
/// When the database does not answer, and for what is refused.
pub async fn api_key(command: ApiKeyCommand, url: &str) -> Result<ExitCode> {
    let store = Store::connect(url, 2).await?;
    let now = store.now();
    let mut conn = store.system().await?;
    match command {
        ApiKeyCommand::Add(new) => {
            let mut check = Check::new();
            let name = api_key::name(&mut check, &new.name);
            let scopes = api_key::scopes(&mut check, new.scopes.iter().map(String::as_str));
            let rates = Rates::read(&mut check, &new.a_minute.to_string(), &new.a_day.to_string());
            if let Err(faults) = check.finish() {
                let said = faults.iter().map(|fault| format!("--{}: {}", fault.field.replace('_', "-"), fault.message));
                bail!("{}", said.collect::<Vec<_>>().join("；"));
            }
            let outer = Channel::from_code(&new.channel).filter(|channel| Channel::OUTER.contains(channel));
            let channel = outer.with_context(|| format!("--channel {}: no channel that files by a key", new.channel))?;
            let key = make();
            let added = store::api_key::NewKey { name: &name, hash: &hash_key(&key), channel, scopes: &scopes, rates };
            match store::api_key::add(&mut conn, &added, None, now).await {
                Err(error) if error.is_conflict_with(NAME) => bail!("there is a key “{name}” already"),
                added => added?,
            };
            note(&mut conn, Kind::KeyAdded, &name).await?;
            if new.output.json {
                let may: Vec<&str> = scopes.iter().map(|scope| scope.code()).collect();
                println!(
                    "{}",
                    json!({
                        "key": key, "name": name, "channel": channel.code(), "scopes": may, "a_minute": rates.a_minute,
                        "a_day": rates.a_day,
                    })
                );
            } else {
                println!("{key}");
            }
            Ok(ExitCode::SUCCESS)
        }
        ApiKeyCommand::List(output) => {
            let keys = store::api_key::list(&mut conn).await?;
            let time = |at: Option<time::OffsetDateTime>| at.and_then(|at| at.format(&Rfc3339).ok());
            if output.json {
                let list = keys.iter().map(|key| {
                    json!({
                        "name": key.name, "channel": key.channel, "scopes": key.scopes, "a_minute": key.a_minute, "a_day": key.a_day,
                        "webhooks": key.webhooks, "dead": key.dead, "created_at": time(Some(key.created_at)),
                        "used_at": time(key.used_at), "revoked_at": time(key.revoked_at), "filed": key.filed,
                    })
                });
                println!("{}", serde_json::Value::from_iter(list));
            } else {
                for key in keys {
                    let state = if key.revoked_at.is_some() { "revoked" } else { "in force" };
                    let may = key.scopes.join(",");
                    println!("{:<32} {:<10} {:<10} {may:<34} {} filed", key.name, key.channel, state, key.filed);
                }
            }
            Ok(ExitCode::SUCCESS)
        }
        ApiKeyCommand::Revoke { name, output } => {
            let keys = store::api_key::list(&mut conn).await?;
            let found = keys.iter().find(|key| key.name == name && key.revoked_at.is_none());
            if let Some(key) = found {
                store::api_key::revoke(&mut conn, key.id, None, now).await?;
                note(&mut conn, Kind::KeyRevoked, &name).await?;
            }
            if output.json {
                println!("{}", json!({ "name": name, "revoked": found.is_some() }));
            } else if found.is_none() {
                println!("there is no key “{name}” in force");
            }
            Ok(if found.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}
