//! Messages of both sides: by the grammar of the protocol, and with lies in them.

use crate::choices::Choices;
use crate::frames::Step;
use crate::line::message;

/// What every refused text of these streams says somewhere.
pub const SECRETS: [&str; 2] = ["secret", "SECRET"];

const ALLOWED: [&str; 18] = [
    "SELECT 1",
    "SELECT 1; SELECT 2",
    "INSERT INTO t VALUES (1)",
    "DELETE FROM t WHERE id = 1",
    "",
    ";",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT s",
    "ROLLBACK TO s",
    "RELEASE s",
    "SET work_mem = '4MB'",
    "SET default_transaction_read_only = on",
    "RESET ALL",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "DEALLOCATE ALL",
];

const REFUSED: [&str; 10] = [
    "DROP TABLE secret",
    "TRUNCATE secret",
    "DELETE FROM secret",
    "SELECT 1; DROP TABLE secret",
    "UPDATE secret SET a = 1 WHERE true",
    "DO $$ BEGIN DELETE FROM secret; END $$",
    "secret nonsense",
    "ALTER TABLE a DROP COLUMN secret",
    "GRANT ALL ON secret TO PUBLIC",
    "/* harmless */ DROP/**/TABLE SECRET",
];

const NAMES: [&str; 5] = ["", "a", "b", "p", "_stockade"];

fn text(choices: &mut Choices) -> &'static str {
    if choices.chance(35) { choices.one_of(&REFUSED) } else { choices.one_of(&ALLOWED) }
}

fn strings(all: &[&str]) -> Vec<u8> {
    all.iter().flat_map(|text| text.bytes().chain([0])).collect()
}

fn parse(name: &str, text: &str, types: &[u32]) -> Vec<u8> {
    let mut body = strings(&[name, text]);
    body.extend(u16::try_from(types.len()).unwrap().to_be_bytes());
    types.iter().for_each(|oid| body.extend(oid.to_be_bytes()));
    message(b'P', &body)
}

fn bind(choices: &mut Choices, portal: &str, name: &str) -> Vec<u8> {
    let mut body = strings(&[portal, name]);
    body.extend([0, 0]);
    let values = choices.below(3);
    body.extend(u16::try_from(values).unwrap().to_be_bytes());
    for _ in 0..values {
        let value = choices.one_of(&["1", "DROP TABLE secret", ""]);
        body.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
        body.extend(value.bytes());
    }
    body.extend([0, 0]);
    message(b'B', &body)
}

fn execute(portal: &str) -> Vec<u8> {
    message(b'E', &[&strings(&[portal])[..], &[0; 4]].concat())
}

fn named(tag: u8, kind: u8, name: &str) -> Vec<u8> {
    message(tag, &[&[kind][..], &strings(&[name])].concat())
}

/// What a client sends up to where it waits, and how often it is told to go on.
pub fn unit(choices: &mut Choices) -> (Vec<u8>, usize) {
    let said = text(choices);
    match choices.below(8) {
        0..3 => (message(b'Q', &strings(&[said])), 1),
        3 => (message(b'F', &[0; 10]), 1),
        4 => {
            let mut bytes = Vec::new();
            for _ in 0..=choices.below(3) {
                bytes.extend(parse(choices.one_of(&NAMES), text(choices), &[]));
            }
            bytes.extend(message(b'S', b""));
            (bytes, 1)
        }
        _ => {
            let mut bytes = Vec::new();
            for _ in 0..=choices.below(3) {
                let (name, portal) = (choices.one_of(&NAMES[..3]), choices.one_of(&NAMES[..3]));
                bytes.extend(parse(name, text(choices), if choices.chance(10) { &[99_999] } else { &[] }));
                if choices.chance(20) {
                    bytes.extend(named(b'D', b'S', name));
                }
                bytes.extend(bind(choices, portal, name));
                if choices.chance(50) {
                    bytes.extend(named(b'D', b'P', portal));
                }
                bytes.extend(execute(portal));
                if choices.chance(20) {
                    bytes.extend(named(b'C', choices.one_of(b"SP"), name));
                }
                if choices.chance(20) {
                    bytes.extend(message(b'H', b""));
                }
            }
            bytes.extend(message(b'S', b""));
            (bytes, 1)
        }
    }
}

/// What a server says that nobody asked for.
pub fn aside(choices: &mut Choices) -> Vec<u8> {
    match choices.below(3) {
        0 => message(b'A', b"\0\0\0\x01channel\0payload\0"),
        1 => message(b'S', b"application_name\0x\0"),
        _ => message(b'N', b"SNOTICE\0VNOTICE\0C00000\0Mhello\0\0"),
    }
}

/// Anything of both sides, with lies.
pub fn noise(choices: &mut Choices) -> Vec<Step> {
    let count = 1 + choices.below(16);
    let one = |choices: &mut Choices| {
        let client = choices.chance(50);
        let mut bytes = Vec::new();
        for _ in 0..=choices.below(3) {
            bytes.extend(if client { said(choices) } else { answer(choices) });
        }
        (client, if choices.chance(8) { lie(choices, bytes) } else { bytes })
    };
    (0..count).map(|_| one(choices)).collect()
}

/// One message of the client's.
fn said(choices: &mut Choices) -> Vec<u8> {
    let (name, portal) = (choices.one_of(&NAMES), choices.one_of(&NAMES));
    match choices.below(15) {
        0 | 1 => message(b'Q', &strings(&[text(choices)])),
        2 | 3 => parse(name, text(choices), &[]),
        4 => bind(choices, portal, name),
        5 => execute(portal),
        6 => named(b'D', choices.one_of(b"SP"), name),
        7 => named(b'C', choices.one_of(b"SP"), name),
        8 => message(b'S', b""),
        9 => message(b'H', b""),
        10 => message(b'F', &[0; 10]),
        11 => message(b'd', b"DROP TABLE secret\n"),
        12 => message(b'c', b""),
        13 => message(b'f', b"no\0"),
        _ => message(choices.one_of(b"Xp"), b""),
    }
}

