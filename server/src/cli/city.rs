//! Setting up a city from a workbook.

use super::Output;
use crate::city::{self, First, Planned};
use crate::http::tables::as_text;
use anyhow::{Context, Result, bail};
use app::account::password;
use clap::Subcommand;
use serde_json::json;
use std::fs::{File, OpenOptions};
use std::io::{IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::Store;
use time::OffsetDateTime;

/// What can be done with a whole city.
#[derive(Subcommand)]
pub enum CityCommand {
    /// Write an empty workbook to standard output: qifu city template > city.xlsx
    Template,
    /// Set the city up as a workbook says, all or nothing; run twice it changes nothing.
    Init {
        /// The workbook.
        file: PathBuf,
        /// Where the first passwords of new accounts are written (csv, for its owner's eyes); must not be there yet. Left out: FILE with
        /// the ending .passwords.csv.
        #[arg(long)]
        passwords: Option<PathBuf>,
        /// Who does it, for the log of changes. Left out: the name this system knows.
        #[arg(long)]
        operator: Option<String>,
        #[command(flatten)]
        output: Output,
    },
}

/// Writes the template.
///
/// # Errors
/// When standard output is a terminal, or cannot be written.
pub fn template() -> Result<()> {
    let mut out = std::io::stdout().lock();
    if out.is_terminal() {
        bail!("a workbook is not for a terminal: qifu city template > city.xlsx");
    }
    out.write_all(&city::template()?)?;
    Ok(out.flush()?)
}

/// Who does it: as said, or as the system knows.
fn operator(said: Option<String>) -> String {
    let known = || ["SUDO_USER", "USER"].iter().find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()));
    said.or_else(known).map_or_else(|| "命令行".to_owned(), |name| format!("命令行 {name}"))
}

/// Sets a city up.
///
/// # Errors
/// When the workbook cannot be read, the file of the passwords is there already, or the database does not answer.
pub async fn init(file: &Path, passwords: Option<PathBuf>, said: Option<String>, url: &str, as_json: bool) -> Result<ExitCode> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let store = Store::connect(url, 2).await?;
    let mut conn = store.system().await?;
    let now = OffsetDateTime::now_utc();
    let plan = match city::plan(&mut conn, &bytes, now, password::first).await.with_context(|| file.display().to_string())? {
        Planned::Right(plan) => plan,
        Planned::Wrong(faults) => {
            if as_json {
                println!("{}", json!({ "faults": faults }));
            } else {
                println!("nothing was written; {} faults:", faults.len());
                for fault in &faults {
                    let row = fault.row.map_or_else(String::new, |row| format!(" 第 {row} 行"));
                    println!("{}{row}：{}", fault.sheet, fault.sentence);
                }
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    let list = passwords.unwrap_or_else(|| file.with_extension("passwords.csv"));
    // Before anything is written: passwords that nobody can read would be lost.
    let list = if plan.first.is_empty() { None } else { Some(write_passwords(&list, &plan.first).map(|()| list)?) };
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let written = plan.write(&mut conn, &operator(said), &name, now).await;
    if let (Err(_), Some(list)) = (&written, &list) {
        std::fs::remove_file(list)?;
    }
    let report = written?;
    let list = list.map(|list| list.display().to_string());
    if as_json {
        println!("{}", json!({ "report": report, "accounts": plan.first.len(), "passwords": list }));
    } else {
        println!("{} new, {} changed, {} unchanged", report.added, report.changed, report.unchanged);
        if let Some(list) = list {
            println!("first passwords of {} accounts: {list}; hand them out and remove the file", plan.first.len());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// First passwords, in a file of their own that only its owner reads.
fn write_passwords(path: &Path, list: &[First]) -> Result<()> {
    let open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let file: File = open
        .with_context(|| format!("cannot make {}: move an older one away, or name another with --passwords", path.display()))?;
    let mut writer = csv::Writer::from_writer(&file);
    writer.write_record(["登录名", "姓名", "初始密码"])?;
    for first in list {
        // Login and password are ours; a name is whatever the workbook says.
        writer.write_record([&first.login, &as_text(&first.name), &first.password])?;
    }
    writer.flush()?;
    Ok(file.sync_all()?)
}
