//! A tiny language of transcripts, one line a step, messages separated by ` | `:
//!
//! | line | meaning |
//! |---|---|
//! | `> Q SELECT 1` | the client says (`Q text`, `P name=text`, `B portal=statement`, `D S name`, `E portal`, `C P name`, `S`, `H`, `F`, `d text`, `c`, `f text`, `X`) |
//! | `>> ...` | what the upstream has got since the last such line; `~off` and the like are hidden groups, `poison` is poison |
//! | `^savepoint` | the same in the middle of a pipeline, without a Sync |
//! | `< C SELECT 1 \| Z I` | the upstream says; `~off I` answers a hidden group and ends with the status, `~off! I` fails it |
//! | `< ~answers 1 0 I` | the upstream answers a question `~question`, and ends with the status |
//! | `<< ...` | what the client has got since the last such line |
//! | `* allow rows=1` | reports since the last such line: verdict, `open` where no end was seen, rows, error |
//! | `= committed ...` | what came of the witness since the last such line; where none is, nobody looks |
//! | `fault TEXT` | the step before ended the session so |
//! | `end` | the connection ends |
//! | `audit on` | the record cannot be written from here on |

use crate::policy::{Account, Anchor, Context, Kind, Limits, Mode, Policy, Preset, TableLimits, Verdict};
use crate::session::cache::FactCache;
use crate::session::watch::Point;
use crate::session::watch::ours::{DEFERRED, FLUSH, WITNESS};
use crate::session::{Event, Fault, Output, Session, Setup, Witnessed};
use crate::wire::backend::ErrorView;
use crate::wire::{HEADER_BYTES, Header, make};
use bytes::{BufMut, BytesMut};
use std::cell::Cell;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

/// A clock that goes on by a millisecond whenever it is read.
pub(super) fn clock() -> Instant {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    thread_local!(static READ: Cell<u64> = const { Cell::new(0) });
    READ.set(READ.get() + 1);
    *START + Duration::from_millis(READ.get())
}

pub(super) fn setup(policy: Policy) -> Setup {
    static CACHE: LazyLock<Arc<FactCache>> = LazyLock::new(Arc::default);
    let anchor = Anchor { instant: clock(), unix: Duration::ZERO };
    Setup {
        account: Arc::new(Account::new(&policy, anchor)),
        policy: Arc::new(policy),
        cache: Arc::clone(&CACHE),
        secret: [7; 32],
        clock,
        client_tls: false,
        binds_channel: false,
        keep_text: true,
        client_read_only: false,
        replication: false,
    }
}

pub(super) fn agent(preset: Preset) -> Policy {
    Policy::new("agent", Kind::Agent, preset).with_limits(Limits::none())
}

pub(super) fn app_writer() -> Setup {
    setup(agent(Preset::AppWriter))
}

/// With the preset's limits, so that what it changes is witnessed; and with one of a table, so that it is by the whole
/// question.
pub(super) fn witnessed() -> Setup {
    wholly_witnessed(Preset::AppWriter)
}

/// The same, allowed to COPY FROM STDIN.
pub(super) fn witnessed_migrator() -> Setup {
    wholly_witnessed(Preset::Migrator)
}

fn wholly_witnessed(preset: Preset) -> Setup {
    let mut limits = Limits::of(preset, Kind::Agent);
    limits.tables.push(TableLimits {
        rule: "none".into(),
        tables: Vec::new(),
        rows_per_statement: None,
        rows_per_transaction: None,
        table_share: None,
        over: Verdict::Reject,
    });
    setup(Policy::new("agent", Kind::Agent, preset).with_limits(limits))
}

/// Witnessed by the quick question, where that is enough.
pub(super) fn quickly_witnessed() -> Setup {
    setup(Policy::new("agent", Kind::Agent, Preset::AppWriter))
}

pub(super) fn read_only() -> Setup {
    setup(agent(Preset::ReadOnly))
}

pub(super) fn migrator() -> Setup {
    setup(agent(Preset::Migrator))
}

pub(super) fn trusted() -> Setup {
    setup(agent(Preset::Trusted))
}

pub(super) fn shadow() -> Setup {
    setup(agent(Preset::AppWriter).with_mode(Mode::Shadow))
}

/// A message of a tag and a body.
pub(super) fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    bytes.extend(u32::try_from(body.len() + 4).unwrap().to_be_bytes());
    bytes.extend(body);
    bytes
}

