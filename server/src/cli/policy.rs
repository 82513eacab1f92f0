//! `qifu policy`: check, evaluate, import.

use super::Output;
use crate::policies;
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use domain::actor::CITY;
use domain::calendar::local;
use domain::policy::book::Book;
use domain::policy::check::{Problem, check, check_on, check_set, may_publish};
use domain::policy::facts::{Facts, FactsFile};
use domain::policy::model::{Item, day};
use domain::policy::words;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::Store;
use store::policy::item::{self, Keeper};
use store::policy::library;
use time::{Date, OffsetDateTime};

/// What can be done with policies.
#[derive(Subcommand)]
pub enum PolicyCommand {
    /// Check items before they are published, alone and beside those of the other files; status 1 when something stands against it.
    Check {
        /// JSON files; attributes, tags and questions are those of the nearest folder above with an attributes.json, else the built-in ones.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        output: Output,
    },
    /// Evaluate a folder of items for one enterprise's facts. Needs no database.
    Evaluate {
        /// Folder with items.
        #[arg(long)]
        policies: PathBuf,
        /// Facts: {"facts": {"equipment_investment": "12000000", "industry": "C3811", "tags": [], "attest": {}}}.
        #[arg(long)]
        facts: PathBuf,
        /// As of this day, YYYY-MM-DD; today when left out.
        #[arg(long)]
        on: Option<String>,
        #[command(flatten)]
        output: Output,
    },
    /// Import a folder into the database: libraries, documents, items; run twice it changes nothing.
    Import {
        /// Folder with items.
        folder: PathBuf,
        #[command(flatten)]
        output: Output,
    },
}

