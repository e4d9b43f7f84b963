use super::*;
use crate::policy::{EffectKind, Verdict};
use serde_json::{Value, json};

/// What a record refers to.
pub(in crate::audit) struct Sample {
    pub(in crate::audit) text: Text,
    statements: Statements,
    decision: Decision,
}

pub(in crate::audit) fn sample(text: Text) -> Sample {
    let effects: EffectSet = [EffectKind::Read, EffectKind::UnboundedWrite].into_iter().collect();
    Sample {
        text,
        statements: [Statement { tag: "DELETE", effects, relations: vec!["public.customers".into()] }]
            .into_iter()
            .collect(),
        decision: Decision {
            verdict: Verdict::Reject,
            enforced: true,
            rule: "preset:app-writer".into(),
            effects,
            decided_by: None,
            reasons: vec!["DELETE without WHERE".to_owned()],
            hint: Some("add a WHERE".to_owned()),
        },
    }
}

impl Sample {
    pub(in crate::audit) fn record(&self) -> Record<'_> {
        Record {
            time: SystemTime::UNIX_EPOCH + Duration::new(1_700_000_000, 123_456_789),
            protocol: Protocol::Extended,
            fingerprint: 0x00ab_cdef_0123_4567,
            text: &self.text,
            text_bytes: 21,
            statements: &self.statements,
            decision: &self.decision,
            rows: None,
            error: Some("42501"),
            duration: Duration::from_micros(1234),
        }
    }
}

pub(in crate::audit) fn session() -> Session {
    Session {
        connection: 42,
        principal: "cursor".into(),
        user: "agent_7".into(),
        database: "shop".into(),
        client: Some("10.1.2.3:55001".parse().unwrap()),
    }
}

fn line_of(session: &Session, record: &Record<'_>) -> String {
    let mut out = Vec::new();
    let mut lines = Lines::new("00000000deadbeef");
    let at = lines.at(record.time).unwrap();
    lines.decision(9, at, &session.part(), record, &mut out);
    String::from_utf8(out).unwrap()
}

fn line(text: Text) -> String {
    line_of(&session(), &sample(text).record())
}

#[test]
fn a_record_is_one_line_of_a_known_shape() {
    let text = Text::new(TextMode::Redacted, b"DELETE FROM customers", "DELETE FROM customers");
    let line = line(text);
    assert_eq!(line.matches('\n').count(), 1);
    assert!(line.ends_with('\n'));
    assert!(
        line.starts_with(
            r#"{"v":1,"run":"00000000deadbeef","seq":9,"time":"2023-11-14T22:13:20.123456Z","event":"decision","#
        ),
        "{line}"
    );
    let parsed: Value = serde_json::from_str(&line).unwrap();
    let expected = json!({
        "v": 1, "run": "00000000deadbeef", "seq": 9, "time": "2023-11-14T22:13:20.123456Z", "event": "decision",
        "connection": 42, "principal": "cursor", "user": "agent_7", "client": "10.1.2.3:55001", "database": "shop",
        "protocol": "extended", "fingerprint": "00abcdef01234567",
        "text": "DELETE FROM customers", "text_bytes": 21,
        "statements": [
            {"tag": "DELETE", "effects": ["read", "unbounded-write"], "relations": ["public.customers"]}
        ],
        "effects": ["read", "unbounded-write"],
        "verdict": "reject", "enforced": true, "rule": "preset:app-writer", "reasons": ["DELETE without WHERE"],
        "rows": null, "error": "42501", "duration_us": 1234,
    });
    assert_eq!(parsed, expected);
}

