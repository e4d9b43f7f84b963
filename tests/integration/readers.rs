//! The two readers against each other: the effects of every statement of a large body of SQL, by both. What they do not
//! agree on has to stand in `tests/readers/disagreements.txt`, with its reason.
//!
//! The statements of `tests/readers/*.sql` always; with `STOCKADE_REGRESS_SQL` (a directory of PostgreSQL's regression
//! tests: `src/test/regress/sql` of its source) those as well.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use stockade::classify::{Access, Step, classify};
use stockade::sql::{
    Constant, Delete, Expr, Lexing, Part, Source, Statement, read, read_second, walk, with_deep_stack,
};

#[path = "readers/split.rs"]
mod split;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers");

/// What became of one statement.
enum Outcome {
    Neither,
    /// The second reader has no grammar for it.
    Unread,
    /// It has, but its tree cannot say what the statement is.
    Unsaid(&'static str),
    Agreed,
    Differ(Difference),
}

/// A disagreement: the statement's kind, and the effects that one reader alone saw.
struct Difference {
    tag: &'static str,
    first: Vec<String>,
    second: Vec<String>,
}

impl Difference {
    fn listed_as(&self) -> String {
        let list = |effects: &[String]| if effects.is_empty() { "-".to_owned() } else { effects.join(", ") };
        format!("{}: {} / {}", self.tag, list(&self.first), list(&self.second))
    }
}

#[derive(Default)]
struct Tally {
    statements: usize,
    neither: Vec<String>,
    unread: usize,
    unsaid: BTreeMap<&'static str, usize>,
    agreed: usize,
    differences: BTreeMap<String, Vec<String>>,
}

impl Tally {
    fn take(&mut self, statement: &str) {
        self.statements += 1;
        match compare(statement) {
            Outcome::Neither => self.neither.push(statement.to_owned()),
            Outcome::Unread => self.unread += 1,
            Outcome::Unsaid(tag) => *self.unsaid.entry(tag).or_default() += 1,
            Outcome::Agreed => self.agreed += 1,
            Outcome::Differ(difference) => {
                self.differences.entry(difference.listed_as()).or_default().push(statement.to_owned());
            }
        }
    }

    fn take_folder(&mut self, folder: &Path) {
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "sql"));
        files.sort();
        assert!(!files.is_empty(), "no .sql files in {}", folder.display());
        for file in files {
            // Some of PostgreSQL's files are in other encodings than UTF-8.
            let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
            split::statements(&text).iter().for_each(|statement| self.take(statement));
        }
    }

    fn report(&self, title: &str) {
        let differ: usize = self.differences.values().map(Vec::len).sum();
        let unsaid: usize = self.unsaid.values().sum();
        eprintln!(
            "{title}: {} statements; read by both {}, by the first reader alone {} ({} the second has no grammar for, \
             {unsaid} its tree cannot say), by neither {}; agree {}, differ {differ}",
            self.statements,
            self.agreed + differ,
            self.unread + unsaid,
            self.unread,
            self.neither.len(),
            self.agreed,
        );
        eprintln!("      unsaid: {:?}", self.unsaid);
        for (listed_as, examples) in &self.differences {
            eprintln!("{:5} {listed_as}", examples.len());
            if std::env::var_os("STOCKADE_READERS_VERBOSE").is_some() {
                for example in examples.iter().take(8) {
                    eprintln!(
                        "        {}",
                        example.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(220).collect::<String>()
                    );
                }
            }
        }
    }
}

/// Both readings of a text of one statement.
fn compare(text: &str) -> Outcome {
    let compared = with_deep_stack(text, || {
        let Ok(first) = read(text, Lexing::default()) else { return Outcome::Neither };
        let [first] = first.as_slice() else { return Outcome::Neither };
        let tag = classify(first).tag;
        let Some(second) = read_second(text) else { return Outcome::Unread };
        let [second] = second.as_slice() else { return Outcome::Unread };
        let Some(second) = second else { return Outcome::Unsaid(tag) };
        let (of_first, of_second) = (facts(first), facts(second));
        if of_first == of_second {
            return Outcome::Agreed;
        }
        let alone = |these: &Facts, those: &Facts| {
            let alone: BTreeSet<String> = these.difference(those).map(|(kind, _)| kind.clone()).collect();
            alone.into_iter().collect()
        };
        let (first, second) = (alone(&of_first, &of_second), alone(&of_second, &of_first));
        Outcome::Differ(Difference { tag, first, second })
    });
    compared.expect("the readers end without a panic")
}

