//! `stockade demo`.

use super::{DemoArgs, FAILED, fail, paint::Paint};
use std::io::{IsTerminal, stdout};
use std::net::SocketAddr;
use stockade::config::{Config, ConfigError};
use stockade::demo::{self, DemoError, Options, Outcome, picture};
use stockade::policy::Preset;
use stockade::proxy::{Proxy, StartError};
use tokio::sync::oneshot;

/// The code of a story that a signal ended early, as shells give it.
const INTERRUPTED: u8 = 130;

/// The width of the README's picture, in columns.
const PICTURE_COLUMNS: usize = 120;

/// Plays the story.
pub(super) fn demo(args: &DemoArgs) -> u8 {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(FAILED, &format!("demo: {error}")),
    };
    let played = match &args.picture {
        Some(file) => {
            let options = Options { exit: true, colour: true, paced: false, columns: PICTURE_COLUMNS };
            let mut screen = Vec::new();
            runtime.block_on(demo::run(options, &mut screen, start)).and_then(|outcome| {
                std::fs::write(file, picture::svg(&String::from_utf8_lossy(&screen)))?;
                Ok(outcome)
            })
        }
        None => {
            let options = Options {
                exit: args.exit,
                colour: Paint::for_stdout(args.no_color).is_on(),
                paced: stdout().is_terminal(),
                columns: terminal_size::terminal_size().map_or(PICTURE_COLUMNS, |(width, _)| usize::from(width.0)),
            };
            runtime.block_on(demo::run(options, stdout(), start))
        }
    };
    ended(played)
}

fn ended(played: Result<Outcome, DemoError>) -> u8 {
    match played {
        Ok(Outcome::AsTold) => 0,
        Ok(Outcome::NotAsTold) => fail(FAILED, "demo: the story did not go as told"),
        Ok(Outcome::Interrupted) => INTERRUPTED,
        Err(error) => fail(FAILED, &format!("demo: {error}")),
    }
}

/// Why Stockade did not come up in front of the scratch cluster.
#[derive(Debug, thiserror::Error)]
enum FrontError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("it listens nowhere")]
    Nowhere,
}

/// Stops the proxy when the story drops it.
struct Front(#[expect(dead_code, reason = "dropping it is what stops the proxy")] oneshot::Sender<()>);

/// Starts a Stockade before that server, on ports the system chooses, under the default preset.
async fn start(upstream: SocketAddr) -> Result<(SocketAddr, Front), FrontError> {
    let url = format!("postgres://{upstream}");
    let config = Config::from_upstream(&url, Some("127.0.0.1:0"), Some("127.0.0.1:0"), Some(Preset::AppWriter))?;
    let proxy = Proxy::bind(config).await?;
    let listen = proxy.tcp_address().ok_or(FrontError::Nowhere)?;
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(proxy.serve(async move {
        // The sender is never used, only dropped.
        let _dropped = stopped.await;
    }));
    Ok((listen, Front(stop)))
}
