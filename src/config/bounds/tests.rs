use crate::config::tests::{fault, sound};
use crate::policy::{Kind, Limits, Preset, SuspendAfter, TablePattern, Timeouts, Verdict};
use std::sync::Arc;
use std::time::Duration;

const SOCKET: &str = "[admin]\nsocket = \"admin.sock\"\n";

/// Sound, in a directory that is there.
fn sound_here(text: &str) -> crate::config::Config {
    let text = format!("[upstream.a]\naddress = \"db:5432\"\n{text}");
    crate::config::Config::parse(&text, "f", &std::env::temp_dir()).unwrap_or_else(|error| panic!("{error}"))
}

fn named(config: &crate::config::Config, name: &str) -> Arc<crate::policy::Policy> {
    config.principals.named(name).unwrap()
}

#[test]
fn without_a_word_the_presets_and_kinds_say() {
    let config = sound(
        "[[principal]]\nname = \"m\"\nkind = \"service\"\nmatch = { user = \"m\" }\npreset = \"migrator\"\n\
         [[principal]]\nname = \"r\"\nmatch = { user = \"r\" }\npreset = \"read-only\"\n\
         [[principal]]\nname = \"t\"\nmatch = { user = \"t\" }\npreset = \"trusted\"\n",
    );
    let default = named(&config, "default");
    assert_eq!(*default.limits(), Limits::of(Preset::AppWriter, Kind::Agent));
    assert_eq!(default.timeouts(), Timeouts::AGENTS);
    assert_eq!(default.suspend_after(), None, "nobody could resume it");
    assert!(default.witnesses());
    assert_eq!(named(&config, "m").timeouts(), Timeouts::NONE);
    assert!(named(&config, "m").witnesses());
    assert!(named(&config, "r").limits().is_none() && !named(&config, "r").witnesses());
    assert_eq!(named(&config, "r").timeouts(), Timeouts::AGENTS);
    assert_eq!(named(&config, "t").timeouts(), Timeouts::NONE);
}

#[test]
fn each_layer_changes_what_it_names() {
    let config = sound(
        "[defaults]\nlimits = { rows_per_statement = 200, table_share = \"none\", over = \"hold\" }\n\
         timeouts = { statement = \"30s\", lock = \"none\" }\n\
         [[principal]]\nname = \"a\"\nmatch = { user = \"a\" }\nlimits = { rows_per_hour = 5, rows_per_statement = 0 }\n\
         timeouts = { idle_in_transaction = \"1min\" }\n\
         [[principal]]\nname = \"b\"\nmatch = { user = \"b\" }\nlimits = \"none\"\ntimeouts = \"none\"\n\
         [[principal]]\nname = \"s\"\nkind = \"service\"\nmatch = { user = \"s\" }\ntimeouts = { lock = \"2s\" }\n\
         [[principal]]\nname = \"t\"\nmatch = { user = \"t\" }\npreset = \"trusted\"\n",
    );
    let all = Limits::of(Preset::AppWriter, Kind::Agent);
    let defaults = Limits { rows_per_statement: Some(200), table_share: None, over: Verdict::Hold, ..all.clone() };
    assert_eq!(*named(&config, "default").limits(), defaults);
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let timeouts = Timeouts { statement: seconds(30), lock: None, idle_in_transaction: seconds(300) };
    assert_eq!(named(&config, "default").timeouts(), timeouts);
    let a = named(&config, "a");
    assert_eq!(*a.limits(), Limits { rows_per_hour: Some(5), rows_per_statement: Some(0), ..defaults.clone() });
    assert_eq!(a.timeouts(), Timeouts { idle_in_transaction: seconds(60), ..timeouts });
    assert!(named(&config, "b").limits().is_none() && !named(&config, "b").witnesses());
    assert_eq!(named(&config, "b").timeouts(), Timeouts::NONE);
    // What is said of everyone is said of agents, where it is about time.
    assert_eq!(named(&config, "s").timeouts(), Timeouts { lock: seconds(2), ..Timeouts::NONE });
    assert_eq!(*named(&config, "s").limits(), defaults);
    assert!(named(&config, "t").limits().is_none());
}

