use super::*;
use crate::classify::classify_text;
use crate::sql::Lexing;

const NESTED: &str = "SQL statement \"delete from t\"\nPL/pgSQL function wipe() line 1 at SQL statement\n\
     SQL statement \"SELECT public.wipe()\"\nPL/pgSQL function s.nested(integer) line 1 at PERFORM";

fn error(message: &str, context: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, value) in [(b'S', "ERROR"), (b'V', "ERROR"), (b'C', "25006"), (b'M', message), (b'W', context)] {
        if !value.is_empty() {
            body.push(field);
            body.extend(value.bytes().chain([0]));
        }
    }
    body.push(0);
    body
}

fn field(bytes: &[u8], wanted: u8) -> String {
    let fields = bytes[HEADER_BYTES..].split(|&b| b == 0).filter(|field| field.first() == Some(&wanted));
    let found: Vec<_> = fields.map(|field| String::from_utf8_lossy(&field[1..]).into_owned()).collect();
    assert!(found.len() <= 1, "{found:?}");
    found.concat()
}

fn explained(sql: &str, message: &str, context: &str, may_write: bool) -> [String; 2] {
    let facts = classify_text(sql, Lexing::default());
    let bytes = explain(&error(message, context), Some(&facts), may_write);
    assert_eq!(field(&bytes, b'M'), message);
    assert_eq!(field(&bytes, b'W'), context);
    assert_eq!(u32::from_be_bytes(bytes[1..5].try_into().unwrap()) as usize, bytes.len() - 1);
    assert!(bytes.ends_with(b"\0\0"));
    [field(&bytes, b'D'), field(&bytes, b'H')]
}

const DELETE: &str = "cannot execute DELETE in a read-only transaction";

#[test]
fn the_function_that_wrote_is_named_and_the_one_that_was_called_may_be_allowed() {
    let [detail, hint] = explained("SELECT s.nested(1)", DELETE, NESTED, true);
    assert!(detail.starts_with("Function wipe(), called by function s.nested(integer), tried DELETE. "), "{detail}");
    assert!(detail.contains("read-only"), "{detail}");
    assert!(hint.contains("functions_may_write = [\"s.nested\"]."), "{hint}");
    let [detail, hint] = explained("SELECT sqlw()", DELETE, "SQL function \"sqlw\" statement 1", true);
    assert!(detail.starts_with("Function sqlw tried DELETE. "), "{detail}");
    assert!(hint.contains("functions_may_write = [\"SCHEMA.sqlw\"]."), "{hint}");
    let [detail, hint] =
        explained("SELECT \"My (Fn\"()", DELETE, "PL/pgSQL function \"My (Fn\"() line 1 at SQL statement", true);
    assert!(detail.starts_with("Function \"My (Fn\"() tried DELETE. "), "{detail}");
    assert!(hint.contains("functions_may_write = [\"SCHEMA.My (Fn\"]."), "{hint}");
}

#[test]
fn a_view_that_writes_is_named_and_no_function_offered() {
    let context = "SQL statement \"delete from t\"\nPL/pgSQL function wipe() line 1 at SQL statement";
    let [detail, hint] = explained("SELECT * FROM shop.wiping", DELETE, context, true);
    assert!(
        detail.starts_with(
            "Function wipe(), which the text does not name (a view, a policy or an operator runs it), tried DELETE. "
        ),
        "{detail}"
    );
    assert!(!hint.contains("functions_may_write"), "{hint}");
    let [detail, hint] = explained("TABLE next", "cannot execute nextval() in a read-only transaction", "", true);
    assert!(detail.starts_with("Something that a view, a policy or an operator runs tried nextval(). "), "{detail}");
    assert!(!hint.contains("functions_may_write"), "{hint}");
    let [detail, _] = explained("SELECT f()", DELETE, "", true);
    assert!(detail.starts_with("Something the statement runs tried DELETE. "), "{detail}");
}

#[test]
fn who_may_only_read_is_told_so() {
    let [_, hint] = explained("SELECT s.nested(1)", DELETE, NESTED, false);
    assert!(hint.starts_with("You may only read here") && !hint.contains("functions_may_write"), "{hint}");
}

#[test]
fn what_is_not_understood_is_left_out() {
    let german = "kann DELETE nicht in einer Read-Only-Transaktion ausführen";
    let [detail, hint] = explained("SELECT wipe()", german, "PL/pgSQL-Funktion wipe() Zeile 1 bei SQL-Anweisung", true);
    assert!(detail.starts_with("Something the statement runs tried to write. "), "{detail}");
    assert!(!hint.contains("functions_may_write"), "{hint}");
    for line in [
        "a function b line 1",
        "PL/x y function b line 1",
        "SQL statement \"x\"",
        "SQL function \"",
        "",
        "SQL function ",
    ] {
        function(line);
    }
    assert_eq!(function("SQL statement \"SELECT 1; PL/pgSQL function x() line 1\""), None);
}

#[test]
fn an_error_with_a_detail_of_its_own_is_passed_on() {
    for field in [b'D', b'H'] {
        let mut body = error(DELETE, "");
        body.pop();
        body.extend([&[field], &b"mine\0\0"[..]].concat());
        assert_eq!(explain(&body, None, true)[HEADER_BYTES..], body);
    }
}
