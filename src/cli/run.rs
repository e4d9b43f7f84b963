//! `stockade run`.

use super::{MISUSE, RunArgs, fail};
use stockade::config::{Config, ConfigError};

/// Resolves the configuration and serves until told to stop.
pub(super) fn run(args: &RunArgs) -> u8 {
    let config = match resolve(args) {
        Ok(config) => config,
        Err(error) => return fail(MISUSE, &error.to_string()),
    };
    serve(config)
}

fn resolve(args: &RunArgs) -> Result<Config, ConfigError> {
    match (&args.config, &args.upstream) {
        (Some(file), _) => Config::load(file),
        (None, upstream) => Config::from_upstream(
            upstream.as_deref().unwrap_or_default(),
            args.listen.as_deref(),
            args.admin.as_deref(),
            args.preset,
        ),
    }
}

/// The place where `proxy::run` is called.
fn serve(_config: Config) -> u8 {
    fail(MISUSE, "run: not built yet")
}
