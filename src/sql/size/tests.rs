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
}

/// Behind what this lexer does not know the parser may know its way.
#[test]
fn what_lies_behind_counts_as_the_worst() {
    assert_eq!(checked(&format!("SELECT 'x {}", "a b ".repeat(1_000_000))), Err(ReadError::TooLarge));
    assert_eq!(checked(&format!("SELECT '{}', 'x", "a b ".repeat(1_000_000))), Ok(()));
}

#[test]
fn a_string_goes_on_behind_a_new_line_as_it_began() {
    let names = ",a".repeat(800_000);
    let backslashes = Lexing { standard_conforming_strings: false, backslash_quote: true };
    for (start, lexing) in [("E''\n'\\''", Lexing::default()), ("B'01' -- '\n \t'\\'", backslashes)] {
        for end in ["", ", 'x'", ", 'x' -- '\n", ", ''''"] {
            let text = format!("SELECT {start}{names}{end}");
            assert_eq!(check(&text, lexing), Err(ReadError::TooLarge), "{start} {end}");
        }
    }
}

/// Else the weight of what the parser reads would not be known.
#[test]
fn what_the_parser_reads_is_cut_into_tokens() {
    let pieces = [
        "'a'",
        "E'\\''",
        "'\\'",
        "U&'x'",
        "U&\"d\"",
        "U&'a!b' UESCAPE '!'",
        "B'01'",
        "x'1F'",
        "N'a'",
        "$$a$$",
        "$é$x$é$",
        "$1",
        "1_000",
        "0x1F",
        "1e5",
        ".5",
        "\"a\"\"b\"",
        "é",
        "a$b",
        "/* /* */ */",
        "-- x\n",
        "-- '\n",
        "\u{b}",
        "\u{c}",
        "\u{a0}",
        "?",
        "@",
        "\\",
        ":",
        "=>",
        "[",
        "''",
        "a",
        "*",
        "+-",
        "::",
        "$a$ $b$ $a$",
        "$",
        "--",
        "/*",
    ];
    for standard_conforming_strings in [true, false] {
        let lexing = Lexing { standard_conforming_strings, backslash_quote: true };
        for first in pieces {
            for second in pieces {
                for between in ["", " ", "\n", ","] {
                    for end in ["", ", a", "'"] {
                        let text = format!("SELECT {first}{between}{second}{end}");
                        let parsed = pg_query::parse(&text, lexing.options()).is_ok();
                        assert!(!parsed || each(&text, lexing, |_| Ok(())).is_ok(), "{text}");
                    }
                }
            }
        }
    }
}
