//! Texts that are hard to lex, against the real server: where it drops the table, Stockade has to see the DROP.

use crate::client::{Client, Frames};
use crate::support::{self, Database};
use stockade::classify::{EffectKind, EffectSet, classify_text};
use stockade::sql::Lexing;

const SETUP: &str = "CREATE TABLE victim (id int); CREATE TABLE t (id int, \"a$$\" int); CREATE TABLE \"Victim\" (id int); \
     CREATE TABLE \"vi\"\"c\" (id int); CREATE TABLE a$$ (id int)";

/// Texts that may or may not drop `victim`, as `standard_conforming_strings` is on or off.
const TEXTS: &[&str] = &[
    // Words, case and white space.
    "DROP TABLE victim",
    "dRoP tAbLe ViCtIm",
    "DROP\tTABLE\nvictim",
    "DROP\rTABLE\rvictim",
    "DROP\u{c}TABLE\u{c}victim",
    "DROP\u{b}TABLE\u{b}victim",
    "DROP\u{a0}TABLE victim",
    "DROP\u{2003}TABLE victim",
    "\u{feff}DROP TABLE victim",
    "DROP\u{85}TABLE victim",
    "DROP TABLE victim\u{200b}",
    "DROP TABLE public . victim",
    "DROP TABLE\"victim\"",
    "DROP TABLE \"Victim\"",
    "DROP TABLE \"VICTIM\"",
    "DROP TABLE \"vi\"\"c\"",
    "DROP TABLE IF EXISTS nothing,victim",
    ";;;DROP TABLE victim;;",
    "SELECT 1;DROP TABLE victim",
    "SELECT 1; ; \n; DROP TABLE victim",
    // Comments.
    "DROP/**/TABLE/**/victim",
    "DROP--\nTABLE victim",
    "DROP--\rTABLE victim",
    "DROP -- \u{c} TABLE victim",
    "/* ' */ DROP TABLE victim; /* ' */",
    "-- '\nDROP TABLE victim -- '",
    "-- \\\nDROP TABLE victim",
    "SELECT 1 -- \rDROP TABLE victim",
    "SELECT 1; -- \r DROP TABLE victim",
    "SELECT 1; -- \u{b} DROP TABLE victim",
    "SELECT 1; -- \u{85} DROP TABLE victim",
    "SELECT 1; -- \u{2028} DROP TABLE victim",
    "/* /* */ DROP TABLE victim; -- */",
    "/* /* */ */ DROP TABLE victim",
    "/* /* */ DROP TABLE victim",
    "/*/**/*/DROP TABLE victim",
    "/*/ DROP TABLE victim; --*/",
    "/**/*/ DROP TABLE victim",
    "/*! DROP TABLE victim */",
    "/*!99999 DROP TABLE victim */ SELECT 1",
    "# DROP TABLE victim",
    "SELECT 1 # '\n; DROP TABLE victim; -- '",
    "SELECT 1 -- /*\n; DROP TABLE victim; -- */",
    "SELECT '/*'; DROP TABLE victim; -- */'",
    "SELECT \"/*\" FROM t; DROP TABLE victim; -- */\"",
    "SELECT 1 AS \"/*\"; DROP TABLE victim; -- */\"",
    // Operators next to comments.
    "SELECT 1 +/* */ 1; DROP TABLE victim",
    "SELECT 5 */* 2; */ 2; DROP TABLE victim",
    "SELECT 1 @-- x\n; DROP TABLE victim",
    "SELECT 1 --1; DROP TABLE victim",
    "SELECT 1 -/*-*/- 1; DROP TABLE victim",
    "SELECT 1 +-- \n 1; DROP TABLE victim",
    "SELECT 1 /-- \n 1; DROP TABLE victim",
    // Strings.
    "SELECT 'a''; DROP TABLE victim; --'",
    "SELECT 'a'''; DROP TABLE victim; --'",
    r"SELECT 'a\'; DROP TABLE victim; --'",
    r"SELECT 'a\\'; DROP TABLE victim; --'",
    r"SELECT E'a\'; DROP TABLE victim; --'",
    r"SELECT E'a\\'; DROP TABLE victim; --'",
    r"SELECT e'a\'''; DROP TABLE victim; --'",
    r"SELECT E'\x27; DROP TABLE victim; --'",
    r"SELECT E'\047; DROP TABLE victim; --'",
    r"SELECT E'\u0027; DROP TABLE victim; --'",
    r"SELECT E'\U00000027; DROP TABLE victim; --'",
    r"SELECT E'\ud83d\ude00'; DROP TABLE victim",
    r"SELECT E'\ud83d'; DROP TABLE victim",
    r"SELECT E'\0'; DROP TABLE victim",
    r"SELECT E'\xff'; DROP TABLE victim",
    r"SELECT 'a' E'\'; DROP TABLE victim; --'",
    r"SELECT N'a\'; DROP TABLE victim; --'",
    r"SELECT n'a'; DROP TABLE victim",
    r"SELECT B'01\'; DROP TABLE victim; --'",
    r"SELECT X'1F'; DROP TABLE victim; --'",
    r"SELECT xE'a\'; DROP TABLE victim; --'",
    r"SELECT _E'a\'; DROP TABLE victim; --'",
    r"SELECT E 'a\'; DROP TABLE victim; --'",
    // Strings that go on behind a line break.
    "SELECT 'a'\n'; DROP TABLE victim; --'",
    "SELECT 'a'\r'; DROP TABLE victim; --'",
    "SELECT 'a' '; DROP TABLE victim; --'",
    "SELECT 'a'\u{c}\n'; DROP TABLE victim; --'",
    "SELECT 'a'\u{b}\n'; DROP TABLE victim; --'",
    "SELECT 'a' -- c\n'; DROP TABLE victim; --'",
    "SELECT 'a' -- c '\n'b'; DROP TABLE victim; --'",
    "SELECT 'a' /* c */\n'; DROP TABLE victim; --'",
    "SELECT E'a'\n'\\'; DROP TABLE victim; --'",
    "SELECT 'a'\n'\\'; DROP TABLE victim; --'",
    "SELECT U&'a'\n'; DROP TABLE victim; --'",
    // Dollar quotes.
    "SELECT $$; DROP TABLE victim; $$",
    "SELECT $$a$$; DROP TABLE victim; SELECT $$a$$",
    "SELECT $a$ $$; DROP TABLE victim; $$ $a$",
    "SELECT $a$ $A$; DROP TABLE victim; $A$ $a$",
    "SELECT $a$ $b$a$; DROP TABLE victim; $b$ $a$",
    "SELECT $a$ $a $a$; DROP TABLE victim",
    "SELECT $\u{e9}$; DROP TABLE victim; $\u{e9}$",
    "SELECT $\u{e9}$ x $\u{e9}$; DROP TABLE victim",
    "SELECT $a\u{a0}b$; DROP TABLE victim; $a\u{a0}b$",
    "SELECT $1a$; DROP TABLE victim; SELECT $1a$",
    "SELECT $_1$; DROP TABLE victim; $_1$",
    "SELECT $a-b$; DROP TABLE victim; $a-b$",
    "SELECT $a$$; DROP TABLE victim; SELECT $$a$",
    "SELECT 1 FROM a$$; DROP TABLE victim; SELECT 1 AS a$$",
    "SELECT a$$ FROM t; DROP TABLE victim; SELECT a$$ FROM t",
    "SELECT 1 AS \u{e9}$$; DROP TABLE victim; SELECT 1 AS \u{e9}$$",
    "SELECT $$ $\u{e9}$ $$; DROP TABLE victim; -- $\u{e9}$",
    r"SELECT $$\$$; DROP TABLE victim; --$$",
    "SELECT $$'$$; DROP TABLE victim; --'",
    "SELECT '$$'; DROP TABLE victim; --$$'",
    // Unicode strings and identifiers.
    r#"DROP TABLE U&"v\0069ctim""#,
    r#"DROP TABLE u&"\+000076ictim""#,
    r#"DROP TABLE U&"v!0069ctim" UESCAPE '!'"#,
    r#"DROP TABLE U&"v!0069ctim" uescape '!'"#,
    "DROP TABLE U&\"v!0069ctim\"\n UESCAPE -- c\n '!'",
    r#"DROP TABLE U&"v!0069ctim" UESCAPE E'!'"#,
    r#"DROP TABLE U&"v!0069ctim" UESCAPE $$!$$"#,
    r#"DROP TABLE U&"v+0069ctim" UESCAPE '+'"#,
    r#"DROP TABLE U&"v'0069ctim" UESCAPE ''''"#,
    r#"DROP TABLE U& "victim""#,
    r#"DROP TABLE U&victim"#,
    r"SELECT U&'\0027; DROP TABLE victim; --'",
    r"SELECT U&'\'; DROP TABLE victim; --'",
    r"SELECT U&'\\'; DROP TABLE victim; --'",
    r"SELECT U&'!' UESCAPE '!'; DROP TABLE victim",
    r"SELECT U&'a' UESCAPE '''; DROP TABLE victim; --'",
    r"SELECT U&'\d83d\de00'; DROP TABLE victim",
    r"SELECT U&'\d83d'; DROP TABLE victim",
    r"SELECT U&'\0000'; DROP TABLE victim",
    r#"SELECT 1 AS U&"\0022"; DROP TABLE victim; --""#,
    r#"SELECT 1 AS U&"""; DROP TABLE victim; --""#,
    // Numbers and parameters.
    "SELECT 1;DROP TABLE victim--1",
    "SELECT 1.;DROP TABLE victim",
    "SELECT .5;DROP TABLE victim",
    "SELECT 1e;DROP TABLE victim",
    "SELECT 1..2;DROP TABLE victim",
    "SELECT 1x;DROP TABLE victim",
    "SELECT 0x1F;DROP TABLE victim",
    "SELECT 1_000;DROP TABLE victim",
    "SELECT 1_;DROP TABLE victim",
    "SELECT 0b1;DROP TABLE victim",
    "SELECT 1DROP;DROP TABLE victim",
    "SELECT 1AS a;DROP TABLE victim",
    // Ends.
    "DROP TABLE victim /*",
    "DROP TABLE victim; SELECT '",
    "DROP TABLE victim; SELECT $$",
    "DROP TABLE victim; SELECT \"",
    "DROP TABLE victim; SELECT 1 AS \"\"",
    "DROP TABLE victim;\\",
    "\\; DROP TABLE victim",
    "DROP TABLE victim\\g",
    "DROP TABLE victim -- \\",
    "EXPLAIN ANALYZE CREATE TABLE x AS SELECT 1; DROP TABLE victim",
];

