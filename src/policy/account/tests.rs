use super::*;
use crate::policy::{Kind, Limits, Mode, Preset};

fn policy(refusals: u32, seconds: u64) -> Policy {
    let after = SuspendAfter { refusals, within: Duration::from_secs(seconds) };
    Policy::new("a", Kind::Agent, Preset::AppWriter)
        .with_suspend_after(Some(after))
        .with_limits(Limits { rows_per_hour: Some(10), ..Limits::none() })
}

fn account(policy: &Policy) -> (Arc<Account>, Instant) {
    let instant = Instant::now();
    (Arc::new(Account::new(policy, Anchor { instant, unix: Duration::from_secs(1_000_000) })), instant)
}

fn after(start: Instant, seconds: u64) -> Instant {
    start + Duration::from_secs(seconds)
}

#[test]
fn the_refusal_that_is_one_too_many_suspends() {
    let (account, start) = account(&policy(3, 60));
    assert_eq!(account.refused(start), None);
    assert_eq!(account.refused(after(start, 30)), None);
    assert_eq!(account.suspension(), None);
    let suspension = account.refused(after(start, 60)).unwrap();
    assert_eq!(suspension.since, 1_000_060);
    assert_eq!(account.suspension(), Some(suspension));
    assert_eq!(account.refused(after(start, 61)), None, "it is already");
    assert_eq!(suspension.cause.to_string(), "after 3 refusals within 60 seconds");
    assert_eq!(suspension.since_text(), "1970-01-12 13:47:40 UTC");
}

#[test]
fn refusals_far_apart_do_not() {
    let (account, start) = account(&policy(3, 60));
    for n in 0..1000 {
        assert_eq!(account.refused(after(start, n * 31)), None);
    }
    assert!(account.lock().refusals.len() <= 2);
}

#[test]
fn one_may_be_too_many() {
    let (account, start) = account(&policy(1, 60));
    assert!(account.refused(start).is_some());
}

#[test]
fn a_resumed_one_begins_anew() {
    let (account, start) = account(&policy(2, 60));
    account.refused(start);
    let suspension = account.refused(start).unwrap();
    assert_eq!(account.resume(), Some(suspension));
    assert_eq!(account.suspension(), None);
    assert_eq!(account.resume(), None);
    assert_eq!(account.refused(start), None);
    assert!(account.refused(start).is_some());
}

#[test]
fn who_is_not_enforced_is_not_suspended() {
    for policy in [policy(1, 60).with_mode(Mode::Shadow), Policy::new("t", Kind::Human, Preset::Trusted)] {
        let (account, start) = account(&policy);
        assert_eq!(account.refused(start), None);
        assert_eq!(account.suspend(start), None);
        assert_eq!(account.suspension(), None);
    }
}

#[test]
fn a_person_suspends_without_any_refusal() {
    let (account, start) = account(&policy(1, 60).with_suspend_after(None));
    assert_eq!(account.refused(start), None);
    assert_eq!(account.suspend(start).unwrap().cause, Cause::Person);
    assert_eq!(account.suspend(start), None);
}

#[test]
fn a_reservation_that_nobody_ends_is_spent() {
    let (account, start) = account(&policy(1, 60));
    drop(account.reserve(4, start).unwrap());
    assert_eq!(account.budget_left(start), Some(6));
    account.reserve(6, start).unwrap().give_back();
    assert_eq!(account.budget_left(start), Some(6));
    let held = account.reserve(6, start).unwrap();
    assert!(account.reserve(1, start).is_err());
    held.settle(after(start, 7200));
    assert_eq!(account.budget_left(after(start, 7200)), Some(4));
}

#[test]
fn what_was_kept_holds_again() {
    let (account, start) = account(&policy(1, 60));
    account.reserve(4, start).unwrap().settle(start);
    let held = account.reserve(3, start).unwrap();
    account.refused(start);
    assert!(account.take_touched() && !account.take_touched());
    let kept = account.keep(start);
    assert_eq!(kept.spent.iter().map(|(_, rows)| rows).sum::<u64>(), 7);
    let (again, later) = self::account(&policy(1, 60));
    again.restore(&kept, later);
    assert_eq!(again.suspension(), account.suspension());
    assert_eq!(again.budget_left(later), Some(3));
    held.give_back();
}
