use super::*;

fn refused() -> (Act, Answer) {
    let act = Act { sql: "DROP TABLE\n  customers".to_owned(), how: How::Simple, expected: Verdict::Refused };
    let answer = Answer {
        verdict: Verdict::Refused,
        result: "42501".to_owned(),
        words: vec!["DROP TABLE is refused".to_owned(), "ask a person".to_owned()],
        took: Duration::from_micros(850),
    };
    (act, answer)
}

fn shown(colour: bool, columns: usize, show: impl Fn(&mut Screen<&mut Vec<u8>>)) -> String {
    let mut bytes = Vec::new();
    show(&mut Screen::new(&mut bytes, colour, columns));
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_refusal_is_one_line_and_its_reason() {
    let (act, answer) = refused();
    let text = shown(false, 80, |screen| screen.act(Duration::from_millis(3140), &act, &answer).unwrap());
    assert_eq!(
        text,
        "  3.1 s  refused   DROP TABLE customers                          42501    0.8 ms\n                   \
         DROP TABLE is refused; ask a person\n"
    );
}

#[test]
fn what_is_not_as_told_says_so() {
    let (mut act, answer) = refused();
    act.expected = Verdict::Allowed;
    let text = shown(false, 80, |screen| screen.act(Duration::ZERO, &act, &answer).unwrap());
    assert!(text.contains("NOT AS TOLD"));
}

#[test]
fn colours_come_only_when_asked_for() {
    let (act, answer) = refused();
    for (colour, expected) in [(false, false), (true, true)] {
        let text = shown(colour, 80, |screen| {
            screen.heading("x").unwrap();
            screen.act(Duration::ZERO, &act, &answer).unwrap();
        });
        assert_eq!(text.contains('\x1b'), expected);
    }
}

#[test]
fn no_line_is_wider_than_the_screen() {
    let (mut act, mut answer) = refused();
    act.sql = "x".repeat(500);
    answer.words = vec!["é".repeat(500)];
    let text = shown(false, 80, |screen| screen.act(Duration::ZERO, &act, &answer).unwrap());
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn numbers_have_their_commas() {
    assert_eq!([0, 999, 1000, 5001, 1_234_567].map(thousands), ["0", "999", "1,000", "5,001", "1,234,567"]);
}
