//! TLS on both legs, and the authentication that passes through.

use crate::client::{self, Client, Message};
use crate::observe::wait_until;
use crate::support::{self, Database, Stockade};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use stockade::config::Config;
use stockade::demo::cluster::{self, Cluster};
use stockade::proxy::Proxy;

/// Certificates in a folder that goes with the test.
struct Authority {
    folder: tempfile::TempDir,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(), mode).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        std::fs::write(folder.path().join("ca.crt"), params.self_signed(&key).unwrap().pem()).unwrap();
        Self { folder, issuer: Issuer::new(params, key) }
    }

    fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.crt")
    }

    /// A certificate for a name, and its key, as files.
    fn certificate(&self, name: &str) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        let path = |end: &str| self.folder.path().join(format!("{name}.{end}"));
        std::fs::write(path("crt"), certificate.pem()).unwrap();
        std::fs::write(path("key"), key.serialize_pem()).unwrap();
        std::fs::set_permissions(path("key"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        (path("crt"), path("key"))
    }
}

/// A server with TLS, whose certificate is for `localhost`, and a user for each way to authenticate.
struct Secured {
    cluster: Cluster,
    authority: Authority,
}

const USERS: [(&str, &str); 3] = [("scram", "scram-sha-256"), ("md5", "md5"), ("plain", "password")];

fn secured() -> &'static Secured {
    static SECURED: LazyLock<Secured> = LazyLock::new(|| {
        let authority = Authority::new();
        let (certificate, key) = authority.certificate("localhost");
        if let Ok(Some(user)) = nix::unistd::User::from_name("postgres")
            && nix::unistd::geteuid().is_root()
        {
            nix::unistd::chown(&key, Some(user.uid), Some(user.gid)).unwrap();
        }
        let mut hba = "local all all trust\nhost all postgres all trust\n".to_owned();
        for (user, method) in USERS {
            hba.push_str(&format!("host all {user} all {method}\n"));
        }
        hba.push_str("hostssl all secret all scram-sha-256\n");
        let settings = [
            ("ssl", "on".to_owned()),
            ("ssl_cert_file", certificate.display().to_string()),
            ("ssl_key_file", key.display().to_string()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value)).to_vec();
        let cluster = support::own_cluster(&cluster::Options { settings, hba: Some(hba) });
        let mut admin = Client::open(cluster.address(), "postgres");
        for (user, encryption) in
            [("scram", "scram-sha-256"), ("md5", "md5"), ("plain", "scram-sha-256"), ("secret", "scram-sha-256")]
        {
            admin.query(&format!("SET password_encryption = '{encryption}'")).fine();
            admin.query(&format!("CREATE ROLE {user} LOGIN PASSWORD 'pencil'")).fine();
        }
        Secured { cluster, authority }
    });
    &SECURED
}

/// A Stockade before the secured server: TLS towards it as `mode` says, towards clients with `listener`'s certificate.
fn stockade(mode: &str, host: &str, ca: Option<PathBuf>, listener: &str) -> Stockade {
    let address = secured().cluster.address();
    let ca = ca.map(|ca| format!("tls_ca = {ca:?}\n")).unwrap_or_default();
    Stockade::with_file(&format!(
        "[[listener]]\naddress = \"127.0.0.1:0\"\n{listener}\n[admin]\naddress = \"127.0.0.1:0\"\n\
         [upstream.test]\naddress = \"{host}:{}\"\ntls = \"{mode}\"\n{ca}",
        address.port()
    ))
}

fn listener((certificate, key): &(PathBuf, PathBuf), more: &str) -> String {
    format!("tls = {{ cert = {certificate:?}, key = {key:?}{more} }}")
}

/// A client that takes any certificate: whom it speaks to is not what these tests ask.
#[derive(Debug)]
struct Anyone;

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

type Tls = StreamOwned<ClientConnection, TcpStream>;

fn tls(stream: TcpStream, alpn: &[&[u8]]) -> Tls {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = builder.dangerous().with_custom_certificate_verifier(Arc::new(Anyone)).with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    let name = ServerName::try_from("localhost").unwrap();
    StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), stream)
}

const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f];

/// Asks for TLS as libpq does.
fn ask(address: SocketAddr) -> (u8, TcpStream) {
    let mut stream = client::connect(address);
    stream.write_all(&SSL_REQUEST).unwrap();
    let mut answer = [0];
    stream.read_exact(&mut answer).unwrap();
    (answer[0], stream)
}

