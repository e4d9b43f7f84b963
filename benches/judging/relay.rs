//! A round trip over loopback, straight and through Stockade, against an upstream that answers at once: the difference
//! is what Stockade adds.

use super::{Criterion, Duration, Preset, READ, Throughput, criterion_group, message, query};
use bytes::{BufMut, BytesMut};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use stockade::config::Config;
use stockade::proxy::Proxy;

/// An upstream that takes every client and answers each message's end with the same bytes.
fn upstream(answer: &BytesMut) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let answer = answer.clone();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let answer = answer.clone();
            // A client that goes away ends its thread.
            std::thread::spawn(move || serve(client, &answer).unwrap_or_default());
        }
    });
    address
}

fn serve(mut client: TcpStream, answer: &[u8]) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    let mut length = [0; 4];
    client.read_exact(&mut length)?;
    client.read_exact(&mut vec![0; u32::from_be_bytes(length) as usize - 4])?;
    let mut start = BytesMut::new();
    message(b'R', &[0; 4], &mut start);
    message(b'K', &[1; 8], &mut start);
    message(b'Z', b"I", &mut start);
    client.write_all(&start)?;
    loop {
        let mut header = [0; 5];
        client.read_exact(&mut header)?;
        let [_, length @ ..] = header;
        client.read_exact(&mut vec![0; u32::from_be_bytes(length) as usize - 4])?;
        if header[0] == b'X' {
            return Ok(());
        }
        client.write_all(answer)?;
    }
}

/// Stockade before that upstream.
fn stockade(upstream: SocketAddr, preset: Preset) -> SocketAddr {
    let url = format!("postgres://{upstream}?sslmode=disable");
    let free = Some("127.0.0.1:0");
    let config = Config::from_upstream(&url, free, free, Some(preset)).unwrap_or_else(|error| panic!("{error}"));
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let proxy = Proxy::bind(config).await.expect("a proxy");
            send.send(proxy.tcp_address().expect("an address")).expect("a listener");
            proxy.serve(std::future::pending::<()>()).await.unwrap();
        });
    });
    receive.recv().expect("a proxy")
}

fn connect(address: SocketAddr) -> TcpStream {
    let mut client = TcpStream::connect(address).expect("a connection");
    client.set_nodelay(true).expect("an option");
    let parameters = b"user\0bench\0database\0bench\0\0";
    let mut startup = BytesMut::new();
    startup.put_u32(8 + u32::try_from(parameters.len()).expect("short"));
    startup.put_u32(3 << 16);
    startup.put_slice(parameters);
    client.write_all(&startup).expect("a startup");
    let mut start = [0; 6];
    // AuthenticationOk, BackendKeyData, ReadyForQuery.
    let mut rest = [0; 9 + 13];
    client.read_exact(&mut rest).expect("a greeting");
    client.read_exact(&mut start).expect("a ready");
    assert_eq!(start, [b'Z', 0, 0, 0, 5, b'I']);
    client
}

fn round_trips(c: &mut Criterion) {
    for (name, rows) in [("relay: round trip of one row", 1), ("relay: a megabyte of 100-byte rows", 9_500)] {
        let mut answer = BytesMut::new();
        for _ in 0..rows {
            message(b'D', &[b'x'; 100], &mut answer);
        }
        message(b'C', b"SELECT 1\0", &mut answer);
        message(b'Z', b"I", &mut answer);
        let straight = upstream(&answer);
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Bytes(answer.len() as u64));
        let ways = [
            ("straight", straight),
            ("trusted", stockade(straight, Preset::Trusted)),
            ("app-writer", stockade(straight, Preset::AppWriter)),
        ];
        for (way, address) in ways {
            let (mut client, query, mut got) = (connect(address), query(READ), vec![0; answer.len()]);
            group.bench_function(way, |b| {
                b.iter(|| {
                    client.write_all(&query).expect("a query");
                    client.read_exact(&mut got).expect("an answer");
                });
            });
        }
    }
}

criterion_group! {
    name = relay;
    config = Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3)).sample_size(50);
    targets = round_trips
}
