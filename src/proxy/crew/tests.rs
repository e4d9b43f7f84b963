//! Who is given the next connection.

use super::Crew;
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

#[test]
fn the_one_with_the_fewest_is_given_the_next() {
    let runtimes = [runtime(), runtime(), runtime()];
    // Where nowhere are fewer than here, it is here.
    let _here = runtimes[1].enter();
    let crew = Crew::new(runtimes.iter().map(|runtime| runtime.handle().clone()));
    let numbers: Vec<_> = runtimes.iter().map(|runtime| runtime.handle().id()).collect();
    let places: Vec<_> = (0..6).map(|_| crew.place()).collect();
    let at = |place: &super::Place| numbers.iter().position(|number| *number == place.runtime().id()).unwrap();
    assert_eq!(places.iter().map(at).collect::<Vec<_>>(), [1, 0, 2, 1, 0, 2]);
    // Those of the second went away.
    let rest: Vec<_> = places.into_iter().filter(|place| at(place) != 1).collect();
    assert_eq!([crew.place(), crew.place()].iter().map(at).collect::<Vec<_>>(), [1, 1]);
    drop(rest);
}

#[test]
fn without_a_crew_the_runtime_at_hand_serves() {
    let runtime = runtime();
    runtime.block_on(async {
        assert_eq!(Crew::new([]).place().runtime().id(), tokio::runtime::Handle::current().id());
    });
}
