//! Which of a connection's two sockets woke its task: the other one has nothing new, and need not be asked.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// Wakes a task, and remembers that it did.
#[derive(Debug)]
struct Bell {
    rung: AtomicBool,
    task: Waker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Seen by the task, which is woken behind it.
        self.rung.store(true, Ordering::Release);
        self.task.wake_by_ref();
    }
}

/// A socket's bell, and how it is handed out.
#[derive(Debug)]
struct Hung {
    bell: Arc<Bell>,
    waker: Waker,
}

impl Hung {
    fn new(task: &Waker) -> Self {
        // What a socket waited for under another task's bell may have come.
        let bell = Arc::new(Bell { rung: AtomicBool::new(true), task: task.clone() });
        Self { waker: Waker::from(Arc::clone(&bell)), bell }
    }

    fn has_rung(&self) -> bool {
        // A load is cheaper than a swap, and mostly one of two has not.
        self.bell.rung.load(Ordering::Acquire) && self.bell.rung.swap(false, Ordering::AcqRel)
    }
}

/// One for each socket.
#[derive(Debug)]
pub(super) struct Bells {
    client: Hung,
    upstream: Hung,
}

/// Which rang since that was asked last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rung {
    pub(super) client: bool,
    pub(super) upstream: bool,
}

impl Bells {
    /// Of the current task. Both have rung.
    pub(super) async fn hang() -> Self {
        poll_fn(|cx| Poll::Ready(Self::of(cx.waker()))).await
    }

    fn of(task: &Waker) -> Self {
        Self { client: Hung::new(task), upstream: Hung::new(task) }
    }

    /// Which rang. Both have where the task is another than before.
    pub(super) fn rung(&mut self, cx: &Context<'_>) -> Rung {
        if !self.client.bell.task.will_wake(cx.waker()) {
            *self = Self::of(cx.waker());
        }
        Rung { client: self.client.has_rung(), upstream: self.upstream.has_rung() }
    }

    /// For reading the client.
    pub(super) fn client(&self) -> Context<'_> {
        Context::from_waker(&self.client.waker)
    }

    /// For reading the upstream.
    pub(super) fn upstream(&self) -> Context<'_> {
        Context::from_waker(&self.upstream.waker)
    }
}

#[cfg(test)]
mod tests;
