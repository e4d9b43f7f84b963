use super::*;
#[test]
fn reads() {
    assert!(read("SELECT 1", Lexing::default()).is_ok());
}

#[test]
fn statements_as_they_stand_in_the_text() {
    assert_eq!(super::split("SELECT 'a;b' ;\n /* c; */ SELECT é;;"), Some(vec!["SELECT 'a;b'", "SELECT é"]));
    assert_eq!(super::split(""), Some(vec![]));
    assert_eq!(super::split("-- nothing"), Some(vec![]));
    assert_eq!(super::split("; ;"), Some(vec![]));
    assert_eq!(super::split("selec"), None);
    assert_eq!(super::split("SELECT 1\0"), None);
}

#[test]
fn a_text_without_tokens_can_be_redacted() {
    for text in ["", " ", "\n\t\r\u{b}\u{c} "] {
        assert_eq!(super::redact(text, super::Lexing::default()).as_deref(), Some(""));
    }
}
