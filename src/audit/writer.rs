//! The queue's far end: the thread that writes.

use super::recorder::Shared;
use super::{Record, Settings};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

/// What goes through the queue.
#[derive(Debug)]
pub(super) enum Message {
    /// A record to write.
    Record(Box<Record>),
    /// Nothing to write; look at the shared state.
    Wake,
}

pub(super) struct Writer {
    receiver: Receiver<Message>,
    shared: Arc<Shared>,
}

impl Writer {
    pub(super) fn open(_settings: &Settings, _run: String, receiver: Receiver<Message>, shared: Arc<Shared>) -> Self {
        Self { receiver, shared }
    }
    pub(super) fn run(self) {
        let _ = (self.receiver.recv(), self.shared);
    }
}
