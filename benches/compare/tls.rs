//! TLS on both legs: certificates, and a client that speaks it.

use super::client::{Client, Wire};
use super::peers::{HAPROXY, Identity, Peer};
use super::table::{Sample, median};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use stockade::demo::cluster::SUPERUSER;

/// The name that the certificate is for.
const NAME: &str = "localhost";

/// Statements of one run: about a tenth of a second.
const STATEMENTS: usize = 3000;

/// Everybody's certificate, and what a client needs to believe it.
pub struct Tls {
    pub identity: Identity,
    client: Arc<ClientConfig>,
}

impl Tls {
    /// Makes an authority and one certificate of it in this folder.
    pub fn new(folder: &Path) -> Self {
        let authority = KeyPair::generate().expect("a key");
        let mut parameters = CertificateParams::new(Vec::<String>::new()).expect("no names");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let mut roots = RootCertStore::empty();
        roots.add(parameters.self_signed(&authority).expect("a certificate").der().clone()).expect("an authority");
        let (key, issuer) = (KeyPair::generate().expect("a key"), Issuer::new(parameters, authority));
        let certificate = CertificateParams::new([NAME.to_owned()]).expect("a name").signed_by(&key, &issuer);
        let (certificate, key) = (certificate.expect("a certificate").pem(), key.serialize_pem());
        let put = |name: &str, text: &str, mode: u32| {
            let file = folder.join(name);
            std::fs::write(&file, text).expect("a file");
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("a mode");
            file
        };
        let identity = Identity {
            certificate: put("server.crt", &certificate, 0o644),
            key: put("server.key", &key, 0o600),
            pem: put("server.pem", &format!("{certificate}{key}"), 0o600),
        };
        // The server and PgBouncer do not run as root.
        if let (true, Ok(Some(user))) = (nix::unistd::geteuid().is_root(), nix::unistd::User::from_name(SUPERUSER)) {
            nix::unistd::chown(&identity.key, Some(user.uid), Some(user.gid)).expect("an owner");
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).expect("a mode");
        }
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().expect("versions");
        let mut client = builder.with_root_certificates(roots).with_no_client_auth();
        client.alpn_protocols = vec![b"postgresql".to_vec()];
        Self { identity, client: Arc::new(client) }
    }

    /// What the server is started with.
    pub fn settings(&self) -> [(&'static str, String); 3] {
        let file = |file: &Path| file.display().to_string();
        let identity = &self.identity;
        [
            ("ssl", "on".to_owned()),
            ("ssl_cert_file", file(&identity.certificate)),
            ("ssl_key_file", file(&identity.key)),
        ]
    }

    pub fn connect(&self, peer: &Peer) -> Client {
        Client::connect_over(peer.address, "bench", "bench", |mut socket| {
            // HAProxy knows nothing of PostgreSQL, and so not of its question whether TLS may begin.
            if peer.name != HAPROXY {
                ask(&mut socket);
            }
            let name = NAME.try_into().expect("a name");
            let tls = ClientConnection::new(Arc::clone(&self.client), name).expect("a client");
            Box::new(StreamOwned::new(tls, socket)) as Box<dyn Wire>
        })
    }

    /// The median latency of a statement, its first quarter left out.
    pub fn latency(&self, peer: &Peer) -> Sample {
        let mut client = self.connect(peer);
        let before = peer.processor_time();
        let mut run = |number: usize| {
            let began = Instant::now();
            client.run(&format!("SELECT abalance FROM pgbench_accounts WHERE aid = {}", number % 1000 + 1));
            began.elapsed().as_secs_f64() * 1e6
        };
        let mut latencies: Vec<f64> = (0..STATEMENTS).map(&mut run).collect();
        let used = peer.processor_time() - before;
        let warm = latencies.split_off(latencies.len() / 4);
        Sample { value: median(warm), processor: Some(used * 1e-3 / STATEMENTS as f64) }
    }
}

/// SSLRequest, and its answer.
fn ask(socket: &mut TcpStream) {
    socket.write_all(&[8_u32.to_be_bytes(), 80_877_103_u32.to_be_bytes()].concat()).expect("a question");
    let mut answer = [0];
    socket.read_exact(&mut answer).expect("an answer");
    assert_eq!(answer, *b"S", "TLS is spoken here");
}
