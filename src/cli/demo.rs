//! `stockade demo`.

use super::{DemoArgs, MISUSE, fail, paint::Paint};

/// Plays the story.
pub(super) fn demo(args: &DemoArgs) -> u8 {
    play(args.exit, Paint::for_stdout(args.no_color).is_on())
}

/// The place where `demo::run` is called: whether to leave after the story, and whether to paint.
fn play(_exit: bool, _colour: bool) -> u8 {
    fail(MISUSE, "demo: not built yet")
}
