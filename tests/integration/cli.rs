//! The command line's offline commands: what they print, and which code they end with.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

fn stockade(args: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_stockade"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that needs no input may be gone already.
    let _ = child.stdin.take().expect("a pipe").write_all(stdin.as_bytes());
    child.wait_with_output().expect("the program ends")
}

fn code(args: &[&str]) -> Option<i32> {
    stockade(args, "").status.code()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// A file that goes away with the test.
fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a directory");
    let path = folder.path().join("stockade.toml");
    std::fs::write(&path, text).expect("a file");
    (folder, path)
}

#[test]
fn explain_ends_with_0_only_if_all_is_allowed() {
    assert_eq!(code(&["explain", "SELECT 1"]), Some(0));
    assert_eq!(code(&["explain", "DROP TABLE customers"]), Some(1));
    assert_eq!(code(&["explain", "SELECT 1; DELETE FROM customers"]), Some(1));
    assert_eq!(code(&["explain", "--preset", "trusted", "DROP TABLE customers"]), Some(0));
    assert_eq!(code(&["explain", "--preset", "read-only", "INSERT INTO a VALUES (1)"]), Some(1));
    assert_eq!(code(&["explain", "this is not SQL"]), Some(1));
    assert_eq!(code(&["explain", ""]), Some(0));
}