/// A session and its two sockets.
pub(super) struct Stage {
    pub(super) session: Session,
    pub(super) from_client: BytesMut,
    pub(super) from_upstream: BytesMut,
    pub(super) out: Output,
    pub(super) fault: Option<Fault>,
    /// What came of the witness, in words.
    pub(super) noted: Vec<String>,
}

impl Stage {
    pub(super) fn new(setup: Setup) -> Self {
        Self {
            session: Session::new(setup),
            from_client: BytesMut::new(),
            from_upstream: BytesMut::new(),
            out: Output::default(),
            fault: None,
            noted: Vec::new(),
        }
    }

    /// Past the startup: authenticated, idle.
    pub(super) fn ready(setup: Setup) -> Self {
        let mut stage = Self::new(setup);
        stage.upstream(&message(b'R', &0u32.to_be_bytes()));
        stage.upstream(&message(b'Z', b"I"));
        assert!(stage.session.is_ready());
        stage.out = Output::default();
        stage
    }

    pub(super) fn client(&mut self, bytes: &[u8]) {
        self.from_client.extend_from_slice(bytes);
        self.judge_client();
    }

    pub(super) fn judge_client(&mut self) {
        if self.fault.is_none() && (!self.from_client.is_empty() || self.session.has_parts()) {
            self.fault = self.session.frontend(&mut self.from_client, &mut self.out).err();
        }
    }

    /// As the relay does: an answer may be what the client's next message waits for.
    pub(super) fn upstream(&mut self, bytes: &[u8]) {
        self.answer(bytes);
        self.judge_client();
    }

    /// The upstream's bytes alone.
    pub(super) fn answer(&mut self, bytes: &[u8]) {
        self.from_upstream.extend_from_slice(bytes);
        if self.fault.is_none() {
            self.fault = self.session.backend(&mut self.from_upstream, &mut self.out).err();
        }
    }

    pub(super) fn reports(&mut self) -> Vec<String> {
        self.noted.extend(self.out.events.iter().filter_map(noted));
        self.out.events.drain(..).filter_map(|event| describe(&event)).collect()
    }
}

/// An event in words; the clock left out, since it counts reads.
pub(super) fn describe(event: &Event) -> Option<String> {
    let Event::Statement(report) = event else { return None };
    let mut text = report.decision.verdict.to_string();
    if !report.outcome.finished {
        text += " open";
    }
    if let Some(rows) = report.outcome.rows {
        text += &format!(" rows={rows}");
    }
    if let Some(error) = &report.outcome.error {
        text += &format!(" error={error}");
    }
    Some(text)
}

/// What came of the witness, in words; its time left out.
fn noted(event: &Event) -> Option<String> {
    let Event::Witnessed(witnessed) = event else { return None };
    Some(match witnessed {
        Witnessed::Answered { protocol, took } => {
            assert!(*took > Duration::ZERO);
            format!("answered {protocol:?}").to_lowercase()
        }
        Witnessed::Committed(rows) => {
            format!("committed {}d {}u {}i", rows.deleted, rows.updated, rows.inserted)
        }
        Witnessed::RolledBack(why) => format!("rolled back {why}"),
    })
}

/// Plays a transcript: with both streams whole, byte by byte, and in pieces of other sizes.
#[track_caller]
pub(super) fn script(setup: &Setup, lines: &str) {
    for pieces in [usize::MAX, 1, 3, 64] {
        play(setup, lines, pieces);
    }
}

