//! Who may import whom: every path to another module is looked at, and what the table does not allow fails.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The table of `src/lib.rs`: a module, and those it may use.
const ALLOWED: [(&str, &[&str]); 14] = [
    ("wire", &[]),
    ("sql", &[]),
    ("classify", &["sql"]),
    ("policy", &["classify"]),
    ("witness", &["wire", "classify", "policy"]),
    // Of `sql` the types that stand for a statement alone: see `SESSION_OF_SQL`.
    ("session", &["wire", "classify", "policy", "witness", "sql"]),
    ("audit", &["policy"]),
    ("telemetry", &["policy"]),
    ("config", &["policy"]),
    ("state", &["policy"]),
    ("proxy", &["wire", "classify", "policy", "witness", "session", "audit", "telemetry", "config", "admin", "state"]),
    ("admin", &["policy", "audit", "telemetry", "state"]),
    ("demo", &["config", "proxy", "policy"]),
    ("manual", &[]),
];

/// What a session may know of `sql`: how a text is lexed, and the statements it keeps for EXECUTE. Reading is
/// `classify`'s affair.
const SESSION_OF_SQL: [&str; 4] = ["Lexing", "Statement", "Expr", "self"];

/// Crates that one place alone may use.
const CONFINED: [(&str, &[&str]); 8] = [
    ("pg_query", &["src/sql"]),
    ("sqlparser", &["src/sql/second"]),
    ("pgwire", &["src/wire"]),
    ("anyhow", &["src/main.rs", "src/cli"]),
    ("clap", &["src/cli"]),
    ("rustls", &["src/proxy"]),
    ("mio", &["src/proxy"]),
    ("prometheus", &["src/telemetry", "src/audit"]),
];

/// What stays pure: no sockets, no runtime, no globals of the process.
const SANS_IO: [&str; 6] = ["wire", "sql", "classify", "policy", "witness", "session"];

