//! The command line: which commands there are, a file for each family of them. They know the store and
//! the settings, and nothing of what runs inside the server.

mod admin;
mod copies;
mod room;
mod serve;

use clap::{Parser, Subcommand};
use starling_server::config::Config;

/// A place where people meet in rooms: they chat, see who is there, and point at things together.
#[derive(Parser)]
#[command(name = "starling", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server until it is told to stop (SIGTERM or Ctrl-C). Told twice, it ends at once.
    Serve(Box<Config>),
    /// Copies the database to a new file, also while the server runs.
    Backup(copies::Backup),
    /// Puts a backup in the place of the database. The server must not run.
    Restore(copies::Restore),
    /// Makes administrators, and links for forgotten passwords, also while the server runs.
    Admin(admin::Admin),
    /// Keeps a room: what its owner and moderators do, also while the server runs.
    Room(room::Room),
}

impl Cli {
    /// Does what was asked.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Serve(config) => serve::run(*config).await,
            Command::Backup(backup) => backup.run().await,
            Command::Restore(restore) => restore.run().await,
            Command::Admin(admin) => admin.run().await,
            Command::Room(room) => room.run().await,
        }
    }
}
