//! The loop of a thread that serves connections: waits for its sockets and runs the task of whichever is ready.
//!
//! A statement is four short reads and writes with two waits between them, and little else happens on its way; a runtime
//! for everything does a good deal more at each wait than that. Here a socket belongs to one task, its readiness is two
//! bits that the task looks at, and waiting is one system call. Everything that is rare (deadlines, names, threads for
//! long texts) stays tokio's: tasks may use it, because the thread has entered a runtime of it.

use mio::event::Event;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll as Poller, Registry, Token, Waker as Alarm};
use slab::Slab;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

/// What runs on a reactor.
type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How many sockets' readiness is taken at a time.
const EVENTS: usize = 256;

/// What wakes the loop from other threads.
const ALARM: Token = Token(usize::MAX);

/// How often a task may read and write before others have their turn.
const TURN: u32 = 128;

/// How often those that are woken by others are polled before sockets are looked at.
const ROUNDS: u32 = 3;

thread_local! {
    static CURRENT: RefCell<Option<Rc<Local>>> = const { RefCell::new(None) };
    /// What is left of the running task's turn.
    static LEFT: Cell<u32> = const { Cell::new(TURN) };
}

/// A loop that is to be run.
#[derive(Debug)]
pub(super) struct Reactor {
    poller: Poller,
    remote: Remote,
}

/// A loop, as other threads know it.
#[derive(Debug, Clone)]
pub(super) struct Remote(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    alarm: Alarm,
    /// Whether the alarm was rung, and the inbox not looked into since.
    rung: AtomicBool,
    inbox: Mutex<Inbox>,
}

/// What other threads want of the loop.
#[derive(Default)]
struct Inbox {
    spawned: Vec<Work>,
    woken: Vec<usize>,
    closed: Vec<usize>,
    roused: bool,
    ended: bool,
}

impl std::fmt::Debug for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbox")
            .field("spawned", &self.spawned.len())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

/// The loop's own side.
struct Local {
    remote: Remote,
    registry: Registry,
    tasks: RefCell<Slab<Task>>,
    sockets: RefCell<Slab<Listened>>,
    /// Tasks to be polled.
    ready: RefCell<VecDeque<usize>>,
    /// The task that is being polled.
    running: Cell<Option<usize>>,
}

struct Task {
    /// What is polled, and what wakes it; `None` while that is under way.
    waiting: Option<(Work, Waker)>,
    bell: Arc<Bell>,
}

/// Wakes a task.
struct Bell {
    remote: Remote,
    task: usize,
    /// Whether it is among those to be polled.
    queued: AtomicBool,
}

/// A socket whose readiness is told.
struct Listened {
    ready: Arc<Ready>,
    task: usize,
}

/// Bits of what a socket is ready for. They are set and cleared on one thread; that they are atomic lets a connection
/// travel to another and back while nothing is asked of its sockets.
#[derive(Debug, Default)]
struct Ready(AtomicU8);

impl Ready {
    const READ: u8 = 1;
    const WRITE: u8 = 2;
    /// Its other side is done, or it failed: no further event will tell.
    const OVER: u8 = 4;

    fn has(&self, bits: u8) -> bool {
        self.0.load(Ordering::Relaxed) & bits != 0
    }

    fn set(&self, bits: u8) {
        self.0.store(self.0.load(Ordering::Relaxed) | bits, Ordering::Relaxed);
    }

    fn clear(&self, bits: u8) {
        self.0.store(self.0.load(Ordering::Relaxed) & !bits, Ordering::Relaxed);
    }

    fn of(event: &Event) -> u8 {
        let over = event.is_read_closed() || event.is_write_closed() || event.is_error();
        let mut bits = if over { Self::READ | Self::WRITE | Self::OVER } else { 0 };
        if event.is_readable() {
            bits |= Self::READ;
        }
        if event.is_writable() {
            bits |= Self::WRITE;
        }
        bits
    }
}

impl Reactor {
    /// A loop that can be spawned on from now on; what is spawned waits for [`Self::run`].
    ///
    /// # Errors
    /// Where the system has no more descriptors.
    pub(super) fn new() -> io::Result<Self> {
        let poller = Poller::new()?;
        let alarm = Alarm::new(poller.registry(), ALARM)?;
        let shared = Shared { alarm, rung: AtomicBool::new(false), inbox: Mutex::default() };
        Ok(Self { poller, remote: Remote(Arc::new(shared)) })
    }

    pub(super) fn remote(&self) -> Remote {
        self.remote.clone()
    }

    /// Runs on this thread until [`Remote::end`]; what is not done by then is dropped.
    ///
    /// # Errors
    /// The system's, where it cannot wait for sockets.
    pub(super) fn run(mut self) -> io::Result<()> {
        let local = Rc::new(Local {
            registry: self.poller.registry().try_clone()?,
            remote: self.remote,
            tasks: RefCell::default(),
            sockets: RefCell::default(),
            ready: RefCell::default(),
            running: Cell::new(None),
        });
        CURRENT.set(Some(Rc::clone(&local)));
        let ended = local.serve(&mut self.poller);
        // Dropping them may wake and spawn others; those are as lost.
        let left = std::mem::replace(&mut *local.remote.inbox(), Inbox { ended: true, ..Inbox::default() });
        drop((local.tasks.take(), left));
        CURRENT.set(None);
        ended
    }
}