#[test]
fn every_import_goes_the_way_the_table_says() {
    let mut faults = Vec::new();
    for file in sources() {
        let Some(module) = module_of(&file) else { continue };
        let allowed = ALLOWED.iter().find(|(name, _)| *name == module).map(|(_, allowed)| *allowed);
        let Some(allowed) = allowed else {
            faults.push(format!("{}: the module {module} is not in the table", file.display()));
            continue;
        };
        for (line, target, item) in imports(&file) {
            let may = target == module || allowed.contains(&target.as_str());
            let item_may = (module.as_str(), target.as_str()) != ("session", "sql")
                || item.is_empty()
                || relative(&file).contains("/tests")
                || SESSION_OF_SQL.contains(&item.as_str());
            if !(may && item_may) {
                faults.push(format!("{}:{line}: {module} may not use {target}::{item}", file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_table_is_that_of_the_crates_documentation() {
    let documentation = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let rows: BTreeSet<String> = documentation
        .lines()
        .filter_map(|line| line.strip_prefix("//! | [`")?.split_once('`').map(|(name, _)| name.to_owned()))
        .collect();
    let known = ALLOWED.iter().map(|(name, _)| (*name).to_owned()).filter(|name| name != "manual").collect();
    assert_eq!(rows, known);
    let modules: BTreeSet<String> = documentation
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned))
        .collect();
    assert_eq!(modules, ALLOWED.iter().map(|(name, _)| (*name).to_owned()).collect());
}

#[test]
fn some_crates_have_one_place() {
    let mut faults = Vec::new();
    for file in sources() {
        let path = relative(&file);
        for (line, code) in code(&file) {
            for (name, places) in CONFINED {
                let at_home = places.iter().any(|place| path.starts_with(place));
                if names(&code, name) && !at_home {
                    faults.push(format!("{path}:{line}: {name} belongs to {places:?}"));
                }
            }
            let pure = module_of(&file).is_some_and(|module| SANS_IO.contains(&module.as_str()));
            for word in ["tokio", "std::net::TcpStream", "std::fs", "SystemTime::now", "Instant::now", "std::env"] {
                if pure && !path.ends_with("tests.rs") && !path.contains("/tests/") && names(&code, word) {
                    faults.push(format!("{path}:{line}: {word} in a module without I/O"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The check itself is checked: every way to write a path is seen.
#[test]
fn an_import_is_found_however_it_is_written() {
    let found = |depth, code: &str| -> Vec<String> {
        targets(depth, code).into_iter().map(|(target, item)| format!("{target}::{item}")).collect()
    };
    assert_eq!(found(1, "use crate::proxy::Proxy;"), ["proxy::Proxy"]);
    assert_eq!(found(1, "use crate::{proxy, sql::Lexing};"), ["proxy::", "sql::Lexing"]);
    assert_eq!(found(1, "use crate::sql::{self, Lexing, read::Text};"), ["sql::self", "sql::Lexing", "sql::read"]);
    assert_eq!(found(1, "let x = crate::wire::make::Error::new();"), ["wire::make"]);
    assert_eq!(found(1, "use super::proxy::Proxy;"), ["proxy::Proxy"]);
    assert_eq!(found(2, "use super::super::proxy;"), ["proxy::"]);
    assert_eq!(found(2, "use super::proxy;"), [""; 0]);
    assert_eq!(found(1, "pub(in crate::proxy) fn x() {}"), ["proxy::"]);
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn relative(file: &Path) -> String {
    file.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}

fn sources() -> Vec<PathBuf> {
    let mut folders = vec![root().join("src")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    assert!(files.len() > 50, "the sources are found");
    files.sort();
    files
}

/// The top module a file belongs to; none for the crate's root and the program, which may use everything.
fn module_of(file: &Path) -> Option<String> {
    let path = relative(file);
    let first = path.strip_prefix("src/").unwrap().split('/').next().unwrap().trim_end_matches(".rs");
    (!["lib", "main", "cli"].contains(&first)).then(|| first.to_owned())
}

/// A file's code without comments, by statement: `use` groups go over several lines.
fn code(file: &Path) -> Vec<(usize, String)> {
    let mut statements = Vec::new();
    let mut open = (0, String::new());
    for (number, line) in std::fs::read_to_string(file).unwrap().lines().enumerate() {
        let line = line.trim();
        if line.starts_with("//") {
            continue;
        }
        if open.1.is_empty() {
            open.0 = number + 1;
        }
        let begins_use = open.1.is_empty() && (line.starts_with("use ") || line.starts_with("pub use "));
        open.1.push_str(line);
        if (!begins_use && !open.1.starts_with("use ") && !open.1.starts_with("pub use ")) || line.ends_with(';') {
            statements.push(std::mem::take(&mut open));
        }
    }
    statements
}

fn imports(file: &Path) -> Vec<(usize, String, String)> {
    // `super` of `src/policy.rs` is the crate, of `src/policy/rule.rs` it is `policy`.
    let depth = relative(file).split('/').count() - 1;
    code(file)
        .into_iter()
        .flat_map(|(line, code)| targets(depth, &code).into_iter().map(move |(target, item)| (line, target, item)))
        .collect()
}

/// The modules a piece of code names by a path from the crate's root, each with the item's name behind it.
fn targets(depth: usize, code: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let supers = "super::".repeat(depth);
    for start in ["crate::", supers.as_str()] {
        let mut rest = code;
        while let Some(at) = rest.find(start) {
            let before = rest[..at].chars().next_back();
            rest = &rest[at + start.len()..];
            if before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | ':' | '$')) {
                for path in members(rest) {
                    let (target, behind) = path.split_once("::").unwrap_or((&path, ""));
                    if !target.starts_with(|c: char| c.is_ascii_lowercase()) || target == "super" {
                        continue;
                    }
                    for item in members(behind) {
                        let item = item.split("::").next().unwrap().to_owned();
                        found.push((target.to_owned(), item));
                    }
                }
            }
        }
    }
    found
}

/// `a, b::{c, d}` of `{a, b::{c, d}}`; a path without braces is itself alone.
fn members(path: &str) -> Vec<String> {
    let Some(inside) = path.strip_prefix('{') else {
        let mut depth = 0;
        let end = path.find(|c: char| {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0 && !(c.is_alphanumeric() || matches!(c, '_' | ':' | '}'))
        });
        return vec![path[..end.unwrap_or(path.len())].trim_end_matches(':').to_owned()];
    };
    let (mut depth, mut members, mut member) = (0, Vec::new(), String::new());
    for c in inside.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                members.push(std::mem::take(&mut member).trim().to_owned());
                continue;
            }
            _ => {}
        }
        member.push(c);
    }
    members.push(member.trim().to_owned());
    members.retain(|member| !member.is_empty());
    members
}

/// Whether code names a path: as a whole word, not inside another name.
fn names(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let behind = code[at + word.len()..].chars().next();
        let part = |c: char| c.is_alphanumeric() || c == '_';
        !before.is_some_and(|c| part(c) || c == '"') && behind == Some(':') || code.starts_with(&format!("use {word}"))
    })
}
