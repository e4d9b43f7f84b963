//! Streams of messages, right and wrong ones, from both sides: nothing panics, any cut gives what the whole gives, no
//! more comes out than went in allows, and no statement reaches the upstream but those that are allowed.

use crate::choices::Choices;
use crate::line::{Line, message, messages, setup};
use crate::pretend::Server;
use crate::run::{Checked, at_work, fails, run};
use crate::stream;
use bytes::BytesMut;
use stockade::policy::{Kind, Mode, Policy, Preset};
use stockade::session::Setup;
use stockade::wire::{backend, frontend, startup};

/// Who speaks, and what.
pub type Step = (bool, Vec<u8>);

/// A byte of input may make so many of output: a short Query becomes poison, its refusal has words and a hint.
const BYTES_FOR_EACH: usize = 400;

/// All that came out.
#[derive(Debug, PartialEq, Eq, Default)]
struct Played {
    to_upstream: Vec<u8>,
    to_client: Vec<u8>,
    reports: Vec<String>,
    fault: Option<String>,
}

#[test]
fn streams_of_both_sides() {
    run("frames", 15, |choices| {
        let setup = any_setup(choices);
        let authenticated = !choices.chance(10);
        let (steps, honest) = match authenticated {
            true if choices.chance(50) => (conversation(choices, &setup)?, true),
            true => (stream::noise(choices), false),
            false => (stream::greeting(choices), false),
        };
        at_work(told(&setup, &steps));
        let whole = play(&setup, authenticated, &steps, |all| all)?;
        let bytes = play(&setup, authenticated, &steps, |_| 1)?;
        let sizes: Vec<usize> = (0..8).map(|_| 1 + choices.below(40)).collect();
        let mut turns = sizes.into_iter().cycle();
        let pieces = play(&setup, authenticated, &steps, |_| turns.next().unwrap_or(1))?;
        if whole != bytes || whole != pieces {
            let other = if whole != bytes { bytes } else { pieces };
            return fails(
                "any cut gives what the whole gives",
                told(&setup, &steps) + &format!("\n   {whole:?}\n   {other:?}"),
            );
        }
        if setup.policy.enforces() && setup.policy.preset() != Preset::Trusted {
            let mut sent = BytesMut::from(&whole.to_upstream[..]);
            let texts = messages(&mut sent).into_iter().filter(|(tag, _)| matches!(tag, b'Q' | b'P'));
            for (_, body) in texts {
                if stream::SECRETS.iter().any(|secret| body.windows(secret.len()).any(|part| part == secret.as_bytes()))
                {
                    return fails(
                        "nothing refused reaches the upstream",
                        told(&setup, &steps) + &format!("\n   {}", String::from_utf8_lossy(&body)),
                    );
                }
            }
        }
        match &whole.fault {
            Some(fault) if honest => fails("an honest conversation goes on", told(&setup, &steps) + "\n   " + fault),
            _ => Ok(()),
        }
    });
}

fn any_setup(choices: &mut Choices) -> Setup {
    let preset =
        choices.one_of(&[Preset::AppWriter, Preset::AppWriter, Preset::Migrator, Preset::ReadOnly, Preset::Trusted]);
    let mode = choices.one_of(&[Mode::Enforce, Mode::Enforce, Mode::Enforce, Mode::Shadow]);
    let mut policy = Policy::new("agent", Kind::Agent, preset).with_mode(mode);
    if choices.chance(5) {
        policy = policy.with_max_statement_bytes(20);
    }
    Setup {
        client_tls: choices.chance(30),
        binds_channel: choices.chance(30),
        client_read_only: choices.chance(20),
        // Such a connection passes unread; the policy decides on it at its start.
        replication: preset == Preset::Trusted && choices.chance(10),
        ..setup(policy)
    }
}

fn told(setup: &Setup, steps: &[Step]) -> String {
    let mut text = format!("{} {}", setup.policy.preset(), setup.policy.mode().as_str());
    for (client, bytes) in steps {
        text += &format!("\n   {} {:?}", if *client { ">" } else { "<" }, String::from_utf8_lossy(bytes));
    }
    text
}

/// Plays steps until a fault; each is cut where `cut` says.
fn play(
    setup: &Setup,
    authenticated: bool,
    steps: &[Step],
    mut cut: impl FnMut(usize) -> usize,
) -> Result<Played, crate::run::Failure> {
    let mut line = if authenticated { Line::ready(setup.clone()) } else { Line::new(setup.clone()) };
    let mut played = Played::default();
    let mut given = 0;
    for (client, bytes) in steps {
        let mut rest = &bytes[..];
        while !rest.is_empty() && line.fault.is_none() {
            let (piece, left) = rest.split_at(cut(rest.len()).clamp(1, rest.len()));
            given += piece.len();
            if *client {
                line.client(piece)
            } else {
                line.answer(piece)
            }
            rest = left;
            if rest.is_empty() {
                // What waits goes on behind a step, so that no cut moves it between the upstream's messages.
                line.go_on();
            }
            played.to_upstream.extend_from_slice(&line.take_upstream());
            played.to_client.extend_from_slice(&std::mem::take(&mut line.out.to_client));
            played.reports.extend(line.reports(false).iter().map(shown));
        }
    }
    played.reports.extend(line.reports(true).iter().map(shown));
    played.fault = line.fault.as_ref().map(ToString::to_string);
    let made = played.to_upstream.len() + played.to_client.len();
    let held = line.from_client.capacity() + line.from_upstream.capacity();
    if made > given * BYTES_FOR_EACH + 4096 || held > given * 4 + (64 << 10) {
        let what = format!("{given} bytes made {made}, {held} are held");
        fails("what comes out and what is held is bounded by what came in", told(setup, steps) + "\n   " + &what)?;
    }
    Ok(played)
}