/// What the server did with a text, and the tables it left.
struct Truth {
    failed: bool,
    dropped: Vec<String>,
}

fn tables(client: &mut Client) -> Vec<String> {
    let sql = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
    client.query(sql).fine().rows().into_iter().flatten().flatten().collect()
}

/// Sends a text to the server itself, in a transaction that is taken back.
fn truth(database: &Database, setting: &str, text: &str) -> Truth {
    let mut client = database.open();
    client.query(setting).fine();
    let before = tables(&mut client);
    client.query("BEGIN").fine();
    let failed = client.query(text).error().is_some();
    let after = if failed { before.clone() } else { tables(&mut client) };
    client.query("ROLLBACK");
    Truth { failed, dropped: before.into_iter().filter(|table| !after.contains(table)).collect() }
}

fn refused() -> EffectSet {
    [EffectKind::Drop, EffectKind::Unreadable].into_iter().collect()
}

#[test]
fn what_the_server_drops_is_seen() {
    let database = support::database_with(SETUP);
    let (mut unread, mut dropping) = (Vec::new(), 0);
    for (setting, lexing) in [
        ("SELECT 1", Lexing::default()),
        ("SET backslash_quote = on", Lexing::default()),
        ("SET backslash_quote = off", Lexing::default()),
        ("SET backslash_quote = off", Lexing { backslash_quote: false, ..Lexing::default() }),
        ("SET standard_conforming_strings = off", Lexing { standard_conforming_strings: false, ..Lexing::default() }),
    ] {
        for text in TEXTS {
            let truth = truth(&database, setting, text);
            dropping += usize::from(!truth.dropped.is_empty());
            let effects = classify_text(text, lexing).effects();
            let seen = effects.intersects(refused());
            assert!(seen || truth.dropped.is_empty(), "{setting}: {text:?} dropped {:?} unseen", truth.dropped);
            let reads_alike = truth.failed || truth.dropped.is_empty() != effects.contains(EffectKind::Drop);
            if !reads_alike {
                unread.push(format!("{setting}: {text:?}"));
            }
        }
    }
    assert!(dropping > 200, "{dropping}");
    assert!(unread.is_empty(), "the server reads these, we do not:\n{}", unread.join("\n"));
}

