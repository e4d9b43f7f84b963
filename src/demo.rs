//! `stockade demo`: the nine seconds, played against a scratch cluster that is gone afterwards.
//!
//! An agent with a superuser's connection string does its work, then sends everything that erases a business. Each
//! statement goes through a Stockade to a real PostgreSQL; afterwards the rows and objects are counted over a direct
//! connection.

pub mod binaries;
pub mod cluster;
pub mod picture;
pub mod proof;
pub mod screen;
mod shop;
pub mod story;
pub mod watchdog;

pub use shop::{AGENT, BACKUP, DATABASE};

use binaries::Binaries;
use cluster::{Cluster, ClusterError, SUPERUSER};
use proof::{Proof, compare, snapshot};
use screen::Screen;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use story::{Verdict, chapters};
use thiserror::Error;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long the story takes where somebody watches.
const NINE_SECONDS: Duration = Duration::from_secs(9);

/// How the demo is played.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Leave after the story instead of staying up until a signal.
    pub exit: bool,
    /// ANSI colours.
    pub colour: bool,
    /// Spread the story over nine seconds, for somebody who watches; else as fast as it goes.
    pub paced: bool,
    /// The width of the screen in columns.
    pub columns: usize,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Every statement went as told and the counts agree.
    AsTold,
    /// Something did not.
    NotAsTold,
    /// A signal came before the end of the story.
    Interrupted,
}