type Facts = BTreeSet<(String, String)>;

/// Everything that a verdict may hang on: each effect with its bound and its relation, and the access. And what the
/// facts are made of, so that a mistake shows where it does not matter yet: the functions called, the relations and
/// the parameters named, and how far each query's filter would bound a DELETE.
fn facts(statement: &Statement) -> Facts {
    let mut facts = effects(statement, "");
    let classification = classify(statement);
    facts.insert((format!("tag {}", classification.tag), String::new()));
    if classification.refuses_block {
        facts.insert(("refuses a block".to_owned(), String::new()));
    }
    for step in &classification.steps {
        let step = match step {
            Step::Prepare { name, .. } => format!("prepares {name}"),
            Step::Execute { name, arguments } => format!("executes {name} with {}", arguments.len()),
            step => format!("{step:?}"),
        };
        facts.insert(("step".to_owned(), step));
    }
    walk(statement, &mut |part| {
        let fact = match part {
            Part::Expr(Expr::Call(call)) => (format!("calls {}", call.name.name), String::new()),
            Part::Expr(Expr::Parameter(number)) => ("parameter".to_owned(), number.to_string()),
            Part::Expr(Expr::Column(parts)) => ("column".to_owned(), parts.join(".")),
            Part::Expr(Expr::Constant(Constant::String(text))) => ("constant".to_owned(), text.to_string()),
            Part::Expr(Expr::Operator { name, .. }) => (format!("operator {}", name.name), String::new()),
            Part::Expr(Expr::Sublink { kind, .. }) => ("sub-select".to_owned(), format!("{kind:?}")),
            Part::Source(Source::Relation(table)) => ("names".to_owned(), format!("{:?}", table.name)),
            Part::Query(query) => {
                if let ([Source::Relation(table), using @ ..], Some(filter)) = (query.from.as_slice(), &query.filter) {
                    let delete = Statement::Delete(Box::new(Delete {
                        with: query.with.clone(),
                        target: table.clone(),
                        using: using.to_vec(),
                        filter: Some(filter.clone()),
                        returning: Vec::new(),
                    }));
                    facts.append(&mut effects(&delete, "would "));
                }
                return;
            }
            _ => return,
        };
        facts.insert(fact);
    });
    facts
}

fn effects(statement: &Statement, prefix: &str) -> Facts {
    let classification = classify(statement);
    let mut facts = Facts::new();
    for effect in &classification.effects {
        let relation = effect.relation.as_ref().map(ToString::to_string).unwrap_or_default();
        let kind = match effect.bound {
            Some(bound) => format!("{prefix}{}({bound:?})", effect.kind),
            None => format!("{prefix}{}", effect.kind),
        };
        facts.insert((kind, relation));
    }
    if classification.access == Access::ReadWrite {
        facts.insert((format!("{prefix}writes"), String::new()));
    }
    facts
}

/// The disagreements known, each with its reason.
fn known() -> BTreeSet<String> {
    let text = std::fs::read_to_string(Path::new(FOLDER).join("disagreements.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (listed_as, reason) = line.split_once(" :: ").expect("TAG: first / second :: reason");
            assert!(!reason.trim().is_empty(), "no reason: {line}");
            listed_as.to_owned()
        })
        .collect()
}

fn check(tally: &Tally) {
    let known = known();
    let unlisted: Vec<String> = tally
        .differences
        .iter()
        .filter(|(listed_as, _)| !known.contains(*listed_as))
        .map(|(listed_as, examples)| format!("{listed_as}\n    {}", examples.first().map_or("", String::as_str)))
        .collect();
    assert!(unlisted.is_empty(), "disagreements without a reason:\n{}", unlisted.join("\n"));
}

#[test]
fn both_readers_agree_on_our_own_statements() {
    let mut tally = Tally::default();
    tally.take_folder(Path::new(FOLDER));
    tally.report("tests/readers");
    assert!(tally.neither.is_empty(), "PostgreSQL's grammar reads every one of them:\n{}", tally.neither.join("\n"));
    check(&tally);
}

#[test]
fn both_readers_agree_on_postgresqls_regression_tests() {
    let Some(folder) = std::env::var_os("STOCKADE_REGRESS_SQL") else {
        eprintln!("STOCKADE_REGRESS_SQL is not set: PostgreSQL's regression tests are not compared");
        return;
    };
    let mut tally = Tally::default();
    tally.take_folder(Path::new(&folder));
    tally.report("PostgreSQL's regression tests");
    check(&tally);
}