/// The messages up to the first of these tags; what a stream without TLS or with it gives.
fn until(stream: &mut impl Read, tags: &[u8]) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    while messages.last().is_none_or(|message| !tags.contains(&message.tag)) {
        let mut header = [0; 5];
        stream.read_exact(&mut header).unwrap();
        let length = u32::from_be_bytes(header[1..].try_into().unwrap()) as usize;
        let mut body = vec![0; length - 4];
        stream.read_exact(&mut body).unwrap();
        messages.push(Message { tag: header[0], body });
    }
    messages
}

fn hello(user: &str) -> Vec<u8> {
    client::startup(196_608, &[("user", user), ("database", "postgres")])
}

/// Opens a session and asks one thing.
fn works(stream: &mut (impl Read + Write)) -> bool {
    stream.write_all(&hello("postgres")).unwrap();
    stream.flush().unwrap();
    let greeting = until(stream, b"ZE");
    if greeting.last().unwrap().tag == b'E' {
        return false;
    }
    stream.write_all(&client::Frames::new().query("SELECT 42").0).unwrap();
    stream.flush().unwrap();
    until(stream, b"Z").iter().any(|message| message.tag == b'D' && message.body.ends_with(b"42"))
}

#[test]
fn clients_come_in_by_tls() {
    let authority = Authority::new();
    let certificate = authority.certificate("localhost");
    let optional = stockade("prefer", "localhost", None, &listener(&certificate, ", require = false"));
    let (answer, stream) = ask(optional.address);
    assert_eq!(answer, b'S');
    assert!(works(&mut tls(stream, &[b"postgresql"])));
    let (_, stream) = ask(optional.address);
    assert!(works(&mut tls(stream, &[])), "ALPN is not asked of those who negotiate");
    assert!(works(&mut client::connect(optional.address)), "without TLS, too");

    let direct = &mut tls(client::connect(optional.address), &[b"postgresql"]);
    assert!(works(direct));
    let mut without = tls(client::connect(optional.address), &[]);
    let told = without.write_all(&hello("postgres")).and_then(|()| without.read(&mut [0; 1]));
    assert!(!matches!(told, Ok(1..)), "direct TLS needs ALPN");

    let required = stockade("prefer", "localhost", None, &listener(&certificate, ""));
    let (answer, stream) = ask(required.address);
    assert_eq!(answer, b'S');
    assert!(works(&mut tls(stream, &[])));
    let mut plain = client::connect(required.address);
    plain.write_all(&hello("postgres")).unwrap();
    let error = until(&mut plain, b"E").pop().unwrap();
    assert_eq!((error.code().as_str(), error.field(b'S').as_str()), ("28000", "FATAL"), "{error:?}");

    let none = stockade("prefer", "localhost", None, "");
    assert_eq!(ask(none.address).0, b'N');
    let mut after = ask(none.address).1;
    assert!(works(&mut after), "the client goes on without");
}

/// A runtime driven by a thread of its own until its sender is gone.
fn drive(runtime: tokio::runtime::Runtime) -> tokio::sync::oneshot::Sender<()> {
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || runtime.block_on(ended));
    end
}

/// Handshakes with clients and with the server are made at the door, and nowhere else: while nobody is at the door none
/// gets on, and those who are served are served.
#[test]
fn handshakes_keep_nobody_waiting_who_is_served() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let closed = runtime();
    let waiting = closed.metrics();
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let listener = listener(&authority.certificate("localhost"), ", require = false");
    let text = format!(
        "[[listener]]\naddress = \"127.0.0.1:0\"\n{listener}\n[admin]\naddress = \"127.0.0.1:0\"\n\
         [upstream.test]\naddress = \"127.0.0.1:{}\"\ntls = \"as-client\"\n",
        secured().cluster.address().port()
    );
    let config = Config::parse(&text, "stockade.toml", folder.path()).unwrap();
    let main = runtime();
    let proxy = main.block_on(Proxy::bind(config)).unwrap().with_door(closed.handle().clone());
    let address = proxy.tcp_address().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let main = std::thread::spawn(move || {
        main.block_on(proxy.serve(async {
            let _stopped = stopped.await;
        }))
        .unwrap();
    });
    let mut plain = client::connect(address);
    assert!(works(&mut plain));
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let (answer, stream) = ask(address);
            assert_eq!(answer, b'S');
            std::thread::spawn(move || works(&mut tls(stream, &[])))
        })
        .collect();
    wait_until("all are at the door", || waiting.num_alive_tasks() == clients.len());
    plain.write_all(&client::Frames::new().query("SELECT 42").0).unwrap();
    assert!(until(&mut plain, b"Z").iter().any(|message| message.body.ends_with(b"42")));
    assert!(clients.iter().all(|client| !client.is_finished()));
    let _door = drive(closed);
    assert!(clients.into_iter().all(|client| client.join().unwrap()));
    drop((plain, stop));
    main.join().unwrap();
}

