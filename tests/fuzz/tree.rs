//! What a text destroys, read off PostgreSQL's own parse tree as it prints itself: no code of Stockade's between the
//! text and the answer.

use stockade::sql::with_deep_stack;

/// Nodes that destroy wherever they stand.
const DESTROY: [&str; 11] = [
    "DropStmt {",
    "TruncateStmt {",
    "DropdbStmt {",
    "DropOwnedStmt {",
    "DropRoleStmt {",
    "DropTableSpaceStmt {",
    "DropUserMappingStmt {",
    "DropSubscriptionStmt {",
    "subtype: AtDropColumn,",
    "subtype: AtDropConstraint,",
    "subtype: AtAlterColumnType,",
];

/// The first thing of a text that would destroy, were it run; `None` too where the grammar does not take the text.
pub fn destroys(text: &str) -> Option<String> {
    with_deep_stack(text, || {
        let parsed = pg_query::parse(text, pg_query::ParserOptions::DISABLE_ESCAPE_STRING_WARNING).ok()?;
        parsed.protobuf.stmts.iter().find_map(|statement| in_tree(&format!("{:?}", statement.stmt)))
    })
    .flatten()
}

fn in_tree(tree: &str) -> Option<String> {
    // Whether it is run is another question, which the server answers.
    if tree.contains("ExplainStmt {") && (!tree.contains("\"analyze\"") || tree.contains("arg: Some(Node {")) {
        return None;
    }
    if let Some(node) = DESTROY.iter().find(|node| tree.contains(**node)) {
        return Some((*node).to_owned());
    }
    // A join's ON can be a predicate too.
    if tree.contains("JoinExpr {") {
        return None;
    }
    ["DeleteStmt {", "UpdateStmt {"].into_iter().find_map(|node| {
        let unbounded = tree.match_indices(node).any(|(at, _)| lacks_where(&tree[at + node.len()..]));
        unbounded.then(|| format!("{node} where_clause: None"))
    })
}

/// Whether the node whose fields begin here has no WHERE of its own.
fn lacks_where(fields: &str) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_i32, false, false);
    for (at, c) in fields.char_indices() {
        if in_string {
            (in_string, escaped) = (escaped || c != '"', c == '\\' && !escaped);
            continue;
        }
        match c {
            '"' => in_string = true,
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' if depth == 0 => return false,
            '}' | ']' | ')' => depth -= 1,
            'w' if depth == 0 && fields[at..].starts_with("where_clause: None") => return true,
            _ => {}
        }
    }
    false
}

#[test]
fn the_tree_tells_what_destroys() {
    for text in [
        "DROP TABLE a",
        "TRUNCATE a",
        "DELETE FROM a",
        "SELECT 1; WITH x AS (UPDATE a SET b = 'where_clause: x' RETURNING 1) SELECT 1",
        "EXPLAIN ANALYZE DELETE FROM a USING b",
        "ALTER TABLE a DROP COLUMN b",
        "COPY (DELETE FROM a USING (SELECT 1 WHERE true) b RETURNING 1) TO STDOUT",
    ] {
        assert!(destroys(text).is_some(), "{text}");
    }
    for text in [
        "SELECT 'DROP TABLE a'",
        "DELETE FROM a WHERE b",
        "EXPLAIN DELETE FROM a",
        "UPDATE a SET b = 1 WHERE c",
        "DROP",
    ] {
        assert!(destroys(text).is_none(), "{text}");
    }
}
