//! A PostgreSQL client of our own: blocking, frames in and out, hiding nothing.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "helpers of tests: a panic is their failure"
)]

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// No answer takes longer, on the slowest machine: a hang is a failure, and not for ever.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// One message of the server.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    pub tag: u8,
    pub body: Vec<u8>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.body[..self.body.len().min(200)];
        write!(f, "{}[{}]{:?}", char::from(self.tag), self.body.len(), String::from_utf8_lossy(shown))
    }
}

impl Message {
    /// A field of an ErrorResponse or NoticeResponse; empty where it is not there.
    pub fn field(&self, code: u8) -> String {
        let fields = self.body.split(|&byte| byte == 0).filter(|field| !field.is_empty());
        let found = fields.into_iter().find(|field| field[0] == code);
        found.map(|field| String::from_utf8_lossy(&field[1..]).into_owned()).unwrap_or_default()
    }

    /// The SQLSTATE.
    pub fn code(&self) -> String {
        self.field(b'C')
    }

    /// A DataRow's values as text.
    pub fn values(&self) -> Vec<Option<String>> {
        assert_eq!(self.tag, b'D');
        let mut rest = &self.body[2..];
        let mut values = Vec::new();
        while !rest.is_empty() {
            let length = i32::from_be_bytes(rest[..4].try_into().unwrap());
            rest = &rest[4..];
            match usize::try_from(length) {
                Ok(length) => {
                    values.push(Some(String::from_utf8_lossy(&rest[..length]).into_owned()));
                    rest = &rest[length..];
                }
                Err(_) => values.push(None),
            }
        }
        values
    }
}

/// What a server answered, up to and with ReadyForQuery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer(pub Vec<Message>);

impl Answer {
    /// The messages' tags, in order: `TDCZ`.
    pub fn tags(&self) -> String {
        self.0.iter().map(|message| char::from(message.tag)).collect()
    }

    /// The transaction status: `I`, `T` or `E`.
    pub fn status(&self) -> char {
        let last = self.0.last().unwrap();
        assert_eq!(last.tag, b'Z', "{self:?}");
        char::from(last.body[0])
    }

    /// The error, if there is one.
    pub fn error(&self) -> Option<&Message> {
        self.0.iter().find(|message| message.tag == b'E')
    }

    /// The error's SQLSTATE; empty where all went well.
    pub fn code(&self) -> String {
        self.error().map(Message::code).unwrap_or_default()
    }

    /// Every row's values.
    pub fn rows(&self) -> Vec<Vec<Option<String>>> {
        self.0.iter().filter(|message| message.tag == b'D').map(Message::values).collect()
    }

    /// The first value of the first row.
    pub fn value(&self) -> String {
        let rows = self.rows();
        rows.first().and_then(|row| row[0].clone()).unwrap_or_else(|| panic!("no value in {self:?}"))
    }

    /// The command tags.
    pub fn commands(&self) -> Vec<String> {
        let complete = self.0.iter().filter(|message| message.tag == b'C');
        complete.map(|message| String::from_utf8_lossy(message.body.strip_suffix(b"\0").unwrap()).into()).collect()
    }

    /// Fails unless there is no error.
    #[track_caller]
    pub fn fine(self) -> Self {
        assert!(self.error().is_none(), "{self:?}");
        self
    }

    /// Fails unless Stockade refused: SQLSTATE, MESSAGE, DETAIL and HINT.
    #[track_caller]
    pub fn refused(self, rule: &str) -> Self {
        let error = self.error().unwrap_or_else(|| panic!("not refused: {self:?}"));
        // Text that cannot be read keeps the code that clients know it by.
        let unreadable = error.field(b'D').contains("Effects: unreadable.") && !rule.starts_with("wall:");
        assert_eq!(error.code(), if unreadable { "42601" } else { "42501" }, "{error:?}");
        assert_eq!((error.field(b'S').as_str(), error.field(b'V').as_str()), ("ERROR", "ERROR"), "{error:?}");
        let message = error.field(b'M');
        assert!(message.starts_with("stockade refused ") && message.ends_with(&format!("(rule {rule})")), "{error:?}");
        assert!(error.field(b'D').contains("Nothing of this was run"), "{error:?}");
        assert!(!error.field(b'H').is_empty(), "{error:?}");
        // Nothing of the poison's own syntax error is left.
        assert!(error.field(b'P').is_empty() && error.field(b'R').is_empty(), "{error:?}");
        assert!(!message.contains("syntax"), "{error:?}");
        self
    }

