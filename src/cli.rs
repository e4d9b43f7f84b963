//! The command line: what is asked, and which code the program ends with.

mod check;
mod demo;
mod explain;
mod paint;
mod principal;
mod run;

use clap::{Args, Parser, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use stockade::policy::Preset;

/// The code of a misuse: a faulty flag, a file that cannot be read.
const MISUSE: u8 = 2;
/// Something outside the command line is in the way.
const FAILED: u8 = 1;

/// A firewall between AI agents and PostgreSQL: judges every statement, refuses what would lose data.
#[derive(Debug, Parser)]
#[command(
    name = "stockade",
    version,
    after_help = "\
Examples:
  stockade demo                                          watch an agent fail to destroy a shop
  stockade run --upstream postgres://localhost:5432      protect a server; point clients at port 6432
  stockade explain 'DELETE FROM customers'               what would happen, and why
  stockade check --config stockade.toml                  every fault of a configuration, then what it means"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(RunArgs),
    Explain(ExplainArgs),
    Check(CheckArgs),
    Principal(PrincipalArgs),
    Demo(DemoArgs),
}

/// Stand between clients and a PostgreSQL server, and judge every statement.
#[derive(Debug, Args)]
#[command(after_help = "\
Without --config every client is an agent under one preset, and the client's own user and password pass through.

Examples:
  stockade run --upstream postgres://localhost:5432
  stockade run --upstream 'postgres://db.internal:5432?sslmode=verify-full' --preset read-only
  stockade run --upstream 'postgres:///?host=/var/run/postgresql' --listen 0.0.0.0:6432
  stockade run --config /etc/stockade.toml")]
struct RunArgs {
    /// The PostgreSQL server: postgres://HOST:PORT, without credentials
    #[arg(long, value_name = "URL", required_unless_present = "config", conflicts_with = "config")]
    upstream: Option<String>,
    /// The configuration file, in place of the other flags
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where clients come in: HOST:PORT or a Unix socket's path [default: 127.0.0.1:6432]
    #[arg(long, value_name = "ADDR", conflicts_with = "config")]
    listen: Option<String>,
    /// Where /metrics, /healthz and /readyz are served [default: 127.0.0.1:9187]
    #[arg(long, value_name = "ADDR", conflicts_with = "config")]
    admin: Option<String>,
    /// A Unix socket for `stockade principal`, for this user alone. With it agents are suspended after 20 refusals a minute
    #[arg(long, value_name = "PATH", conflicts_with = "config")]
    admin_socket: Option<PathBuf>,
    /// What every client may do: read-only, app-writer, migrator or trusted [default: app-writer]
    #[arg(long, value_name = "NAME", value_parser = preset, conflicts_with = "config")]
    preset: Option<Preset>,
}

/// Say what would become of each statement, and why. Needs no server.
#[derive(Debug, Args)]
#[command(after_help = "\
Ends with 0 if every statement is allowed, 1 if any is not, 2 for a misuse.

Examples:
  stockade explain 'DELETE FROM customers WHERE id = 7'
  stockade explain --preset migrator --file migration.sql
  stockade explain --config stockade.toml --principal cursor --json - < statements.sql")]
struct ExplainArgs {
    /// The SQL text; - reads it from standard input
    #[arg(value_name = "SQL", conflicts_with = "file")]
    sql: Option<String>,
    /// Read the SQL from a file
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The configuration the policy is taken from
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Whose policy of the configuration [default: default, whoever matches no principal]
    #[arg(long, value_name = "NAME", requires = "config")]
    principal: Option<String>,
    /// A preset, without any configuration: read-only, app-writer, migrator or trusted [default: app-writer]
    #[arg(long, value_name = "NAME", value_parser = preset, conflicts_with_all = ["principal", "config"])]
    preset: Option<Preset>,
    /// One JSON object a statement
    #[arg(long)]
    json: bool,
    /// No colour, also on a terminal (as the environment's NO_COLOR)
    #[arg(long)]
    no_color: bool,
}

/// Check a configuration: every fault at once with its line, then the policy of every principal.
#[derive(Debug, Args)]
#[command(after_help = "\
Ends with 0 if the file is sound, 1 if it is not.

Examples:
  stockade check --config stockade.toml
  stockade check --config stockade.toml --json")]
struct CheckArgs {
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// One JSON object
    #[arg(long)]
    json: bool,
    /// No colour, also on a terminal (as the environment's NO_COLOR)
    #[arg(long)]
    no_color: bool,
}

/// See who is suspended; suspend and resume. Speaks with a running Stockade over its control socket.
#[derive(Debug, Args)]
#[command(after_help = "\
Needs [admin] socket in the running Stockade's configuration, and its user (or root).
Ends with 0 if it is done, 1 if it could not be, 2 for a misuse.

Examples:
  stockade principal list --config /etc/stockade.toml
  stockade principal resume cursor --config /etc/stockade.toml
  stockade principal suspend cursor --socket /run/stockade/admin.sock")]
struct PrincipalArgs {
    #[command(subcommand)]
    action: PrincipalAction,
    /// The control socket
    #[arg(long, value_name = "PATH", global = true, conflicts_with = "config")]
    socket: Option<PathBuf>,
    /// The configuration the socket is taken from
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// The answer as one JSON object
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum PrincipalAction {
    /// Every principal: whether it is suspended, since when and why, and what is left of its budget
    List,
    /// Refuse its writes until it is resumed
    Suspend {
        /// The principal
        name: String,
    },
    /// Let it write again
    Resume {
        /// The principal
        name: String,
    },
}

/// Play the story: a scratch PostgreSQL, a small shop, an agent that rampages, and nothing lost.
#[derive(Debug, Args)]
#[command(after_help = "\
Needs PostgreSQL's own programs on this machine; starts a scratch server and takes everything away afterwards.

Examples:
  stockade demo            stays up until Ctrl-C, to be tried by hand
  stockade demo --exit     leaves after the story; 0 only if it went as told")]
struct DemoArgs {
    /// Leave after the story
    #[arg(long)]
    exit: bool,
    /// No colour, also on a terminal (as the environment's NO_COLOR)
    #[arg(long)]
    no_color: bool,
    /// Write the story's screen as a picture (SVG) to this file
    #[arg(long, value_name = "FILE", hide = true)]
    picture: Option<PathBuf>,
}

/// Reads the arguments and does what they ask. clap itself ends a misuse with 2.
pub fn main() -> ExitCode {
    let code = match Cli::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Check(args) => check::check(&args),
        Command::Principal(args) => principal::principal(&args),
        Command::Demo(args) => demo::demo(&args),
    };
    ExitCode::from(code)
}

fn preset(name: &str) -> Result<Preset, String> {
    Preset::from_name(name).ok_or_else(|| format!("it is one of {}", Preset::ALL.map(Preset::as_str).join(", ")))
}

/// Writes to standard output at once. A reader that left early (`| head`) is no fault of anyone's.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes an error to standard error, a line each, and gives the code back.
fn fail(code: u8, text: &str) -> u8 {
    let mut err = std::io::stderr().lock();
    for line in text.lines() {
        let _ = writeln!(err, "stockade: {line}");
    }
    code
}
