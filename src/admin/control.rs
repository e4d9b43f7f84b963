//! The control socket's own paths: who is suspended, and the suspending and resuming.
//!
//! `GET /principals`; `POST /principals/NAME/suspend` and `/resume`. The answers are JSON; an error is `{"error": "..."}`.

use super::routes::{Answer, json};
use crate::state::{ControlError, Keeper};
use hyper::{Method, StatusCode};
use std::sync::Arc;
use std::time::Instant;

/// Answers where the path is one of these.
pub(super) async fn answer(keeper: &Arc<Keeper>, method: &Method, path: &str) -> Option<Answer> {
    let rest = path.strip_prefix("/principals")?;
    if rest.is_empty() {
        let list = if *method == Method::GET { json(StatusCode::OK, &list(keeper)) } else { wrong_method("GET") };
        return Some(list);
    }
    let (name, action) = rest.strip_prefix('/')?.rsplit_once('/')?;
    let act: fn(&Keeper, &str) -> Result<bool, ControlError> = match action {
        "suspend" => Keeper::suspend,
        "resume" => Keeper::resume,
        _ => return None,
    };
    if *method != Method::POST {
        return Some(wrong_method("POST"));
    }
    let (keeper, name, action) = (Arc::clone(keeper), name.to_owned(), action.to_owned());
    let done = tokio::task::spawn_blocking(move || {
        let done = act(&keeper, &name);
        tracing::warn!(target: "stockade::suspension", principal = name, action, result = ?done, "control socket");
        done
    });
    Some(match done.await {
        Ok(Ok(changed)) => json(StatusCode::OK, &serde_json::json!({ "changed": changed })),
        Ok(Err(error)) => {
            let status = match error {
                ControlError::Unknown(_) => StatusCode::NOT_FOUND,
                ControlError::NotEnforced(_) => StatusCode::CONFLICT,
                ControlError::NotKept(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            failed(status, &error.to_string())
        }
        Err(error) => failed(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    })
}

fn list(keeper: &Keeper) -> serde_json::Value {
    let now = Instant::now();
    let principals: Vec<_> = keeper
        .accounts()
        .iter()
        .map(|account| {
            let suspended = account.suspension().map(|suspension| {
                serde_json::json!({
                    "since": suspension.since,
                    "since_text": suspension.since_text(),
                    "cause": suspension.cause.to_string(),
                })
            });
            serde_json::json!({
                "name": &**account.principal(),
                "suspended": suspended,
                "budget_left": account.budget_left(now),
            })
        })
        .collect();
    serde_json::json!({ "principals": principals })
}

fn wrong_method(only: &str) -> Answer {
    failed(StatusCode::METHOD_NOT_ALLOWED, &format!("only {only}"))
}

fn failed(status: StatusCode, error: &str) -> Answer {
    json(status, &serde_json::json!({ "error": error }))
}