    /// Fails unless PostgreSQL refused a hidden write, and Stockade explained it.
    #[track_caller]
    pub fn read_only(self) -> Self {
        let error = self.error().unwrap_or_else(|| panic!("not refused: {self:?}"));
        assert_eq!(error.code(), "25006", "{error:?}");
        assert!(error.field(b'D').contains("read-only") && !error.field(b'H').is_empty(), "{error:?}");
        self
    }
}

/// A connection.
#[derive(Debug)]
pub struct Client {
    pub stream: TcpStream,
    /// ParameterStatus so far.
    pub parameters: BTreeMap<String, String>,
    pub pid: u32,
    pub secret: Vec<u8>,
    /// What came before the first ReadyForQuery, without authentication and key data.
    pub greeting: Vec<Message>,
}

impl Client {
    /// A session as the superuser, without password.
    #[track_caller]
    pub fn open(address: SocketAddr, database: &str) -> Self {
        Self::with(address, &[("user", "postgres"), ("database", database)])
    }

    /// A session by any startup parameters.
    #[track_caller]
    pub fn with(address: SocketAddr, parameters: &[(&str, &str)]) -> Self {
        Self::start(connect(address), &startup(196_608, parameters)).unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// Sends a first packet and reads on to ReadyForQuery, or the error.
    pub fn start(stream: TcpStream, packet: &[u8]) -> Result<Self, Message> {
        let mut client = Self::bare(stream);
        client.send(packet);
        client.finish_startup().map(|()| client)
    }

    /// A socket nothing was sent on.
    pub fn bare(stream: TcpStream) -> Self {
        Self { stream, parameters: BTreeMap::new(), pid: 0, secret: Vec::new(), greeting: Vec::new() }
    }

    /// Reads on to the first ReadyForQuery, or the error.
    pub fn finish_startup(&mut self) -> Result<(), Message> {
        loop {
            let message = self.receive();
            match message.tag {
                b'R' => assert_eq!(message.body, [0, 0, 0, 0], "AuthenticationOk"),
                b'K' => {
                    self.pid = u32::from_be_bytes(message.body[..4].try_into().unwrap());
                    self.secret = message.body[4..].to_vec();
                }
                b'E' => return Err(message),
                b'Z' => return Ok(()),
                _ => self.greeting.push(message),
            }
        }
    }

    #[track_caller]
    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// The next message; none at the end of the stream.
    pub fn try_receive(&mut self) -> io::Result<Option<Message>> {
        let mut header = [0; 5];
        match self.stream.read(&mut header[..1])? {
            0 => return Ok(None),
            _ => self.stream.read_exact(&mut header[1..])?,
        }
        let length = u32::from_be_bytes(header[1..].try_into().unwrap()) as usize;
        let mut body = vec![0; length - 4];
        self.stream.read_exact(&mut body)?;
        let message = Message { tag: header[0], body };
        if message.tag == b'S' {
            let text = String::from_utf8_lossy(&message.body).into_owned();
            let mut parts = text.split('\0');
            self.parameters.insert(parts.next().unwrap().into(), parts.next().unwrap().into());
        }
        Ok(Some(message))
    }

    #[track_caller]
    pub fn receive(&mut self) -> Message {
        self.try_receive().unwrap().expect("a message, not the end of the stream")
    }

    /// The messages up to and with the next ReadyForQuery.
    #[track_caller]
    pub fn answer(&mut self) -> Answer {
        let mut messages = Vec::new();
        while messages.last().is_none_or(|message: &Message| message.tag != b'Z') {
            messages.push(self.receive());
        }
        Answer(messages)
    }

    /// Everything up to the end of the stream, which must come.
    pub fn last_words(&mut self) -> Vec<Message> {
        let mut messages = Vec::new();
        while let Ok(Some(message)) = self.try_receive() {
            messages.push(message);
        }
        messages
    }

    /// A simple Query.
    #[track_caller]
    pub fn query(&mut self, sql: &str) -> Answer {
        self.send(&Frames::new().query(sql).0);
        self.answer()
    }

    /// The first value a simple Query gives.
    #[track_caller]
    pub fn value(&mut self, sql: &str) -> String {
        self.query(sql).fine().value()
    }

    /// Frames that end with one Sync.
    #[track_caller]
    pub fn pipeline(&mut self, frames: Frames) -> Answer {
        self.send(&frames.0);
        self.answer()
    }

    /// The unnamed statement and portal, in text format, and a Sync.
    #[track_caller]
    pub fn extended(&mut self, sql: &str, values: &[&str]) -> Answer {
        self.pipeline(Frames::new().run(sql, values).sync())
    }

    /// Asks, over and over, until the first value is the wanted one.
    #[track_caller]
    pub fn poll(&mut self, sql: &str, wanted: &str) {
        let deadline = std::time::Instant::now() + PATIENCE;
        loop {
            let value = self.value(sql);
            if value == wanted {
                return;
            }
            assert!(std::time::Instant::now() < deadline, "{sql}: still {value}, not {wanted}");
            std::thread::yield_now();
        }
    }
}

/// A socket with a deadline on it.
#[track_caller]
pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// A first packet.
pub fn startup(version: u32, parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut body = version.to_be_bytes().to_vec();
    for (name, value) in parameters {
        body.extend([name.as_bytes(), b"\0", value.as_bytes(), b"\0"].concat());
    }
    body.push(0);
    untagged(&body)
}

/// A CancelRequest, sent and waited for as libpq does.
pub fn cancel(address: SocketAddr, pid: u32, secret: &[u8]) {
    let mut stream = connect(address);
    stream.write_all(&untagged(&[&80_877_102_u32.to_be_bytes()[..], &pid.to_be_bytes(), secret].concat())).unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).ok();
    assert!(rest.is_empty(), "a cancel request is not answered");
}

