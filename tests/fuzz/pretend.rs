//! A server that runs nothing and answers everything as PostgreSQL would.

use crate::line::{Line, message, messages};
use bytes::BytesMut;

/// Its side of one connection.
#[derive(Debug)]
pub struct Server {
    input: BytesMut,
    /// Behind an error in the extended protocol, up to the next Sync.
    skipping: bool,
    /// The transaction status: I, T or E.
    status: u8,
    /// The texts it was asked to run or to parse, poison and Stockade's own among them.
    pub texts: Vec<String>,
}

impl Default for Server {
    fn default() -> Self {
        Self { input: BytesMut::new(), skipping: false, status: b'I', texts: Vec::new() }
    }
}

impl Server {
    /// Answers until nothing more comes.
    pub fn serve(&mut self, line: &mut Line) {
        loop {
            let said = line.take_upstream();
            if said.is_empty() || line.fault.is_some() {
                return;
            }
            let answers = self.answers(&said);
            line.upstream(&answers);
        }
    }

    /// The answers to these bytes.
    pub fn answers(&mut self, said: &[u8]) -> Vec<u8> {
        self.input.extend_from_slice(said);
        let mut answers = Vec::new();
        for (tag, body) in messages(&mut self.input) {
            self.answer(tag, &body, &mut answers);
        }
        answers
    }

    fn answer(&mut self, tag: u8, body: &[u8], out: &mut Vec<u8>) {
        if tag == b'S' {
            self.skipping = false;
            out.extend(message(b'Z', &[self.status]));
            return;
        }
        if self.skipping {
            return;
        }
        let part =
            |at: usize| String::from_utf8_lossy(body.split(|byte| *byte == 0).nth(at).unwrap_or_default()).into_owned();
        match tag {
            b'Q' => {
                let text = part(0);
                match text.starts_with("stockade refused") {
                    true => self.fails(out),
                    false if text.trim().is_empty() => out.extend(message(b'I', b"")),
                    false => {
                        self.run(&text);
                        out.extend(message(b'C', b"DONE\0"));
                    }
                }
                self.texts.push(text);
                out.extend(message(b'Z', &[self.status]));
            }
            b'P' => {
                let text = part(1);
                if text.starts_with("stockade refused") {
                    self.skipping = true;
                    self.fails(out);
                } else {
                    self.run(&text);
                    out.extend(message(b'1', b""));
                }
                self.texts.push(text);
            }
            b'B' => out.extend(message(b'2', b"")),
            b'D' => {
                if body.first() == Some(&b'S') {
                    out.extend(message(b't', &[0, 0]));
                }
                out.extend(message(b'n', b""));
            }
            b'E' => out.extend(message(b'C', b"DONE\0")),
            b'C' => out.extend(message(b'3', b"")),
            b'F' => out.extend([message(b'V', &[0xff; 4]), message(b'Z', &[self.status])].concat()),
            _ => {}
        }
    }

    fn fails(&mut self, out: &mut Vec<u8>) {
        if self.status == b'T' {
            self.status = b'E';
        }
        out.extend(message(b'E', b"SERROR\0VERROR\0C42601\0Msyntax error\0\0"));
    }

    /// Where the text leaves the transaction, as far as its statements' first words tell.
    fn run(&mut self, text: &str) {
        for statement in text.split(';') {
            let statement = statement.trim().to_ascii_uppercase();
            let mut words = statement.split_whitespace();
            match (words.next().unwrap_or_default(), words.next().unwrap_or_default()) {
                ("BEGIN" | "START", _) => self.status = b'T',
                ("ROLLBACK", "TO") if self.status != b'I' => self.status = b'T',
                ("COMMIT" | "END" | "ROLLBACK" | "ABORT", _) => self.status = b'I',
                _ => {}
            }
        }
    }
}
