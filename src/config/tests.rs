use super::*;
use crate::policy::{Code, EffectKind, Kind, Mode, Relation, Verdict, Who, table};
use std::os::unix::fs::PermissionsExt;

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(text, "stockade.toml", Path::new("/nowhere"))
}

/// The faults, as `line key: message`.
fn faults(text: &str) -> Vec<String> {
    let error = parse(text).expect_err("the text has faults");
    error
        .problems
        .iter()
        .map(|problem| format!("{} {}: {}", problem.line.unwrap_or_default(), problem.key, problem.message))
        .collect()
}

/// One fault that begins so, on top of a sound upstream.
pub(super) fn fault(text: &str, begins: &str) {
    let all = faults(&format!("{UPSTREAM}{text}"));
    assert!(matches!(all.as_slice(), [one] if one.starts_with(begins)), "{all:#?}\nshould be one: {begins}");
}

const UPSTREAM: &str = "[upstream.a]\naddress = \"db:5432\"\n";

pub(super) fn sound(text: &str) -> Config {
    parse(&format!("{UPSTREAM}{text}")).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_example_is_sound() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let config = Config::load(&folder.join("stockade.toml")).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.listeners.len(), 1);
    assert!(config.audit_guards_writes());
    assert!(config.principals.named("migrations").is_some());
}

/// Every commented key of the example is a real one: with all of them switched on no key is unknown.
#[test]
fn the_example_has_no_key_of_its_own() {
    let text = include_str!("../../config/stockade.toml");
    let key = |line: &str| {
        line.strip_prefix("# ")
            .filter(|rest| {
                rest.starts_with('[')
                    || rest.split_once(" = ").is_some_and(|(key, _)| !key.is_empty() && !key.contains(' '))
            })
            .map(str::to_owned)
    };
    let all: Vec<String> = text.lines().map(|line| key(line).unwrap_or_else(|| line.to_owned())).collect();
    let error = parse(&all.join("\n")).expect_err("the example's certificates are not there");
    for problem in &error.problems {
        assert!(!problem.message.contains("unknown key") && !problem.message.contains("not TOML"), "{error}");
    }
}

#[test]
fn everything_has_a_default() {
    let config = sound("");
    let listener = &config.listeners[0];
    assert_eq!(listener.address.to_string(), "127.0.0.1:6432");
    assert_eq!(listener.upstream.tls, TlsMode::Prefer);
    assert_eq!(config.admin.to_string(), "127.0.0.1:9187");
    assert!(config.audit.is_none());
    let policy = config.principals.resolve(&Who { user: "x", database: "y", client: None });
    assert_eq!((policy.principal(), policy.kind(), policy.preset()), ("default", Kind::Agent, Preset::AppWriter));
    assert_eq!(policy.mode(), Mode::Enforce);
    assert_eq!(policy.max_statement_bytes(), 16 << 20);
    for (kind, verdict) in table(Preset::AppWriter) {
        assert_eq!(policy.verdict(kind), verdict);
    }
}

#[test]
fn every_fault_at_once_each_with_its_line() {
    let all = faults(
        r#"[[listener]]
adress = "127.0.0.1:6432"

[upstream.staging]
address = "postgres://db:5432"
tls = "verify-al"

[defaults]
preset = "app-witer"
max_statement_bytes = 0

[[principal]]
name = "cursor"
kind = 7
match = { users = "agent_*" }

[[rule]]
id = "preset:x"
effects = ["dorp", "write"]
tables = []
verdict = "deny"

[admin]
address = "nine"

[log]
level = "verbose"
colour = true
"#,
    );
    let starts = [
        "1 listener[0].address: is missing",
        "2 listener[0].adress: unknown key; did you mean \"address\"?",
        "5 upstream.staging.address: \"postgres://db:5432\" is a URL",
        "6 upstream.staging.tls: unknown tls \"verify-al\"; did you mean \"verify-ca\"?",
        "9 defaults.preset: unknown preset \"app-witer\"; did you mean \"app-writer\"?",
        "10 defaults.max_statement_bytes: must be between 1 and",
        "12 principal[0].match: is missing or empty",
        "14 principal[0].kind: must be a string, not an integer",
        "15 principal[0].match.users: unknown key; did you mean \"user\"?",
        "18 rule[0].id: \"preset:x\" is not a name",
        "19 rule[0].effects[0]: unknown effect \"dorp\"; did you mean \"drop\"?",
        "20 rule[0].tables: is an empty list",
        "21 rule[0].verdict: unknown verdict \"deny\"; it is one of allow, hold, reject",
        "24 admin.address: \"nine\" is not IP:PORT",
        "27 log.level: unknown level \"verbose\"; it is one of",
        "28 log.colour: unknown key",
    ];
    assert_eq!(all.len(), starts.len(), "{all:#?}");
    for (fault, start) in all.iter().zip(starts) {
        assert!(fault.starts_with(start), "{fault}\nshould begin with\n{start}");
    }
}

