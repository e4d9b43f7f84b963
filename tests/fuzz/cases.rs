//! The cases that are disguised: the product's golden sets, and a corpus from outside where one is given.

use std::path::Path;

const TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");

/// One text, behind those sent before it.
#[derive(Debug, Clone)]
pub struct Case {
    pub before: Vec<String>,
    pub text: String,
}

/// Every case: `tests/corpus_text/*.txt` (`statement => effects`), `tests/corpus/*.toml` (`[[case]]`), and the file
/// `STOCKADE_CORPUS` names (one JSON object a line). What is wanted of them is others' affair: here their own verdict
/// is what a disguise is measured against.
pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for (folder, extension) in [("corpus_text", "txt"), ("corpus", "toml")] {
        for file in files(&Path::new(TESTS).join(folder), extension) {
            let text = std::fs::read_to_string(&file).unwrap();
            match extension {
                "txt" => cases.extend(golden(&text)),
                _ => cases.extend(table(&text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display())))),
            }
        }
    }
    if let Ok(path) = std::env::var("STOCKADE_CORPUS") {
        let lines = std::fs::read_to_string(path).unwrap();
        cases.extend(lines.lines().filter_map(|line| outside(&serde_json::from_str(line).unwrap())));
    }
    assert!(cases.len() > 200, "only {} cases", cases.len());
    // Long ones are slow to disguise, and their length is their point.
    cases.retain(|case| case.text.len() < 2_000);
    cases
}

fn files(folder: &Path, extension: &str) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|found| found == extension));
    files.sort();
    files
}

fn golden(text: &str) -> impl Iterator<Item = Case> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.rsplit_once(" => "))
        .map(|(text, _)| Case { before: Vec::new(), text: text.to_owned() })
}

/// The cases of a TOML file that are plain text: `sql`, or `messages` of which the last is dressed up.
fn table(file: &toml::Table) -> Vec<Case> {
    let cases = file.get("case").and_then(toml::Value::as_array).into_iter().flatten();
    let case = |case: &toml::Value| {
        let strings = |key: &str| match case.get(key) {
            None => Some(Vec::new()),
            Some(toml::Value::String(text)) => Some(vec![text.clone()]),
            Some(toml::Value::Array(all)) => all.iter().map(|text| text.as_str().map(str::to_owned)).collect(),
            Some(_) => None,
        };
        let mut before = strings("messages")?;
        before.extend(strings("sql")?);
        let text = before.pop().filter(|_| case.get("backslash-escapes").is_none())?;
        Some(Case { before, text })
    };
    cases.filter_map(case).collect()
}

fn outside(case: &serde_json::Value) -> Option<Case> {
    if !case["messages"].is_null() || case["protocol"] == "function_call" || case["protocol"] == "startup" {
        return None;
    }
    let before = match &case["prelude"] {
        serde_json::Value::String(text) => vec![text.clone()],
        serde_json::Value::Array(all) => {
            all.iter().map(|text| text.as_str().map(str::to_owned)).collect::<Option<_>>()?
        }
        _ => Vec::new(),
    };
    // Such a session reads its texts in another way from here on, which nobody pretends here.
    if before.iter().any(|text| text.to_lowercase().contains("standard_conforming_strings")) {
        return None;
    }
    Some(Case { before, text: case["sql"].as_str()?.to_owned() })
}
