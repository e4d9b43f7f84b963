//! Functions: PostgreSQL's own by name, and those among them that reach further than their statement.

use super::facts::{Facts, Reader};
use super::{EffectKind, settings};
use crate::sql::{Call, Name, read, read_second};
use std::collections::HashSet;
use std::sync::LazyLock;

static BUILTIN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("functions/builtin.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

/// How many texts may be inside each other before it counts as code nobody can read.
pub(super) const MAX_TEXT_DEPTH: usize = 3;

/// A function call.
pub(super) fn call(facts: &mut Facts<'_>, call: &Call) {
    let name = &*call.name.name;
    match name {
        "nextval" => {
            facts.writes();
            facts.add(EffectKind::Sequence, None, "nextval");
        }
        "set_config" => settings::set_config(facts, &call.args),
        "current_setting" => settings::current_setting(facts, &call.args),
        "pg_notify" => facts.add(EffectKind::Notify, None, "pg_notify"),
        "query_to_xml"
        | "query_to_xmlschema"
        | "query_to_xml_and_xmlschema"
        | "ts_stat"
        | "crosstab"
        | "crosstab2"
        | "crosstab3"
        | "crosstab4"
        | "connectby" => text(facts, call, 0),
        "ts_rewrite" if call.args.len() == 2 => text(facts, call, 1),
        // xml2's builds its query of four pieces of text, none of them quoted.
        "cursor_to_xml" | "cursor_to_xmlschema" | "xpath_table" => runs_text(facts, name),
        _ if name.starts_with("table_to_xml")
            || name.starts_with("schema_to_xml")
            || name.starts_with("database_to_xml") =>
        {
            if call.args.first().and_then(settings::constant).is_none() && !name.starts_with("database") {
                runs_text(facts, name);
            }
        }
        _ => match reaches_out(name) {
            Some(kind) => {
                facts.writes();
                facts.add(kind, None, &format!("a call of {name}"));
            }
            None if is_builtin(&call.name) => {}
            None => facts.calls(&call.name),
        },
    }
}

/// Whether a function is one of PostgreSQL's own.
pub(super) fn is_builtin(name: &Name) -> bool {
    match name.schema.as_deref() {
        None | Some("pg_catalog") => BUILTIN.contains(&*name.name),
        Some("information_schema") => name.name.starts_with("_pg_"),
        Some(_) => false,
    }
}

/// Whether an operator is one of PostgreSQL's own (`pg_operator` of 15 to 18, and the grammar's own names).
pub(super) fn is_builtin_operator(name: &Name) -> bool {
    const OPERATORS: &str = " !! !~ !~* !~~ !~~* # ## #- #> #>> % & && &< &<| &> * *< *<= *<> *= *> *>= + - -> ->> -|- / < \
        <-> << <<= <<| <= <> <@ <^ = > >= >> >>= >^ ? ?# ?& ?- ?-| ?| ?|| @ @-@ @> @? @@ @@@ ^ ^@ | |&> |/ |>> || ||/ ~ ~* \
        ~<=~ ~<~ ~= ~>=~ ~>~ ~~ ~~* != similar !similar ";
    matches!(name.schema.as_deref(), None | Some("pg_catalog"))
        && OPERATORS.split_ascii_whitespace().any(|operator| operator == &*name.name)
}

/// Whether a cast's type is one of PostgreSQL's own, which run nothing but PostgreSQL's own code.
pub(super) fn is_builtin_type(name: &Name) -> bool {
    const TYPES: &[&str] = &[
        "bool",
        "boolean",
        "int2",
        "int4",
        "int8",
        "int",
        "integer",
        "smallint",
        "bigint",
        "oid",
        "float4",
        "float8",
        "real",
        "numeric",
        "decimal",
        "money",
        "text",
        "varchar",
        "bpchar",
        "char",
        "name",
        "bytea",
        "uuid",
        "date",
        "time",
        "timetz",
        "timestamp",
        "timestamptz",
        "interval",
        "json",
        "jsonb",
        "jsonpath",
        "xml",
        "bit",
        "varbit",
        "inet",
        "cidr",
        "macaddr",
        "macaddr8",
        "point",
        "line",
        "lseg",
        "box",
        "path",
        "polygon",
        "circle",
        "tsvector",
        "tsquery",
        "int4range",
        "int8range",
        "numrange",
        "tsrange",
        "tstzrange",
        "daterange",
        "regclass",
        "regtype",
        "regproc",
        "regprocedure",
        "regoper",
        "regoperator",
        "regnamespace",
        "regrole",
        "regconfig",
        "regdictionary",
        "regcollation",
        "pg_lsn",
        "txid_snapshot",
        "pg_snapshot",
        "xid",
        "xid8",
        "tid",
        "cid",
        "refcursor",
    ];
    matches!(name.schema.as_deref(), None | Some("pg_catalog")) && TYPES.contains(&&*name.name)
}

fn runs_text(facts: &mut Facts<'_>, name: &str) {
    facts.foreign();
    facts.keep_run_code(&format!("a call of {name} with a text that is not shown"));
}

/// A function that runs the SQL text given to it.
fn text(facts: &mut Facts<'_>, call: &Call, index: usize) {
    let name = &*call.name.name;
    let Some(text) = call.args.get(index).and_then(settings::constant) else { return runs_text(facts, name) };
    if facts.depth >= MAX_TEXT_DEPTH {
        return runs_text(facts, name);
    }
    let statements = match facts.reader {
        Reader::First => match read(text, facts.lexing) {
            Ok(statements) => statements,
            Err(_) => return runs_text(facts, name),
        },
        Reader::Second => read_second(text).into_iter().flatten().flatten().collect(),
    };
    for statement in &statements {
        let mut inner = Facts::new(&[], facts.lexing, facts.depth + 1, facts.reader);
        inner.take(statement);
        facts.absorb(inner.finish(statement));
    }
}

/// Functions that reach the server, other sessions, or what no transaction takes back; by name in any schema, since
/// extensions put some of them elsewhere.
fn reaches_out(name: &str) -> Option<EffectKind> {
    use EffectKind::{Catalog, Irrevocable, Server};
    const SERVER: &[&str] = &[
        "pg_stat_file",
        "pg_reload_conf",
        "pg_rotate_logfile",
        "pg_rotate_logfile_old",
        "pg_switch_wal",
        "pg_switch_xlog",
        "pg_promote",
        "pg_backup_start",
        "pg_backup_stop",
        "pg_start_backup",
        "pg_stop_backup",
        "pg_create_restore_point",
        "pg_import_system_collations",
        "pg_log_backend_memory_contexts",
        "pg_get_process_memory_contexts",
        "pg_hba_file_rules",
        "pg_ident_file_mappings",
        "pg_show_all_file_settings",
        "pg_relation_filepath",
        "pg_current_logfile",
        "pg_logdir_ls",
        "pg_sync_replication_slots",
        "lo_import",
        "lo_export",
    ];
    const SERVER_PREFIXES: &[&str] = &[
        "pg_read_",
        "pg_ls_",
        "pg_file_",
        "pg_wal_replay_",
        "pg_xlog_replay_",
        "pg_logical_",
        "pg_replication_origin_",
        "pg_replication_slot_",
        "pg_copy_logical_replication",
        "pg_copy_physical_replication",
        "pg_create_logical_replication",
        "pg_create_physical_replication",
        "pg_drop_replication",
        "dblink",
        "pg_surgery",
    ];
    const IRREVOCABLE: &[&str] = &[
        "setval",
        "lo_creat",
        "lo_create",
        "lo_from_bytea",
        "lo_put",
        "lo_truncate",
        "lo_truncate64",
        "lo_unlink",
        "lowrite",
        "lo_manage",
        "pg_terminate_backend",
        "pg_cancel_backend",
        "pg_stat_statements_reset",
        "heap_force_kill",
        "heap_force_freeze",
        "brin_summarize_new_values",
        "brin_summarize_range",
        "brin_desummarize_range",
        "gin_clean_pending_list",
        "pg_truncate_visibility_map",
    ];
    const IRREVOCABLE_PREFIXES: &[&str] =
        &["pg_advisory_lock", "pg_advisory_xact_lock", "pg_try_advisory_", "pg_stat_reset"];
    const CATALOG: &[&str] = &[
        "pg_extension_config_dump",
        "pg_nextoid",
        "pg_stop_making_pinned_objects",
        "pg_restore_relation_stats",
        "pg_restore_attribute_stats",
        "pg_clear_relation_stats",
        "pg_clear_attribute_stats",
    ];
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    if SERVER.contains(&name) || starts(SERVER_PREFIXES) {
        Some(Server)
    } else if IRREVOCABLE.contains(&name) || starts(IRREVOCABLE_PREFIXES) {
        Some(Irrevocable)
    } else if CATALOG.contains(&name) || name.starts_with("binary_upgrade_") {
        Some(Catalog)
    } else {
        None
    }
}