#[track_caller]
fn play(setup: &Setup, lines: &str, pieces: usize) {
    let mut stage = Stage::ready(setup.clone());
    let mut faulted = false;
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let at = || format!("line `{line}`, pieces of {pieces}");
        match verb {
            ">" => {
                let bytes: Vec<u8> = said(rest).flat_map(from_client).collect();
                bytes.chunks(pieces).for_each(|piece| stage.client(piece));
            }
            "<" => {
                let bytes: Vec<u8> = said(rest).flat_map(from_upstream).collect();
                bytes.chunks(pieces).for_each(|piece| stage.upstream(piece));
            }
            ">>" => {
                let got = std::mem::take(stage.out.to_upstream.bytes());
                assert_eq!(shown(&got, upstream_gets), rest, "{}", at());
            }
            "<<" => assert_eq!(shown(&std::mem::take(&mut stage.out.to_client), client_gets), rest, "{}", at()),
            "*" => assert_eq!(stage.reports().join(" | "), rest, "{}", at()),
            "=" => {
                stage.noted.extend(stage.out.events.iter().filter_map(noted));
                stage.out.events.retain(|event| !matches!(event, Event::Witnessed(_)));
                assert_eq!(std::mem::take(&mut stage.noted).join(" | "), rest, "{}", at());
            }
            "end" => stage.session.finish(&mut stage.out),
            "fault" => {
                let fault = stage.fault.as_ref().map(Fault::to_string).unwrap_or_default();
                assert!(fault.contains(rest), "{}: {fault}", at());
                faulted = true;
            }
            "audit" => stage.session.set_context(Context { audit_failing: true, ..Context::default() }),
            _ => panic!("{}", at()),
        }
        assert!(
            verb == "fault" || faulted || stage.fault.is_none() || lines.contains("fault"),
            "{}: {:?}",
            at(),
            stage.fault
        );
    }
    assert_eq!(shown(stage.out.to_upstream.bytes(), upstream_gets), "", "left for the upstream");
    assert_eq!(shown(&stage.out.to_client, client_gets), "", "left for the client");
    assert!(faulted || stage.fault.is_none(), "{:?}", stage.fault);
}

fn said(rest: &str) -> impl Iterator<Item = &str> {
    rest.split(" | ").map(str::trim).filter(|message| !message.is_empty())
}

fn text(parts: &[&str]) -> Vec<u8> {
    parts.iter().flat_map(|part| part.bytes().chain([0])).collect()
}

/// A client's message in the script's words, as bytes.
pub(super) fn from_client(words: &str) -> Vec<u8> {
    let (tag, rest) = words.split_once(' ').unwrap_or((words, ""));
    let (left, right) = rest.split_once('=').unwrap_or((rest, ""));
    let body = match tag {
        "Q" | "f" => text(&[rest]),
        "P" => [text(&[left, right]), vec![0, 0]].concat(),
        "B" => [text(&[left, right]), vec![0; 6]].concat(),
        "E" => [text(&[rest]), vec![0; 4]].concat(),
        "D" | "C" => {
            let (kind, name) = rest.split_at(1);
            [kind.as_bytes(), &text(&[name.trim()])].concat()
        }
        "d" => rest.bytes().collect(),
        "F" => vec![0; 10],
        _ => Vec::new(),
    };
    message(tag.as_bytes()[0], &body)
}

/// An upstream's message (or a hidden group's answers) in the script's words, as bytes.
pub(super) fn from_upstream(words: &str) -> Vec<u8> {
    let (tag, rest) = words.split_once(' ').unwrap_or((words, ""));
    if tag == "prepared" {
        return [message(b'3', b""), message(b'1', b"")].concat().repeat(3);
    }
    if let Some(bytes) = super::quick::says(tag, rest) {
        return bytes;
    }
    if let Some(asked) = ["~witness", "~count", "^witness", "^count"].into_iter().find(|name| tag == *name) {
        return witness_says(asked, rest);
    }
    if let Some(inline) = tag.strip_prefix('^') {
        let statements = statements(inline);
        let one = || [b'1', b'2', b'C', b'3', b'3'].map(|tag| message(tag, if tag == b'C' { b"SET\0" } else { b"" }));
        return [message(b'3', b""), message(b'3', b"")]
            .into_iter()
            .chain((0..statements).flat_map(|_| one()))
            .collect::<Vec<_>>()
            .concat();
    }
    if tag == "~answers" {
        let (values, status) = rest.rsplit_once(' ').unwrap_or(("", rest));
        let row = |value: &str| {
            let column = [&[0, 1, 0, 0, 0, 1][..], value.as_bytes()].concat();
            [message(b'2', b""), message(b'D', &column), message(b'C', b"SELECT 1\0"), message(b'3', b"")].concat()
        };
        let rows: Vec<u8> = values.split_whitespace().flat_map(row).collect();
        let before = [message(b'3', b""), message(b'3', b""), message(b'1', b"")].concat();
        return [before, rows, message(b'3', b""), message(b'Z', status.as_bytes())].concat();
    }
    if let Some(hidden) = tag.strip_prefix('~') {
        let statements = statements(hidden.trim_end_matches('!'));
        let one = || {
            [message(b'1', b""), message(b'2', b""), message(b'C', b"SET\0"), message(b'3', b""), message(b'3', b"")]
        };
        let answers = if hidden.ends_with('!') {
            error("ERROR", "57014")
        } else {
            (0..statements).flat_map(|_| one().concat()).collect()
        };
        return [answers, message(b'Z', rest.as_bytes())].concat();
    }
    match tag {
        "E" => error("ERROR", rest),
        "E!" => error("FATAL", rest),
        "S" => message(b'S', &text(&rest.split('=').collect::<Vec<_>>())),
        "C" => message(b'C', &text(&[rest])),
        _ => message(tag.as_bytes()[0], rest.as_bytes()),
    }
}

