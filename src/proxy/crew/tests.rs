//! Who is given the next connection.

use super::{Crew, Place, Threads};
use crate::proxy::reactor::Reactor;
use std::sync::{Arc, mpsc};

#[test]
fn the_one_with_the_fewest_is_given_the_next() {
    let reactors = [Reactor::new().unwrap(), Reactor::new().unwrap(), Reactor::new().unwrap()];
    let crew = Arc::new(Crew::new(reactors.iter().map(Reactor::remote), None));
    let [_, here, _] = reactors;
    let (remote, asked) = (here.remote(), Arc::clone(&crew));
    let (send, receive) = mpsc::channel();
    let end = remote.clone();
    remote.spawn(async move {
        // Where nowhere are fewer than here, it is here.
        let at = |place: &Place| asked.serving.iter().position(|one| Arc::ptr_eq(one, &place.0)).unwrap();
        let places: Vec<Place> = (0..6).map(|_| asked.place().unwrap()).collect();
        let first: Vec<usize> = places.iter().map(at).collect();
        // Those of the second went away.
        let _rest: Vec<Place> = places.into_iter().filter(|place| at(place) != 1).collect();
        let again = [asked.place().unwrap(), asked.place().unwrap()];
        send.send((first, again.iter().map(at).collect::<Vec<_>>())).unwrap();
        end.end();
    });
    here.run().unwrap();
    assert_eq!(receive.recv().unwrap(), (vec![1, 0, 2, 1, 0, 2], vec![1, 1]));
}

#[test]
fn without_anybody_there_is_no_place() {
    let crew = Crew::new([], None);
    assert!(crew.place().is_none() && crew.home(0).is_none());
}

#[tokio::test]
async fn a_thread_that_ends_is_told_of() {
    let threads = Threads::start(false).unwrap();
    let ended = threads.one_has_ended();
    threads.crew().home(0).unwrap().end();
    tokio::time::timeout(std::time::Duration::from_secs(60), ended).await.unwrap();
}

#[tokio::test]
async fn threads_keep_tokios_deadlines_and_end() {
    let threads = Threads::start(false).unwrap();
    let (send, receive) = tokio::sync::oneshot::channel();
    threads.crew().home(5).unwrap().spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        send.send(std::thread::current().name().map(str::to_owned)).unwrap();
    });
    assert!(receive.await.unwrap().unwrap().starts_with("serve-"));
    drop(threads);
}