#[test]
fn suspension_needs_somebody_who_can_resume() {
    let socket = |text: &str| sound_here(&format!("{text}{SOCKET}"));
    assert_eq!(named(&socket(""), "default").suspend_after(), Some(SuspendAfter::AGENTS));
    let config = socket(
        "[defaults]\nsuspend_after = { refusals = 3 }\n\
         [[principal]]\nname = \"a\"\nmatch = { user = \"a\" }\nsuspend_after = { within = \"10s\" }\n\
         [[principal]]\nname = \"b\"\nmatch = { user = \"b\" }\nsuspend_after = \"none\"\n\
         [[principal]]\nname = \"s\"\nkind = \"service\"\nmatch = { user = \"s\" }\n\
         [[principal]]\nname = \"h\"\nkind = \"human\"\nmatch = { user = \"h\" }\nsuspend_after = { refusals = 2 }\n\
         [[principal]]\nname = \"w\"\nmode = \"shadow\"\nmatch = { user = \"w\" }\n",
    );
    let after = |refusals, within| Some(SuspendAfter { refusals, within: Duration::from_secs(within) });
    for (name, wanted) in
        [("default", after(3, 60)), ("a", after(3, 10)), ("b", None), ("s", None), ("h", after(2, 60)), ("w", None)]
    {
        assert_eq!(named(&config, name).suspend_after(), wanted, "{name}");
    }
    fault(
        "[defaults]\nsuspend_after = { refusals = 3, within = \"1m\" }\n",
        "4 defaults.suspend_after: needs a way back: without [admin] socket nobody could resume",
    );
    sound("[defaults]\nsuspend_after = \"none\"\n");
}

#[test]
fn rules_carry_limits_of_tables() {
    let config = sound(
        "[[principal]]\nname = \"a\"\nmatch = { user = \"a\" }\n\
         [[rule]]\nid = \"ledger\"\ntables = [\"pay.*\"]\nprincipals = [\"a\"]\n\
         limits = { rows_per_statement = 10, over = \"hold\" }\n\
         [[rule]]\nid = \"both\"\ntables = [\"t\"]\neffects = [\"insert\"]\nverdict = \"reject\"\n\
         limits = { rows_per_transaction = 7, table_share = 0.01 }\n",
    );
    let a = named(&config, "a");
    let [ledger, both] = a.limits().tables.as_slice() else { panic!("{:?}", a.limits()) };
    assert_eq!((&*ledger.rule, ledger.rows_per_statement, ledger.over), ("ledger", Some(10), Verdict::Hold));
    assert_eq!(ledger.tables, [TablePattern::new("pay.*")]);
    assert_eq!((both.rows_per_transaction, both.table_share, both.over), (Some(7), Some(0.01), Verdict::Reject));
    assert_eq!(named(&config, "default").limits().tables.len(), 1);
    let rules: Vec<&str> = a.rules().iter().map(|rule| &*rule.id).collect();
    assert_eq!(rules, ["both"], "a rule of limits alone says nothing of verdicts");
}

