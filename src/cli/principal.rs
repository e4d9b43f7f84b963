//! `stockade principal`: a small HTTP client of the control socket.

use super::{FAILED, MISUSE, PrincipalAction, PrincipalArgs, fail, print};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;
use stockade::config::Config;

/// How long the answer may take: a disk may be slow.
const PATIENCE: Duration = Duration::from_secs(30);

/// 0 where it was done.
pub(super) fn principal(args: &PrincipalArgs) -> u8 {
    let socket = match socket(args) {
        Ok(socket) => socket,
        Err(message) => return fail(MISUSE, &message),
    };
    let (method, path) = match &args.action {
        PrincipalAction::List => ("GET", "/principals".to_owned()),
        PrincipalAction::Suspend { name } => ("POST", format!("/principals/{name}/suspend")),
        PrincipalAction::Resume { name } => ("POST", format!("/principals/{name}/resume")),
    };
    // Names in the configuration are of these alone; anything else would be another request.
    if !path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.')) {
        return fail(MISUSE, "that is no principal's name: letters, digits, - _ and . alone");
    }
    match ask(&socket, method, &path) {
        Err(error) => fail(FAILED, &format!("{}: {error}", socket.display())),
        Ok(answer) => match answer.get("error").and_then(|error| error.as_str()) {
            Some(error) => fail(FAILED, error),
            None if args.json => {
                print(&format!("{answer}\n"));
                0
            }
            None => {
                print(&told(&args.action, &answer));
                0
            }
        },
    }
}

fn socket(args: &PrincipalArgs) -> Result<PathBuf, String> {
    match (&args.socket, &args.config) {
        (Some(socket), _) => Ok(socket.clone()),
        (None, Some(file)) => {
            let config = Config::load(file).map_err(|error| error.to_string())?;
            config.admin_socket.ok_or_else(|| format!("{}: [admin] socket is not set", file.display()))
        }
        (None, None) => Err("where is the running Stockade? Give --socket PATH, or --config FILE".to_owned()),
    }
}

fn ask(socket: &Path, method: &str, path: &str) -> Result<serde_json::Value, String> {
    let answer = exchange(socket, method, path).map_err(|error| error.to_string())?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("it answered what is not HTTP")?;
    serde_json::from_str(body.trim()).map_err(|_| {
        let status = head.lines().next().unwrap_or_default();
        format!("it answered {status}: is this a Stockade's control socket?")
    })
}

fn exchange(socket: &Path, method: &str, path: &str) -> std::io::Result<String> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "{method} {path} HTTP/1.1\r\nhost: stockade\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// The answer in words.
fn told(action: &PrincipalAction, answer: &serde_json::Value) -> String {
    let changed = answer.get("changed").and_then(serde_json::Value::as_bool).unwrap_or_default();
    match (action, changed) {
        (PrincipalAction::List, _) => list(answer),
        (PrincipalAction::Suspend { name }, true) => format!("{name} is suspended: its writes are refused\n"),
        (PrincipalAction::Suspend { name }, false) => format!("{name} was suspended already\n"),
        (PrincipalAction::Resume { name }, true) => format!("{name} may write again\n"),
        (PrincipalAction::Resume { name }, false) => format!("{name} was not suspended\n"),
    }
}

fn list(answer: &serde_json::Value) -> String {
    let principals: Vec<_> = answer.get("principals").and_then(|all| all.as_array()).into_iter().flatten().collect();
    let text = |value: Option<&serde_json::Value>| value.and_then(|v| v.as_str()).unwrap_or("?").to_owned();
    let width = principals.iter().map(|one| text(one.get("name")).len()).max().unwrap_or_default();
    let mut out = String::new();
    for one in principals {
        let state = match one.get("suspended").filter(|suspended| !suspended.is_null()) {
            Some(suspended) => {
                format!("SUSPENDED since {}, {}", text(suspended.get("since_text")), text(suspended.get("cause")))
            }
            None => "active".to_owned(),
        };
        let budget = one.get("budget_left").and_then(serde_json::Value::as_u64);
        let budget = budget.map_or_else(String::new, |rows| format!("; {rows} rows left this hour"));
        let _ = writeln!(out, "{:<width$}  {state}{budget}", text(one.get("name")));
    }
    out
}