impl Local {
    fn serve(&self, poller: &mut Poller) -> io::Result<()> {
        let mut events = Events::with_capacity(EVENTS);
        loop {
            // Those that are woken meanwhile mostly need no more than one look; sockets are not kept waiting by them for long.
            for _ in 0..ROUNDS {
                let ready = self.ready.borrow().len();
                if ready == 0 {
                    break;
                }
                for _ in 0..ready {
                    let next = self.ready.borrow_mut().pop_front();
                    if let Some(task) = next {
                        self.poll(task);
                    }
                }
            }
            let timeout = if self.ready.borrow().is_empty() { None } else { Some(Duration::ZERO) };
            match poller.poll(&mut events, timeout) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
            for event in &events {
                if event.token() == ALARM {
                    if self.empty_inbox() {
                        return Ok(());
                    }
                } else {
                    self.tell(event);
                }
            }
        }
    }

    /// Tells a socket's task what it is ready for. A socket that is gone may be meant: then the next in its place is told
    /// what is not so, asks the system and learns better.
    fn tell(&self, event: &Event) {
        if let Some(socket) = self.sockets.borrow().get(event.token().0) {
            socket.ready.set(Ready::of(event));
            if let Some(task) = self.tasks.borrow().get(socket.task) {
                self.queue(&task.bell);
            }
        }
    }

    /// Has a bell's task polled, if it is not going to be.
    fn queue(&self, bell: &Bell) {
        // The mark is taken away on this thread alone.
        if !bell.queued.load(Ordering::Relaxed) {
            bell.queued.store(true, Ordering::Relaxed);
            self.ready.borrow_mut().push_back(bell.task);
        }
    }

    fn poll(&self, at: usize) {
        let taken = self.tasks.borrow_mut().get_mut(at).and_then(Task::take);
        let Some((mut work, waker)) = taken else { return };
        self.running.set(Some(at));
        LEFT.set(TURN);
        // A panic was reported by its hook, and is the end of its task alone.
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(&mut Context::from_waker(&waker))));
        self.running.set(None);
        if matches!(polled, Ok(Poll::Pending)) {
            if let Some(task) = self.tasks.borrow_mut().get_mut(at) {
                task.waiting = Some((work, waker));
            }
            return;
        }
        // Dropped first: its sockets go out of the tables, and what it wakes finds them unborrowed.
        let _dropped = catch_unwind(AssertUnwindSafe(|| drop(work)));
        let gone = self.tasks.borrow_mut().try_remove(at);
        drop(gone);
    }

    fn add(&self, work: Work) {
        let mut tasks = self.tasks.borrow_mut();
        let entry = tasks.vacant_entry();
        let bell = Arc::new(Bell { remote: self.remote.clone(), task: entry.key(), queued: AtomicBool::new(true) });
        self.ready.borrow_mut().push_back(entry.key());
        entry.insert(Task { waiting: Some((work, Waker::from(Arc::clone(&bell)))), bell });
    }

    /// Does what other threads want. Whether that is to end.
    fn empty_inbox(&self) -> bool {
        // Before it is looked into: what comes behind the look rings again.
        self.remote.0.rung.store(false, Ordering::SeqCst);
        let inbox = std::mem::take(&mut *self.remote.inbox());
        for work in inbox.spawned {
            self.add(work);
        }
        self.ready.borrow_mut().extend(inbox.woken);
        for socket in inbox.closed {
            self.forget(socket);
        }
        if inbox.roused {
            self.tasks.borrow().iter().for_each(|(_, task)| self.queue(&task.bell));
        }
        inbox.ended
    }

    fn forget(&self, socket: usize) {
        let gone = self.sockets.borrow_mut().try_remove(socket);
        drop(gone);
    }
}

impl Task {
    fn take(&mut self) -> Option<(Work, Waker)> {
        // From now on it may be woken again; whoever found it queued before has nothing to tell that it will not find: for
        // that, their mark has to be read.
        self.bell.queued.swap(false, Ordering::SeqCst);
        self.waiting.take()
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let here = self.remote.here(|local| local.queue(self));
        // Another thread has to write, not only to read: otherwise the mark may be seen as it was before the task that it
        // belongs to looked, and what the task looked for not be seen by it.
        if here.is_none() && !self.queued.swap(true, Ordering::SeqCst) {
            self.remote.post(|inbox| inbox.woken.push(self.task));
        }
    }
}

