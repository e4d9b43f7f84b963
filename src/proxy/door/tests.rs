//! Where handshakes are made, and what comes back.

use super::shake;
use crate::proxy::io::{Carried, Plain};
use crate::proxy::reactor::tests::run;
use std::future::pending;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::{Builder, Handle, Runtime};

/// Both ends of a connection: the near one does not block.
fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    near.set_nonblocking(true).unwrap();
    (near, listener.accept().unwrap().0)
}

fn door() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

#[test]
fn it_is_made_on_the_door_and_brought_back() {
    let (near, mut far) = pair();
    let door = door();
    let (handle, id) = (door.handle().clone(), door.handle().id());
    let far = std::thread::spawn(move || {
        let mut read = [0; 2];
        far.write_all(b"hi").unwrap();
        far.read_exact(&mut read).unwrap();
        assert_eq!(&read, b"ho");
        far.write_all(b"he").unwrap();
    });
    run(async move {
        let (made, at) = mpsc::channel();
        let make = move |mut tcp: Carried| async move {
            made.send(Handle::current().id()).unwrap();
            let mut read = [0; 2];
            tcp.read_exact(&mut read).await?;
            assert_eq!(&read, b"hi");
            io::Result::Ok(tcp)
        };
        let mut near = shake(Some(&handle), Plain::here(near).unwrap(), make).await.unwrap();
        assert_eq!(at.recv().unwrap(), id);
        let mut read = [0; 2];
        near.write_all(b"ho").await.unwrap();
        near.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"he");
    });
    far.join().unwrap();
}

#[test]
fn who_waits_no_more_takes_it_along() {
    let (near, mut far) = pair();
    let door = door();
    let handle = door.handle().clone();
    run(async move {
        let (started, begun) = tokio::sync::oneshot::channel();
        let make = move |tcp: Carried| async move {
            started.send(()).unwrap();
            let _held = tcp;
            pending::<io::Result<Carried>>().await
        };
        tokio::select! {
            _ = shake(Some(&handle), Plain::here(near).unwrap(), make) => unreachable!(),
            begun = begun => begun.unwrap(),
        }
    });
    assert_eq!(far.read(&mut [0]).unwrap(), 0, "its socket is closed");
}
