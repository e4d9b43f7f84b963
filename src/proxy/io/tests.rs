//! What a connection holds of what it reads.

use super::{Inbox, MOST_READ, READ_BYTES, SPARES, Stream};
use std::future::poll_fn;
use std::task::Poll;
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;

#[tokio::test]
async fn while_nothing_is_there_no_memory_is_held() {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let (mut stream, mut inbox) = (Stream::Unix(ours), Inbox::default());
    theirs.write_all(b"abc").await.unwrap();
    assert_eq!(poll_fn(|cx| inbox.read(&mut stream, cx)).await.unwrap(), 3);
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
    theirs.write_all(b"def").await.unwrap();
    assert_eq!(poll_fn(|cx| inbox.read(&mut stream, cx)).await.unwrap(), 3);
    inbox.bytes.clear();
    inbox.rest();
    assert_eq!(inbox.bytes.capacity(), 0);
    let there = SPARES.with_borrow(Vec::len);
    assert!(there > 0);
    theirs.write_all(b"ghi").await.unwrap();
    assert_eq!(poll_fn(|cx| inbox.read(&mut stream, cx)).await.unwrap(), 3);
    assert_eq!((&inbox.bytes[..], SPARES.with_borrow(Vec::len)), (b"ghi".as_slice(), there - 1));
}

#[tokio::test]
async fn who_has_more_and_more_is_asked_for_more_up_to_a_limit() {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let (mut stream, mut inbox) = (Stream::Unix(ours), Inbox::default());
    tokio::spawn(async move {
        let sent = vec![7; 4 * MOST_READ];
        theirs.write_all(&sent).await.unwrap();
    });
    let (mut all, mut longest) = (0, 0);
    while all < 4 * MOST_READ {
        let read = poll_fn(|cx| inbox.read(&mut stream, cx)).await.unwrap();
        assert!(inbox.bytes.capacity() <= 2 * MOST_READ);
        inbox.bytes.clear();
        (all, longest) = (all + read, longest.max(read));
    }
    assert!(longest >= READ_BYTES);
}
