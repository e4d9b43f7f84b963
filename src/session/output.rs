//! What a session hands to the shell.

use super::Event;
use crate::policy::Permitted;
use crate::wire::make::{self, Ours};
use bytes::BytesMut;
use std::cell::RefCell;
use std::rc::Rc;

/// Bytes and events a session has made.
#[derive(Debug, Default)]
pub struct Output {
    /// For the client.
    pub to_client: BytesMut,
    /// For the upstream.
    pub to_upstream: UpstreamBuffer,
    /// For the shell.
    pub events: Vec<Event>,
}

/// A whole message of the client, or the first part of a large one.
#[derive(Debug)]
pub struct Frame(pub(super) BytesMut);

/// Bytes for the upstream. Only a [`Permitted`] frame, a message without any statement in it, or text of our own can
/// be put in: its bytes are private to this module.
#[derive(Debug, Default)]
pub struct UpstreamBuffer(BytesMut);

/// Messages that carry no statement, named one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Control {
    /// Sync, Flush, Close, Describe, Terminate.
    Plain,
    /// Copy data, done and fail: rows for a COPY that was judged.
    Copy,
    /// An answer to an authentication request.
    Authentication,
    /// The rest of a message whose start was permitted.
    Rest,
}

impl UpstreamBuffer {
    /// Puts a permitted frame in.
    pub(super) fn permitted(&mut self, frame: Permitted<Frame>) {
        self.put(frame.into_inner().0);
    }

    /// Puts a message without a statement in.
    pub(super) fn control(&mut self, _kind: Control, bytes: BytesMut) {
        self.put(bytes);
    }

    /// Puts a Query in that cannot parse; `why` is ours and shows in the upstream's log.
    pub(super) fn poison_query(&mut self, why: &str) {
        make::query(&poison(why), &mut self.0);
    }

    /// Puts a Parse in that cannot parse.
    pub(super) fn poison_parse(&mut self, why: &str) {
        make::parse(make::HIDDEN_NAME, &poison(why), &mut self.0);
    }

    /// Puts hidden statements of our own in.
    pub(super) fn hidden(&mut self, statements: &'static [Ours<'static>]) {
        self.group(statements);
        make::sync(&mut self.0);
    }

    /// Puts a Query of our own in: where the client's own comes next, or came before.
    pub(super) fn query(&mut self, text: &str) {
        make::query(text, &mut self.0);
    }

    /// Puts what prepares a statement of ours in, in front of a hidden group.
    pub(super) fn prepare(&mut self, name: &str, text: &str) {
        make::prepare(name, text, &mut self.0);
    }

    /// Prepares a text of the client's under the name of hidden statements.
    pub(super) fn parse_hidden(&mut self, text: &[u8]) {
        make::parse_bytes(make::HIDDEN_NAME, text, &mut self.0);
    }

    /// Closes a statement (`S`) or portal (`P`).
    pub(super) fn close(&mut self, kind: u8, name: &[u8]) {
        make::close(kind, name, &mut self.0);
    }

    /// Opens a portal of ours; gives the number of answers due.
    pub(super) fn open(&mut self, portal: &str, text: &str, mark: &str) -> usize {
        make::open(portal, text, mark, &mut self.0)
    }

    /// Ends a hidden group.
    pub(super) fn sync(&mut self) {
        make::sync(&mut self.0);
    }

    /// Puts a hidden question of our own in, once for each row of arguments.
    pub(super) fn question<const N: usize>(&mut self, text: &str, arguments: &[[&str; N]]) {
        make::question(text, arguments, &mut self.0);
    }

    /// Puts hidden statements of our own in, in the middle of a pipeline; gives the number of answers due.
    pub(super) fn inline(&mut self, statements: &'static [Ours<'static>]) -> usize {
        self.group(statements)
    }

    /// Puts in what was made of these statements before.
    fn group(&mut self, statements: &'static [Ours<'static>]) -> usize {
        /// Messages, and their answers.
        type Made = (&'static [Ours<'static>], Rc<[u8]>, usize);
        thread_local!(static MADE: RefCell<Vec<Made>> = const { RefCell::new(Vec::new()) });
        MADE.with_borrow_mut(|made| {
            if let Some((_, bytes, due)) = made.iter().find(|(of, ..)| std::ptr::eq(*of, statements)) {
                self.0.extend_from_slice(bytes);
                return *due;
            }
            let mut bytes = BytesMut::new();
            let due = make::inline(statements, &mut bytes);
            self.0.extend_from_slice(&bytes);
            made.push((statements, Rc::from(&*bytes), due));
            due
        })
    }

    /// Asks for the answers there are.
    pub(super) fn flush(&mut self) {
        make::flush(&mut self.0);
    }

    /// Moves what is in `other` behind what is here.
    pub(super) fn append(&mut self, other: &mut Self) {
        self.put(std::mem::take(&mut other.0));
    }

    /// Without a copy where it is the first, or stood right behind the last when it came in.
    fn put(&mut self, bytes: BytesMut) {
        self.0.unsplit(bytes);
    }

    /// The bytes to be written, for the shell.
    pub fn bytes(&mut self) -> &mut BytesMut {
        &mut self.0
    }

    /// How many bytes wait.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none wait.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A text no PostgreSQL grammar accepts: two bare words at the start of a statement.
fn poison(why: &str) -> String {
    let why: String =
        why.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | ' ')).collect();
    format!("stockade refused this statement ({why})")
}
