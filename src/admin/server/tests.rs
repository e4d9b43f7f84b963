use super::*;
use crate::audit::{Destination, Gauges, Recorder, Settings};
use crate::telemetry::{Metrics, PrincipalLabels, UpstreamError};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

struct Server {
    address: SocketAddr,
    metrics: Arc<Metrics>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

fn metrics() -> Arc<Metrics> {
    Arc::new(
        Metrics::new(&[PrincipalLabels { name: "cursor".into(), shadow: false }], &["no-drops".into()], &["server"])
            .unwrap(),
    )
}

async fn start(state: AdminState, metrics: Arc<Metrics>) -> Server {
    start_within(DEADLINES, state, metrics).await
}

async fn start_within(deadlines: Deadlines, state: AdminState, metrics: Arc<Metrics>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async move {
        let _ = stopped.await;
    };
    Server { address, metrics, stop, task: tokio::spawn(serve_within(deadlines, listener, state, shutdown)) }
}

async fn started() -> Server {
    let metrics = metrics();
    start(AdminState::new(Arc::clone(&metrics), Recorder::disabled()), metrics).await
}

impl Server {
    /// Sends one request on a connection of its own; the status and the whole answer.
    async fn ask(&self, method: &str, path: &str) -> (u16, String) {
        let request = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        self.send(request.as_bytes()).await
    }