fn shown(report: &stockade::session::StatementReport) -> String {
    let outcome = &report.outcome;
    format!("{} {} {:?} {:?}", report.decision.verdict, outcome.finished, outcome.rows, outcome.error)
}

/// A client that keeps to the protocol, before a server that does: every unit is answered, and nothing hangs.
fn conversation(choices: &mut Choices, setup: &Setup) -> Result<Vec<Step>, crate::run::Failure> {
    let mut line = Line::ready(setup.clone());
    let mut server = Server::default();
    let mut steps: Vec<Step> = Vec::new();
    let mut left = 1 + choices.below(12);
    let mut due = 0;
    let mut told_ready = 0;
    loop {
        if left > 0 {
            let (bytes, readies) = stream::unit(choices);
            due += readies;
            line.client(&bytes);
            steps.push((true, bytes));
            left -= 1;
        }
        // Some units are sent before the answers to those before them are here.
        while left == 0 || choices.chance(70) {
            let said = line.take_upstream();
            let mut answers = server.answers(&said);
            if choices.chance(10) {
                answers.extend(stream::aside(choices));
            }
            if answers.is_empty() {
                break;
            }
            line.upstream(&answers);
            steps.push((false, answers));
            let mut told = BytesMut::from(&std::mem::take(&mut line.out.to_client)[..]);
            told_ready += messages(&mut told).iter().filter(|(tag, _)| *tag == b'Z').count();
        }
        if line.fault.is_some() || left == 0 && line.out.to_upstream.is_empty() {
            break;
        }
    }
    let done = line.fault.is_some() || setup.replication;
    if !done && (line.session.is_waiting() || line.session.awaits_upstream() || !line.from_client.is_empty()) {
        fails("an honest conversation never hangs", told(setup, &steps))?;
    }
    if !done && told_ready != due {
        fails("each unit is answered once", told(setup, &steps) + &format!("\n   {due} due, {told_ready} came"))?;
    }
    Ok(steps)
}

#[test]
fn bodies_of_any_bytes() {
    run("bodies", 3, |choices| {
        let bytes = stream::bytes(choices);
        at_work(format!("{bytes:?}"));
        body(&bytes)
    });
}

/// Every parser of `wire` on these bytes.
pub fn body(bytes: &[u8]) -> Checked {
    if let Ok(text) = frontend::query(bytes)
        && (text.contains(&0) || [text, &[0]].concat() != bytes)
    {
        return fails("a Query is its text and a NUL", format!("{bytes:?}"));
    }
    if let Ok(parse) = frontend::Parse::read(bytes) {
        let again = [parse.name, &[0], parse.text, &[0]].concat();
        // Behind the strings: a count of two bytes, and four for each type.
        if !bytes.starts_with(&again) || (bytes.len() - again.len()) % 4 != 2 {
            return fails("a Parse is its parts", format!("{bytes:?}"));
        }
    }
    let _names = (frontend::Bind::read(bytes), frontend::execute(bytes), frontend::named(bytes));
    let _views =
        (backend::ready(bytes), backend::ErrorView::read(bytes), backend::parameter(bytes), backend::key_data(bytes));
    let _more = (backend::authentication(bytes), backend::rows(bytes), stockade::wire::Header::read(bytes));
    match startup::read(bytes) {
        Ok(Some((startup::First::Startup(packet), length))) => {
            let encoded = packet.encode();
            if length > bytes.len() || encoded != bytes[..length] {
                return fails("a startup packet encodes to what it was", format!("{bytes:?}"));
            }
            // Nothing is read before it is whole.
            match (0..length).find(|end| !matches!(startup::read(&bytes[..*end]), Ok(None))) {
                Some(end) => fails("a startup packet is read when it is whole", format!("{bytes:?} up to {end}")),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// A client that never waits: what a session keeps of it stays bounded where the upstream answers, however long it goes on.
#[test]
fn a_long_session_keeps_little() {
    let Some(before) = resident() else { return };
    let mut line = Line::ready(crate::line::agent());
    let mut server = Server::default();
    for round in 0..4_000 {
        let mut bytes = Vec::new();
        for text in ["SELECT 1", "INSERT INTO t VALUES (1)", "DROP TABLE t"] {
            bytes.extend(message(b'P', &[format!("s{round}\0{text}\0").as_bytes(), &[0, 0]].concat()));
            bytes.extend(message(b'C', format!("Ss{round}\0").as_bytes()));
            bytes.extend(message(b'S', b""));
        }
        line.client(&bytes);
        server.serve(&mut line);
        server.texts.clear();
        line.out.to_client.clear();
        line.reports(false);
        assert!(line.fault.is_none(), "{:?}", line.fault);
    }
    let grown = resident().unwrap().saturating_sub(before);
    // What other tests of this process take beside it is in it too.
    assert!(grown < 400 << 20, "{grown} bytes more than before");
}

/// The process's resident memory in bytes, where the system tells.
fn resident() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    text.split(' ').nth(1)?.parse::<usize>().ok().map(|pages| pages * 4096)
}
