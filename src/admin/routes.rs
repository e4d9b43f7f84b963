//! What each path answers.

use super::AdminState;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use std::time::Duration;

/// How long a readiness check may take.
const READINESS_DEADLINE: Duration = Duration::from_secs(5);

const PLAIN: &str = "text/plain; charset=utf-8";
/// Prometheus' text format.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// An answer, whole in memory.
pub(super) type Answer = Response<Full<Bytes>>;

/// Answers a request. The body, if there is one, is not read.
pub(super) async fn answer<B>(state: &AdminState, request: &Request<B>) -> Answer {
    if let Some(keeper) = &state.control
        && let Some(answer) = super::control::answer(keeper, request.method(), request.uri().path()).await
    {
        return answer;
    }
    match request.uri().path() {
        "/metrics" => only_reading(request.method(), || text(StatusCode::OK, METRICS, state.metrics.render())),
        "/healthz" => only_reading(request.method(), || text(StatusCode::OK, PLAIN, "ok\n")),
        "/readyz" if reads(request.method()) => readiness(state).await,
        "/readyz" => not_allowed(),
        _ => text(StatusCode::NOT_FOUND, PLAIN, "not found\n"),
    }
}

/// Ready while the listener is bound and the upstream answers. A record that cannot be written does not change that:
/// reads go on, and taking all Stockades out of service for a full disk would be worse; the answer says it.
async fn readiness(state: &AdminState) -> Answer {
    let result = match &state.check {
        Some(_) if !state.metrics.health().is_listening() => Err("not listening for clients".to_owned()),
        Some(check) => tokio::time::timeout(READINESS_DEADLINE, check())
            .await
            .unwrap_or_else(|_| Err("the upstream does not answer".to_owned())),
        None => state.metrics.health().ready().map_err(|reason| reason.to_string()),
    };
    let (status, mut body) = match result {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")),
    };
    if state.recorder.is_failing() {
        body.push_str("the audit record cannot be written\n");
    }
    text(status, PLAIN, body)
}

fn reads(method: &Method) -> bool {
    // hyper leaves the body out of the answer to HEAD, and keeps its length.
    *method == Method::GET || *method == Method::HEAD
}

fn only_reading(method: &Method, answer: impl FnOnce() -> Answer) -> Answer {
    if reads(method) { answer() } else { not_allowed() }
}

fn not_allowed() -> Answer {
    let mut answer = text(StatusCode::METHOD_NOT_ALLOWED, PLAIN, "only GET and HEAD\n");
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    answer
}

/// A JSON answer, on a line of its own.
pub(super) fn json(status: StatusCode, value: &serde_json::Value) -> Answer {
    text(status, "application/json", format!("{value}\n"))
}

fn text(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
