//! The command line. Every answering command takes `--json`; exit status 0 all is well, 1 the answer is no, 2 wrong use.
#![allow(clippy::print_stdout, clippy::print_stderr)] // Printing is what a command line does.

mod accounts;
mod answers;
mod api_key;
mod audit;
mod city;
mod policy;
mod route;
mod simulate;

use self::city::CityCommand;
use self::policy::PolicyCommand;
use crate::config::{Config, Source};
use crate::database::Cluster;
use crate::serve::{self, Database};
use anyhow::{Context, Result};
use app::security::TARGET;
use clap::{Args, Parser, Subcommand};
use std::fs::OpenOptions;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::prelude::*;
use tracing_subscriber::{EnvFilter, fmt};

/// The enterprise-service portal (企服空间).
#[derive(Parser)]
#[command(name = "qifu", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Args, Clone, Copy)]
struct Output {
    /// Print JSON instead of text.
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site; migrates the database first.
    Serve,
    /// Bring the database up to date.
    Migrate(Output),
    /// Load demo data: deterministic, through the domain's own rules. Does nothing where there are enterprises already.
    Demo {
        /// How many enterprises.
        #[arg(long, default_value_t = 300)]
        enterprises: usize,
        /// How many issues.
        #[arg(long, default_value_t = 1000)]
        issues: usize,
        #[command(flatten)]
        output: Output,
    },
    /// Load a city's year at random, with outages and with impatient and silent enterprises, through the domain's own commands; then check
    /// every rule of the loop over it. For an empty database.
    Simulate {
        #[arg(long, default_value_t = 8000)]
        enterprises: usize,
        #[arg(long, default_value_t = 100_000)]
        issues: usize,
        #[arg(long, default_value_t = 365)]
        days: usize,
        #[command(flatten)]
        output: Output,
    },
    /// Print what is in force and where each value comes from.
    Config(Output),
    /// The embedded database, for development and tests.
    Db {
        #[command(subcommand)]
        command: DbCommand,
    },
    /// A whole city from one workbook: areas, departments, stations, people.
    City {
        #[command(subcommand)]
        command: city::CityCommand,
    },
    /// Keys by which other channels file problems and ask how they stand (Open311).
    ApiKey {
        #[command(subcommand)]
        command: api_key::ApiKeyCommand,
    },
    /// Staff accounts.
    Staff {
        #[command(subcommand)]
        command: accounts::StaffCommand,
    },
    /// Enterprises.
    Enterprise {
        #[command(subcommand)]
        command: EnterpriseCommand,
    },
    /// Work beside the requests: SMS, matching.
    Job {
        #[command(subcommand)]
        command: JobCommand,
    },
    /// The record of issues, applications and facts: whether it is what was written.
    Audit {
        #[command(subcommand)]
        command: audit::AuditCommand,
    },
    /// Delete or make anonymous what has been kept long enough; servers do so once a day.
    Retention(audit::Retention),
    /// Policies: check, evaluate, import.
    Policy {
        #[command(subcommand)]
        command: policy::PolicyCommand,
    },
    /// Say which category, board and department each text goes to: by the city's own catalogue where a database is configured or runs,
    /// else by the starting set.
    Route {
        /// What enterprises wrote.
        #[arg(required = true)]
        texts: Vec<String>,
        /// The district, by its code.
        #[arg(long, default_value_t = domain::actor::CITY)]
        area: i32,
        #[command(flatten)]
        output: Output,
    },
    /// Check unified social credit codes (GB 32100-2015).
    Uscc {
        /// The codes.
        #[arg(required = true)]
        codes: Vec<String>,
        #[command(flatten)]
        output: Output,
    },
    /// Add working time to an instant.
    Workdays {
        /// Start, RFC 3339, e.g. 2026-09-30T16:00:00+08:00.
        #[arg(long)]
        from: String,
        /// Working days, hours or minutes: 5d, 12h, 30m.
        #[arg(long)]
        add: String,
        #[command(flatten)]
        output: Output,
    },
}

