//! A session between two sockets that are none: the client's bytes in, the upstream's and the verdicts out.

use bytes::BytesMut;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};
use stockade::classify::EffectSet;
use stockade::policy::{Account, Anchor, Kind, Limits, Policy, Preset, Verdict};
use stockade::session::cache::FactCache;
use stockade::session::{Event, Fault, Output, Session, Setup, StatementReport};
use stockade::wire::{HEADER_BYTES, Header};

/// A set-up as agents have it by default.
pub fn agent() -> Setup {
    // By the text alone: there is no server here that could count.
    setup(Policy::new("agent", Kind::Agent, Preset::AppWriter).with_limits(Limits::none()))
}

/// A set-up with that policy.
pub fn setup(policy: Policy) -> Setup {
    // Small: of the texts a fuzzer makes none comes twice, and what they cost has to be seen.
    static CACHE: LazyLock<Arc<FactCache>> = LazyLock::new(|| Arc::new(FactCache::new(32, Box::new(|_| {}))));
    let anchor = Anchor { instant: Instant::now(), unix: Duration::ZERO };
    Setup {
        account: Arc::new(Account::new(&policy, anchor)),
        policy: Arc::new(policy),
        cache: Arc::clone(&CACHE),
        secret: [7; 32],
        clock: Instant::now,
        client_tls: false,
        binds_channel: false,
        keep_text: false,
        client_read_only: false,
        replication: false,
    }
}

/// A message of a tag and a body.
pub fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[tag][..], &length, body].concat()
}

/// The whole messages at the start of `bytes`, taken off: tag and body.
pub fn messages(bytes: &mut BytesMut) -> Vec<(u8, Vec<u8>)> {
    let mut all = Vec::new();
    while let Ok(Some(header)) = Header::read(bytes) {
        if bytes.len() < header.total() {
            break;
        }
        let message = bytes.split_to(header.total());
        all.push((header.tag, message[HEADER_BYTES..].to_vec()));
    }
    all
}

/// A session and its two sockets.
pub struct Line {
    pub session: Session,
    pub from_client: BytesMut,
    pub from_upstream: BytesMut,
    pub out: Output,
    pub fault: Option<Fault>,
}

impl Line {
    /// Before authentication.
    pub fn new(setup: Setup) -> Self {
        Self {
            session: Session::new(setup),
            from_client: BytesMut::new(),
            from_upstream: BytesMut::new(),
            out: Output::default(),
            fault: None,
        }
    }

    /// Authenticated and idle.
    pub fn ready(setup: Setup) -> Self {
        let mut line = Self::new(setup);
        line.upstream(&message(b'R', &0_u32.to_be_bytes()));
        line.upstream(&message(b'Z', b"I"));
        assert!(line.session.is_ready());
        line.out = Output::default();
        line
    }

    /// The client says so.
    pub fn client(&mut self, bytes: &[u8]) {
        self.from_client.extend_from_slice(bytes);
        self.go_on();
    }

    /// What waits is looked at again.
    pub fn go_on(&mut self) {
        if self.fault.is_none() && !self.from_client.is_empty() {
            self.fault = self.session.frontend(&mut self.from_client, &mut self.out).err();
        }
    }

    /// The upstream says so, and what waits goes on.
    pub fn upstream(&mut self, bytes: &[u8]) {
        self.answer(bytes);
        self.go_on();
    }

    /// The upstream says so.
    pub fn answer(&mut self, bytes: &[u8]) {
        self.from_upstream.extend_from_slice(bytes);
        if self.fault.is_none() {
            self.fault = self.session.backend(&mut self.from_upstream, &mut self.out).err();
        }
    }

    /// The bytes for the upstream so far.
    pub fn take_upstream(&mut self) -> BytesMut {
        std::mem::take(self.out.to_upstream.bytes())
    }

    /// The reports so far; with `end` also of what is under way.
    pub fn reports(&mut self, end: bool) -> Vec<StatementReport> {
        if end {
            self.session.finish(&mut self.out);
        }
        let report = |event| if let Event::Statement(report) = event { Some(*report) } else { None };
        self.out.events.drain(..).filter_map(report).collect()
    }
}

/// What was decided of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    pub effects: EffectSet,
}

impl Judgement {
    /// Its effects' names.
    pub fn shown(&self) -> String {
        let effects: Vec<&str> = self.effects.iter().map(|kind| kind.as_str()).collect();
        format!("{} ({})", self.verdict, effects.join(", "))
    }
}

/// What an agent's session decides of a text, sent as a Query behind these.
pub fn judge(before: &[String], text: &str) -> Judgement {
    let mut line = Line::ready(agent());
    let mut server = crate::pretend::Server::default();
    for text in before {
        line.client(&query(text));
        server.serve(&mut line);
        line.reports(false);
    }
    line.client(&query(text));
    let mut judgement = Judgement { verdict: Verdict::Allow, effects: EffectSet::default() };
    server.serve(&mut line);
    for report in line.reports(true) {
        judgement.verdict = judgement.verdict.max(report.decision.verdict);
        judgement.effects = judgement.effects.union(report.decision.effects);
    }
    if line.fault.is_some() {
        judgement.verdict = Verdict::Reject;
    }
    judgement
}

/// A Query message.
pub fn query(text: &str) -> Vec<u8> {
    message(b'Q', &[text.as_bytes(), b"\0"].concat())
}
