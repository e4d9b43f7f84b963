//! Where lines go: a file that is rotated by size, or stdout. Whole lines or none.

use super::{Destination, Settings};
use nix::fcntl::{Flock, FlockArg};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Takes whole lines, many at a time.
pub(super) trait Sink {
    /// Makes sure that lines could be appended, as far as that can be known without one.
    ///
    /// # Errors
    /// Why they cannot.
    fn open(&mut self) -> Result<(), Failed>;

    /// Appends lines (each ends with a newline).
    ///
    /// # Errors
    /// What went wrong, and how many bytes *of whole lines* were written before it; the rest, the line that was cut in
    /// two included, is to be given again.
    fn append(&mut self, lines: &[u8]) -> Result<(), Failed>;
}

/// An append that failed.
#[derive(Debug)]
pub(super) struct Failed {
    /// Bytes of whole lines that were written and stay.
    pub(super) written: usize,
    /// Why no more.
    pub(super) error: io::Error,
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self { written: 0, error }
    }
}

/// The sink the settings ask for.
pub(super) fn sink(settings: &Settings) -> Box<dyn Sink + Send> {
    match &settings.path {
        // Not `io::stdout()`: its buffer counts bytes as written that are not, and it takes a closed stdout for success.
        Destination::Stdout => match io::stdout().as_fd().try_clone_to_owned() {
            Ok(stdout) => Box::new(Lines::new(File::from(stdout))),
            Err(error) => Box::new(Closed(error.kind())),
        },
        Destination::File(path) => Box::new(Journal::new(path.clone(), settings.max_bytes, settings.keep)),
    }
}

/// A stdout that was closed when we were started, and stays so.
struct Closed(io::ErrorKind);

impl Sink for Closed {
    fn open(&mut self) -> Result<(), Failed> {
        Err(io::Error::from(self.0).into())
    }

    fn append(&mut self, _: &[u8]) -> Result<(), Failed> {
        self.open()
    }
}

/// A stream from which nothing can be taken back. After a line was cut in two, the next begins on a fresh line, so that
/// one line is lost to the reader and not two.
pub(super) struct Lines<W> {
    out: W,
    torn: bool,
}

impl<W: Write> Lines<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, torn: false }
    }
}

impl<W: Write> Sink for Lines<W> {
    fn open(&mut self) -> Result<(), Failed> {
        Ok(())
    }

    fn append(&mut self, lines: &[u8]) -> Result<(), Failed> {
        if self.torn {
            self.out.write_all(b"\n")?;
            self.torn = false;
        }
        let (written, result) = write_counting(&mut self.out, lines);
        match result.and_then(|()| self.out.flush()) {
            Ok(()) => Ok(()),
            Err(error) => {
                let (whole, torn) = left_behind(lines, written);
                self.torn = torn;
                Err(Failed { written: whole, error })
            }
        }
    }
}

/// A file, opened when first needed and again whenever something went wrong with it.
pub(super) struct Journal {
    path: PathBuf,
    max_bytes: u64,
    keep: u32,
    open: Option<Open>,
    rotation_fails: bool,
}

struct Open {
    file: Handle,
    /// Which file it is, to notice when the path means another (moved or deleted by somebody else).
    identity: (u64, u64),
    /// Its length; `None` for what is no regular file and so cannot be truncated or rotated.
    length: Option<u64>,
    /// Whether the next line has to begin with a newline: the last one was left cut in two.
    torn: bool,
}

/// A regular file is locked, so that two Stockades do not truncate and rotate one another's record.
enum Handle {
    Locked(Flock<File>),
    Plain(File),
}

impl Handle {
    fn file(&mut self) -> &mut File {
        match self {
            Self::Locked(file) => file,
            Self::Plain(file) => file,
        }
    }
}

impl Sink for Journal {
    fn open(&mut self) -> Result<(), Failed> {
        self.open = Some(self.opened()?);
        Ok(())
    }

    fn append(&mut self, lines: &[u8]) -> Result<(), Failed> {
        let mut start = 0;
        while let Some(rest) = lines.get(start..).filter(|rest| !rest.is_empty()) {
            match self.append_some(rest) {
                Ok(written) => start += written,
                Err(Failed { written, error }) => return Err(Failed { written: start + written, error }),
            }
        }
        Ok(())
    }
}

impl Journal {
    pub(super) fn new(path: PathBuf, max_bytes: u64, keep: u32) -> Self {
        Self { path, max_bytes, keep: keep.max(1), open: None, rotation_fails: false }
    }

    /// Appends as many lines as fit into the file, after rotating it if that is none; how many bytes that was.
    fn append_some(&mut self, lines: &[u8]) -> Result<usize, Failed> {
        let mut open = self.opened()?;
        let mut size = open.room_for(lines, self.max_bytes);
        if size == 0 {
            drop(open);
            let rotated = self.rotate();
            open = self.opened()?;
            size = match rotated {
                Ok(()) => open.room_for(lines, self.max_bytes),
                // A file that grows over its size is better than no record; the next lines try again.
                Err(_) => 0,
            };
            self.note_rotation(rotated);
        }
        let size = if size == 0 { lines.len() } else { size };
        match open.append(lines.get(..size).unwrap_or(lines)) {
            Ok(()) => {
                self.open = Some(open);
                Ok(size)
            }
            Err(failed) => {
                // What is wrong with this handle may not be with the next one, so it is opened anew; unless only the
                // handle knows of a torn line.
                if open.torn {
                    self.open = Some(open);
                }
                Err(failed)
            }
        }
    }

