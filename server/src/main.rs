//! The `starling` binary.

#![warn(clippy::unwrap_used)]

mod cli;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    match cli::Cli::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Not through the log, which may be what is wrong or say less than errors.
            eprintln!("starling: {error:#}");
            ExitCode::FAILURE
        }
    }
}
