//! Settings that come with the startup packet.

use super::EffectKind;

/// What a startup parameter does: `Setting`, or one of the protected kinds.
pub fn startup_setting(_name: &str, _value: &str) -> EffectKind {
    EffectKind::ProtectedSetting
}

/// The startup parameter `options`, split as the server splits it, into settings.
///
/// # Errors
/// Where it holds a switch other than `-c name=value` and `--name=value`.
pub fn startup_options(_text: &str) -> Result<Vec<(String, String)>, StartupOptionsError> {
    Err(StartupOptionsError)
}

/// The startup parameter `options` holds something other than settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the startup options hold a switch other than -c name=value")]
pub struct StartupOptionsError;
