//! Whose turn it is, and that nobody is forgotten.

use super::{Reactor, Remote, spend};
use crate::proxy::io::{Plain, Stream, say};
use std::future::{pending, poll_fn};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::{Builder, Runtime};

/// What a future gives on a reactor of this thread, with tokio's timers and threads at hand.
pub(in crate::proxy) fn run<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    let (runtime, reactor) = (tokio(), Reactor::new().unwrap());
    let (send, receive) = mpsc::channel();
    let remote = reactor.remote();
    reactor.remote().spawn(async move {
        send.send(future.await).unwrap();
        remote.end();
    });
    let _entered = runtime.enter();
    reactor.run().unwrap();
    receive.try_recv().expect("the future came to its end")
}

/// A runtime whose timers run.
fn tokio() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// A reactor on a thread of its own.
fn elsewhere() -> (Remote, JoinHandle<()>) {
    let reactor = Reactor::new().unwrap();
    (reactor.remote(), std::thread::spawn(move || reactor.run().unwrap()))
}

/// Both ends of a socket: ours does not block.
fn pair() -> (UnixStream, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    (ours, theirs)
}

fn stream(ours: UnixStream) -> Stream {
    Stream::Unix(Plain::here(ours).unwrap())
}

#[test]
fn what_was_there_before_and_what_comes_later_is_read() {
    let (ours, mut theirs) = pair();
    theirs.write_all(b"early").unwrap();
    let (remote, thread) = elsewhere();
    let (send, receive) = mpsc::channel();
    remote.spawn(async move {
        let mut stream = stream(ours);
        let mut bytes = [0; 5];
        for _ in 0..3 {
            stream.read_exact(&mut bytes).await.unwrap();
            send.send(bytes).unwrap();
        }
        // The end, although it may come in one with the last bytes.
        assert_eq!(stream.read(&mut bytes).await.unwrap(), 0);
        drop(send);
    });
    assert_eq!(&receive.recv().unwrap(), b"early");
    theirs.write_all(b"later").unwrap();
    assert_eq!(&receive.recv().unwrap(), b"later");
    theirs.write_all(b"final").unwrap();
    drop(theirs);
    assert_eq!(&receive.recv().unwrap(), b"final");
    assert!(receive.recv().is_err(), "the task has ended");
    remote.end();
    thread.join().unwrap();
}

#[test]
fn who_finds_no_room_goes_on_when_there_is_some() {
    let (ours, mut theirs) = pair();
    let (remote, thread) = elsewhere();
    const ALL: usize = 8 << 20;
    remote.spawn(async move {
        let mut stream = stream(ours);
        say(&mut stream, &vec![7; ALL]).await.unwrap();
        stream.shutdown().await.unwrap();
    });
    let mut all = Vec::new();
    theirs.read_to_end(&mut all).unwrap();
    assert_eq!(all.len(), ALL);
    remote.end();
    thread.join().unwrap();
}

#[test]
fn a_talker_does_not_keep_others_waiting() {
    let (ours, mut theirs) = pair();
    let (remote, thread) = elsewhere();
    // Always has something to read, and never stops by itself.
    let talker = std::thread::spawn(move || while theirs.write_all(&[7; 4096]).is_ok() {});
    remote.spawn(async move {
        let mut stream = stream(ours);
        let mut bytes = [0; 16];
        while stream.read(&mut bytes).await.is_ok() {}
    });
    let (send, receive) = mpsc::channel();
    remote.spawn(async move { send.send(()).unwrap() });
    receive.recv().unwrap();
    remote.end();
    thread.join().unwrap();
    talker.join().unwrap();
}

#[test]
fn a_turn_is_over_when_it_is_spent() {
    let (turns, polls) = run(async {
        let (mut turns, mut polls) = (0, 0);
        poll_fn(move |cx| {
            polls += 1;
            while spend(cx).is_ready() {
                turns += 1;
                if turns == 1000 {
                    return Poll::Ready((turns, polls));
                }
            }
            Poll::Pending
        })
        .await
    });
    assert_eq!((turns, polls), (1000, 8));
}

