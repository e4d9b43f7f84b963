//! A client that reads answers as fast as they come: psql would be what is measured.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A message.
pub fn framed(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("short");
    [&[tag], length.to_be_bytes().as_slice(), body].concat()
}

/// What a client speaks over: the socket itself, or TLS.
pub trait Wire: Read + Write + Send {}

impl<T: Read + Write + Send> Wire for T {}

/// A connection that may run simple queries.
pub struct Client {
    wire: Box<dyn Wire>,
    /// The socket that is under it.
    socket: TcpStream,
    buffer: Vec<u8>,
    /// Bytes of the buffer that are read and not looked at, from where to where.
    there: (usize, usize),
}

impl Client {
    pub fn connect(address: SocketAddr, user: &str, database: &str) -> Self {
        Self::connect_over(address, user, database, |socket| Box::new(socket))
    }

    /// The same, over what `wire` makes of the socket.
    pub fn connect_over(
        address: SocketAddr,
        user: &str,
        database: &str,
        wire: impl FnOnce(TcpStream) -> Box<dyn Wire>,
    ) -> Self {
        let socket = TcpStream::connect(address).expect("a connection");
        socket.set_nodelay(true).expect("an option");
        let wire = wire(socket.try_clone().expect("a socket"));
        let mut client = Self { wire, socket, buffer: vec![0; 1 << 17], there: (0, 0) };
        let parameters = format!("user\0{user}\0database\0{database}\0\0");
        let length = u32::try_from(parameters.len() + 8).expect("short");
        let startup = [length.to_be_bytes().as_slice(), &(3_u32 << 16).to_be_bytes(), parameters.as_bytes()].concat();
        client.wire.write_all(&startup).expect("a startup");
        client.answer();
        client
    }

    /// Runs a text and reads its answer to the end; gives the answer's length in bytes.
    pub fn run(&mut self, text: &str) -> usize {
        self.begin(text);
        self.answer()
    }

    /// Sends a text, and waits for nothing.
    pub fn begin(&mut self, text: &str) {
        self.wire.write_all(&framed(b'Q', &[text.as_bytes(), b"\0"].concat())).expect("a query");
    }

    /// Copies so many bytes at least into a table of a number and a text, in rows of 1 kB; gives how many they were.
    pub fn copy(&mut self, table: &str, bytes: usize) -> usize {
        self.begin(&format!("COPY {table} FROM STDIN"));
        self.until(b'G');
        // Eight rows a message: about what libpq's clients send.
        let message = framed(b'd', format!("1\t{}\n", "x".repeat(1000)).repeat(8).as_bytes());
        let messages = bytes.div_ceil(message.len());
        (0..messages).for_each(|_| self.wire.write_all(&message).expect("copy data"));
        self.wire.write_all(&framed(b'c', b"")).expect("an end");
        self.answer();
        messages * message.len()
    }

    /// Sends these bytes as far as they are taken: who waits for a second is given up.
    pub fn push(&mut self, bytes: &[u8]) {
        self.socket.set_write_timeout(Some(Duration::from_secs(1))).expect("an option");
        let mut left = bytes;
        while !left.is_empty() {
            match self.wire.write(left) {
                Ok(wrote) => left = &left[wrote..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Reads up to the end of a message of that type.
    pub fn until(&mut self, tag: u8) {
        loop {
            let [next, length @ ..] = self.take::<5>();
            self.skip(u32::from_be_bytes(length) as usize - 4);
            if next == tag {
                return;
            }
        }
    }

    /// Reads an answer to its end; gives its length in bytes.
    pub fn answer(&mut self) -> usize {
        let mut bytes = 0;
        loop {
            let header = self.take::<5>();
            let [tag, length @ ..] = header;
            let body = u32::from_be_bytes(length) as usize - 4;
            bytes += body + 5;
            if tag == b'E' {
                let mut body = vec![0; body];
                body.fill_with(|| self.take::<1>()[0]);
                panic!("{}", String::from_utf8_lossy(&body));
            }
            self.skip(body);
            if tag == b'Z' {
                return bytes;
            }
        }
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        while self.there.1 - self.there.0 < N {
            self.buffer.copy_within(self.there.0..self.there.1, 0);
            self.there = (0, self.there.1 - self.there.0);
            self.fill();
        }
        let taken = self.buffer[self.there.0..self.there.0 + N].try_into().expect("as long");
        self.there.0 += N;
        taken
    }

    fn skip(&mut self, mut bytes: usize) {
        loop {
            let here = bytes.min(self.there.1 - self.there.0);
            self.there.0 += here;
            bytes -= here;
            if bytes == 0 {
                return;
            }
            self.there = (0, 0);
            self.fill();
        }
    }

    fn fill(&mut self) {
        let read = self.wire.read(&mut self.buffer[self.there.1..]).expect("an answer");
        assert!(read > 0, "the connection was closed");
        self.there.1 += read;
    }
}