#[test]
fn faults_are_printed_with_file_and_line() {
    let error = parse("[upstream.a]\naddress = \"db\"\nprot = 1\n").unwrap_err();
    assert_eq!(error.to_string(), "stockade.toml:3: upstream.a.prot: unknown key; did you mean \"port\"?");
}

#[test]
fn what_is_not_toml_is_said_with_its_line() {
    let all = faults("[upstream.a]\naddress = \n\n[log\n");
    assert!(all[0].starts_with("2 : not TOML"), "{all:#?}");
    assert!(all.iter().any(|fault| fault.starts_with('4')), "{all:#?}");
    assert!(!faults("a = 1\na = 2\n").is_empty());
}

#[test]
fn an_upstream_is_needed_and_each_is_led_to() {
    assert!(faults("").iter().any(|fault| fault.contains("where is PostgreSQL?")));
    let two = "[upstream.a]\naddress=\"a\"\n[upstream.b]\naddress=\"b\"\n";
    assert!(faults(two).iter().any(|fault| fault.contains("each needs a [[listener]]")));
    let all = faults(&format!("{two}[[listener]]\naddress = \"127.0.0.1:1\"\nupstream = \"a\"\n"));
    assert_eq!(all, ["3 upstream.b: no listener leads here"]);
    let all = faults(&format!("{UPSTREAM}[[listener]]\naddress = \"127.0.0.1:1\"\nupstream = \"b\"\n"));
    assert!(all[0].starts_with("5 listener[0].upstream: unknown upstream \"b\""), "{all:#?}");
}

#[test]
fn addresses() {
    let upstream = |text: &str, port| address::upstream(text, port).map(|address| address.to_string());
    assert_eq!(upstream("db.internal", None), Ok("db.internal:5432".to_owned()));
    assert_eq!(upstream("db.internal", Some(6000)), Ok("db.internal:6000".to_owned()));
    assert_eq!(upstream("[::1]:7", None), Ok("[::1]:7".to_owned()));
    assert_eq!(upstream("/run/postgresql", Some(7)), Ok("/run/postgresql/.s.PGSQL.7".to_owned()));
    assert_eq!(upstream("/run/.s.PGSQL.9", None), Ok("/run/.s.PGSQL.9".to_owned()));
    for wrong in ["::1", "a:b", "a:99999", "", "a b:1", "[x]:1", "user@db:1"] {
        assert!(upstream(wrong, None).is_err(), "{wrong}");
    }
    assert!(upstream("db:1", Some(2)).is_err());
    assert!(address::listen("localhost").is_err());
}

#[test]
fn upstream_urls() {
    let url = |text: &str| {
        address::upstream_url(text).map(|url| (url.address.to_string(), url.tls)).map_err(|faults| faults.join("; "))
    };
    assert_eq!(url("postgres://db:5433"), Ok(("db:5433".to_owned(), None)));
    assert_eq!(url("postgresql://db/"), Ok(("db:5432".to_owned(), None)));
    assert_eq!(url("postgres://[::1]:7?sslmode=require"), Ok(("[::1]:7".to_owned(), Some(TlsMode::Require))));
    assert_eq!(url("postgres:///?host=/run/pg&port=7"), Ok(("/run/pg/.s.PGSQL.7".to_owned(), None)));
    assert_eq!(url("postgres://%2Frun%2Fpg"), Ok(("/run/pg/.s.PGSQL.5432".to_owned(), None)));
    for (wrong, says) in [
        ("postgres://ada:secret@db", "passes through"),
        ("postgres://ada@db", "passes through"),
        ("postgres://db/shop", "names a database"),
        ("mysql://db", "must begin with postgres://"),
        ("db:5432", "must begin with"),
        ("postgres://", "names no host"),
        ("postgres://db?sslmode=allow", "sslmode \"allow\""),
        ("postgres://db?aplication_name=x", "\"aplication_name\""),
        ("localhost", "not a URL"),
    ] {
        let fault = url(wrong).unwrap_err();
        assert!(fault.contains(says), "{wrong}: {fault}");
        assert!(!fault.contains("secret"), "{fault}");
    }
}

#[test]
fn without_a_file() {
    let config = Config::from_upstream("postgres://db", None, None, Some(Preset::Trusted)).unwrap();
    assert!(config.principals.policies().all(|policy| policy.is_transparent()));
    assert_eq!(config.listeners[0].address.to_string(), "127.0.0.1:6432");
    let error = Config::from_upstream("postgres://u@db/x", Some("here"), Some("there"), None).unwrap_err();
    let keys: Vec<_> = error.problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["--upstream", "--upstream", "--listen", "--admin"]);
    assert!(error.to_string().starts_with("--upstream: has credentials"));
}

