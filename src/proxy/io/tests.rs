//! What a connection holds of what it reads.

use super::{Inbox, MOST_READ, Plain, READ_BYTES, SPARES, Stream};
use crate::proxy::reactor::tests::run;
use std::future::poll_fn;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::task::Poll;

fn pair() -> (Stream, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    (Stream::Unix(Plain::here(ours).unwrap()), theirs)
}

async fn read(inbox: &mut Inbox, stream: &mut Stream) -> usize {
    poll_fn(|cx| inbox.read(stream, cx)).await.unwrap()
}

#[test]
fn while_nothing_is_there_no_memory_is_held() {
    run(async {
        let ((mut stream, mut theirs), mut inbox) = (pair(), Inbox::default());
        theirs.write_all(b"abc").unwrap();
        assert_eq!(read(&mut inbox, &mut stream).await, 3);
        // What is not dealt with stays.
        inbox.rest();
        assert_eq!(&inbox.bytes[..], b"abc");
        let taken = inbox.bytes.split().freeze();
        let waits = poll_fn(|cx| Poll::Ready(inbox.read(&mut stream, cx).is_pending())).await;
        assert!(waits);
        // Somebody still has the bytes: the buffer is not for others.
        let before = SPARES.with_borrow(Vec::len);
        let held = taken.clone();
        inbox.rest();
        assert_eq!((inbox.bytes.capacity(), &held[..]), (0, b"abc".as_slice()));
        assert!(SPARES.with_borrow(|spares| spares.len() <= before + 1));
        drop((taken, held));
        // The next reads get what was given back.
        theirs.write_all(b"def").unwrap();
        assert_eq!(read(&mut inbox, &mut stream).await, 3);
        inbox.bytes.clear();
        inbox.rest();
        assert_eq!(inbox.bytes.capacity(), 0);
        let there = SPARES.with_borrow(Vec::len);
        assert!(there > 0);
        theirs.write_all(b"ghi").unwrap();
        assert_eq!(read(&mut inbox, &mut stream).await, 3);
        assert_eq!((&inbox.bytes[..], SPARES.with_borrow(Vec::len)), (b"ghi".as_slice(), there - 1));
    });
}

#[test]
fn who_has_more_and_more_is_asked_for_more_up_to_a_limit() {
    run(async {
        let ((mut stream, mut theirs), mut inbox) = (pair(), Inbox::default());
        let writer = std::thread::spawn(move || theirs.write_all(&[7; 4 * MOST_READ]).unwrap());
        let (mut all, mut longest) = (0, 0);
        while all < 4 * MOST_READ {
            let came = read(&mut inbox, &mut stream).await;
            assert!(inbox.bytes.capacity() <= 2 * MOST_READ);
            assert_eq!(inbox.bytes.len(), came);
            assert!(inbox.bytes.iter().all(|byte| *byte == 7));
            inbox.bytes.clear();
            (all, longest) = (all + came, longest.max(came));
        }
        assert!(longest >= READ_BYTES);
        writer.join().unwrap();
    });
}

#[test]
fn what_was_left_stays_in_front() {
    run(async {
        let ((mut stream, mut theirs), mut inbox) = (pair(), Inbox::default());
        let sent: Vec<u8> = (0..6 * MOST_READ).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let copy = sent.clone();
        let writer = std::thread::spawn(move || theirs.write_all(&copy).unwrap());
        let mut got = Vec::new();
        while got.len() + inbox.bytes.len() < sent.len() {
            read(&mut inbox, &mut stream).await;
            // Odd pieces are dealt with; the rest is the start of a message.
            let whole = inbox.bytes.len() - inbox.bytes.len() % 1021;
            got.extend_from_slice(&inbox.bytes.split_to(whole));
        }
        got.extend_from_slice(&inbox.bytes);
        assert!(got == sent);
        writer.join().unwrap();
    });
}
