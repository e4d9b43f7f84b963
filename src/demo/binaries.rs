//! Finding PostgreSQL's server programs, wherever the distribution keeps them.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use thiserror::Error;

/// The oldest major version that the demo and the tests run on.
pub const OLDEST: u32 = 15;

/// The environment variable that names the directory of the binaries, and overrides every search.
pub const VARIABLE: &str = "STOCKADE_PG_BIN";

/// Folders that hold one directory a version: parent, what its name begins with, and the way down to the binaries.
const VERSIONED: [(&str, &str, &str); 9] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/usr/lib64", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/usr/local", "pgsql", "bin"),
    ("/opt", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// Why no server was found.
#[derive(Debug, Error)]
pub enum BinariesError {
    /// None anywhere.
    #[error(
        "no PostgreSQL server found ({OLDEST} or later; looked for `initdb` and `postgres` in PATH, where pg_config \
         points, and in the usual places)\n  install one:  Debian, Ubuntu: apt-get install postgresql\n                \
         Fedora, RHEL:   dnf install postgresql-server\n                Alpine:         apk add postgresql\n                \
         Arch:           pacman -S postgresql\n                macOS:          brew install postgresql@17\n  or name \
         its directory: {VARIABLE}=/path/to/bin"
    )]
    NotFound,
    /// Only versions older than [`OLDEST`].
    #[error("PostgreSQL {major} in {} is too old: {OLDEST} or later is needed (or set {VARIABLE})", directory.display())]
    TooOld {
        /// The major version found.
        major: u32,
        /// Where.
        directory: PathBuf,
    },
    /// The directory that the environment names holds no server.
    #[error("{VARIABLE} is {}, which holds no usable `initdb` and `postgres`", .0.display())]
    Named(PathBuf),
}

/// The directory of one PostgreSQL installation's server programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    directory: PathBuf,
    major: u32,
}

impl Binaries {
    /// Finds them: `STOCKADE_PG_BIN`, then `PATH`, `pg_config`, and the places where distributions put them, newest
    /// version first.
    ///
    /// # Errors
    /// [`BinariesError`], which tells the person what to install.
    pub fn find() -> Result<Self, BinariesError> {
        if let Some(named) = env::var_os(VARIABLE) {
            let named = PathBuf::from(named);
            return match Self::at(&named) {
                Some(found) if found.major < OLDEST => {
                    Err(BinariesError::TooOld { major: found.major, directory: found.directory })
                }
                Some(found) => Ok(found),
                None => Err(BinariesError::Named(named)),
            };
        }
        let mut too_old = None;
        for directory in candidates(env::var_os("PATH").as_ref()) {
            match Self::at(&directory) {
                Some(found) if found.major >= OLDEST => return Ok(found),
                Some(found) => too_old = too_old.or(Some(found)),
                None => {}
            }
        }
        Err(match too_old {
            Some(Self { directory, major }) => BinariesError::TooOld { major, directory },
            None => BinariesError::NotFound,
        })
    }

    /// The installation in this directory, if `initdb` and a `postgres` that tells its version are there.
    pub fn at(directory: &Path) -> Option<Self> {
        let postgres = directory.join("postgres");
        if !directory.join("initdb").is_file() || !postgres.is_file() {
            return None;
        }
        let output = Command::new(&postgres).arg("--version").output().ok()?;
        let major = major(&String::from_utf8_lossy(&output.stdout))?;
        // Links such as /usr/local/bin/postgres lead to the real place, where the other programs are too.
        let real = fs::canonicalize(&postgres).ok()?;
        let real = real.parent().filter(|parent| parent.join("initdb").is_file()).unwrap_or(directory);
        Some(Self { directory: real.to_path_buf(), major })
    }

    /// One program's path.
    pub fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Where they are.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The server's major version, such as 15.
    pub fn major(&self) -> u32 {
        self.major
    }
}

/// Every directory worth a look, in the order of preference.
fn candidates(path: Option<&OsString>) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = path.map(|path| env::split_paths(path).collect()).unwrap_or_default();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        found.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    for (parent, prefix, below) in VERSIONED {
        found.extend(versions(Path::new(parent), prefix).into_iter().map(|directory| directory.join(below)));
    }
    found
}

/// The subdirectories whose name is `prefix` and then a version, newest first; one without a number comes last.
fn versions(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name();
            let rest = name.to_str()?.strip_prefix(prefix)?;
            Some((number(rest.trim_start_matches(['@', '-'])).unwrap_or(0), entry.path()))
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, path)| path).collect()
}

/// The major version in `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`.
fn major(text: &str) -> Option<u32> {
    number(text.split_once("(PostgreSQL)")?.1.trim_start())
}

fn number(text: &str) -> Option<u32> {
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests;