#[test]
fn values_that_mean_nothing_are_faults() {
    for (written, begins) in [
        ("limits = { rows_per_statement = -1 }", "limits.rows_per_statement: must be 0 or more; \"none\" is no limit"),
        (
            "limits = { rows_per_hour = false }",
            "limits.rows_per_hour: must be a whole number or \"none\", not a boolean",
        ),
        ("limits = { max_inserted = 1.5 }", "limits.max_inserted: must be a whole number or \"none\", not a float"),
        ("limits = { table_share = 0 }", "limits.table_share: must be more than 0 and at most 1"),
        ("limits = { table_share = 20 }", "limits.table_share: must be more than 0 and at most 1"),
        ("limits = { table_share = nan }", "limits.table_share: must be more than 0 and at most 1"),
        ("limits = { table_share = \"20%\" }", "limits.table_share: must be a share (0.2 is 20%) or \"none\""),
        ("limits = { over = \"allow\" }", "limits.over: unknown over \"allow\"; it is one of hold, reject"),
        ("limits = { row_per_hour = 1 }", "limits.row_per_hour: unknown key; did you mean \"rows_per_hour\"?"),
        ("limits = 7", "limits: must be a table or \"none\", not an integer"),
        ("timeouts = { statement = 30 }", "timeouts.statement: must be a time with its unit (\"30s\") or \"none\""),
        ("timeouts = { statement = \"30\" }", "timeouts.statement: \"30\" is not a time; write 500ms, 30s"),
        ("timeouts = { lock = \"0s\" }", "timeouts.lock: must be between 1ms and 2147483647ms"),
        ("timeouts = { lock = \"30d\" }", "timeouts.lock: must be between 1ms and 2147483647ms"),
    ] {
        fault(&format!("[defaults]\n{written}\n"), &format!("4 defaults.{begins}"));
    }
    let socket = "[admin]\nsocket = \"/a.sock\"\n[defaults]\n";
    for (written, begins) in [
        ("suspend_after = { refusals = 0 }", "refusals: must be between 1 and 10000"),
        ("suspend_after = { within = \"none\" }", "within: refusals of a whole life are no sign"),
        ("suspend_after = { within = \"2d\" }", "within: must be between 1000ms and 86400000ms"),
    ] {
        fault(&format!("{socket}{written}\n"), &format!("6 defaults.suspend_after.{begins}"));
    }
    fault("[admin]\nsocket = \"a.sock\"\n", "4 admin.socket: the directory /nowhere does not exist");
    fault("[state]\npath = \"x.json\"\n", "4 state.path: the directory /nowhere does not exist");
    fault("[state]\n", "3 state.path: is missing");
}

#[test]
fn bounds_that_can_never_apply_are_faults() {
    let one = |preset: &str, written: &str| {
        format!("[[principal]]\nname = \"x\"\nmatch = {{ user = \"x\" }}\npreset = \"{preset}\"\n{written}\n")
    };
    sound(&one("trusted", "limits = { rows_per_hour = 1 }"));
    sound(&one("trusted", "limits = { rows_per_hour = 1 }\ntimeouts = { lock = \"1s\" }"));
    fault(&one("read-only", "limits = { rows_per_hour = 1 }"), "7 principal[0].limits: can never take effect: a read-");
    fault(&one("trusted", "timeouts = { lock = \"1s\" }"), "7 principal[0].timeouts: can never take effect: a trusted");
    sound(&one("trusted", "limits = \"none\""));
    fault("[defaults]\npreset = \"read-only\"\nlimits = { rows_per_hour = 1 }\n", "5 defaults.limits: can never take");
    let rule = |more: &str| format!("[[rule]]\nid = \"r\"\n{more}\n");
    fault(&rule("limits = { rows_per_statement = 5 }"), "5 rule[0].limits: needs the rule's tables");
    fault(&rule("tables = [\"t\"]\nlimits = {}"), "6 rule[0].limits: has no limit in it");
    fault(
        &rule("tables = [\"t\"]\nlimits = { rows_per_statement = \"none\" }"),
        "6 rule[0].limits.rows_per_statement:",
    );
    fault(
        &rule("tables = [\"t\"]\nlimits = { rows_per_statement = 1000 }"),
        "6 rule[0].limits.rows_per_statement: changes nothing: every principal it names has as strict a limit",
    );
    fault(&rule("tables = [\"t\"]\nlimits = { table_share = 0.5 }"), "6 rule[0].limits.table_share: changes nothing");
    fault(
        &rule("tables = [\"t\"]\nlimits = { rows_per_statement = 5 }\neffects = [\"insert\"]"),
        "3 rule[0].verdict: is missing",
    );
    fault(
        &rule("tables = [\"t\"]\nlimits = { rows_per_statement = 5 }\nverdict = \"reject\""),
        "3 rule[0].effects: is missing",
    );
    fault(
        &rule("tables = [\"t\"]\nlimits = { rows_per_statement = 5 }\nhint = \"x\""),
        "7 rule[0].hint: is never shown",
    );
    fault(
        &format!(
            "[defaults]\npreset = \"read-only\"\n{}",
            rule("tables = [\"t\"]\nlimits = { rows_per_statement = 5 }")
        ),
        "8 rule[0].limits: changes nothing: every principal it names is trusted or read-only",
    );
}