/// Checks files.
pub fn check_files(files: &[PathBuf], as_json: bool) -> ExitCode {
    let mut found = Vec::new();
    // A whole folder by a pattern brings cases and libraries along.
    for path in files.iter().filter(|path| policies::is_item(path)) {
        let (text, library) = match std::fs::read_to_string(path)
            .map_err(anyhow::Error::from)
            .and_then(|text| Ok((text, policies::library_of(path)?)))
        {
            Ok(read) => read,
            Err(error) => {
                eprintln!("qifu: {}: {error:#}", path.display());
                return ExitCode::from(2);
            }
        };
        for file in policies::parse_file(path, &text) {
            let problems = match &file.item {
                Ok(item) => check(item, &library),
                Err(problem) => vec![problem.clone()],
            };
            found.push((file, problems));
        }
    }
    // Each may be right by itself, and an import of all of them is refused.
    let items: Vec<Item> = found.iter().filter_map(|(file, _)| file.item.as_ref().ok().cloned()).collect();
    let together = check_set(&items);
    let mut all = true;
    for (file, mut problems) in found {
        let id = file.item.as_ref().ok().map(|item| item.id.as_str());
        problems.extend(together.iter().filter_map(|problem| at_place(problem, id?)));
        let valid = may_publish(&problems);
        all &= valid;
        if as_json {
            println!("{}", json!({ "file": file.path.display().to_string(), "id": id, "valid": valid, "problems": problems }));
            continue;
        }
        println!("{}  {}", file.path.display(), if valid { "可以发布" } else { "不能发布" });
        for problem in problems {
            println!("  {}{}: {}", if problem.advice { "（建议）" } else { "" }, problem.place, problem.sentence);
        }
    }
    if all { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What stands against an item among others, at its place in it; `None` where another is named.
fn at_place(problem: &Problem, id: &str) -> Option<Problem> {
    // That a version is there twice is said of the item as a whole.
    let (named, place) = problem.place.split_once(": ").unwrap_or((problem.place.as_str(), "version"));
    (named == id).then(|| Problem { place: place.to_owned(), ..problem.clone() })
}

/// Evaluates a folder for a facts file.
pub fn evaluate(folder: &Path, facts: &Path, on: Option<&str>, as_json: bool) -> ExitCode {
    match evaluated(folder, facts, on, as_json) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("qifu: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn evaluated(folder: &Path, path: &Path, on: Option<&str>, as_json: bool) -> Result<()> {
    let on: Date = match on {
        Some(text) => day::parse(text).with_context(|| format!("--on: “{text}” is not a day, e.g. 2026-01-31"))?,
        None => local(OffsetDateTime::now_utc()).date(),
    };
    let bundle = policies::read(folder)?;
    let library = if bundle.library.attributes.is_empty() { policies::embedded()?.library } else { bundle.library.clone() };
    let items = bundle.items()?;
    // Of a set that contradicts itself any answer would hang on the order of its files.
    let said: Vec<String> = check_on(&items, on).into_iter().map(|p| format!("{}: {}", p.place, p.sentence)).collect();
    if !said.is_empty() {
        bail!("{}: 政策互相矛盾，无法计算：{}", folder.display(), said.join("；"));
    }
    let book = Book::new(items, on).with(&library);
    let facts = facts_of(path)?;
    let evaluation = book.evaluate(&facts);
    if let Some(problem) = evaluation.problems.first() {
        bail!("{}: {}: {}", path.display(), problem.code, problem.sentence);
    }
    if as_json {
        println!("{}", book.to_json(&evaluation, &facts));
        return Ok(());
    }
    println!("{on}  合计 {}", evaluation.total.words());
    for outcome in &evaluation.outcomes {
        let item = &book.items()[outcome.item];
        println!("{}  {}  {}  {}", outcome.standing.label(), item.title, outcome.amount.words(), item.id);
        for leaf in book.explain(outcome.item, &facts) {
            let requirement = words::asked(&library, &leaf);
            println!(
                "    {} {requirement}；本企业：{} {}",
                mark(leaf.verdict()),
                words::actual(&library, &leaf),
                words::gap(&library, &leaf)
            );
        }
    }
    Ok(())
}

fn mark(truth: domain::policy::book::Truth) -> &'static str {
    match truth {
        domain::policy::book::Truth::Met => "✓",
        domain::policy::book::Truth::Unmet => "✗",
        domain::policy::book::Truth::Unknown => "?",
    }
}

fn facts_of(path: &Path) -> Result<Facts> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let file: FactsFile = serde_json::from_str(&text).with_context(|| format!("{} is not a facts file", path.display()))?;
    Ok(file.facts)
}

/// Imports a folder: libraries, then items, published as they are. Status 1 when an item is not fit to be published; then nothing
/// is imported.
pub async fn import(folder: &Path, url: &str, as_json: bool) -> Result<ExitCode> {
    let bundle = policies::read(folder)?;
    let mut items = bundle.items()?;
    items.sort_by(|a, b| (&a.id, a.version).cmp(&(&b.id, b.version)));
    let store = Store::connect(url, 2).await?;
    let mut conn = store.system().await?;
    let mut known = library::all(&mut conn).await?;
    known.attributes.extend(bundle.library.attributes.clone());
    known.tags.extend(bundle.library.tags.clone());
    known.questions.extend(bundle.library.questions.clone());
    let problems = items.iter().flat_map(|item| check(item, &known).into_iter().map(move |problem| (item.id.clone(), problem)));
    let mut refused: Vec<String> =
        problems.filter(|(_, p)| !p.advice).map(|(id, p)| format!("{id}: {}: {}", p.place, p.sentence)).collect();
    refused.extend(check_set(&items).into_iter().map(|p| format!("{}: {}", p.place, p.sentence)));
    if !refused.is_empty() {
        for line in &refused {
            eprintln!("qifu: {line}");
        }
        return Ok(ExitCode::FAILURE);
    }
    for attribute in bundle.library.attributes.values() {
        library::put_attribute(&mut conn, attribute).await?;
    }
    for tag in bundle.library.tags.values() {
        library::put_tag(&mut conn, tag).await?;
    }
    for question in bundle.library.questions.values() {
        library::put_question(&mut conn, question).await?;
    }
    let keeper = Keeper { staff: None, area: CITY, department: None };
    let (mut new, mut same) = (0, 0);
    for item in &items {
        if item::import(&mut conn, item, keeper, OffsetDateTime::now_utc()).await? { new += 1 } else { same += 1 }
    }
    if as_json {
        println!("{}", json!({ "imported": new, "unchanged": same }));
    } else {
        println!("{new} items imported, {same} unchanged; running servers match the city to what is new");
    }
    drop(conn);
    store.close().await;
    Ok(ExitCode::SUCCESS)
}
