//! No false alarm: what real tools send, word for word, judged under the presets it is meant for.
//!
//! `tests/captures/*.sql`, one tool a file: `tests/captures/README.md` says how they were taken. A statement begins
//! after a line `-- stockade: KIND` and ends before the next one:
//!
//! | kind | has to be allowed under |
//! |---|---|
//! | `read` | `read-only`, `app-writer`, `migrator` |
//! | `write` | `app-writer`, `migrator` |
//! | `define` | `migrator` |
//! | `held EFFECT...` | nothing: `migrator` has to hold it, for exactly these effects |
//! | `refused EFFECT...` | nothing: `app-writer` has to reject it, for exactly these effects |

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use stockade::classify::{Classification, EffectKind, Step, classify_execute, classify_text};
use stockade::policy::{Context, Decision, Kind, Policy, Preset, Verdict, decide, sent_instead};
use stockade::sql::{Lexing, Statement};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captures");
const MARK: &str = "-- stockade: ";
const MAX_BYTES: usize = 1 << 20;

/// One statement (or one Query's several) of a tool.
struct Captured {
    file: String,
    line: usize,
    kind: String,
    text: String,
}

impl Captured {
    fn presets(&self) -> &'static [Preset] {
        match self.kind.split(' ').next() {
            Some("read") => &[Preset::ReadOnly, Preset::AppWriter, Preset::Migrator],
            Some("write") => &[Preset::AppWriter, Preset::Migrator],
            Some("define") => &[Preset::Migrator],
            Some("held" | "refused") => &[],
            _ => panic!("{}:{}: no such kind: {}", self.file, self.line, self.kind),
        }
    }
}

fn captured() -> Vec<Captured> {
    let mut files: Vec<_> = std::fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    files.iter().flat_map(|path| statements(path)).collect()
}

fn statements(path: &Path) -> Vec<Captured> {
    let file = path.file_stem().unwrap().to_str().unwrap();
    let mut all: Vec<Captured> = Vec::new();
    for (index, line) in std::fs::read_to_string(path).unwrap().lines().enumerate() {
        if let Some(kind) = line.strip_prefix(MARK) {
            let (file, kind) = (file.to_owned(), kind.to_owned());
            all.push(Captured { file, line: index + 2, kind, text: String::new() });
        } else if let Some(last) = all.last_mut() {
            last.text.push_str(line);
            last.text.push('\n');
        } else {
            assert!(line.starts_with("--"), "{file}:{}: before the first mark stands a comment alone", index + 1);
        }
    }
    assert!(all.iter().all(|one| !one.text.trim().is_empty()), "{file}: an empty statement");
    all
}

/// What one tool has prepared by PREPARE, as its session would know it.
#[derive(Default)]
struct Session(HashMap<Box<str>, Arc<Statement>>);

impl Session {
    /// The facts of a text, with those of the statements it executes.
    fn facts(&mut self, text: &str) -> Vec<Classification> {
        let mut facts = classify_text(text, Lexing::default()).statements;
        for step in facts.iter().flat_map(|one| one.steps.clone()).collect::<Vec<_>>() {
            match step {
                Step::Prepare { name, statement } => {
                    self.0.insert(name, statement);
                }
                Step::Execute { name, arguments } => {
                    let prepared = self.0.get(&name).unwrap_or_else(|| panic!("EXECUTE {name}, never prepared"));
                    facts.push(classify_execute(prepared, &arguments));
                }
                _ => {}
            }
        }
        facts
    }
}

fn decision(preset: Preset, facts: &[Classification]) -> Decision {
    let policy = Policy::new("tool", Kind::Agent, preset);
    let facts = facts.iter().collect::<Vec<_>>();
    if let Some(text) = sent_instead(&policy, &facts) {
        let sent = classify_text(&text, Lexing::default()).statements;
        return decide(&policy, &sent.iter().collect::<Vec<_>>(), &Context::default());
    }
    decide(&policy, &facts, &Context::default())
}

/// The effects on which a preset says this.
fn kinds(facts: &[Classification], preset: Preset, verdict: Verdict) -> BTreeSet<EffectKind> {
    let kinds = facts.iter().flat_map(|one| one.effects.iter().map(|effect| effect.kind));
    kinds.filter(|kind| preset.verdict(*kind) == verdict).collect()
}

#[test]
fn what_tools_send_is_allowed() {
    let mut sessions: HashMap<String, Session> = HashMap::new();
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut alarms = String::new();
    let mut alarmed = 0;
    for one in captured() {
        let facts = sessions.entry(one.file.clone()).or_default().facts(&one.text);
        let kind = one.kind.split(' ').next().unwrap().to_owned();
        *counts.entry((one.file.clone(), kind)).or_default() += 1;
        let listed = [("held ", Preset::Migrator, Verdict::Hold), ("refused ", Preset::AppWriter, Verdict::Reject)];
        let listed = listed.into_iter().find_map(|(word, preset, verdict)| {
            Some((
                one.kind.strip_prefix(word)?,
                decision(preset, &facts).verdict == verdict,
                kinds(&facts, preset, verdict),
            ))
        });
        if let Some((effects, meant, seen)) = listed {
            let listed = effects.split(' ').map(|name| EffectKind::from_name(name).unwrap()).collect::<BTreeSet<_>>();
            if !meant || seen != listed {
                alarmed += 1;
                let _ = writeln!(alarms, "{}:{}: listed as {}, and is so for {seen:?}", one.file, one.line, one.kind);
            }
            continue;
        }
        for preset in one.presets() {
            let decision = decision(*preset, &facts);
            if decision.verdict != Verdict::Allow {
                alarmed += 1;
                let text = one.text.trim();
                let reasons = decision.reasons.join("; ");
                let _ = writeln!(alarms, "{}:{}: {preset}: {reasons}\n{text}\n", one.file, one.line);
            }
        }
    }
    for ((file, kind), count) in &counts {
        println!("{file}: {count} {kind}");
    }
    assert!(alarmed == 0, "{alarmed} false alarms:\n{alarms}");
}

#[test]
fn the_captures_are_there_and_small() {
    let all = captured();
    let tools: BTreeSet<&str> = all.iter().map(|one| one.file.as_str()).collect();
    for tool in ["psql", "pg_dump", "sqlalchemy", "django", "prisma", "drizzle", "activerecord", "pgjdbc"] {
        assert!(tools.contains(tool), "{tool}.sql is missing: {tools:?}");
    }
    let bytes: usize = all.iter().map(|one| one.text.len()).sum();
    assert!(bytes < MAX_BYTES, "{bytes} bytes");
}
