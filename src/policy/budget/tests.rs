use super::*;
use proptest::prelude::*;

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn rows_come_back_after_the_window_and_not_before() {
    let mut budget = Budget::new(Some(10));
    budget.reserve(10, at(0)).unwrap();
    assert_eq!(budget.left(at(0)), Some(0));
    budget.settle(10, at(59));
    assert_eq!(budget.left(at(3599)), Some(0));
    assert_eq!(budget.left(at(59 + 3600)), Some(0));
    assert_eq!(budget.left(at(60 + 3600)), Some(10));
}

#[test]
fn two_at_once_do_not_both_slip_under_the_limit() {
    let mut budget = Budget::new(Some(10));
    budget.reserve(6, at(0)).unwrap();
    let over = budget.reserve(6, at(0)).unwrap_err();
    assert_eq!((over.rows, over.used, over.limit, over.left()), (6, 6, 10, 4));
    budget.give_back(6);
    budget.reserve(6, at(0)).unwrap();
    // What is held does not age: its transaction is still to come.
    assert_eq!(budget.left(at(100_000)), Some(4));
}

#[test]
fn who_changes_nothing_passes_over_the_limit() {
    let mut budget = Budget::new(Some(1));
    budget.spend(5, at(0));
    budget.reserve(0, at(0)).unwrap();
    assert!(budget.reserve(1, at(0)).is_err());
}

#[test]
fn a_refusal_says_when_it_will_fit() {
    let mut budget = Budget::new(Some(10));
    budget.spend(4, at(0));
    budget.spend(4, at(600));
    assert_eq!(budget.reserve(4, at(630)).unwrap_err().again_in, Some(at(3060)));
    assert_eq!(budget.reserve(10, at(630)).unwrap_err().again_in, Some(at(3660)));
    assert_eq!(budget.reserve(11, at(630)).unwrap_err().again_in, None);
}

#[test]
fn nothing_overflows() {
    let mut budget = Budget::new(Some(u64::MAX));
    budget.spend(u64::MAX, at(0));
    budget.spend(u64::MAX, Duration::MAX);
    assert_eq!(budget.left(at(0)), Some(0));
    assert!(budget.reserve(u64::MAX, at(0)).is_err());
}

#[test]
fn a_clock_that_went_back_frees_nothing() {
    let mut budget = Budget::new(Some(10));
    budget.spend(10, at(10_000));
    assert_eq!(budget.left(at(0)), Some(0));
    let kept = budget.spent(at(0));
    let mut later = Budget::new(Some(10));
    later.restore(&kept, at(5));
    assert_eq!(later.left(at(5)), Some(0));
    assert_eq!(later.left(at(3665)), Some(10));
}

#[derive(Debug, Clone)]
enum Step {
    Reserve(u64),
    Settle,
    GiveBack,
    Spend(u64),
    Pass(u64),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..60_u64).prop_map(Step::Reserve),
        Just(Step::Settle),
        Just(Step::GiveBack),
        (0..30_u64).prop_map(Step::Spend),
        (0..2000_u64).prop_map(Step::Pass),
        Just(Step::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Against a model that remembers every row's second: never fewer than the exact window has, never more than a
    /// window one grain longer, and committed rows never go over the limit.
    #[test]
    fn it_agrees_with_one_that_remembers_everything(steps in prop::collection::vec(step(), 1..200)) {
        let limit = 100;
        let mut budget = Budget::new(Some(limit));
        let (mut now, mut spent, mut held) = (1_000_u64, Vec::<(u64, u64)>::new(), Vec::<u64>::new());
        let within = |spent: &[(u64, u64)], now: u64, window: u64| -> u64 {
            spent.iter().filter(|(second, _)| second + window > now).map(|(_, rows)| rows).sum()
        };
        for step in steps {
            match step {
                Step::Reserve(rows) => {
                    let least = within(&spent, now, 3600) + held.iter().sum::<u64>();
                    match budget.reserve(rows, at(now)) {
                        Ok(()) => {
                            prop_assert!(rows == 0 || least + rows <= limit);
                            held.push(rows);
                        }
                        Err(over) => {
                            let most = within(&spent, now, 3660) + held.iter().sum::<u64>();
                            prop_assert!(most + rows > limit);
                            prop_assert_eq!(over.rows, rows);
                        }
                    }
                }
                Step::Settle => {
                    if let Some(rows) = held.pop() {
                        budget.settle(rows, at(now));
                        spent.push((now, rows));
                    }
                }
                Step::GiveBack => {
                    if let Some(rows) = held.pop() {
                        budget.give_back(rows);
                    }
                }
                Step::Spend(rows) => {
                    budget.spend(rows, at(now));
                    spent.push((now, rows));
                }
                Step::Pass(seconds) => now += seconds,
                Step::Restart => {
                    let kept = budget.spent(at(now));
                    budget = Budget::new(Some(limit));
                    budget.restore(&kept, at(now));
                    spent.extend(held.drain(..).map(|rows| (now, rows)));
                }
            }
            let holds = held.iter().sum::<u64>();
            let used = budget.used(at(now));
            prop_assert!(used >= within(&spent, now, 3600) + holds);
            prop_assert!(used <= within(&spent, now, 3660) + holds);
            prop_assert!(budget.spent.len() <= 61);
        }
    }
}