#[test]
fn only_full_shows_literals() {
    let full = b"UPDATE people SET iban = 'DE02-secret' WHERE id = 4711";
    let redacted = "UPDATE people SET iban = $1 WHERE id = $2";
    let shown = |mode| line(Text::new(mode, full, redacted));
    assert!(shown(TextMode::Full).contains("DE02-secret"));
    for mode in [TextMode::Redacted, TextMode::Fingerprint] {
        let line = shown(mode);
        assert!(!line.contains("DE02-secret") && !line.contains("4711"), "{mode:?}: {line}");
    }
    assert!(shown(TextMode::Redacted).contains("iban = $1"));
    assert!(!shown(TextMode::Fingerprint).contains("iban"));
    assert!(shown(TextMode::Fingerprint).contains(r#""fingerprint":"00abcdef01234567""#));
}

#[test]
fn a_text_that_is_not_kept_is_shown_redacted() {
    assert!(line(Text::new(TextMode::Full, b"", "SELECT $1")).contains(r#""text":"SELECT $1""#));
}

#[test]
fn whatever_the_text_holds_a_record_stays_one_line() {
    let full = "SELECT 'a\nb\r\u{2028}\u{0}\"\\'".as_bytes();
    let line = line(Text::new(TextMode::Full, full, ""));
    assert_eq!(line.matches('\n').count(), 1);
    let parsed: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(parsed["text"].as_str().unwrap().as_bytes(), full);
}

#[test]
fn text_is_bounded_and_stays_text() {
    let full = [b"SELECT '".as_slice(), "é".repeat(MAX_TEXT).as_bytes()].concat();
    let redacted = "ö".repeat(MAX_TEXT);
    for mode in [TextMode::Full, TextMode::Redacted] {
        let text = Text::new(mode, &full, &redacted);
        let shown = text.shown.as_ref().unwrap().len() - 2;
        assert!(shown <= MAX_TEXT && shown > MAX_TEXT - 4, "{mode:?}: {shown}");
    }
    let invalid = Text::new(TextMode::Full, b"SELECT '\xff\xfe'", "");
    assert_eq!(invalid.shown.as_deref(), Some("\"SELECT '\u{fffd}\u{fffd}'\""));
}

#[test]
fn no_fingerprint_is_null_and_a_unix_socket_has_no_address() {
    let sample = sample(Text::new(TextMode::Fingerprint, b"", ""));
    let record = Record { fingerprint: 0, ..sample.record() };
    let parsed: Value = serde_json::from_str(&line_of(&Session { client: None, ..session() }, &record)).unwrap();
    assert_eq!(parsed["fingerprint"], Value::Null);
    assert_eq!(parsed["client"], Value::Null);
}

#[test]
fn lost_records_have_a_line_of_their_own() {
    let mut out = Vec::new();
    let mut lines = Lines::new("r");
    let at = lines.at(SystemTime::UNIX_EPOCH).unwrap();
    lines.lost(3, at, 17, &mut out);
    let expected = r#"{"v":1,"run":"r","seq":3,"time":"1970-01-01T00:00:00.000000Z","event":"lost","records":17}"#;
    assert_eq!(String::from_utf8(out).unwrap(), format!("{expected}\n"));
}

#[test]
fn a_time_before_1970_cannot_be_said() {
    assert!(Lines::new("r").at(SystemTime::UNIX_EPOCH - Duration::from_secs(1)).is_err());
}

#[test]
fn strings_are_what_any_reader_of_json_takes_them_for() {
    let every: String = (0..=0x2100).filter_map(char::from_u32).collect();
    for text in ["", "plain", "\"", "\\", "a\"b\\c\nd\te\rf", &every] {
        let mut line = Line(Vec::new());
        line.string(text);
        assert_eq!(serde_json::from_slice::<String>(&line.0).unwrap(), text);
        // Nothing in it that would end the line.
        assert!(!line.0.contains(&b'\n'));
    }
}

#[test]
fn numbers_and_addresses_are_what_they_were() {
    for number in [0, 1, 9, 10, 99, 100, 1_234_567, u64::MAX] {
        let mut line = Line(Vec::new());
        line.number(number);
        assert_eq!(String::from_utf8(line.0).unwrap(), number.to_string());
    }
    for address in ["0.0.0.0:0", "10.1.2.3:55001", "255.255.255.255:65535", "[::1]:5432", "[fe80::1%3]:1"] {
        let address: SocketAddr = address.parse().unwrap();
        let mut line = Line(Vec::new());
        line.address(address);
        assert_eq!(String::from_utf8(line.0).unwrap(), format!("\"{address}\""));
    }
}

#[test]
fn the_second_is_the_records_own() {
    let mut lines = Lines::new("r");
    let mut out = Vec::new();
    for millis in [1_700_000_000_999_u64, 1_700_000_001_000, 1_700_000_000_001, 0] {
        let at = lines.at(SystemTime::UNIX_EPOCH + Duration::from_millis(millis)).unwrap();
        lines.lost(1, at, 1, &mut out);
    }
    let times: Vec<String> = String::from_utf8(out)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["time"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        times,
        [
            "2023-11-14T22:13:20.999000Z",
            "2023-11-14T22:13:21.000000Z",
            "2023-11-14T22:13:20.001000Z",
            "1970-01-01T00:00:00.000000Z"
        ]
    );
}

/// What is kept of a line for the next one is of the same decision alone.
#[test]
fn a_line_says_its_own_decision_whatever_came_before_it() {
    let sample = sample(Text::new(TextMode::Fingerprint, b"", ""));
    let refused = sample.record().decision.clone();
    let (mine, theirs): (Arc<str>, Arc<str>) = ("preset:app-writer".into(), "preset:migrator".into());
    let read: EffectSet = [EffectKind::Read].into_iter().collect();
    let write: EffectSet = [EffectKind::Read, EffectKind::Write].into_iter().collect();
    let allowed = |rule: &Arc<str>, effects, enforced| Decision {
        verdict: Verdict::Allow,
        enforced,
        rule: Arc::clone(rule),
        effects,
        decided_by: None,
        reasons: Vec::new(),
        hint: None,
    };
    let held = Decision { verdict: Verdict::Hold, ..allowed(&mine, read, true) };
    let named = Decision { reasons: vec!["why".to_owned()], ..allowed(&mine, read, true) };
    let all = [
        allowed(&mine, read, true),
        allowed(&mine, write, true),
        allowed(&theirs, read, true),
        allowed(&mine, read, false),
        // Another rule of the same name.
        allowed(&Arc::from(&*mine), read, true),
        refused,
        held,
        named,
    ];
    let mut lines = Lines::new("00000000deadbeef");
    for (before, decision) in all.iter().flat_map(|before| all.iter().map(move |decision| (before, decision))) {
        // Between others' lines, and twice behind one another.
        for decision in [before, decision, decision] {
            let record = Record { decision, ..sample.record() };
            let (mut out, at) = (Vec::new(), lines.at(record.time).unwrap());
            lines.decision(9, at, &session().part(), &record, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), line_of(&session(), &record));
        }
    }
}

/// Nor of the same text alone, or of how it came.
#[test]
fn a_line_says_its_own_text_whatever_came_before_it() {
    let sample = sample(Text::new(TextMode::Fingerprint, b"", ""));
    let decision = Decision {
        verdict: Verdict::Allow,
        enforced: true,
        rule: "preset:app-writer".into(),
        effects: [EffectKind::Read].into_iter().collect(),
        decided_by: None,
        reasons: Vec::new(),
        hint: None,
    };
    let texts = ["SELECT ?", "SELECT ?", "SELECT ? ", ""].map(|text| Text::new(TextMode::Redacted, b"", text));
    let no_text = Text::new(TextMode::Fingerprint, b"", "");
    let statements = ["SELECT", "SELECT", "SHOW"].map(|tag| {
        let effects = [EffectKind::Read].into_iter().collect();
        [Statement { tag, effects, relations: Vec::new() }].into_iter().collect::<Statements>()
    });
    let mut all = Vec::new();
    for text in texts.iter().chain([&no_text]) {
        for statements in &statements {
            for (protocol, fingerprint, text_bytes) in [
                (Protocol::Simple, 7, 8),
                (Protocol::Extended, 7, 8),
                (Protocol::Simple, 0, 8),
                (Protocol::Simple, 7, 9),
            ] {
                let decision = &decision;
                all.push(Record { text, statements, protocol, fingerprint, text_bytes, decision, ..sample.record() });
            }
        }
    }
    let mut lines = Lines::new("00000000deadbeef");
    let mut at_random = 1_u32;
    for _ in 0..5_000 {
        at_random = at_random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // Some of them more often, so that they are found again.
        let which = (at_random >> 16) as usize;
        let record = &all[if which.is_multiple_of(3) { which / 3 % all.len() } else { which / 3 % 3 * 4 }];
        let (mut out, at) = (Vec::new(), lines.at(record.time).unwrap());
        lines.decision(9, at, &session().part(), record, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), line_of(&session(), record));
        assert!(lines.allowed.len() <= super::KEPT);
    }
}