/// One message of the upstream's.
fn answer(choices: &mut Choices) -> Vec<u8> {
    let error = |severity: &str, code: &str| {
        let fields = [format!("S{severity}"), format!("V{severity}"), format!("C{code}"), "Mmessage".to_owned()];
        message(b'E', &(fields.join("\0") + "\0\0").into_bytes())
    };
    match choices.below(18) {
        0 => message(b'1', b""),
        1 => message(b'2', b""),
        2 => message(b'3', b""),
        3 => message(b'C', choices.one_of(&[&b"SELECT 1\0"[..], b"INSERT 0 1\0", b"SET\0", b"\0"])),
        4 => message(b'T', &[0, 0]),
        5 => message(b'D', &[0, 0]),
        6 => message(b'n', b""),
        7 => message(b't', &[0, 0]),
        8 => message(b'I', b""),
        9 => message(b's', b""),
        10..13 => message(b'Z', &[choices.one_of(b"ITE")]),
        13 => error("ERROR", choices.one_of(&["42601", "25006", "57014", "42P05", "XX000"])),
        14 => error("FATAL", "57P01"),
        15 => message(choices.one_of(b"GHWdcV"), &[0, 0, 0]),
        16 => {
            let name = choices.one_of(&[
                "client_encoding",
                "standard_conforming_strings",
                "default_transaction_read_only",
                "TimeZone",
            ]);
            message(b'S', &strings(&[name, choices.one_of(&["off", "on", "SJIS", "UTF8", "LATIN1"])]))
        }
        _ => aside(choices),
    }
}

/// What comes before a session is usable.
pub fn greeting(choices: &mut Choices) -> Vec<Step> {
    let mut steps = Vec::new();
    for _ in 0..1 + choices.below(8) {
        let sasl = |names: &str| [&10_u32.to_be_bytes()[..], names.as_bytes(), b"\0"].concat();
        let step = match choices.below(12) {
            0 => (false, message(b'R', &0_u32.to_be_bytes())),
            1 => (false, message(b'R', &sasl("SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0"))),
            2 => (false, message(b'R', &sasl("SCRAM-SHA-256\0"))),
            3 => (false, message(b'R', &choices.one_of(&[3_u32, 5, 11, 12, 7]).to_be_bytes())),
            4 => (false, message(b'K', &[&[0, 0, 0, 9][..], &vec![1; choices.one_of(&[4, 32, 3, 257])]].concat())),
            5 => (false, message(b'S', b"client_encoding\0UTF8\0")),
            6 | 7 => (false, message(b'Z', b"I")),
            8 => (
                true,
                message(
                    b'p',
                    choices.one_of(&[
                        &b"SCRAM-SHA-256\0\0\0\0\x05n,,n="[..],
                        b"SCRAM-SHA-256\0\0\0\0\x05y,,n=",
                        b"password\0",
                        b"",
                    ]),
                ),
            ),
            9 => (true, message(b'Q', b"DROP TABLE secret\0")),
            10 => (false, answer(choices)),
            _ => (true, said(choices)),
        };
        steps.push(if choices.chance(5) { (step.0, lie(choices, step.1)) } else { step });
    }
    steps
}

/// The bytes with something wrong: a length, a byte, the end.
fn lie(choices: &mut Choices, mut bytes: Vec<u8>) -> Vec<u8> {
    let at = choices.below(bytes.len());
    match choices.below(6) {
        0 if bytes.len() >= 5 => {
            let length = choices.one_of(&[0_u32, 3, 4, 5, 6, 10_001, 0x3fff_ffff, 0x7fff_ffff, 0xffff_ffff, 70_000]);
            bytes[1..5].copy_from_slice(&length.to_be_bytes());
        }
        1 if bytes.len() >= 5 => bytes[4] = bytes[4].wrapping_add(choices.one_of(&[1, 255, 2, 16])),
        2 => bytes.truncate(at),
        3 => bytes[at] = choices.one_of(&[0, 0xff, b'Q', b'\'', 0x80]),
        4 => bytes.insert(at, choices.one_of(&[0, 0xff, b'S', b'Q'])),
        _ => bytes.extend(vec![b'x'; choices.one_of(&[1, 4, 100, 9_000])]),
    }
    bytes
}

/// Bytes for a body: near a message's, near a startup packet's, or none of these.
pub fn bytes(choices: &mut Choices) -> Vec<u8> {
    let body = match choices.below(4) {
        0 => said(choices)[5..].to_vec(),
        1 => answer(choices)[5..].to_vec(),
        2 => {
            let mut body = choices
                .one_of(&[196_608_u32, 196_610, 80_877_103, 80_877_102, 80_877_104, 131_072])
                .to_be_bytes()
                .to_vec();
            for _ in 0..choices.below(4) {
                body.extend(strings(&[
                    choices.one_of(&["user", "database", "options", "x", ""]),
                    choices.one_of(&["a", "b", ""]),
                ]));
            }
            body.push(0);
            [&u32::try_from(body.len() + 4).unwrap().to_be_bytes()[..], &body].concat()
        }
        _ => (0..choices.below(40)).map(|_| u8::try_from(choices.below(256)).unwrap()).collect(),
    };
    if choices.chance(50) && !body.is_empty() { lie(choices, body) } else { body }
}
