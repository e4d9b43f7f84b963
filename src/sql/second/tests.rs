//! The second reader by itself.

use super::super::*;

fn one(text: &str) -> Option<Statement> {
    let mut statements = with_deep_stack(text, || read_second(text)).unwrap()?;
    assert_eq!(statements.len(), 1, "{text}");
    statements.remove(0)
}

#[test]
fn x() {
    eprintln!("{:?}", one("CREATE OPERATOR <| (PROCEDURE = int8lt, LEFTARG = bigint, RIGHTARG = bigint)"));
    eprintln!("{:?}", one("DROP OPERATOR <|(bigint, bigint)"));
}