#[derive(Subcommand)]
enum DbCommand {
    /// Start it; prints its URL.
    Start {
        /// No durability, for tests.
        #[arg(long)]
        throwaway: bool,
        #[command(flatten)]
        output: Output,
    },
    /// Stop it.
    Stop(Output),
    /// Print its URL; status 1 when it does not run.
    Url(Output),
}

#[derive(Subcommand)]
enum JobCommand {
    /// What waits and what was given up; status 1 when something was.
    List(Output),
    /// Try again what was given up.
    Retry(Output),
}

#[derive(Subcommand)]
enum EnterpriseCommand {
    /// Import enterprises from a csv or xlsx file; run twice it changes nothing.
    Import {
        /// The file. Columns: 统一社会信用代码, 企业名称, 区县; 地址, 行业, 划型, 分类, 标签 may be left out.
        file: PathBuf,
        #[command(flatten)]
        output: Output,
    },
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // These answer without settings or a database.
    match &cli.command {
        Command::Uscc { codes, output } => return answers::uscc(codes, output.json),
        Command::Workdays { from, add, output } => return answers::workdays(from, add, output.json),
        Command::Policy { command: PolicyCommand::Check { files, output } } => return policy::check_files(files, output.json),
        Command::Policy { command: PolicyCommand::Evaluate { policies, facts, on, output } } => {
            return policy::evaluate(policies, facts, on.as_deref(), output.json);
        }
        Command::City { command: CityCommand::Template } => {
            return match city::template() {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    eprintln!("qifu: {error:#}");
                    ExitCode::FAILURE
                }
            };
        }
        _ => {}
    }
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(error) => {
            eprintln!("qifu: {error}");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = start_log(&config) {
        eprintln!("qifu: {error:#}");
        return ExitCode::from(2);
    }
    match run(cli.command, config) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("qifu: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The log of the process; lines of the security log go elsewhere where the settings say so.
fn start_log(config: &Config) -> Result<()> {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let apart = config.security_log.as_deref().map(security_log).transpose()?;
    let elsewhere = apart.is_some();
    let filter = filter.and(filter_fn(move |line| !elsewhere || line.target() != TARGET));
    // Colours are for a person: in a file they are noise.
    let log = fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    let log = if config.log_json { log.json().boxed() } else { log.with_target(false).boxed() };
    let apart = apart.map(|writer| {
        let lines = fmt::layer().json().flatten_event(true).with_writer(writer);
        lines.with_filter(filter_fn(|line| line.target() == TARGET))
    });
    tracing_subscriber::registry().with(log.with_filter(filter)).with(apart).init();
    Ok(())
}

/// Where lines of the security log go: the standard output, or the end of a file.
fn security_log(place: &str) -> Result<BoxMakeWriter> {
    if place == "-" {
        return Ok(BoxMakeWriter::new(std::io::stdout));
    }
    let file = OpenOptions::new().create(true).append(true).open(place);
    let file = file.with_context(|| format!("setting QIFU_SECURITY_LOG: cannot write to “{place}”"))?;
    Ok(BoxMakeWriter::new(Mutex::new(file)))
}

#[tokio::main]
async fn run(command: Command, config: Config) -> Result<ExitCode> {
    match command {
        Command::Serve => {
            serve::serve(config).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Config(output) => {
            print_config(&config, output.json);
            Ok(ExitCode::SUCCESS)
        }
        Command::Db { command } => database(command, &config),
        Command::Route { texts, area, output } => route::route(&texts, area, &config, output.json).await,
        command => {
            let database = Database::open(&config)?;
            let done = with_database(command, config, &database.url).await;
            database.close();
            done
        }
    }
}

async fn with_database(command: Command, config: Config, url: &str) -> Result<ExitCode> {
    let applied = serve::migrate_when_ready(url).await?;
    match command {
        Command::Migrate(output) => {
            if output.json {
                println!("{}", serde_json::json!({ "applied": applied }));
            } else {
                println!("{applied} migrations applied; the database is up to date");
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Demo { enterprises, issues, output } => {
            let store = store::Store::connect(url, config.pool).await?;
            let photos = crate::photos::PhotoStore::folder(&config.data.join("photos"))?;
            let size = crate::demo::Size { enterprises, issues };
            store.put_ahead(config.clock_shift);
            let loaded = crate::demo::load(&store, &photos, size, store.now()).await?;
            store.close().await;
            if output.json {
                println!("{}", serde_json::json!({ "loaded": loaded, "enterprises": enterprises, "issues": issues }));
            } else if loaded {
                println!("{enterprises} enterprises and {issues} issues loaded");
            } else {
                println!("there are enterprises already: nothing was changed");
            }
            Ok(if loaded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Simulate { enterprises, issues, days, output } => {
            simulate::simulate(crate::demo::Size { enterprises, issues }, days, url, output.json).await
        }
        Command::City { command: CityCommand::Init { file, passwords, operator, output } } => {
            city::init(&file, passwords, operator, url, output.json).await
        }
        Command::ApiKey { command } => api_key::api_key(command, url).await,
        Command::Staff { command } => accounts::staff(command, url).await,
        Command::Job { command } => jobs(&command, url).await,
        Command::Audit { command } => audit::audit(command, url).await,
        Command::Retention(options) => audit::retention(options, &config, url).await,
        Command::Policy { command: PolicyCommand::Import { folder, output } } => policy::import(&folder, url, output.json).await,
        Command::Enterprise { command: EnterpriseCommand::Import { file, output } } => {
            accounts::import(&file, url, output.json).await
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn print_config(config: &Config, json: bool) {
    let source = |source| if source == Source::Environment { "environment" } else { "default" };
    if json {
        let list: Vec<_> = config
            .settings
            .iter()
            .map(|s| serde_json::json!({ "name": s.name, "value": s.value, "source": source(s.source), "about": s.about }))
            .collect();
        println!("{}", serde_json::Value::from(list));
        return;
    }
    for setting in &config.settings {
        let value = if setting.value.is_empty() { "(empty)" } else { &setting.value };
        println!("{:<24} {:<40} {:<12} {}", setting.name, value, source(setting.source), setting.about);
    }
}

fn database(command: DbCommand, config: &Config) -> Result<ExitCode> {
    let (throwaway, output) = match &command {
        DbCommand::Start { throwaway, output } => (*throwaway, *output),
        DbCommand::Stop(output) | DbCommand::Url(output) => (false, *output),
    };
    let cluster = Cluster::of(&config.data, throwaway)?;
    let (fact, code) = match command {
        DbCommand::Start { .. } => {
            let (url, started) = cluster.start()?;
            (serde_json::json!({ "url": url, "started": started }), ExitCode::SUCCESS)
        }
        DbCommand::Stop(_) => {
            let stopped = cluster.stop()?;
            (serde_json::json!({ "stopped": stopped }), ExitCode::SUCCESS)
        }
        DbCommand::Url(_) => {
            let running = cluster.is_running();
            let code = if running { ExitCode::SUCCESS } else { ExitCode::FAILURE };
            (serde_json::json!({ "url": cluster.url(), "running": running }), code)
        }
    };
    if output.json {
        println!("{fact}");
    } else if let Some(url) = fact.get("url").and_then(serde_json::Value::as_str) {
        println!("{url}");
    }
    Ok(code)
}

async fn jobs(command: &JobCommand, url: &str) -> Result<ExitCode> {
    let store = store::Store::connect(url, 2).await?;
    let mut conn = store.system().await?;
    let now = time::OffsetDateTime::now_utc();
    match command {
        JobCommand::List(output) => {
            let queues = store::job::queues(&mut conn, now).await?;
            if output.json {
                println!("{}", serde_json::to_string(&queues)?);
            } else {
                println!("{:<26}{:>9}{:>9}{:>12}  last error", "kind", "waiting", "given up", "behind");
                for queue in &queues {
                    let error = queue.last_error.as_deref().unwrap_or("");
                    println!("{:<26}{:>9}{:>9}{:>10} s  {error}", queue.kind, queue.waiting, queue.dead, queue.behind);
                }
            }
            Ok(if queues.iter().all(|queue| queue.dead == 0) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        JobCommand::Retry(output) => {
            let retried = store::job::retry(&mut conn, now).await?;
            if output.json {
                println!("{}", serde_json::json!({ "retried": retried }));
            } else {
                println!("{retried} jobs will be tried again");
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}
