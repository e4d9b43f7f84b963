use super::*;
use crate::sql::{Part, walk};

/// The pieces of a body: `sql` for statements, `run` for EXECUTE.
fn pieces(text: &str) -> Result<Vec<&'static str>, ReadError> {
    let kind = |piece: &Piece| match piece {
        Piece::Sql(Statement::Query(_)) => "select",
        Piece::Sql(Statement::Insert(_)) => "insert",
        Piece::Sql(Statement::Update(_)) => "update",
        Piece::Sql(Statement::Delete(_)) => "delete",
        Piece::Sql(_) => "other",
        Piece::Execute(_) => "run",
    };
    read_plpgsql(text, Lexing::default()).map(|pieces| pieces.iter().map(kind).collect())
}

/// Every form of statement: the calls in it are found, all of them, once each.
#[test]
fn every_expression_is_read() {
    for (text, count) in [
        ("DECLARE a int := f(); b CONSTANT text NOT NULL DEFAULT f(); c text = f(); d x.y%TYPE; BEGIN END", 3),
        ("DECLARE c CURSOR (n int) FOR SELECT f(); d NO SCROLL CURSOR IS SELECT f(); BEGIN END", 2),
        ("DECLARE a ALIAS FOR $1; DECLARE b int; BEGIN END;", 0),
        ("<<l>> DECLARE a int; BEGIN a := f(); b[f()] = f(); c.d := f(); $1 := f(); \"E\" := f(); END l", 6),
        ("BEGIN IF f() THEN PERFORM f(); ELSIF f() THEN PERFORM f(); ELSEIF f() THEN ELSE PERFORM f(); END IF; END", 6),
        ("BEGIN CASE f() WHEN f(), f() THEN PERFORM f(); ELSE PERFORM f(); END CASE; END", 5),
        ("BEGIN CASE WHEN f() THEN NULL; END CASE; END", 1),
        ("BEGIN LOOP EXIT WHEN f(); CONTINUE l WHEN f(); EXIT; END LOOP; END", 2),
        ("BEGIN <<l>> WHILE f() LOOP PERFORM f(); END LOOP l; END", 2),
        ("BEGIN FOR i IN REVERSE f()..f() BY f() LOOP PERFORM f(); END LOOP; END", 4),
        ("BEGIN FOR i IN 1..10 LOOP END LOOP; FOR i IN 1 .. f() LOOP END LOOP; END", 1),
        ("BEGIN FOR r, s IN SELECT f() FROM t WHERE f() LOOP PERFORM f(); END LOOP; END", 3),
        ("BEGIN FOR r IN c LOOP END LOOP; FOR r IN c(f(), n := f()) LOOP END LOOP; END", 2),
        ("BEGIN FOR r IN EXECUTE f() USING f(), f() LOOP PERFORM f(); END LOOP; END", 4),
        ("BEGIN FOREACH x SLICE 1 IN ARRAY f() LOOP PERFORM f(); END LOOP; END", 2),
        ("BEGIN RETURN f(); RETURN; RETURN NEXT f(); RETURN NEXT; RETURN QUERY SELECT f(); END", 3),
        ("BEGIN RETURN QUERY EXECUTE f() USING f(); END", 2),
        ("BEGIN RAISE NOTICE 'a % %', f(), f(g(1, 2)); RAISE; RAISE division_by_zero; RAISE SQLSTATE '22012'; END", 2),
        ("BEGIN RAISE USING MESSAGE = f(), HINT := f(); RAISE EXCEPTION 'x %', f() USING ERRCODE = f(); END", 4),
        ("BEGIN ASSERT f(), f(); END", 2),
        ("BEGIN EXECUTE f() INTO STRICT a.b, c USING f(), f(); EXECUTE f() USING f() INTO x; END", 5),
        ("BEGIN OPEN c; OPEN c(f()); OPEN c NO SCROLL FOR SELECT f(); OPEN c FOR EXECUTE f() USING f(); END", 4),
        ("BEGIN FETCH c INTO x; FETCH RELATIVE f() FROM c INTO x; MOVE FORWARD f() IN c; CLOSE c; END", 2),
        ("BEGIN GET STACKED DIAGNOSTICS x = ROW_COUNT; GET DIAGNOSTICS y := ROW_COUNT; NULL; END", 0),
        (
            "BEGIN SELECT f() INTO STRICT a, b FROM f() x WHERE f(); INSERT INTO t SELECT f() RETURNING f() INTO y; END",
            5,
        ),
        (
            "BEGIN BEGIN PERFORM f(); EXCEPTION WHEN a OR SQLSTATE '1' THEN PERFORM f(); WHEN OTHERS THEN PERFORM f(); END; END",
            3,
        ),
        ("#variable_conflict use_column\nBEGIN PERFORM f(); COMMIT; ROLLBACK AND CHAIN; CALL p(f()); END", 2),
        ("BEGIN x =-f(); y := /* ; */ f() -- ;\n; z := $q$;$q$ || e'\\';' || f(); END", 3),
    ] {
        let pieces = read_plpgsql(text, Lexing::default()).unwrap_or_else(|error| panic!("{error}: {text}"));
        let mut calls = 0;
        for piece in &pieces {
            if let Piece::Sql(statement) = piece {
                walk(statement, &mut |part| {
                    calls += usize::from(matches!(part, Part::Expr(Expr::Call(call)) if &*call.name.name == "f"));
                });
                if let Statement::Utility(utility) = statement {
                    calls += usize::from(utility.action == crate::sql::Action::Call && utility.exprs.is_empty());
                }
            }
        }
        assert_eq!(calls, count, "{text}");
    }
}