#[test]
fn a_misuse_ends_with_2_and_names_the_flag() {
    for (args, says) in [
        (&["explain", "--preset", "app-witer", "SELECT 1"][..], "--preset"),
        (&["explain", "--file", "/nowhere/x.sql"], "--file"),
        (&["explain", "--principal", "x", "SELECT 1"], "--config"),
        (&["explain", "--config", "/nowhere/x.toml", "SELECT 1"], "/nowhere/x.toml"),
        (&["run"], "--upstream"),
        (&["run", "--upstream", "postgres://ada:secret@db"], "--upstream"),
        (&["run", "--config", "/nowhere/x.toml"], "/nowhere/x.toml"),
        (&["fly"], "fly"),
    ] {
        let output = stockade(args, "");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let error = text(&output.stderr);
        assert!(error.contains(says), "{args:?}: {error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[test]
fn explain_in_json_gives_each_statement_its_own_line() {
    let output = stockade(&["explain", "--json", "-"], "SELECT 'a;b' ;\n DROP TABLE customers;");
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["statement"], "SELECT 'a;b'");
    assert_eq!(lines[0]["verdict"], "allow");
    assert_eq!(lines[0]["reasons"], serde_json::json!([]));
    assert_eq!(lines[1]["statement"], "DROP TABLE customers");
    assert_eq!(lines[1]["verdict"], "reject");
    assert_eq!(lines[1]["rule"], "preset:app-writer");
    assert_eq!(lines[1]["effects"], serde_json::json!(["drop"]));
    assert!(lines[1]["hint"].is_string());
}

#[test]
fn explain_tells_the_statement_at_fault_from_the_others() {
    let file = "SELECT 1;\n-- a comment;\nDROP TABLE a;\n\nSELECT 'x;y'\n  FORM t;\nCREATE FUNCTION f() RETURNS int \
                BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;\nDELETE FROM b";
    let output = stockade(&["explain", "--json", "-"], file);
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let seen: Vec<(u64, &str)> = lines
        .iter()
        .map(|row| (row["line"].as_u64().expect("a line"), row["effects"][0].as_str().expect("an effect")))
        .collect();
    assert_eq!(seen[..3], [(1, "read"), (3, "drop"), (5, "unreadable")]);
    assert_eq!((seen.len(), seen[3].0, seen[4]), (5, 7, (8, "unbounded-write")));
    let fault = lines[2]["reasons"][0].as_str().expect("a reason");
    assert!(fault.ends_with("at line 6, character 8"), "{fault}");
    assert_eq!(lines[2]["statement"], "SELECT 'x;y'\n  FORM t");
    // Nothing is lost where the pieces tell nothing.
    assert_eq!(code(&["explain", "SELECT 1; SELECT 'open"]), Some(1));
    assert_eq!(code(&["explain", "SELECT 1; asdf; SELECT 2"]), Some(1));
    let output = stockade(&["explain", "SELECT 1;\nSELECT 2 3;\nSELECT 4"], "");
    assert!(text(&output.stdout).contains("2 allowed, 1 rejected"), "{}", text(&output.stdout));
}

#[test]
fn explain_follows_prepared_statements() {
    let verdicts = |sql: &str, preset: &str| {
        let output = stockade(&["explain", "--json", "--preset", preset, sql], "");
        let verdict = |line: &str| {
            let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
            value["verdict"].as_str().expect("a verdict").to_owned()
        };
        text(&output.stdout).lines().map(verdict).collect::<Vec<_>>()
    };
    let sql = "PREPARE p AS SELECT 1; EXECUTE p; DEALLOCATE p; EXECUTE p";
    assert_eq!(verdicts(sql, "app-writer"), ["allow", "allow", "allow", "reject"]);
    assert_eq!(verdicts("EXECUTE nobody_prepared_this", "trusted"), ["allow"]);
}

#[test]
fn a_pipe_gets_no_colour() {
    let output = stockade(&["explain", "DROP TABLE customers"], "");
    let text = text(&output.stdout);
    assert!(!text.contains('\x1b'));
    assert!(text.contains("reject") && text.contains("preset:app-writer") && text.contains("hint"), "{text}");
}

#[test]
fn explain_takes_a_principal_of_the_file() {
    let (_folder, path) = file(
        "[upstream.a]\naddress = \"db\"\n[[principal]]\nname = \"reader\"\nmatch = { user = \"r\" }\npreset = \"read-only\"\n",
    );
    let path = path.to_str().expect("a path");
    let insert = "INSERT INTO a VALUES (1)";
    assert_eq!(code(&["explain", "--config", path, insert]), Some(0));
    assert_eq!(code(&["explain", "--config", path, "--principal", "reader", insert]), Some(1));
    assert_eq!(code(&["explain", "--config", path, "--principal", "redaer", insert]), Some(2));
}

#[test]
fn check_prints_the_policy_of_a_sound_file() {
    let (_folder, path) = file("[upstream.a]\naddress = \"db\"\n");
    let path = path.to_str().expect("a path");
    let output = stockade(&["check", "--config", path], "");
    assert_eq!(output.status.code(), Some(0));
    let text = text(&output.stdout);
    assert!(text.contains("default") && text.contains("unbounded-write") && text.contains("app-writer"), "{text}");
    let json = stockade(&["check", "--config", path, "--json"], "");
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(value["principals"][0]["effects"]["drop"], "reject");
}

#[test]
fn check_prints_limits_timeouts_and_what_suspends() {
    let (folder, path) = file(
        "[upstream.a]\naddress = \"db\"\n[admin]\nsocket = \"admin.sock\"\n[state]\npath = \"state.json\"\n\
         [[principal]]\nname = \"quick\"\nmatch = { user = \"q\" }\n\
         limits = { rows_per_statement = 200, table_share = 0.07, rows_per_hour = \"none\", over = \"hold\" }\n\
         functions_may_write = [\"ops.tidy_up\", \"*.uuid_generate_v4\"]\n\
         timeouts = { statement = \"1500ms\", lock = \"none\" }\nsuspend_after = { refusals = 3, within = \"90s\" }\n\
         [[principal]]\nname = \"free\"\nkind = \"service\"\nmatch = { user = \"f\" }\nlimits = \"none\"\n\
         [[rule]]\nid = \"few\"\ntables = [\"pay.*\"]\nprincipals = [\"quick\"]\nlimits = { rows_per_statement = 10 }\n",
    );
    let output = stockade(&["check", "--config", path.to_str().expect("a path")], "");
    let folder = folder.path().display();
    let printed = text(&output.stdout);
    let golden = format!(
        "control  {folder}/admin.sock
state    {folder}/state.json; suspensions and budgets survive a restart
record   none is kept

quick  agent under app-writer, enforced
  who      user q
  limits   200 rows a statement, 10000 rows a transaction, 7% of a table, no table left empty; over:
           hold
  limits   few: 10 rows a statement on pay.*; over: reject
  code     CALL; may write: ops.tidy_up, *.uuid_generate_v4; what it did is witnessed
  timeouts statement_timeout 1500ms, idle_in_transaction_session_timeout 5min
  suspend  after 3 refusals within 90s

free  service under app-writer, enforced
  who      user f
  limits   none
  code     none
  timeouts the server's own
  suspend  by a person alone

default  agent under app-writer, enforced
  who      everyone else
  limits   1000 rows a statement, 10000 rows a transaction, 10000 rows an hour, 20% of a table, no
           table left empty; over: reject
  code     CALL; no function may write; what it did is witnessed
  timeouts statement_timeout 5min, lock_timeout 30s, idle_in_transaction_session_timeout 5min
  suspend  after 20 refusals within 1min
"
    );
    assert!(printed.contains(&golden), "{printed}\nshould contain\n{golden}");
    let json = stockade(&["check", "--config", path.to_str().expect("a path"), "--json"], "");
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let quick = &value["principals"][0];
    assert_eq!(quick["limits"]["rows_per_statement"], 200);
    assert_eq!(quick["limits"]["tables"][0]["rule"], "few");
    assert_eq!(quick["functions_may_write"][0], "ops.tidy_up");
    assert_eq!(quick["timeouts"]["statement_timeout"], 1500);
    assert!(quick["timeouts"]["lock_timeout"].is_null());
    assert_eq!(quick["suspend_after"], serde_json::json!({ "refusals": 3, "within_seconds": 90 }));
}

#[test]
fn check_reports_every_fault_with_its_line() {
    let (_folder, path) = file("[upstream.a]\nadress = \"db\"\n\n[defaults]\npreset = \"app-witer\"\n");
    let path = path.to_str().expect("a path");
    let output = stockade(&["check", "--config", path], "");
    assert_eq!(output.status.code(), Some(1));
    let error = text(&output.stderr);
    for line in [":1: ", ":2: ", ":5: "] {
        assert!(error.contains(&format!("{path}{line}")), "{error}");
    }
    let json = stockade(&["check", "--config", path, "--json"], "");
    assert_eq!(json.status.code(), Some(1));
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(value["problems"].as_array().map(Vec::len), Some(3));
}

#[test]
fn help_has_examples() {
    for command in ["run", "explain", "check", "principal", "demo"] {
        let output = stockade(&[command, "--help"], "");
        assert_eq!(output.status.code(), Some(0));
        assert!(text(&output.stdout).contains("Examples:"), "{command}");
    }
}
