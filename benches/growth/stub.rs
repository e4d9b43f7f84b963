//! An upstream that lets everybody in and answers at once: what is measured before it is the proxy's alone.

use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// In a text: one row of so many bytes is the answer.
pub const ROW: &str = "SELECT 'row of', ";
/// In a text: rows of 1 kB, so many bytes of them, are the answer.
pub const ROWS: &str = "SELECT 'rows of', ";
/// In a text, or as a portal's name: nothing more is read on this connection.
pub const DEAF: &str = "SELECT 'deaf'";

/// Serves until the process is ended.
pub fn run(listen: SocketAddr) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("an option");
        socket.bind(listen).expect("a port");
        let listener: TcpListener = socket.listen(4096).expect("a listener");
        loop {
            let (client, _) = listener.accept().await.expect("a client");
            // Ends with the client.
            tokio::spawn(async move { serve(client).await.ok() });
        }
    })
}

async fn serve(client: TcpStream) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut client = BufReader::with_capacity(1024, client);
    let length = client.read_u32().await?;
    let mut startup = vec![0; length as usize - 4];
    client.read_exact(&mut startup).await?;
    let mut out = Vec::new();
    message(b'R', &[0; 4], &mut out);
    let parameters = [
        ("server_version", "15.0"),
        ("server_encoding", "UTF8"),
        ("client_encoding", "UTF8"),
        ("standard_conforming_strings", "on"),
        ("default_transaction_read_only", "on"),
        ("in_hot_standby", "off"),
        ("is_superuser", "off"),
    ];
    for (name, value) in parameters {
        message(b'S', format!("{name}\0{value}\0").as_bytes(), &mut out);
    }
    message(b'K', &[0, 0, 0, 7, 0, 0, 0, 7], &mut out);
    message(b'Z', b"I", &mut out);
    client.write_all(&out).await?;
    let mut skipped = vec![0; 1 << 16];
    loop {
        out.clear();
        let tag = client.read_u8().await?;
        let mut left = client.read_u32().await? as usize - 4;
        let mut text = vec![0; left.min(1024)];
        client.read_exact(&mut text).await?;
        left -= text.len();
        while left > 0 {
            let part = left.min(skipped.len());
            client.read_exact(&mut skipped[..part]).await?;
            left -= part;
        }
        match tag {
            b'Q' => {
                if starts(&text, DEAF) {
                    std::future::pending::<()>().await;
                }
                if let Some(bytes) = number(&text, ROW) {
                    row(&mut client, bytes).await?;
                } else if let Some(bytes) = number(&text, ROWS) {
                    for _ in 0..bytes.div_ceil(1000) {
                        row(&mut client, 1000).await?;
                    }
                } else if starts(&text, "COPY") {
                    message(b'G', &[0, 0, 0], &mut out);
                    client.write_all(&out).await?;
                    continue;
                }
                if starts(&text, "stockade refused") {
                    // As the server says of what cannot be parsed: a refusal does not go unseen.
                    message(b'E', b"SERROR\0VERROR\0C42601\0Msyntax error\0\0", &mut out);
                } else {
                    message(b'C', b"SELECT 1\0", &mut out);
                }
                message(b'Z', b"I", &mut out);
            }
            b'P' => message(b'1', b"", &mut out),
            b'B' if starts(&text, "deaf") => std::future::pending::<()>().await,
            b'B' => message(b'2', b"", &mut out),
            b'D' => message(b'n', b"", &mut out),
            b'E' => message(b'C', b"SELECT 1\0", &mut out),
            b'C' => message(b'3', b"", &mut out),
            b'S' => message(b'Z', b"I", &mut out),
            b'c' => {
                message(b'C', b"COPY 1\0", &mut out);
                message(b'Z', b"I", &mut out);
            }
            b'X' => return Ok(()),
            _ => {}
        }
        client.write_all(&out).await?;
    }
}

/// A row with one column.
async fn row(client: &mut BufReader<TcpStream>, bytes: usize) -> io::Result<()> {
    let column = u32::try_from(bytes).expect("short");
    let head = [b"D".as_slice(), &(column + 10).to_be_bytes(), &[0, 1], &column.to_be_bytes()].concat();
    client.write_all(&head).await?;
    let filler = [b'x'; 1 << 16];
    let mut left = bytes;
    while left > 0 {
        let part = left.min(filler.len());
        client.write_all(&filler[..part]).await?;
        left -= part;
    }
    Ok(())
}

fn starts(text: &[u8], with: &str) -> bool {
    text.starts_with(with.as_bytes())
}

fn number(text: &[u8], behind: &str) -> Option<usize> {
    let rest = text.strip_prefix(behind.as_bytes())?;
    let digits: Vec<u8> = rest.iter().copied().take_while(u8::is_ascii_digit).collect();
    String::from_utf8(digits).ok()?.parse().ok()
}

fn message(tag: u8, body: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(&u32::try_from(body.len() + 4).expect("short").to_be_bytes());
    out.extend_from_slice(body);
}
