//! What is started must be gone afterwards, however its parent ends.
//!
//! Destructors do not run when a process is killed, and Rust's only way to tie a child's life to its parent's
//! (`PR_SET_PDEATHSIG` between fork and exec) is unsafe and Linux's alone. A pipe does it everywhere: the watchdog is
//! a `sh` that reads a pipe of which this process holds the only writing end. The kernel closes that end when the
//! process is gone, by return, panic, SIGINT or SIGKILL alike; the shell reads end-of-file, stops every process it was
//! told of, removes the directory and ends. It has a process group of its own, so Ctrl-C at the terminal does not
//! reach it.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// Lines on stdin: `guard SIGNAL PID` and `release PID`. A released process is forgotten, because its number may by
/// then belong to somebody else. `$1` is the directory to remove, or empty.
const SCRIPT: &str = r#"
trap '' HUP INT TERM QUIT
guarded=
while read -r word first second; do
    case $word in
    guard) guarded="$first:$second $guarded" ;;
    release)
        kept=
        for entry in $guarded; do
            [ "${entry#*:}" = "$first" ] || kept="$kept$entry "
        done
        guarded=$kept ;;
    esac
done
for entry in $guarded; do kill -s "${entry%%:*}" "${entry#*:}" 2>/dev/null; done
tries=0
for entry in $guarded; do
    while kill -0 "${entry#*:}" 2>/dev/null && [ "$tries" -lt 80 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    kill -s KILL "${entry#*:}" 2>/dev/null
done
[ -z "$1" ] || rm -rf -- "$1"
"#;

/// A guard over child processes and, optionally, a directory. Dropping it does what the death of this process does.
#[derive(Debug)]
pub struct Watchdog {
    shell: Child,
    pipe: Option<ChildStdin>,
}

impl Watchdog {
    /// Starts the watchdog; at its end it removes `directory`, where one is given.
    ///
    /// # Errors
    /// Where `sh` cannot be started.
    pub fn start(directory: Option<&Path>) -> io::Result<Self> {
        let mut shell = Command::new("sh")
            .arg("-c")
            .arg(SCRIPT)
            .arg("stockade-watchdog")
            .arg(directory.unwrap_or(Path::new("")))
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let pipe = shell.stdin.take();
        Ok(Self { shell, pipe })
    }

    /// Has the process get `signal` (a name as `kill -s` takes it: `TERM`, `QUIT`), and after eight seconds SIGKILL,
    /// when this process is gone.
    ///
    /// # Errors
    /// Where the watchdog itself is gone.
    pub fn guard(&mut self, signal: &str, pid: u32) -> io::Result<()> {
        self.tell(&format!("guard {signal} {pid}\n"))
    }

    /// Forgets a process that has been waited for.
    pub fn release(&mut self, pid: u32) {
        // A watchdog that is gone has nothing left to forget.
        self.tell(&format!("release {pid}\n")).ok();
    }

    fn tell(&mut self, line: &str) -> io::Result<()> {
        match &mut self.pipe {
            Some(pipe) => pipe.write_all(line.as_bytes()).and_then(|()| pipe.flush()),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.pipe.take());
        self.shell.wait().ok();
    }
}

#[cfg(test)]
mod tests;
