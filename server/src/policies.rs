//! Policies as files (`policies/`, format in its README): read from a folder, or from the copy inside this binary.

use anyhow::{Context, Result, bail};
use domain::policy::check::{Problem, parse};
use domain::policy::library::{Attribute, Library, Question, Tag};
use domain::policy::model::Item;
use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// The repository's policies, so that a server alone can load demo data and check files.
static EMBEDDED: Dir = include_dir!("$CARGO_MANIFEST_DIR/../policies");

/// A file that was read.
#[derive(Debug, Clone)]
pub struct PolicyFile {
    /// Where it lies.
    pub path: PathBuf,
    /// The item, or why it is none.
    pub item: Result<Item, Problem>,
}

/// What a folder holds.
#[derive(Debug, Clone, Default)]
pub struct Bundle {
    /// Attributes, tags and questions; empty where the folder has none.
    pub library: Library,
    /// Its items.
    pub files: Vec<PolicyFile>,
}

impl Bundle {
    /// The items; the first that cannot be read is an error.
    ///
    /// # Errors
    /// Naming file, place and reason.
    pub fn items(&self) -> Result<Vec<Item>> {
        self.files
            .iter()
            .map(|file| match &file.item {
                Ok(item) => Ok(item.clone()),
                Err(problem) => bail!("{}: {}: {}", file.path.display(), problem.place, problem.sentence),
            })
            .collect()
    }
}

/// The policies inside this binary.
///
/// # Errors
/// Never for what the tests let through.
pub fn embedded() -> Result<Bundle> {
    let mut texts = Vec::new();
    let mut open = vec![&EMBEDDED];
    while let Some(dir) = open.pop() {
        open.extend(dir.dirs());
        for file in dir.files() {
            let text = file.contents_utf8().unwrap_or_default();
            texts.push((file.path().to_owned(), text.to_owned()));
        }
    }
    bundle(texts)
}

/// Reads a folder and its subfolders.
///
/// # Errors
/// A folder or a library that cannot be read.
pub fn read(folder: &Path) -> Result<Bundle> {
    let mut texts = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).with_context(|| format!("{} cannot be read", dir.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
                texts.push((path, text));
            }
        }
    }
    bundle(texts)
}

/// The library that holds for a file: of the nearest folder above it that has one, else the one inside this binary.
///
/// # Errors
/// A library that cannot be read.
pub fn library_of(file: &Path) -> Result<Library> {
    let absolute = std::path::absolute(file)?;
    match absolute.ancestors().skip(1).find(|folder| folder.join("attributes.json").is_file()) {
        Some(folder) => {
            let list = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_else(|_| "[]".to_owned());
            library(&list("attributes.json"), &list("tags.json"), &list("questions.json"))
        }
        None => Ok(embedded()?.library),
    }
}

fn library(attributes: &str, tags: &str, questions: &str) -> Result<Library> {
    fn list<T: DeserializeOwned>(name: &str, text: &str) -> Result<Vec<T>> {
        serde_json::from_str(text).with_context(|| format!("{name} cannot be read"))
    }
    let attributes: Vec<Attribute> = list("attributes.json", attributes)?;
    let tags: Vec<Tag> = list("tags.json", tags)?;
    let questions: Vec<Question> = list("questions.json", questions)?;
    Ok(Library::new(attributes, tags, questions))
}

/// Whether a file may hold items: not the cases beside one, nor a library.
pub fn is_item(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    !name.ends_with(".cases.json") && !["attributes.json", "tags.json", "questions.json", "known.json"].contains(&name)
}

/// Several items may share a file, as a list.
pub fn parse_file(path: &Path, text: &str) -> Vec<PolicyFile> {
    let of = |item| PolicyFile { path: path.to_owned(), item };
    match serde_json::from_str::<Vec<serde_json::Value>>(text) {
        Ok(list) => list.iter().map(|value| of(parse(&value.to_string()))).collect(),
        Err(_) => vec![of(parse(text))],
    }
}

fn bundle(mut texts: Vec<(PathBuf, String)>) -> Result<Bundle> {
    texts.sort();
    let named = |name: &str| {
        let found = texts.iter().find(|(path, _)| path.file_name().is_some_and(|file| file == name));
        found.map_or_else(|| "[]".to_owned(), |(_, text)| text.clone())
    };
    let library = library(&named("attributes.json"), &named("tags.json"), &named("questions.json"))?;
    let files = texts
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|end| end == "json") && is_item(path))
        .flat_map(|(path, text)| parse_file(path, text))
        .collect();
    Ok(Bundle { library, files })
}