    /// Logs the first rotation that fails, not each.
    fn note_rotation(&mut self, rotated: io::Result<()>) {
        if let Err(error) = &rotated
            && !self.rotation_fails
        {
            tracing::error!(target: "stockade::audit", path = %self.path.display(), %error, "cannot rotate the record");
        }
        self.rotation_fails = rotated.is_err();
    }

    /// The open file if the path still means it, else the path's file opened.
    fn opened(&mut self) -> io::Result<Open> {
        let now = std::fs::metadata(&self.path).ok().map(|metadata| identity(&metadata));
        match self.open.take() {
            Some(open) if now == Some(open.identity) => Ok(open),
            _ => Open::at(&self.path),
        }
    }

    /// `path` becomes `path.1`, that `path.2`, and so on; what goes beyond `keep` is gone. Files move up only as far as
    /// the first free number, so that a rotation that fails half-way and is tried again loses nothing.
    fn rotate(&self) -> io::Result<()> {
        let free = (1..self.keep).find(|number| !self.numbered(*number).exists()).unwrap_or(self.keep);
        for number in (1..free).rev() {
            std::fs::rename(self.numbered(number), self.numbered(number + 1))?;
        }
        std::fs::rename(&self.path, self.numbered(1))
    }

    fn numbered(&self, number: u32) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{number}"));
        name.into()
    }
}

impl Open {
    fn at(path: &Path) -> io::Result<Self> {
        // Read too: to see whether the last line was cut in two by a crash.
        let file = OpenOptions::new().append(true).read(true).create(true).mode(0o600).open(path);
        let file = match file {
            // A pipe or device may be open for writing alone.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                OpenOptions::new().append(true).open(path)?
            }
            other => other?,
        };
        let metadata = file.metadata()?;
        let identity = identity(&metadata);
        if !metadata.is_file() {
            return Ok(Self { file: Handle::Plain(file), identity, length: None, torn: false });
        }
        let length = metadata.len();
        // A last byte that cannot be read counts as torn: an empty line harms no reader.
        let torn = length > 0 && last_byte(&file, length).ok() != Some(b'\n');
        let file = Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, errno)| match errno {
            nix::errno::Errno::EWOULDBLOCK => {
                io::Error::new(io::ErrorKind::WouldBlock, "another process writes its record here")
            }
            other => other.into(),
        })?;
        Ok(Self { file: Handle::Locked(file), identity, length: Some(length), torn })
    }

    /// How many bytes of whole lines the file has room for; 0 if it has to be rotated first. 0 bytes at most: no limit.
    fn room_for(&self, lines: &[u8], max_bytes: u64) -> usize {
        match self.length {
            Some(length) if max_bytes > 0 => fitting(lines, length, max_bytes),
            _ => lines.len(),
        }
    }

    fn append(&mut self, lines: &[u8]) -> Result<(), Failed> {
        if self.torn {
            self.file.file().write_all(b"\n")?;
            self.length = self.length.map(|length| length + 1);
            self.torn = false;
        }
        let (written, result) = write_counting(self.file.file(), lines);
        let Err(error) = result else {
            self.length = self.length.map(|length| length.saturating_add(len(lines.len())));
            return Ok(());
        };
        let (mut whole, mut torn) = left_behind(lines, written);
        if let Some(length) = self.length {
            let kept = whole_lines(lines, written);
            let truncated = length.saturating_add(len(kept));
            if kept < written && self.file.file().set_len(truncated).is_ok() {
                (whole, torn) = (kept, false);
                self.length = Some(truncated);
            } else {
                self.length = Some(length.saturating_add(len(written)));
            }
        }
        self.torn = torn;
        Err(Failed { written: whole, error })
    }
}

fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

fn last_byte(file: &File, length: u64) -> io::Result<u8> {
    use std::os::unix::fs::FileExt;
    let mut byte = [0];
    file.read_exact_at(&mut byte, length.saturating_sub(1))?;
    Ok(byte[0])
}

/// Like `write_all`, but tells how much was written before an error.
fn write_counting(out: &mut impl Write, bytes: &[u8]) -> (usize, io::Result<()>) {
    let mut written = 0;
    while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
        match out.write(rest) {
            Ok(0) => return (written, Err(io::ErrorKind::WriteZero.into())),
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (written, Err(error)),
        }
    }
    (written, Ok(()))
}

/// How many of the first `written` bytes are whole lines.
fn whole_lines(lines: &[u8], written: usize) -> usize {
    let written = lines.get(..written).unwrap_or(lines);
    written.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1)
}

/// What an append that ended after `written` bytes leaves behind where nothing can be taken back: how many bytes count as
/// written, and whether a newline has to follow before the next line. A line that lacks its newline alone is whole.
fn left_behind(lines: &[u8], written: usize) -> (usize, bool) {
    let whole = whole_lines(lines, written);
    match lines.get(written) {
        Some(b'\n') => (written + 1, true),
        _ => (whole, whole < written),
    }
}

/// How many bytes of whole lines fit into a file of `length` bytes. A line that fits nowhere gets a file of its own.
fn fitting(lines: &[u8], length: u64, max_bytes: u64) -> usize {
    let room = usize::try_from(max_bytes.saturating_sub(length)).unwrap_or(usize::MAX);
    match whole_lines(lines, room) {
        0 if length == 0 => lines.iter().position(|byte| *byte == b'\n').map_or(lines.len(), |newline| newline + 1),
        fitting => fitting,
    }
}

fn len(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