#[test]
fn into_names_variables() {
    let text = "BEGIN SELECT 1 INTO a; INSERT INTO t VALUES (1) RETURNING id INTO b; UPDATE t SET x = 1 RETURNING id INTO c.d; \
        WITH w AS (INSERT INTO t VALUES (1) RETURNING id) SELECT id INTO e FROM w; DELETE FROM t; END";
    assert_eq!(pieces(text).unwrap(), ["select", "insert", "update", "select", "delete"]);
    let read = read_plpgsql(text, Lexing::default()).unwrap();
    for piece in &read {
        if let Piece::Sql(Statement::Query(query)) = piece {
            assert!(query.into.is_none());
        }
    }
}

#[test]
fn statements_with_semicolons_of_their_own() {
    let text = "BEGIN CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; \
        CREATE RULE r AS ON DELETE TO t DO ALSO (DELETE FROM u; DELETE FROM v); DO $x$ BEGIN DELETE FROM t; END $x$; END";
    assert_eq!(pieces(text).unwrap(), ["other", "other", "other"]);
}

#[test]
fn what_is_no_plpgsql_is_an_error() {
    for text in [
        "",
        "SELECT 1",
        "BEGIN",
        "BEGIN PERFORM 1 END",
        "BEGIN END; DROP TABLE t;",
        "BEGIN IF true THEN NULL; END",
        "BEGIN x := (1; END",
        "BEGIN x := 'a; END",
        "BEGIN SELECT 1) ; END",
        "BEGIN DROP TABEL t; END",
        "BEGIN EXECUTE 'a', 'b'; END",
        "BEGIN x := $q$; END",
        "DECLARE x int; y",
        "/* BEGIN END",
    ] {
        assert!(pieces(text).is_err(), "{text}");
    }
}

#[test]
fn backslashes_are_lexed_as_the_session_does() {
    let text = "BEGIN x := '\\'; DELETE FROM t; --'; END";
    assert_eq!(pieces(&text.replace("--'", "--")), Err(ReadError::Syntax));
    let off = Lexing { standard_conforming_strings: false, ..Lexing::default() };
    assert_eq!(read_plpgsql(text, off).unwrap().len(), 1);
}

#[test]
fn depth_and_number_are_bounded() {
    let nested = |depth: usize| format!("{}{}", "BEGIN ".repeat(depth), "END; ".repeat(depth));
    assert_eq!(pieces(&nested(150)), Ok(vec![]));
    assert_eq!(pieces(&nested(100_000)), Err(ReadError::TooDeep));
    let many = format!("BEGIN {} END", "x := 1; ".repeat(MAX_STATEMENTS + 1));
    assert_eq!(pieces(&many), Err(ReadError::TooManyStatements));
}

/// The variables each body's DELETE compares with.
#[test]
fn variables_are_no_columns() {
    for (text, parameters) in [
        ("DECLARE v int; BEGIN DELETE FROM t WHERE id = v; END", 1),
        ("DECLARE \"V\" int; BEGIN DELETE FROM t WHERE id = \"V\" AND v = V; END", 1),
        ("DECLARE r record; BEGIN DELETE FROM t WHERE id = r.id; END", 1),
        ("BEGIN FOR i IN 1..3 LOOP DELETE FROM t WHERE id = i; END LOOP; END", 1),
        ("BEGIN FOR i IN 1..3 LOOP NULL; END LOOP; DELETE FROM t WHERE id = i; END", 0),
        ("BEGIN DECLARE v int; BEGIN NULL; END; DELETE FROM t WHERE id = v; END", 0),
        ("#variable_conflict use_column\nDECLARE v int; BEGIN DELETE FROM t WHERE id = v; END", 0),
    ] {
        let mut seen = 0;
        for piece in &read_plpgsql(text, Lexing::default()).unwrap() {
            if let Piece::Sql(statement @ Statement::Delete(_)) = piece {
                walk(statement, &mut |part| seen += usize::from(matches!(part, Part::Expr(Expr::Parameter(_)))));
            }
        }
        assert_eq!(seen, parameters, "{text}");
    }
}

proptest::proptest! {
    /// Whatever stands where, the reader ends, and without a panic.
    #[test]
    fn any_words_in_any_order_end(words in proptest::collection::vec(0..WORDS.len(), 0..60), tail in ".{0,12}") {
        let body: Vec<&str> = words.iter().map(|index| WORDS[*index]).collect();
        for text in [body.join(" "), format!("BEGIN {} END", body.join(" ")), format!("{} {tail}", body.concat())] {
            let _ = read_plpgsql(&text, Lexing::default());
            let _ = read_plpgsql(&text, Lexing { standard_conforming_strings: false, ..Lexing::default() });
        }
    }
}

const WORDS: &[&str] = &[
    "begin",
    "end",
    "if",
    "then",
    "elsif",
    "else",
    "case",
    "when",
    "loop",
    "while",
    "for",
    "foreach",
    "in",
    "array",
    "..",
    "return",
    "query",
    "execute",
    "using",
    "into",
    "raise",
    "'x'",
    "open",
    "fetch",
    "from",
    "perform",
    "declare",
    "cursor",
    "exception",
    "a",
    "b",
    ":=",
    "=",
    "(",
    ")",
    "[",
    "]",
    ";",
    ",",
    ".",
    "1",
    "$1",
    "$$",
    "$q$",
    "/*",
    "*/",
    "--",
    "\n",
    "'",
    "\"",
    "<<",
    ">>",
    "#",
    "e'\\",
    "u&'",
    "select",
    "insert",
    "create",
    "function",
    "begin atomic",
    "é",
    "+",
    "-",
];
