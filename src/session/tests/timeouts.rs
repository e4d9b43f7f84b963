//! `SET statement_timeout = 0` sets no limit of the client's own: the principal's goes on.

use super::script::{app_writer, script, setup, trusted};
use crate::policy::{Kind, Policy, Preset, Timeouts};

#[test]
fn no_limit_of_its_own_is_the_principals() {
    script(
        &app_writer(),
        "> Q SET statement_timeout = 0
         >> Q SET statement_timeout TO DEFAULT
         < C SET | Z I
         << C SET | Z I
         * allow
         > P s=set local LOCK_TIMEOUT to '0s' | B p=s | E p | S
         >> P s=SET LOCAL lock_timeout TO DEFAULT | B p=s | E p | S
         < 1 | 2 | C SET | Z I
         << 1 | 2 | C SET | Z I
         * allow
         > B =s | E | S
         >> B =s | E | S
         < 2 | C SET | Z I
         << 2 | C SET | Z I
         * allow",
    );
}

#[test]
fn whoever_has_no_limit_sets_what_it_says() {
    let free = Policy::new("agent", Kind::Agent, Preset::AppWriter).with_timeouts(Timeouts::NONE);
    for setup in [trusted(), setup(free)] {
        script(
            &setup,
            "> Q SET statement_timeout = 0
             >> Q SET statement_timeout = 0
             < C SET | Z I
             << C SET | Z I
             * allow",
        );
    }
}

#[test]
fn more_than_its_own_is_refused() {
    for text in [
        "SET statement_timeout = '1h'",
        "SET statement_timeout = 0; SET lock_timeout = 0",
        "SELECT set_config('lock_timeout', '0', false)",
    ] {
        script(
            &app_writer(),
            &format!(
                "> Q {text}
                 >> Q poison
                 < E 42601 | Z I
                 << E 42501 | Z I
                 * reject open"
            ),
        );
    }
}
