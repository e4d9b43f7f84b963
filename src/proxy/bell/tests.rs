//! Bells ring for their own socket, once, and wake the task.

use super::{Bells, Rung};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};

#[derive(Default)]
struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn each_rings_for_itself_and_wakes_the_task() {
    let counter = Arc::new(Counter::default());
    let task = Waker::from(Arc::clone(&counter));
    let cx = Context::from_waker(&task);
    let mut bells = Bells::of(&task);
    assert_eq!(bells.rung(&cx), Rung { client: true, upstream: true }, "nothing is known at first");
    assert_eq!(bells.rung(&cx), Rung { client: false, upstream: false });
    bells.client().waker().wake_by_ref();
    assert_eq!(bells.rung(&cx), Rung { client: true, upstream: false });
    bells.upstream().waker().wake_by_ref();
    assert_eq!(bells.rung(&cx), Rung { client: false, upstream: true });
    assert_eq!(bells.rung(&cx), Rung { client: false, upstream: false });
    assert_eq!(counter.0.load(Ordering::SeqCst), 2);
}

#[test]
fn another_task_has_bells_of_its_own() {
    let (one, other) = (Arc::new(Counter::default()), Arc::new(Counter::default()));
    let (first, second) = (Waker::from(Arc::clone(&one)), Waker::from(Arc::clone(&other)));
    let mut bells = Bells::of(&first);
    bells.rung(&Context::from_waker(&first));
    // What came under the first one's bells is not lost.
    assert_eq!(bells.rung(&Context::from_waker(&second)), Rung { client: true, upstream: true });
    bells.client().waker().wake_by_ref();
    assert_eq!((one.0.load(Ordering::SeqCst), other.0.load(Ordering::SeqCst)), (0, 1));
}
