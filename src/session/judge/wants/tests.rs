//! What is looked at once says what looking each time would.

use super::{Gist, Wants};
use crate::classify::{Access, classify_text};
use crate::sql::Lexing;

#[test]
fn a_plain_select_does_nothing_that_is_asked_about() {
    for (text, plain) in [
        ("SELECT a FROM t WHERE b = 1", true),
        ("SELECT f(a) FROM t", true),
        ("SELECT count(*) FROM t", true),
        ("SELECT a FROM t FOR UPDATE", false),
        ("SELECT nextval('s')", false),
        ("SELECT a INTO u FROM t", false),
        ("SELECT 1; SELECT 2", false),
        ("WITH d AS (DELETE FROM t WHERE a = 1 RETURNING a) SELECT a FROM d", false),
        ("SELECT set_config('a.b', 'c', false)", true),
        ("SELECT set_config('default_transaction_read_only', 'on', false)", false),
        ("EXECUTE p", false),
        ("DECLARE c CURSOR FOR SELECT 1", false),
        ("BEGIN", false),
        ("COMMIT", false),
        ("PREPARE TRANSACTION 'x'", false),
        ("DO 'BEGIN END'", false),
        ("CALL p()", false),
        ("UPDATE t SET a = 1 WHERE id = 1", false),
        ("VACUUM t", false),
        ("COPY t FROM STDIN", false),
        ("SHOW work_mem", false),
        ("", false),
        ("SELEC 1", false),
    ] {
        let facts = classify_text(text, Lexing::default());
        for _again in 0..2 {
            let gist = Gist::of(&facts);
            assert_eq!(gist.plain, plain, "{text}: {facts:?}");
            assert_eq!(gist.wants, Wants::of(&facts.statements), "{text}");
        }
        // Who changes a copy does not find what was made of the other.
        let mut copy = facts.clone();
        for statement in &mut copy.statements {
            statement.access = Access::ReadWrite;
        }
        assert!(!Gist::of(&copy).plain, "{text}");
        assert_eq!(Gist::of(&copy).wants, Wants::of(&copy.statements), "{text}");
    }
}