impl Remote {
    /// Has something run there. Nothing is run that is spawned when it has ended.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut work: Option<Work> = Some(Box::pin(work));
        self.here(|local| work.take().map(|work| local.add(work)));
        if work.is_some() {
            self.post(|inbox| {
                if !inbox.ended {
                    inbox.spawned.extend(work.take());
                }
            });
        }
    }

    /// Has every task polled.
    pub(super) fn rouse(&self) {
        self.post(|inbox| inbox.roused = true);
    }

    /// Ends the loop.
    pub(super) fn end(&self) {
        self.post(|inbox| inbox.ended = true);
    }

    /// Whether this is the current thread's.
    pub(super) fn is_here(&self) -> bool {
        self.here(|_| ()).is_some()
    }

    /// What is done on its own thread, if this is it.
    fn here<T>(&self, what: impl FnOnce(&Local) -> T) -> Option<T> {
        // A thread that is ending has none any more.
        CURRENT
            .try_with(|current| current.try_borrow().ok()?.as_ref().filter(|it| it.remote.is(self)).map(|it| what(it)))
            .ok()
            .flatten()
    }

    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.0.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn post(&self, letter: impl FnOnce(&mut Inbox)) {
        letter(&mut self.inbox());
        if !self.0.rung.swap(true, Ordering::SeqCst)
            && let Err(error) = self.0.alarm.wake()
        {
            tracing::error!(%error, "a thread that serves cannot be woken");
        }
    }
}

/// Readiness of a descriptor, told to the task that asked for it.
#[derive(Debug)]
pub(super) struct Ear {
    remote: Remote,
    at: usize,
    ready: Arc<Ready>,
    /// Whether it is told when it can be written to; before a write found no room nobody has to know.
    hears_room: bool,
}

impl Ear {
    /// For a descriptor that does not block, and the task that is running. Nothing is taken for readable before the
    /// system has said so, and everything for writable.
    ///
    /// # Errors
    /// The system's, and [`io::ErrorKind::NotConnected`] outside a task of a reactor.
    pub(super) fn new(descriptor: &impl AsRawFd) -> io::Result<Self> {
        let made = with_current(|local| {
            let task = local.running.get()?;
            let ready = Arc::new(Ready(AtomicU8::new(Ready::WRITE)));
            let at = local.sockets.borrow_mut().insert(Listened { ready: Arc::clone(&ready), task });
            let ear = Self { remote: local.remote.clone(), at, ready, hears_room: false };
            let descriptor = descriptor.as_raw_fd();
            Some(local.registry.register(&mut SourceFd(&descriptor), Token(at), Interest::READABLE).map(|()| ear))
        });
        made.flatten().unwrap_or_else(|| Err(io::ErrorKind::NotConnected.into()))
    }

    /// Takes the descriptor out of the loop again. One that is closed is out by itself.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn leave(self, descriptor: &impl AsRawFd) -> io::Result<()> {
        let descriptor: RawFd = descriptor.as_raw_fd();
        with_current(|local| local.registry.deregister(&mut SourceFd(&descriptor)))
            .unwrap_or_else(|| Err(io::ErrorKind::NotConnected.into()))
    }

    /// Whether there may be something to read.
    #[inline]
    pub(super) fn may_read(&self) -> bool {
        self.ready.has(Ready::READ)
    }

    /// Whether it may be written to.
    #[inline]
    pub(super) fn may_write(&self) -> bool {
        self.ready.has(Ready::WRITE)
    }

    /// All that had come was read: what comes next will be told. Not so behind the last event of all.
    #[inline]
    pub(super) fn was_emptied(&self) {
        if !self.ready.has(Ready::OVER) {
            self.ready.clear(Ready::READ);
        }
    }

    /// A read found nothing.
    pub(super) fn was_empty(&self) {
        self.ready.clear(Ready::READ);
    }

    /// A write found no room.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn was_full(&mut self, descriptor: &impl AsRawFd) -> io::Result<()> {
        self.ready.clear(Ready::WRITE);
        if !self.hears_room {
            let (descriptor, token) = (descriptor.as_raw_fd(), Token(self.at));
            let both = Interest::READABLE | Interest::WRITABLE;
            // Whatever it is ready for by now is told anew.
            with_current(|local| local.registry.reregister(&mut SourceFd(&descriptor), token, both))
                .unwrap_or_else(|| Err(io::ErrorKind::NotConnected.into()))?;
            self.hears_room = true;
        }
        Ok(())
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        if self.remote.here(|local| local.forget(self.at)).is_none() {
            self.remote.post(|inbox| inbox.closed.push(self.at));
        }
    }
}

fn with_current<T>(what: impl FnOnce(&Local) -> T) -> Option<T> {
    CURRENT.with_borrow(|current| current.as_deref().map(what))
}

/// Takes one read or write off the running task's turn. Where it is over, the task is polled again when others had theirs.
#[inline]
pub(super) fn spend(cx: &Context<'_>) -> Poll<()> {
    let left = LEFT.get();
    if left == 0 {
        cx.waker().wake_by_ref();
        return Poll::Pending;
    }
    LEFT.set(left - 1);
    Poll::Ready(())
}

#[cfg(test)]
pub(super) mod tests;
