//! Words that people did not understand do not come back.

use std::path::Path;

/// What was read aloud to the one it is written for, and said in another way since.
const FORMER: &[&str] = &[
    "并由企服中心督办",
    "可能多得",
    "答一答，多一些",
    "已销号 · 第",
    "还差一点",
    "提第一个诉求",
    "不要这个",
    "可以办事的人",
    "这里空了",
    "这里没有",
    "落在哪档按哪档",
    "套一层",
    "换成这种",
];

/// Every file below a folder, with its text.
fn texts(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(texts(&path));
        } else {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

#[test]
fn no_page_says_what_was_said_better_since() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let sources: Vec<_> = ["app/src", "domain/src"].iter().flat_map(|folder| texts(&root.join(folder))).collect();
    assert!(sources.len() > 100, "the sources are where they were: {}", sources.len());
    for (path, text) in &sources {
        for words in FORMER {
            assert!(!text.contains(words), "{path}: {words}");
        }
    }
}
