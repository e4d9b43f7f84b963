//! Which texts are too large, told without their trees.

use super::*;

fn checked(text: &str) -> Result<(), ReadError> {
    check(text, Lexing::default())
}

#[test]
fn what_would_take_gigabytes_is_refused() {
    for part in [",a", ",*", ",a=a", ",\"a\"", ",a::b", ",-a", ",f(a)"] {
        let text = format!("SELECT a{}", part.repeat(800_000));
        assert_eq!(checked(&text), Err(ReadError::TooLarge), "{part}");
        assert_eq!(super::super::read(&text, Lexing::default()).unwrap_err(), ReadError::TooLarge, "{part}");
    }
}

#[test]
fn long_texts_of_everyday_are_not() {
    let rows = ",(123456, 'some name of mine', NULL, 3.25)".repeat(200_000);
    assert_eq!(checked(&format!("INSERT INTO t VALUES (1, 'a', NULL, 1){rows}")), Ok(()));
    assert_eq!(checked(&format!("SELECT 1 WHERE 1 IN (0{})", ",1234567".repeat(1_500_000))), Ok(()));
    assert_eq!(checked(&format!("SELECT a{}", ", a_column_of_mine".repeat(100_000))), Ok(()));
}

#[test]
fn strings_and_comments_are_one_token_or_none() {
    let words = "a b ".repeat(4_000_000);
    for text in [format!("SELECT '{words}'"), format!("SELECT $x${words}$x$"), format!("SELECT 1 /* {words} */")] {
        assert_eq!(checked(&text), Ok(()));
    }
    // Where a backslash keeps the string open, and where it does not.
    let text = format!("SELECT 'a\\' {words}'");
    assert_eq!(checked(&text), Err(ReadError::TooLarge));
    assert_eq!(check(&text, Lexing { standard_conforming_strings: false, backslash_quote: true }), Ok(()));
}

#[test]
fn what_cannot_be_cut_counts_up_to_there() {
    let words = "a b ".repeat(1_000_000);
    assert_eq!(checked(&format!("SELECT {words} 'x")), Err(ReadError::TooLarge));
    assert_eq!(checked(&format!("SELECT 'x {words}")), Ok(()));
}