/// The same through Stockade, by both protocols: what was to be dropped stays.
#[test]
fn nothing_is_dropped_behind_a_disguise() {
    let database = support::database_with(SETUP);
    let mut client = database.open_through(support::stockade("app-writer"));
    let before = tables(&mut database.open());
    for text in TEXTS {
        client.query(text);
        client.query("ROLLBACK");
        client.extended(text, &[]);
        client.pipeline(Frames::new().parse("p", text).bind("", "p", &[]).execute("", 0).close(b'S', "p").sync());
    }
    assert_eq!(tables(&mut database.open()), before);
}

/// Names as the server keeps them: cut at 63 bytes between two characters, ASCII letters folded.
#[test]
fn names_are_cut_and_folded_as_the_server_does() {
    let database = support::database_with("");
    let mut client = database.open();
    let long = |head: usize, tail: &str| format!("{}{tail}", "n".repeat(head));
    for written in [
        long(70, ""),
        long(63, "x"),
        long(62, "\u{e9}"),
        long(61, "\u{e9}x"),
        long(60, "\u{20ac}x"),
        long(61, "\u{20ac}"),
        long(60, "\u{1f600}"),
        long(59, "\u{1f600}"),
        format!("\"{}\"", long(62, "\u{e9}")),
        format!("\"{}\"", long(70, "\"\"")),
        format!("\"{}\"", long(62, "\"\"\"\"")),
        format!("U&\"{}\"", long(62, "\\00e9")),
        format!("U&\"{}\"", long(61, "\\00e9\\00e9")),
        format!("U&\"{}\"", long(60, "\\+01f600")),
        "\u{c9}T\u{c9}".to_owned(),
        "\u{e9}T\u{c9}".to_owned(),
        "\u{130}STANBUL".to_owned(),
        "\u{212a}ELVIN".to_owned(),
        "\"MiXed\"".to_owned(),
        "_A$1".to_owned(),
        "a\u{a0}B".to_owned(),
        "\u{ff34}\u{ff21}".to_owned(),
    ] {
        client.query(&format!("CREATE TABLE {written} (id int)")).fine();
        let kept = tables(&mut client);
        let statements = classify_text(&format!("DROP TABLE {written}"), Lexing::default()).statements;
        let names: Vec<_> = statements
            .iter()
            .flat_map(|statement| &statement.effects)
            .filter_map(|effect| effect.relation.as_ref())
            .map(|relation| relation.name.to_string())
            .collect();
        assert_eq!(names, kept, "{written}");
        client.query(&format!("DROP TABLE {written}")).fine();
    }
}

