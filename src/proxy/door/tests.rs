//! Where handshakes are made, and what comes back.

use super::shake;
use crate::proxy::io::{Stream, say};
use std::future::pending;
use std::sync::mpsc;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle, Runtime};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Both ends of a connection on the current runtime.
async fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    (near, listener.accept().await.unwrap().0)
}

#[test]
fn it_is_made_on_the_door_and_brought_back() {
    let door = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime().block_on(async {
        let (near, far) = pair().await;
        let (made, at) = mpsc::channel();
        let make = move |tcp| async move {
            made.send(Handle::current().id()).unwrap();
            Ok(Stream::Tcp(tcp))
        };
        let mut near = shake(Some(door.handle()), near, make).await.unwrap();
        assert_eq!(at.recv().unwrap(), door.handle().id());
        let mut far = Stream::Tcp(far);
        let mut read = [0; 2];
        say(&mut far, b"hi").await.unwrap();
        near.read_exact(&mut read).await.unwrap();
        say(&mut near, b"ho").await.unwrap();
        far.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"ho");
    });
}

#[test]
fn who_waits_no_more_takes_it_along() {
    let door = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime().block_on(async {
        let (near, mut far) = pair().await;
        let (started, begun) = tokio::sync::oneshot::channel();
        let make = move |tcp: TcpStream| async move {
            started.send(()).unwrap();
            let _held = tcp;
            pending().await
        };
        tokio::select! {
            _ = shake(Some(door.handle()), near, make) => unreachable!(),
            begun = begun => begun.unwrap(),
        }
        assert_eq!(far.read(&mut [0]).await.unwrap(), 0, "its socket is closed");
    });
}