/// Length, then body.
pub fn untagged(body: &[u8]) -> Vec<u8> {
    let mut packet = u32::try_from(body.len() + 4).unwrap().to_be_bytes().to_vec();
    packet.extend_from_slice(body);
    packet
}

/// Frontend messages, one behind the other.
#[derive(Debug, Clone, Default)]
pub struct Frames(pub Vec<u8>);

impl Frames {
    pub fn new() -> Self {
        Self::default()
    }

    /// Any message.
    pub fn frame(mut self, tag: u8, body: &[u8]) -> Self {
        self.0.push(tag);
        self.0.extend(untagged(body));
        self
    }

    pub fn query(self, sql: &str) -> Self {
        self.frame(b'Q', &[sql.as_bytes(), b"\0"].concat())
    }

    pub fn parse(self, name: &str, sql: &str) -> Self {
        self.frame(b'P', &[name.as_bytes(), b"\0", sql.as_bytes(), b"\0", &[0, 0]].concat())
    }

    pub fn bind(self, portal: &str, statement: &str, values: &[&str]) -> Self {
        let values: Vec<&[u8]> = values.iter().map(|value| value.as_bytes()).collect();
        self.bind_bytes(portal, statement, &values)
    }

    pub fn bind_bytes(self, portal: &str, statement: &str, values: &[&[u8]]) -> Self {
        let mut body = [portal.as_bytes(), b"\0", statement.as_bytes(), b"\0", &[0, 0]].concat();
        body.extend(u16::try_from(values.len()).unwrap().to_be_bytes());
        for value in values {
            body.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
            body.extend_from_slice(value);
        }
        body.extend([0, 0]);
        self.frame(b'B', &body)
    }

    pub fn execute(self, portal: &str, rows: u32) -> Self {
        self.frame(b'E', &[portal.as_bytes(), b"\0", &rows.to_be_bytes()].concat())
    }

    /// Parse, Bind, Describe, Execute, all unnamed.
    pub fn run(self, sql: &str, values: &[&str]) -> Self {
        self.parse("", sql).bind("", "", values).describe(b'P', "").execute("", 0)
    }

    pub fn describe(self, kind: u8, name: &str) -> Self {
        self.frame(b'D', &[&[kind], name.as_bytes(), b"\0"].concat())
    }

    pub fn close(self, kind: u8, name: &str) -> Self {
        self.frame(b'C', &[&[kind], name.as_bytes(), b"\0"].concat())
    }

    pub fn sync(self) -> Self {
        self.frame(b'S', b"")
    }

    pub fn flush(self) -> Self {
        self.frame(b'H', b"")
    }

    pub fn copy_data(self, data: &[u8]) -> Self {
        self.frame(b'd', data)
    }

    pub fn copy_done(self) -> Self {
        self.frame(b'c', b"")
    }

    pub fn copy_fail(self, why: &str) -> Self {
        self.frame(b'f', &[why.as_bytes(), b"\0"].concat())
    }

    pub fn terminate(self) -> Self {
        self.frame(b'X', b"")
    }
}
