//! placeholder
use super::{ExplainArgs, MISUSE, fail};
pub(super) fn explain(_args: &ExplainArgs) -> u8 {
    fail(MISUSE, "not yet")
}