    async fn send(&self, request: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        // A reset after the answer is as good as an end.
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        (answer.split(' ').nth(1).map_or(0, |status| status.parse().unwrap()), answer)
    }
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

#[tokio::test]
async fn metrics_are_served_in_prometheus_format() {
    let server = started().await;
    let (status, answer) = server.ask("GET", "/metrics").await;
    assert_eq!(status, 200);
    assert!(answer.contains("content-type: text/plain; version=0.0.4"), "{answer}");
    assert!(body(&answer).contains(r#"stockade_connections{principal="cursor"} 0"#), "{answer}");
    let (status, answer) = server.ask("HEAD", "/metrics").await;
    assert_eq!((status, body(&answer)), (200, ""));
}

#[tokio::test]
async fn alive_is_not_ready() {
    let server = started().await;
    assert_eq!(server.ask("GET", "/healthz").await.0, 200);
    let (status, answer) = server.ask("GET", "/readyz").await;
    assert_eq!((status, body(&answer)), (503, "not ready: not listening for clients\n"));
    server.metrics.health().set_listening(true);
    assert_eq!(server.ask("GET", "/readyz").await.0, 200);
    server.metrics.upstream_failed(UpstreamError::Refused);
    let (status, answer) = server.ask("GET", "/readyz").await;
    assert_eq!(status, 503);
    assert!(body(&answer).contains("refused"), "{answer}");
    server.metrics.health().upstream_reached();
    assert_eq!(server.ask("HEAD", "/readyz").await.0, 200);
}

#[tokio::test]
async fn a_check_is_asked_instead_of_the_last_contact() {
    let metrics = metrics();
    let failing = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let answer = Arc::clone(&failing);
    let state = AdminState::new(Arc::clone(&metrics), Recorder::disabled()).with_readiness(Arc::new(move || {
        let failing = answer.load(std::sync::atomic::Ordering::SeqCst);
        Box::pin(async move { if failing { Err("no route to db".to_owned()) } else { Ok(()) } })
    }));
    let server = start(state, metrics).await;
    assert!(server.ask("GET", "/readyz").await.1.contains("not listening"));
    server.metrics.health().set_listening(true);
    let (status, answer) = server.ask("GET", "/readyz").await;
    assert_eq!((status, body(&answer)), (503, "not ready: no route to db\n"));
    failing.store(false, std::sync::atomic::Ordering::SeqCst);
    server.metrics.upstream_failed(UpstreamError::Lost);
    assert_eq!(server.ask("GET", "/readyz").await.0, 200);
}

#[tokio::test]
async fn a_failing_record_shows_and_leaves_it_ready() {
    let dir = tempfile::tempdir().unwrap();
    let metrics = metrics();
    let handles = metrics.audit().clone();
    let gauges =
        Gauges { records: handles.records, failures: handles.failures, queue: handles.queue, healthy: handles.healthy };
    // A directory cannot be written to.
    let settings = Settings::new(Destination::File(dir.path().to_owned()));
    let recorder = Recorder::start(&settings, gauges).unwrap();
    let server = start(AdminState::new(Arc::clone(&metrics), recorder), metrics).await;
    server.metrics.health().set_listening(true);
    let (status, answer) = server.ask("GET", "/readyz").await;
    assert_eq!((status, body(&answer)), (200, "ready\nthe audit record cannot be written\n"));
    assert!(server.ask("GET", "/metrics").await.1.contains("stockade_audit_healthy 0"));
}

#[tokio::test]
async fn everything_else_is_not_found_and_nothing_is_written() {
    let server = started().await;
    for path in ["/", "/metrics/", "/config", "/healthz/x", "/../metrics", "*"] {
        assert_eq!(server.ask("GET", path).await.0, 404, "{path}");
    }
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        for path in ["/metrics", "/healthz", "/readyz"] {
            let (status, answer) = server.ask(method, path).await;
            assert_eq!(status, 405, "{method} {path}");
            assert!(answer.contains("allow: GET, HEAD"), "{answer}");
        }
    }
    assert_eq!(server.ask("GET", "/metrics?name[]=x").await.0, 200);
}

#[tokio::test]
async fn heads_are_bounded_and_have_to_be_http() {
    let server = started().await;
    let long = format!("GET /healthz HTTP/1.1\r\nhost: x\r\nlong: {}\r\n\r\n", "x".repeat(MAX_HEAD_BYTES));
    assert_eq!(server.send(long.as_bytes()).await.0, 431);
    // A PostgreSQL client on the wrong port: an answer or an end, and the server lives.
    server.send(&[0, 0, 0, 8, 4, 210, 22, 47, b'\r', b'\n', b'\r', b'\n']).await;
    assert_eq!(server.ask("GET", "/healthz").await.0, 200);
}

#[tokio::test]
async fn a_client_that_says_nothing_is_ended() {
    let metrics = metrics();
    let state = AdminState::new(Arc::clone(&metrics), Recorder::disabled());
    let deadlines = Deadlines { head: Duration::from_millis(20), ..DEADLINES };
    let server = start_within(deadlines, state, metrics).await;
    for first in [&b""[..], b"GET /healthz HTTP/1.1\r\nhost:"] {
        // `send` reads to the connection's end.
        assert!(!server.send(first).await.1.contains("200 OK"));
    }
}

#[tokio::test]
async fn a_connection_has_an_end_however_lively() {
    let metrics = metrics();
    let state = AdminState::new(Arc::clone(&metrics), Recorder::disabled());
    let deadlines = Deadlines { lifetime: Duration::from_millis(20), ..DEADLINES };
    let server = start_within(deadlines, state, metrics).await;
    // The client asks for no end; `send` reads to it all the same.
    server.send(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_their_turn() {
    let server = started().await;
    let mut held = Vec::new();
    for _ in 0..MAX_CONNECTIONS {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        // Its slot is taken once it was answered.
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut byte = [0];
        stream.read_exact(&mut byte).await.unwrap();
        held.push(stream);
    }
    let mut waiting = pin!(server.ask("GET", "/healthz"));
    let first = tokio::select! {
        biased;
        _ = &mut waiting => "served",
        () = async { for _ in 0..200 { tokio::task::yield_now().await } } => "waiting",
    };
    assert_eq!(first, "waiting");
    held.pop();
    assert_eq!(waiting.await.0, 200);
}

#[tokio::test]
async fn shutdown_ends_the_listener_and_idle_connections() {
    let server = started().await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut byte = [0];
    idle.read_exact(&mut byte).await.unwrap();
    server.stop.send(()).unwrap();
    server.task.await.unwrap();
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).await.unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

fn keeper() -> Arc<crate::state::Keeper> {
    use crate::policy::{Kind, Policy, Preset};
    let policies = [Arc::new(Policy::new("cursor", Kind::Agent, Preset::AppWriter))];
    Arc::new(crate::state::Keeper::start(&policies, None).unwrap())
}

#[tokio::test]
async fn control_is_offered_where_it_was_given_alone() {
    let (keeper, metrics) = (keeper(), metrics());
    let state = AdminState::new(Arc::clone(&metrics), Recorder::disabled()).with_control(Arc::clone(&keeper));
    let control = start(state, metrics).await;
    let (status, answer) = control.ask("GET", "/principals").await;
    assert_eq!(status, 200);
    assert!(body(&answer).contains(r#""name":"cursor","suspended":null"#), "{answer}");
    assert_eq!(control.ask("GET", "/principals/cursor/suspend").await.0, 405);
    assert_eq!(control.ask("POST", "/principals").await.0, 405);
    let suspended = || keeper.accounts().named("cursor").unwrap().suspension().is_some();
    assert!(!suspended());
    let (status, answer) = control.ask("POST", "/principals/cursor/suspend").await;
    assert_eq!((status, body(&answer)), (200, "{\"changed\":true}\n"));
    assert!(suspended());
    assert_eq!(control.ask("POST", "/principals/nobody/resume").await.0, 404);
    assert_eq!(control.ask("POST", "/principals/cursor/promote").await.0, 404);
    assert_eq!(body(&control.ask("POST", "/principals/cursor/resume").await.1), "{\"changed\":true}\n");
    assert_eq!(body(&control.ask("POST", "/principals/cursor/resume").await.1), "{\"changed\":false}\n");
    assert!(!suspended());
    assert_eq!(control.ask("GET", "/healthz").await.0, 200);
    let server = started().await;
    for path in ["/principals", "/principals/cursor/suspend", "/principals/cursor/resume"] {
        assert_eq!(server.ask("POST", path).await.0, 404);
        assert_eq!(server.ask("GET", path).await.0, 404);
    }
}
