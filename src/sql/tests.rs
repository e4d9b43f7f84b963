use super::*;
#[test]
fn reads() {
    assert!(read("SELECT 1", Lexing::default()).is_ok());
}