#[test]
fn rules_of_no_use_are_faults() {
    fault("[[rule]]\nid = \"r\"\neffects = [\"drop\"]\nverdict = \"allow\"\n", "6 rule[0].verdict: allow can never");
    fault("[[rule]]\nid = \"r\"\neffects = [\"drop\"]\nverdict = \"hold\"\n", "3 rule[0]: changes nothing");
    fault("[[rule]]\nid = \"r\"\neffects = [\"drop\"]\nverdict = \"reject\"\n", "3 rule[0]: changes nothing");
    fault("[[rule]]\nid = \"r\"\neffects = []\nverdict = \"reject\"\n", "5 rule[0].effects: is an empty list");
    fault("[[rule]]\nid = \"r\"\nverdict = \"reject\"\n", "3 rule[0].effects: is missing");
    fault("[[rule]]\nid = \"r\"\neffects = [\"read\"]\n", "3 rule[0].verdict: is missing");
    fault(
        "[[rule]]\nid = \"r\"\neffects = [\"read\"]\nprincipals = [\"cursr\"]\nverdict = \"reject\"\n",
        "6 rule[0].principals[0]: unknown principal \"cursr\"",
    );
    fault(
        "[[rule]]\nid = \"r\"\neffects = [\"read\"]\ntables = [\"a.b.c\"]\nverdict = \"reject\"\n",
        "6 rule[0].tables[0]: \"a.b.c\" is not a table's pattern",
    );
    let twice = "[[rule]]\nid = \"r\"\neffects = [\"read\"]\nverdict = \"hold\"\n".repeat(2);
    fault(&twice, "8 rule[1].id: the rule \"r\" is there already, at line 4");
}

#[test]
fn a_rule_counts_if_one_principal_feels_it() {
    let config = sound(
        "[[principal]]\nname = \"m\"\nmatch = { user = \"m\" }\npreset = \"migrator\"\n\
         [[rule]]\nid = \"r\"\neffects = [\"destroy\"]\nverdict = \"reject\"\n",
    );
    assert_eq!(config.principals.named("m").unwrap().verdict(EffectKind::Drop), Verdict::Reject);
}

#[test]
fn principals_that_cannot_be_told_apart_are_faults() {
    let one = |name: &str, who: &str| format!("[[principal]]\nname = \"{name}\"\nmatch = {{ {who} }}\n");
    fault(
        &format!("{}{}", one("a", "user = \"x_*\""), one("b", "user = \"*_y\"")),
        "6 principal[1].match: a client can match this and \"a\" (line 3)",
    );
    fault(
        &format!("{}{}", one("a", "user = \"x\""), one("b", "database = \"y\"")),
        "6 principal[1].match: a client can match this",
    );
    fault(
        &format!("{}{}", one("a", "user = \"x\""), one("a", "user = \"z\"")),
        "7 principal[1].name: the principal \"a\" is there already",
    );
    fault(&one("default", "user = \"x\""), "4 principal[0].name: \"default\" is whoever");
    fault(&one("a", "network = \"10.0.0.1/8\""), "5 principal[0].match.network: \"10.0.0.1/8\" has bits");
    fault(&one("a", "network = \"here\""), "5 principal[0].match.network: \"here\" is not a network");
    sound(&format!("{}{}", one("a", "user = \"x\""), one("b", "user = \"x\", database = \"y\"")));
    sound(&format!("{}{}", one("a", "network = \"10.1.0.0/16\""), one("b", "network = \"10.2.0.0/16\"")));
}

#[test]
fn principals_take_the_defaults() {
    let config = sound(
        "[defaults]\npreset = \"read-only\"\nmode = \"shadow\"\nmax_statement_bytes = 100\nprotected_databases = []\n\
         [[principal]]\nname = \"a\"\nkind = \"human\"\nmatch = { user = \"ada\" }\nmode = \"enforce\"\n\
         [[principal]]\nname = \"t\"\nmatch = { user = \"tom\" }\npreset = \"trusted\"\n",
    );
    let ada = config.principals.named("a").unwrap();
    assert_eq!((ada.preset(), ada.mode(), ada.kind()), (Preset::ReadOnly, Mode::Enforce, Kind::Human));
    assert_eq!(ada.max_statement_bytes(), 100);
    assert!(ada.protected_databases().is_empty());
    assert_eq!(config.principals.named("default").unwrap().mode(), Mode::Shadow);
    assert!(config.principals.named("t").unwrap().max_statement_bytes() > 1 << 30);
}

