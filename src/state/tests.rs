use super::*;
use crate::policy::{Cause, Kind, Limits, Preset, SuspendAfter};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn policies() -> Vec<Arc<Policy>> {
    let after = SuspendAfter { refusals: 1, within: Duration::from_secs(60) };
    ["a", "b"]
        .map(|name| {
            let limits = Limits { rows_per_hour: Some(10), ..Limits::none() };
            Arc::new(
                Policy::new(name, Kind::Agent, Preset::AppWriter).with_suspend_after(Some(after)).with_limits(limits),
            )
        })
        .into_iter()
        .chain([Arc::new(Policy::new("t", Kind::Human, Preset::Trusted))])
        .collect()
}

fn start(path: &Path) -> Keeper {
    Keeper::start(&policies(), Some(path.to_owned())).unwrap_or_else(|error| panic!("{error}"))
}

fn account<'a>(keeper: &'a Keeper, name: &str) -> &'a Arc<Account> {
    keeper.accounts().named(name).unwrap()
}

#[test]
fn a_restart_keeps_suspensions_and_budgets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let keeper = start(&path);
    assert!(keeper.refused(account(&keeper, "a"), Instant::now()).is_some());
    account(&keeper, "b").reserve(7, Instant::now()).unwrap().settle(Instant::now());
    keeper.shutdown();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let keeper = start(&path);
    assert!(matches!(account(&keeper, "a").suspension().unwrap().cause, Cause::Refusals(_)));
    assert_eq!(account(&keeper, "b").suspension(), None);
    assert_eq!(account(&keeper, "b").budget_left(Instant::now()), Some(3));
    assert!(keeper.resume("a").unwrap());
    // Without an orderly end: what a person did is on the disk when it is answered.
    let again = start(&path);
    assert_eq!(account(&again, "a").suspension(), None);
    assert!(again.suspend("b").unwrap() && !again.suspend("b").unwrap());
    let last = start(&path);
    assert_eq!(account(&last, "b").suspension().unwrap().cause, Cause::Person);
    // One of them may be about to write it anew.
    [keeper, again, last].iter().for_each(Keeper::shutdown);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn who_is_unknown_or_not_enforced_is_said() {
    let keeper = Keeper::start(&policies(), None).unwrap();
    assert!(!keeper.survives());
    assert!(matches!(keeper.suspend("x"), Err(ControlError::Unknown(_))));
    assert!(matches!(keeper.resume("x"), Err(ControlError::Unknown(_))));
    assert!(matches!(keeper.suspend("t"), Err(ControlError::NotEnforced(_))));
    assert!(!keeper.resume("a").unwrap());
    assert!(keeper.suspend("a").unwrap());
}

#[test]
fn a_file_that_cannot_be_understood_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    for text in ["", "{", "[]", r#"{"version":2,"principals":[]}"#, r#"{"version":1,"principals":[],"more":1}"#] {
        std::fs::write(&path, text).unwrap();
        let error = Keeper::start(&policies(), Some(path.clone())).unwrap_err();
        assert!(matches!(error, StateError::Form { .. }), "{text}: {error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "it is left as it is");
    }
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    assert!(matches!(Keeper::start(&policies(), Some(path)), Err(StateError::Read { .. })));
    let nowhere = folder.path().join("nowhere/state.json");
    assert!(matches!(Keeper::start(&policies(), Some(nowhere)), Err(StateError::Write { .. })));
}

#[test]
fn who_left_the_configuration_comes_back_suspended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    start(&path).suspend("a").unwrap();
    let others: Vec<_> = policies().into_iter().filter(|policy| policy.principal() != "a").collect();
    Keeper::start(&others, Some(path.clone())).unwrap().suspend("b").unwrap();
    assert!(account(&start(&path), "a").suspension().is_some());
}