/// Why the demo could not be played.
#[derive(Debug, Error)]
pub enum DemoError {
    /// PostgreSQL is not there, or the scratch cluster did not start.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// No session.
    #[error("cannot connect to {address}: {source}")]
    Connect {
        /// Where.
        address: SocketAddr,
        /// The client's error.
        source: tokio_postgres::Error,
    },
    /// The shop could not be loaded.
    #[error("cannot load the shop: {0}")]
    Shop(#[source] tokio_postgres::Error),
    /// The rows could not be counted.
    #[error("cannot count the rows: {0}")]
    Count(#[source] tokio_postgres::Error),
    /// Stockade did not start in front of the cluster.
    #[error("cannot start Stockade in front of PostgreSQL: {0}")]
    Front(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The output is closed, or a signal cannot be waited for.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Plays the demo, its lines to `out`. `start` puts a Stockade in front of the upstream it is given and says where it
/// listens; what it returns beside that is kept until the end.
///
/// # Errors
/// [`DemoError`]: what could not be started. A story that goes wrong is no error but [`Outcome::NotAsTold`].
pub async fn run<W, S, F, K, E>(options: Options, out: W, start: S) -> Result<Outcome, DemoError>
where
    W: Write,
    S: FnOnce(SocketAddr) -> F,
    F: Future<Output = Result<(SocketAddr, K), E>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut signals = Signals::new()?;
    let mut screen = Screen::new(out, options.colour, options.columns);
    // The future owns what it started: dropped half-way by a signal, it takes everything with it.
    let staged = tokio::select! {
        staged = played(options, &mut screen, start) => staged?,
        () = signals.any() => return Ok(Outcome::Interrupted),
    };
    if !options.exit {
        screen.line("\n  Both stay up. Ctrl-C ends everything and removes it.")?;
        signals.any().await;
        // Nobody may be reading any more; that changes nothing about how it went.
        screen.line("").ok();
    }
    Ok(if staged.as_told { Outcome::AsTold } else { Outcome::NotAsTold })
}

/// What stays up after the story.
struct Staged<K> {
    as_told: bool,
    // Stockade before its upstream.
    _front: K,
    _cluster: Cluster,
}

async fn played<W, S, F, K, E>(options: Options, screen: &mut Screen<W>, start: S) -> Result<Staged<K>, DemoError>
where
    W: Write,
    S: FnOnce(SocketAddr) -> F,
    F: Future<Output = Result<(SocketAddr, K), E>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    screen.heading("Getting ready")?;
    let begun = Instant::now();
    let cluster = scratch_cluster().await?;
    let (major, upstream) = (cluster.binaries().major(), cluster.address());
    screen.step(&format!("PostgreSQL {major} on {upstream}, a scratch cluster"), begun.elapsed())?;
    let begun = Instant::now();
    shop::load(&cluster).await?;
    screen.step("a small shop: 1,000 customers, 5,000 orders; and a copy of it, the backup", begun.elapsed())?;
    let begun = Instant::now();
    let (address, front) = start(upstream).await.map_err(|error| DemoError::Front(error.into()))?;
    screen.step(&format!("Stockade in front of it on {address}, preset app-writer"), begun.elapsed())?;
    screen.line(&format!(
        "  the agent signs in as \"{AGENT}\", a superuser: PostgreSQL itself would let it do anything"
    ))?;

    let direct = shop::connect(upstream, SUPERUSER, DATABASE).await?;
    let before = snapshot(&direct).await?;
    let told = tell(options, screen, address).await?;
    let proof = compare(&before, &snapshot(&direct).await?);
    direct.close().await;

    screen.heading("Counted over a direct connection")?;
    screen.proof(&proof)?;
    let as_told = told.unexpected == 0 && proof.as_told();
    screen.result(as_told, &told.verdict(&proof))?;
    screen.heading("Try it")?;
    for line in invitation(upstream, address) {
        screen.line(&line)?;
    }
    Ok(Staged { as_told, _front: front, _cluster: cluster })
}

/// How the statements went.
struct Told {
    allowed: usize,
    refused: usize,
    unexpected: usize,
    took: Duration,
}

impl Told {
    fn verdict(&self, proof: &Proof) -> String {
        let Self { allowed, refused, unexpected, took } = self;
        if *unexpected > 0 {
            let all = allowed + refused + unexpected;
            return format!("NOT AS TOLD: {unexpected} of {all} statements did not end as they should.");
        }
        if !proof.as_told() {
            return "NOT AS TOLD: the rows or objects differ from what the agent was allowed to change.".to_owned();
        }
        format!(
            "{:.1} seconds, {allowed} statements allowed, {refused} refused. Nothing was lost but the one row the agent \
             was allowed to delete.",
            took.as_secs_f64()
        )
    }
}

/// Plays the agent through Stockade, in one session.
async fn tell<W: Write>(options: Options, screen: &mut Screen<W>, front: SocketAddr) -> Result<Told, DemoError> {
    let chapters = chapters();
    let acts: usize = chapters.iter().map(|chapter| chapter.acts.len()).sum();
    let pause = if options.paced { NINE_SECONDS / u32::try_from(acts).unwrap_or(1).max(1) } else { Duration::ZERO };
    let agent = shop::connect(front, AGENT, DATABASE).await?;
    let begun = Instant::now();
    let mut told = Told { allowed: 0, refused: 0, unexpected: 0, took: Duration::ZERO };
    let mut due = begun;
    for chapter in chapters {
        screen.heading(chapter.heading)?;
        for act in chapter.acts {
            due += pause;
            tokio::time::sleep_until(due.into()).await;
            let answer = story::play(&agent, front, &act).await;
            screen.act(begun.elapsed(), &act, &answer)?;
            match answer.verdict {
                verdict if verdict != act.expected => told.unexpected += 1,
                Verdict::Allowed => told.allowed += 1,
                Verdict::Refused | Verdict::Failed => told.refused += 1,
            }
        }
    }
    told.took = begun.elapsed();
    agent.close().await;
    Ok(told)
}

fn invitation(upstream: SocketAddr, front: SocketAddr) -> [String; 5] {
    let string = |address: SocketAddr| format!("postgres://{AGENT}@{address}/{DATABASE}");
    [
        format!("  through Stockade  {}", string(front)),
        format!("  direct            {}", string(upstream)),
        String::new(),
        format!("  psql {} -c 'DROP TABLE customers'", string(front)),
        format!("  psql {} -c 'SELECT * FROM customers LIMIT 3'", string(front)),
    ]
}

/// Starting it waits for other processes, so it is not for the threads that serve connections.
async fn scratch_cluster() -> Result<Cluster, DemoError> {
    let started = tokio::task::spawn_blocking(|| -> Result<Cluster, ClusterError> {
        Cluster::start(&Binaries::find()?, &cluster::Options::default())
    });
    Ok(started.await.map_err(io::Error::other)??)
}

/// The signals that end the demo.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for any of them.
    ///
    /// # Cancel safety
    /// A signal that arrives while nobody waits is seen by the next call.
    async fn any(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
        }
    }
}