/// CVE-2021-23214: bytes sent ahead of the handshake must not be taken for the session's.
#[test]
fn no_byte_is_taken_ahead_of_the_handshake() {
    let authority = Authority::new();
    let stockade = stockade("prefer", "localhost", None, &listener(&authority.certificate("localhost"), ""));
    let mut stream = client::connect(stockade.address);
    stream.write_all(&[&SSL_REQUEST[..], &hello("postgres")].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok();
    assert_eq!(answer.first(), Some(&b'S'));
    assert!(!answer.contains(&b'R'), "it was not taken for a startup packet: {answer:?}");
    let refused = "stockade_startup_refused_total{reason=\"tls\"}";
    // It is counted on another thread than the one that closed the connection.
    wait_until(refused, || stockade.metrics()[refused] == 1.0);
}

/// Whether the way to the server works, and what the client is told.
fn upstream(mode: &str, host: &str, ca: Option<PathBuf>) -> Result<bool, Message> {
    let stockade = stockade(mode, host, ca, "");
    let mut client = Client::start(client::connect(stockade.address), &hello("postgres"))?;
    Ok(client.value("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "t")
}

#[test]
fn the_upstream_is_spoken_to_as_libpq_would() {
    let ca = || Some(secured().authority.ca());
    let stranger = || Some(Authority::new()).map(|authority| (authority.ca(), authority));
    assert!(!upstream("disable", "localhost", None).unwrap());
    assert!(upstream("prefer", "localhost", None).unwrap());
    assert!(upstream("require", "localhost", None).unwrap());
    assert!(upstream("require", "127.0.0.1", None).unwrap());
    assert!(upstream("verify-ca", "localhost", ca()).unwrap());
    assert!(upstream("verify-ca", "127.0.0.1", ca()).unwrap());
    assert!(upstream("verify-full", "localhost", ca()).unwrap());
    let (wrong, _authority) = stranger().unwrap();
    for (mode, host, ca) in [
        ("verify-full", "127.0.0.1", ca()),
        ("verify-full", "localhost", Some(wrong.clone())),
        ("verify-ca", "localhost", Some(wrong)),
        ("verify-full", "localhost", None),
    ] {
        let error = upstream(mode, host, ca).expect_err(mode);
        assert_eq!((error.code().as_str(), error.field(b'S').as_str()), ("08006", "FATAL"), "{error:?}");
        assert!(error.field(b'M').contains("TLS"), "{error:?}");
    }
}

#[test]
fn a_server_without_tls_is_used_only_where_that_is_allowed() {
    let address = support::cluster().address();
    for (mode, works) in [("disable", true), ("prefer", true), ("require", false), ("verify-ca", false)] {
        let ca = format!("tls_ca = {:?}\n", secured().authority.ca());
        let stockade = Stockade::with_file(&format!(
            "[[listener]]\naddress = \"127.0.0.1:0\"\n[admin]\naddress = \"127.0.0.1:0\"\n\
             [upstream.test]\naddress = \"{address}\"\ntls = \"{mode}\"\n{}",
            if mode == "verify-ca" { &ca } else { "" }
        ));
        let answer = Client::start(client::connect(stockade.address), &hello("postgres"));
        assert_eq!(answer.is_ok(), works, "{mode}");
    }
}

async fn login(address: SocketAddr, user: &str, password: &str) -> Result<String, tokio_postgres::Error> {
    let mut config = tokio_postgres::Config::new();
    config.host("127.0.0.1").port(address.port()).user(user).password(password).dbname("postgres");
    let (client, connection) = config.connect(tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    Ok(client.query_one("SELECT current_user::text", &[]).await?.get(0))
}

#[tokio::test(flavor = "multi_thread")]
async fn authentication_passes_through() {
    tokio::task::spawn_blocking(secured).await.unwrap();
    for mode in ["disable", "require"] {
        let stockade = stockade(mode, "localhost", None, "");
        for (user, _) in USERS {
            assert_eq!(login(stockade.address, user, "pencil").await.unwrap(), user, "{mode}");
            let error = login(stockade.address, user, "crayon").await.unwrap_err();
            assert_eq!(error.code().map(|code| code.code()), Some("28P01"), "{mode} {user}: {error}");
        }
        let secret = login(stockade.address, "secret", "pencil").await;
        assert_eq!(secret.is_ok(), mode == "require", "hostssl sees the leg to the server");
    }
}

/// The SCRAM mechanisms a client is offered.
fn offered(stream: &mut (impl Read + Write)) -> Vec<String> {
    stream.write_all(&hello("scram")).unwrap();
    stream.flush().unwrap();
    let request = until(stream, b"RE").pop().unwrap();
    assert_eq!(request.body[..4], [0, 0, 0, 10], "{request:?}");
    let names = request.body[4..].split(|&byte| byte == 0).filter(|name| !name.is_empty());
    names.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}

/// Channel binding holds from end to end only where both legs show one certificate.
#[test]
fn scram_plus_is_offered_only_where_it_can_work() {
    let (plain, plus) = ("SCRAM-SHA-256".to_owned(), "SCRAM-SHA-256-PLUS".to_owned());
    let (_, stream) = ask(secured().cluster.address());
    assert_eq!(offered(&mut tls(stream, &[])), [plus.clone(), plain.clone()], "directly");

    let other = Authority::new();
    let stockade_of_its_own =
        stockade("require", "localhost", None, &listener(&other.certificate("localhost"), ", require = false"));
    let (_, stream) = ask(stockade_of_its_own.address);
    assert_eq!(offered(&mut tls(stream, &[])), std::slice::from_ref(&plain));
    assert_eq!(offered(&mut client::connect(stockade_of_its_own.address)), std::slice::from_ref(&plain));

    let folder = secured().authority.folder.path();
    let copy = other.folder.path().join("same.key");
    std::fs::copy(folder.join("localhost.key"), &copy).unwrap();
    let same = stockade("require", "localhost", None, &listener(&(folder.join("localhost.crt"), copy), ""));
    let (_, stream) = ask(same.address);
    assert_eq!(offered(&mut tls(stream, &[])), [plus, plain]);
}

#[test]
fn psql_binds_the_channel_where_it_can() {
    let folder = secured().authority.folder.path();
    let own = Authority::new();
    let copy = own.folder.path().join("same.key");
    std::fs::copy(folder.join("localhost.key"), &copy).unwrap();
    let same = stockade("require", "localhost", None, &listener(&(folder.join("localhost.crt"), copy), ""));
    let differs = stockade("require", "localhost", None, &listener(&own.certificate("localhost"), ""));
    let psql = |address: SocketAddr, binding: &str| {
        std::process::Command::new(support::cluster().binaries().program("psql"))
            .args(["-XAtc", "SELECT current_user"])
            .arg(format!(
                "host=127.0.0.1 port={} user=scram password=pencil dbname=postgres sslmode=require channel_binding={binding}",
                address.port()
            ))
            .output()
            .unwrap()
    };
    for (address, binding, works) in [
        (same.address, "require", true),
        (same.address, "prefer", true),
        (differs.address, "disable", true),
        (differs.address, "require", false),
    ] {
        let output = psql(address, binding);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), works, "{binding}: {text}");
    }
    // psql prefers it, and is told how to do without.
    let output = psql(differs.address, "prefer");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() || text.contains("channel_binding=disable"), "{text}");
}

#[test]
fn a_cancel_request_finds_its_way_over_tls() {
    let database = Database::with(secured().cluster.address(), "");
    let stockade = stockade("require", "localhost", None, "");
    let mut client = Client::open(stockade.address, &database.name);
    let (pid, secret) = (client.pid, client.secret.clone());
    client.send(&client::Frames::new().query("SELECT pg_sleep(10) FROM generate_series(1, 60)").0);
    let active = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid} AND wait_event = 'PgSleep'");
    database.open().poll(&active, "1");
    client::cancel(stockade.address, pid, &secret);
    assert_eq!(client.answer().code(), "57014");
}