/// How many statements are in a hidden group.
fn statements(group: &str) -> usize {
    match group {
        "open-to-read" => 3,
        "savepoint" | "off" | "release-and-close" => 2,
        _ => 1,
    }
}

/// The witness's answer: `RELATION-DELETED` for each relation, and, of a group, the status it ends with.
fn witness_says(asked: &str, rest: &str) -> Vec<u8> {
    let (relations, status) = match asked.starts_with('~') {
        true => rest.rsplit_once(' ').map_or(("", rest), |(relations, status)| (relations, status)),
        false => (rest, ""),
    };
    let row = |columns: [&str; 17]| {
        let mut body = 17u16.to_be_bytes().to_vec();
        for column in columns {
            let length = if column == "-" { -1 } else { i32::try_from(column.len()).unwrap() };
            body.extend(length.to_be_bytes());
            body.extend(column.bytes().filter(|_| length >= 0));
        }
        message(b'D', &body)
    };
    let mut rows =
        row(["summary", "0", "on", "150000", "-", "-", "-", "-", "-", "f", "t", "-", "-", "-", "-", "-", "-"]);
    for (at, relation) in relations.split_whitespace().enumerate() {
        let (name, deleted) = relation.split_once('-').unwrap();
        let oid = (20_000 + at).to_string();
        rows.extend(row([
            "relation", &oid, "public", name, "r", &oid, "public", name, "r", "f", "f", "0", "0", deleted, "1000000",
            "-", "f",
        ]));
    }
    let run = [message(b'2', b""), rows, message(b'C', b"SELECT 1\0"), message(b'3', b"")].concat();
    let brought = |tags: &[u8]| tags.iter().flat_map(|&tag| message(tag, b"")).collect::<Vec<_>>();
    let mut all = brought(b"33");
    if asked.ends_with("witness") {
        all.extend(brought(b"2"));
        all.extend(message(b'C', b"SET CONSTRAINTS\0"));
        all.extend(brought(b"312"));
        all.extend(message(b'C', b"SET\0"));
        all.extend(brought(b"33"));
    }
    all.extend(brought(b"12"));
    all.extend(message(b'C', b"SELECT 0\0"));
    all.extend(brought(b"33"));
    all.extend(run);
    if asked.starts_with('~') {
        all.extend(message(b'Z', status.as_bytes()));
    }
    all
}

fn error(severity: &str, code: &str) -> Vec<u8> {
    let mut body = BytesMut::new();
    for (field, value) in [(b'S', severity), (b'V', severity), (b'C', code), (b'M', "message")] {
        body.put_u8(field);
        body.put_slice(value.as_bytes());
        body.put_u8(0);
    }
    body.put_u8(0);
    message(b'E', &body)
}

/// The messages in `bytes`, in the script's words; hidden groups are recognized whole.
fn shown(bytes: &[u8], words: fn(u8, &[u8]) -> String) -> String {
    let mut all = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if let Some((name, length)) = hidden(&bytes[at..]) {
            all.push(name.to_owned());
            at += length;
            continue;
        }
        let Some(header) = Header::read(&bytes[at..]).unwrap() else { break };
        let end = (at + header.total()).min(bytes.len());
        all.push(words(header.tag, &bytes[at + HEADER_BYTES..end]));
        at = end;
    }
    all.join(" | ")
}

/// A question of ours: its length, up to its Sync.
fn question(bytes: &[u8]) -> Option<usize> {
    let mut start = BytesMut::new();
    make::question::<0>(crate::session::temporary::QUESTION, &[], &mut start);
    // Two Closes and the Parse up to its text.
    let text = start.windows(6).position(|bytes| bytes == b"SELECT")?;
    if bytes.get(..text)?.first() != Some(&b'C')
        || !bytes.get(text..)?.starts_with(crate::session::temporary::QUESTION.as_bytes())
    {
        return None;
    }
    let mut at = 0;
    loop {
        let header = Header::read(&bytes[at..]).unwrap()?;
        at += header.total();
        if header.tag == b'S' {
            return Some(at);
        }
    }
}

