//! Agents' sessions have timeouts from their start, kept by PostgreSQL itself.

use crate::client::Client;
use crate::support::{self, Database, Stockade};

const NAMES: [&str; 3] = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"];

fn shown(client: &mut Client) -> [String; 3] {
    NAMES.map(|name| client.value(&format!("SHOW {name}")))
}

fn open(stockade: &Stockade, database: &Database, more: &[(&str, &str)]) -> Client {
    let base = [("user", "postgres"), ("database", database.name.as_str())];
    Client::with(stockade.address, &[&base[..], more].concat())
}

#[test]
fn an_agents_sessions_have_them_and_come_back_to_them() {
    let database = support::database_with("");
    let stockade = support::stockade("app-writer");
    let mut client = open(stockade, &database, &[]);
    let own = ["5min", "30s", "5min"];
    assert_eq!(shown(&mut client), own);
    client.query("SET statement_timeout = '10s'").fine();
    client.query("RESET ALL").fine();
    assert_eq!(shown(&mut client), own);
    client.query("DISCARD ALL").fine();
    assert_eq!(shown(&mut client), own);
    let mut direct = database.open();
    assert_eq!(shown(&mut open(support::stockade("trusted"), &database, &[])), shown(&mut direct));
}

#[test]
fn a_client_may_ask_for_stricter_ones_and_for_no_others() {
    let database = support::database_with("");
    let stockade = support::stockade("app-writer");
    for (asked, statement) in [
        (&[("statement_timeout", "1s")][..], "1s"),
        (&[("Statement_Timeout", "1500")], "1500ms"),
        (&[("statement_timeout", "0")], "5min"),
        (&[("statement_timeout", "1h")], "5min"),
        (&[("options", "-c statement_timeout=2s")], "2s"),
        (&[("options", "-c statement_timeout=0")], "5min"),
        (&[("options", "--statement-timeout=3s -c statement_timeout=1d")], "5min"),
        (&[("options", "-c statement_timeout=0"), ("statement_timeout", "4s")], "5min"),
        (&[("statement_timeout", "4s"), ("options", "-c statement_timeout=1s")], "4s"),
    ] {
        let mut client = open(stockade, &database, asked);
        assert_eq!(shown(&mut client), [statement, "30s", "5min"], "{asked:?}");
    }
}

#[test]
fn a_session_sets_stricter_ones_and_no_others() {
    let database = support::database_with("");
    let mut client = open(support::stockade("app-writer"), &database, &[]);
    client.query("SET lock_timeout = '7s'").fine();
    for name in NAMES {
        client.query(&format!("SET {name} = '9s'")).fine();
        client.query(&format!("SET {name} = 0")).fine();
    }
    assert_eq!(shown(&mut client), ["5min", "30s", "5min"]);
    for beyond in [
        "SET statement_timeout = '1h'",
        "SET LOCAL lock_timeout = 30001",
        "SET statement_timeout = 0; SELECT 1",
        "SELECT set_config('idle_in_transaction_session_timeout', '0', false)",
    ] {
        assert_eq!(client.query(beyond).code(), "42501", "{beyond}");
    }
    assert_eq!(shown(&mut client), ["5min", "30s", "5min"]);
    let stricter = [("statement_timeout", "1s")];
    let mut client = open(support::stockade("app-writer"), &database, &stricter);
    client.query("SET statement_timeout = 0").fine();
    assert_eq!(client.value("SHOW statement_timeout"), "1s", "what its start asked for");
}

#[test]
fn they_are_what_the_configuration_says() {
    let database = support::database_with("");
    let config = "[defaults]\ntimeouts = { statement = \"150ms\", lock = \"none\" }\n\
         [[principal]]\nname = \"s\"\nkind = \"service\"\nmatch = { user = \"service\" }\n\
         [[principal]]\nname = \"w\"\nmode = \"shadow\"\nmatch = { user = \"shadow\" }\n";
    for role in ["service", "shadow"] {
        database.open().query(&format!("CREATE ROLE {role} LOGIN"));
    }
    let stockade = Stockade::with_config(database.address, "", config);
    let mut client = open(&stockade, &database, &[]);
    assert_eq!(shown(&mut client), ["150ms", "0", "5min"]);
    assert_eq!(client.query("SELECT pg_sleep(10)").code(), "57014");
    assert_eq!(client.value("SELECT 1"), "1");
    let server = shown(&mut database.open());
    for role in ["service", "shadow"] {
        let mut other = Client::with(stockade.address, &[("user", role), ("database", &database.name)]);
        assert_eq!(shown(&mut other), server, "{role}");
    }
}