#[test]
fn functions_that_may_write() {
    let relation = |schema: &str, name: &str| {
        Code::Function(Relation { schema: (!schema.is_empty()).then(|| schema.into()), name: name.into() })
    };
    let text = "[defaults]\nfunctions_may_write = [\"ops.tidy\", \"*.uuid\"]\n\
        [[principal]]\nname = \"m\"\nmatch = { user = \"m\" }\npreset = \"migrator\"\n\
        [[principal]]\nname = \"n\"\nmatch = { user = \"n\" }\npreset = \"migrator\"\nfunctions_may_write = []\n\
        [[principal]]\nname = \"o\"\nmatch = { user = \"o\" }\nfunctions_may_write = [\"a.b\"]\n";
    let config = sound(text);
    let runs = |name: &str, code: &Code| {
        config.principals.policies().find(|policy| policy.principal() == name).unwrap().runs(code)
    };
    for (schema, name, wanted) in
        [("ops", "tidy", true), ("", "tidy", false), ("OPS", "tidy", false), ("x", "uuid", true), ("", "uuid", true)]
    {
        let code = relation(schema, name);
        assert_eq!(runs("default", &code), wanted, "{schema}.{name}");
        assert_eq!((runs("m", &code), runs("n", &code), runs("o", &code)), (true, false, false), "{schema}.{name}");
    }
    assert!(runs("o", &relation("a", "b")) && runs("n", &Code::Block) && !runs("o", &Code::Block));
    let list = |names: &str| format!("[defaults]\nfunctions_may_write = [{names}]\n");
    fault(&list("\"tidy\""), "4 defaults.functions_may_write");
    for name in ["a.b.c", "a.*", "*.*", ".b", "a.", "a b.c", "pg_catalog.setval", "pg_temp_3.f", "a.f()"] {
        fault(&list(&format!("\"{name}\"")), "4 defaults.functions_may_write");
    }
    let one = "[[principal]]\nname = \"m\"\nmatch = { user = \"m\" }\nfunctions_may_write = [\"a.b\"]\n";
    for more in ["preset = \"trusted\"\n", "preset = \"read-only\"\n", "limits = \"none\"\n"] {
        fault(&format!("{one}{more}"), "6 principal[0].functions_may_write");
    }
    fault("[defaults]\npreset = \"migrator\"\nfunctions_may_write = [\"a.b\"]\n", "5 defaults.functions_may_write");
}

#[test]
fn secrets_must_be_there_and_be_secret() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        format!("{UPSTREAM}[[listener]]\naddress = \"127.0.0.1:1\"\ntls = {{ cert = \"c.pem\", key = \"k.pem\" }}\n");
    let read = || Config::parse(&text, "f", folder.path());
    let says = |error: ConfigError| error.to_string();
    let missing = says(read().unwrap_err());
    assert!(missing.contains("f:5: listener[0].tls.cert: missing: "), "{missing}");
    assert!(missing.contains("f:5: listener[0].tls.key: missing secret: "), "{missing}");
    std::fs::write(folder.path().join("c.pem"), "").unwrap();
    let key = folder.path().join("k.pem");
    std::fs::write(&key, "").unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    let open = says(read().unwrap_err());
    assert!(open.contains("can be read by others (mode 0640)"), "{open}");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let config = read().unwrap_or_else(|error| panic!("{error}"));
    assert!(config.listeners[0].tls.as_ref().unwrap().require);
}

#[test]
fn tls_keys_that_do_nothing_are_faults() {
    let all = faults("[upstream.a]\naddress = \"/run\"\ntls = \"require\"\n");
    assert_eq!(all, ["3 upstream.a.tls: a Unix socket has no TLS; leave the key out"]);
    let all = faults(&format!("{UPSTREAM}tls = \"require\"\ntls_ca = \"{}\"\n", file!()));
    assert!(all.iter().any(|fault| fault.contains("is never looked at with tls = \"require\"")), "{all:#?}");
}

#[test]
fn the_record() {
    let config = sound("[audit]\npath = \"-\"\n");
    let audit = config.audit.unwrap();
    assert_eq!(
        (audit.target, audit.text, audit.on_failure),
        (AuditTarget::Stdout, AuditText::Redacted, OnFailure::Reject)
    );
    fault("[audit]\npath = \"-\"\nkeep = 3\n", "5 audit.keep: standard output is not rotated");
    fault("[audit]\npath = \"x.jsonl\"\n", "4 audit.path: the directory /nowhere does not exist");
    fault("[audit]\n", "3 audit.path: is missing");
}

#[test]
fn wrong_shapes_are_faults() {
    fault("listener = 3\n", "3 upstream.a.listener: unknown key");
    assert!(faults("listener = 3\n")[0].starts_with("1 listener: must be an array of tables"));
    assert!(faults("upstream = 3\n")[0].starts_with("1 upstream: "));
    assert!(faults("[upstream]\na = 3\n").iter().any(|fault| fault.contains("must be a table: [upstream.NAME]")));
    fault("[[rule]]\nid = \"\"\neffects = [\"read\"]\nverdict = \"hold\"\n", "4 rule[0].id: is empty");
}
