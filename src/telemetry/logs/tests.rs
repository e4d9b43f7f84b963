use super::*;
use crate::policy::EffectSet;
use std::io::Write;
use std::sync::{Arc, Mutex};

/// What was logged, as JSON lines.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn logged(verdict: Verdict, enforced: bool, redacted: &str) -> Vec<serde_json::Value> {
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone()).finish();
    let decision = Decision {
        verdict,
        enforced,
        rule: "preset:app-writer".into(),
        effects: EffectSet::of(EffectKind::Drop),
        decided_by: None,
        reasons: vec!["DROP TABLE".to_owned()],
        hint: None,
    };
    tracing::subscriber::with_default(subscriber, || {
        RefusedStatement { connection: 7, principal: "cursor", redacted, decision: &decision }.log();
    });
    let bytes = sink.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_refused_statement_is_one_event() {
    let events = logged(Verdict::Reject, true, "DROP TABLE customers");
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(event["level"], "WARN");
    assert_eq!(event["target"], "stockade::refused");
    assert_eq!(event["message"], "statement refused");
    assert_eq!(event["connection"], 7);
    assert_eq!(event["principal"], "cursor");
    assert_eq!(event["rule"], "preset:app-writer");
    assert_eq!(event["verdict"], "reject");
    assert_eq!(event["effects"], "drop");
    assert_eq!(event["text"], "DROP TABLE customers");
}

#[test]
fn shadow_mode_says_so() {
    let events = logged(Verdict::Hold, false, "DROP TABLE customers");
    assert_eq!(events[0]["message"], "statement would be refused (shadow mode)");
    assert_eq!(events[0]["enforced"], false);
}

#[test]
fn what_is_allowed_is_no_event() {
    assert!(logged(Verdict::Allow, true, "SELECT $1").is_empty());
}

#[test]
fn a_long_text_is_clipped_between_characters() {
    let events = logged(Verdict::Reject, true, &"é".repeat(5000));
    let text = events[0]["text"].as_str().unwrap();
    assert_eq!(text, "é".repeat(512));
    let events = logged(Verdict::Reject, true, &format!("x{}", "é".repeat(5000)));
    assert_eq!(events[0]["text"].as_str().unwrap().len(), 1023);
}

#[test]
fn a_level_that_is_none_is_an_error_that_names_it() {
    let error = init_tracing(LogFormat::Json, "stockade=loud").unwrap_err();
    assert!(error.to_string().contains("stockade=loud"), "{error}");
}