#[test]
fn tasks_wake_each_other_here_and_from_elsewhere() {
    let (remote, thread) = elsewhere();
    let (to, mut of) = tokio::sync::mpsc::unbounded_channel();
    let (back, got) = mpsc::channel();
    remote.spawn(async move {
        while let Some(number) = of.recv().await {
            back.send(number).unwrap();
        }
    });
    let near = to.clone();
    remote.spawn(async move { (0..1000).for_each(|number| near.send(number).unwrap()) });
    assert_eq!(got.iter().take(1000).sum::<i32>(), 499_500);
    // From many threads at once, each waiting for its own: a wake that is lost stops one for good.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5_000 {
                    let (tell, told) = tokio::sync::oneshot::channel();
                    let (asked, ask) = mpsc::channel();
                    remote.spawn(async move {
                        told.await.unwrap();
                        asked.send(()).unwrap();
                    });
                    tell.send(()).unwrap();
                    ask.recv_timeout(Duration::from_secs(30)).expect("it is woken");
                }
            });
        }
    });
    drop(to);
    remote.end();
    thread.join().unwrap();
}

#[test]
fn whoever_is_there_is_roused() {
    let (remote, thread) = elsewhere();
    let (flag, (send, receive)) = (Arc::new(AtomicUsize::new(0)), mpsc::channel());
    for _ in 0..100 {
        let (flag, send) = (Arc::clone(&flag), send.clone());
        remote.spawn(async move {
            // Nothing else wakes it.
            poll_fn(|_| if flag.load(Ordering::SeqCst) == 1 { Poll::Ready(()) } else { Poll::Pending }).await;
            send.send(()).unwrap();
        });
    }
    flag.store(1, Ordering::SeqCst);
    remote.rouse();
    (0..100).for_each(|_| receive.recv().unwrap());
    remote.end();
    thread.join().unwrap();
}

#[test]
fn timers_and_threads_are_tokios() {
    run(async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert!(tokio::time::timeout(Duration::from_millis(1), pending::<()>()).await.is_err());
        assert_eq!(tokio::task::spawn_blocking(|| 7).await.unwrap(), 7);
    });
}

#[test]
fn a_panic_ends_its_task_alone() {
    let (ours, mut theirs) = pair();
    let (remote, thread) = elsewhere();
    remote.spawn(async move {
        let _held = stream(ours);
        panic!("as it should");
    });
    // Its sockets are closed.
    assert_eq!(theirs.read(&mut [0; 1]).unwrap(), 0);
    let (send, receive) = mpsc::channel();
    remote.spawn(async move { send.send(()).unwrap() });
    receive.recv().unwrap();
    remote.end();
    thread.join().unwrap();
}

/// Counts itself out when dropped.
struct Held(Arc<AtomicUsize>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[test]
fn the_end_drops_what_is_not_done_and_what_comes_too_late() {
    let (remote, thread) = elsewhere();
    let count = Arc::new(AtomicUsize::new(3));
    for _ in 0..2 {
        let (held, (ours, _theirs)) = (Held(Arc::clone(&count)), pair());
        remote.spawn(async move {
            let _stream = stream(ours);
            pending::<()>().await;
            drop(held);
        });
    }
    remote.end();
    thread.join().unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 1);
    let held = Held(Arc::clone(&count));
    remote.spawn(async move { drop(held) });
    assert_eq!(count.load(Ordering::SeqCst), 0, "nobody runs it");
}

#[test]
fn a_connection_may_travel_and_end_elsewhere() {
    let (ours, mut theirs) = pair();
    let (other, mut far) = pair();
    run(async move {
        let (lost, mut kept) = (stream(ours), stream(other));
        // As a long text's reading that panics: the socket goes with it, on a thread that has no reactor.
        std::thread::spawn(move || drop(lost)).join().unwrap();
        assert_eq!(theirs.read(&mut [0; 1]).unwrap(), 0);
        kept = std::thread::spawn(move || kept).join().unwrap();
        far.write_all(b"x").unwrap();
        let mut bytes = [0; 1];
        kept.read_exact(&mut bytes).await.unwrap();
        assert_eq!(&bytes, b"x");
    });
}

#[test]
fn a_socket_belongs_to_a_task() {
    let (ours, _theirs) = pair();
    assert_eq!(Plain::here(ours).unwrap_err().kind(), std::io::ErrorKind::NotConnected);
}
