//! What a connection holds while it is busy, whatever the length of the message it is busy with.

use super::client::{Client, framed};
use super::peers::Peer;
use super::rig::{shown, stockade, stub, table};
use super::stub::{DEAF, ROW, ROWS};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Connections that are busy at once.
const BUSY: usize = 64;

/// Bytes of the message, or of the answer.
const LONG: usize = 32 << 20;

/// What one client does: it sends, or does not read.
type Work = Box<dyn Fn(&mut Client) + Sync>;

pub fn busy(folder: &Path) {
    let upstream = stub(folder);
    let cases: [(&str, &str, Work); 8] = [
        ("a row of 32 MB, read at once", "app-writer", Box::new(|client| _ = client.run(&format!("{ROW}{LONG}")))),
        ("rows of 1 kB, read at once", "app-writer", Box::new(|client| _ = client.run(&format!("{ROWS}{LONG}")))),
        ("a row of 32 MB, nobody reads", "app-writer", Box::new(|client| client.push(&query(&format!("{ROW}{LONG}"))))),
        ("rows of 1 kB, nobody reads", "app-writer", Box::new(|client| client.push(&query(&format!("{ROWS}{LONG}"))))),
        ("a Bind of 32 MB, the server reads", "app-writer", Box::new(|client| bind(client, ""))),
        ("a Bind of 32 MB, the server does not", "app-writer", Box::new(|client| bind(client, "deaf"))),
        ("CopyData of 32 MB", "trusted", Box::new(copy)),
        ("a pipeline of Bind and Execute, the server does not read", "app-writer", Box::new(pipeline)),
    ];
    let mut rows = Vec::new();
    for (title, preset, work) in &cases {
        let proxy = stockade(folder, upstream.address, preset, "");
        let [most, rest] = held(&proxy, BUSY, work);
        rows.push(vec![(*title).to_owned(), shown(most), shown(rest)]);
    }
    for bytes in [1 << 20, 8 << 20] {
        let proxy = stockade(folder, upstream.address, "app-writer", "");
        let work: Work = Box::new(move |client| {
            client.push(&query(&format!("{DEAF}{}", ", 'x'".repeat((bytes - DEAF.len()) / 5))));
        });
        let title = format!("a Query of {} MB, the server does not read", bytes >> 20);
        let [most, rest] = held(&proxy, BUSY / 8, &work);
        rows.push(vec![title, shown(most), shown(rest)]);
    }
    let title = format!("Held for each busy connection, of {BUSY} at once (of Queries {})", BUSY / 8);
    table(&title, &["busy with", "KiB, at most", "KiB, at the end"], &rows);
}

/// KiB that a peer grew by while so many clients worked, for each of them: at most, and when nothing moves any more.
fn held(peer: &Peer, count: usize, work: &Work) -> [f64; 2] {
    // Code that was never run and what the threads keep for everybody is not a connection's.
    let connect = || {
        let mut client = Client::connect(peer.address, "bench", "bench");
        client.run("SELECT 1");
        client
    };
    work(&mut connect());
    let mut clients: Vec<Client> = (0..count).map(|_| connect()).collect();
    let before = peer.memory();
    let over = AtomicBool::new(false);
    let (most, rest) = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut most = before;
            while !over.load(Ordering::Relaxed) {
                most = peer.memory().max(most);
                std::thread::sleep(Duration::from_millis(1));
            }
            most
        });
        let workers: Vec<_> = clients.iter_mut().map(|client| scope.spawn(move || work(client))).collect();
        workers.into_iter().for_each(|worker| worker.join().expect("a worker"));
        // What nobody reads comes to rest.
        let (began, mut last) = (Instant::now(), f64::NAN);
        while began.elapsed() < Duration::from_secs(2) && last != peer.memory() {
            last = peer.memory();
            std::thread::sleep(Duration::from_millis(200));
        }
        over.store(true, Ordering::Relaxed);
        (watch.join().expect("a watch"), last)
    });
    [most, rest].map(|memory| (memory - before) / count as f64)
}

fn bind(client: &mut Client, portal: &str) {
    let parameter = vec![b'x'; LONG];
    let length = u32::try_from(LONG).expect("short").to_be_bytes();
    let head = [portal.as_bytes(), b"\0\0", &[0, 0, 0, 1], &length].concat();
    let bind = framed(b'B', &[head.as_slice(), &parameter, &[0, 0]].concat());
    let rest = [framed(b'E', &[portal.as_bytes(), &[0, 0, 0, 0, 0]].concat()), framed(b'S', b"")].concat();
    let parse = framed(b'P', b"\0SELECT $1\0\0\0");
    client.push(&[parse, bind, rest].concat());
    if portal.is_empty() {
        client.answer();
    }
}

fn copy(client: &mut Client) {
    client.push(&query("COPY t FROM STDIN"));
    client.until(b'G');
    client.push(&framed(b'd', &vec![b'x'; LONG]));
    client.push(&framed(b'c', b""));
    client.answer();
}

/// As many as go out, and no Sync.
fn pipeline(client: &mut Client) {
    let pair = [framed(b'B', b"deaf\0\0\0\0\0\0\0\0"), framed(b'E', b"deaf\0\0\0\0\0")].concat();
    client.push(&[framed(b'P', b"\0SELECT 1\0\0\0"), pair.repeat(LONG / pair.len())].concat());
}

fn query(text: &str) -> Vec<u8> {
    framed(b'Q', &[text.as_bytes(), b"\0"].concat())
}