fn hidden(bytes: &[u8]) -> Option<(&'static str, usize)> {
    use crate::session::expect::Hidden;
    if let Some(length) = question(bytes) {
        return Some(("~question", length));
    }
    if let Some(found) = super::quick::hidden(bytes) {
        return Some(found);
    }
    let mut prepare = BytesMut::new();
    make::prepare(FLUSH, crate::witness::FLUSH, &mut prepare);
    make::prepare(DEFERRED, crate::witness::DEFERRED, &mut prepare);
    make::prepare(WITNESS, crate::witness::QUESTION, &mut prepare);
    if bytes.starts_with(&prepare) {
        return Some(("prepare", prepare.len()));
    }
    [
        (Hidden::OffAndEmpty, "~off"),
        (Hidden::Off, "~off"),
        (Hidden::On, "~on"),
        (Hidden::Savepoint, "~savepoint"),
        (Hidden::Release, "~release"),
        (Hidden::Open, "~open"),
        (Hidden::OpenToRead, "~open-to-read"),
        (Hidden::OffHere, "~off-here"),
        (Hidden::Close, "~close"),
        (Hidden::ReleaseAndClose, "~release-and-close"),
        (Hidden::Empty, "~empty"),
        (Hidden::Begin, "~begin"),
        (Hidden::Witness(Point::Own), "~witness"),
        (Hidden::Witness(Point::Block), "~count"),
        (Hidden::Commit, "~commit"),
        (Hidden::Rollback, "~rollback"),
        (Hidden::Seal, "~seal"),
        (Hidden::Sync, "~sync"),
    ]
    .into_iter()
    .find_map(|(what, name)| {
        let mut group = BytesMut::new();
        match (what, what.statements()) {
            (Hidden::Begin | Hidden::Commit, [make::Ours::Text(text)]) => make::query(text, &mut group),
            (_, statements) => make::hidden(statements, &mut group),
        }
        bytes.starts_with(&group).then_some((name, group.len()))
    })
    .or_else(|| {
        [
            (Hidden::Savepoint, "^savepoint"),
            (Hidden::OpenToRead, "^open-to-read"),
            (Hidden::Open, "^open"),
            (Hidden::ReleaseAndClose, "^release-and-close"),
            (Hidden::Release, "^release"),
            (Hidden::OffHere, "^off-here"),
            (Hidden::Close, "^close"),
            (Hidden::Witness(Point::Own), "^witness"),
            (Hidden::Witness(Point::Block), "^count"),
            (Hidden::Rollback, "^rollback"),
            (Hidden::Seal, "^seal"),
            (Hidden::Begin, "^begin"),
            (Hidden::Commit, "^commit"),
        ]
        .map(|(what, name)| (what.statements(), name))
        .into_iter()
        .chain([(crate::session::watch::BLOCK, "^block")])
        .find_map(|(statements, name)| {
            let mut group = BytesMut::new();
            make::inline(statements, &mut group);
            bytes.starts_with(&group).then_some((name, group.len()))
        })
    })
}

fn upstream_gets(tag: u8, body: &[u8]) -> String {
    let strings: Vec<String> = body.split(|&b| b == 0).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    let is_poison = strings.iter().any(|part| part.starts_with("stockade refused"));
    let words = match tag {
        b'Q' | b'P' if is_poison => "poison".into(),
        b'Q' | b'f' | b'd' => strings[0].clone(),
        b'P' | b'B' => format!("{}={}", strings[0], strings[1]),
        b'E' => strings[0].clone(),
        b'D' | b'C' => format!("{} {}", strings[0].get(..1).unwrap(), strings[0].get(1..).unwrap()),
        _ => String::new(),
    };
    format!("{} {words}", char::from(tag)).trim_end().to_owned()
}

fn client_gets(tag: u8, body: &[u8]) -> String {
    let strings = || body.strip_suffix(b"\0").unwrap_or(body).split(|&b| b == 0).map(String::from_utf8_lossy);
    let words = match tag {
        b'E' => {
            let view = ErrorView::read(body);
            return format!("E{} {}", if view.is_fatal() { "!" } else { "" }, String::from_utf8_lossy(view.code));
        }
        b'S' => strings().collect::<Vec<_>>().join("="),
        _ => strings().collect::<Vec<_>>().join(" "),
    };
    format!("{} {words}", char::from(tag)).trim_end().to_owned()
}