#[test]
fn nul_and_broken_utf8_reach_nobody() {
    let database = support::database_with(SETUP);
    for (bytes, name) in [
        (&b"SELECT 1\0; DROP TABLE victim\0"[..], "NUL"),
        (b"SELECT '\xff'; DROP TABLE victim\0", "0xFF"),
        (b"SELECT '\xc0\xa7'; DROP TABLE victim\0", "overlong"),
        (b"SELECT '\xe0\x9f\x27; DROP TABLE victim; --'\0", "cut off"),
        (b"SELECT '\xed\xa0\x80'; DROP TABLE victim\0", "surrogate"),
        (b"SELECT '\xf4\x90\x80\x80'; DROP TABLE victim\0", "beyond Unicode"),
    ] {
        let mut client = database.open_through(support::stockade("app-writer"));
        client.send(&Frames::new().frame(b'Q', bytes).terminate().0);
        assert!(client.last_words().iter().any(|message| message.tag == b'E'), "{name}");
    }
    assert!(tables(&mut database.open()).contains(&"victim".to_owned()));
}

/// What makes a parser slow or deep is answered, by the server or by a refusal, and the next statement after it too.
#[test]
fn large_and_deep_texts_are_answered() {
    let database = support::database_with("CREATE TABLE t (id int, v text)");
    let mut client = database.open_through(support::stockade("app-writer"));
    let chain = |unit: &str, count: usize| unit.repeat(count);
    for text in [
        format!("SELECT 1{}", chain(" + 1", 300)),
        format!("{}SELECT 1 AS a{}", chain("SELECT * FROM (", 100), chain(") AS s", 100)),
        format!("SELECT * FROM t WHERE id IN (0{})", chain(", 1", 9_999)),
        format!("INSERT INTO t VALUES (1, 'x'){}", chain(", (2, 'some text of a row')", 40_000)),
    ] {
        client.query(&text).fine();
        client.extended(&text, &[]).fine();
    }
    // Whether the server itself reads this depends on its stack; it is passed on, or refused, and answered.
    for text in [
        format!("SELECT {}1{}", chain("(", 5_000), chain(")", 5_000)),
        format!("SELECT {}1{}", chain("(", 100_000), chain(")", 100_000)),
        format!("SELECT {}1", chain("NOT ", 100_000)),
        format!("SELECT 1{}", chain(" UNION SELECT 1", 20_000)),
        format!("{}1{}", chain("SELECT(", 5_000), chain(")", 5_000)),
        chain("(", 1 << 20),
        chain("/*", 1 << 19),
        chain("'", 1 << 20),
        chain("$a", 1 << 19),
        chain("SELECT 1;", 20_000),
    ] {
        client.query(&text);
        client.extended(&text, &[]);
        assert_eq!(client.value("SELECT 1"), "1", "{}", text.get(..40).unwrap());
    }
}
