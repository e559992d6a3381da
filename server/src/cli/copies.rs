//! `starling backup` and `starling restore`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use starling_server::config::DataDir;
use starling_server::store;

/// What `starling backup` is told.
#[derive(Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    data: DataDir,

    /// The file to make. An existing one is not overwritten.
    #[arg(value_name = "file")]
    file: PathBuf,
}

/// What `starling restore` is told.
#[derive(Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    data: DataDir,

    /// Set a database that is there aside, under another name in the same folder.
    #[arg(long)]
    replace: bool,

    /// The backup. It stays as it is.
    #[arg(value_name = "file")]
    file: PathBuf,
}

impl Backup {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let missing = store::backup(&self.data.folder, &self.file).await?;
        if missing > 0 {
            // Standard output may be closed; what is done is done.
            let _ = writeln!(
                std::io::stdout(),
                "{missing} files were not there any more: deleted meanwhile, or lost"
            );
        }
        Ok(())
    }
}

impl Restore {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        if let Some(aside) = store::restore(&self.data.folder, &self.file, self.replace).await? {
            // Standard output may be closed; what is done is done.
            let _ = writeln!(
                std::io::stdout(),
                "The database that was there is now {}",
                aside.display()
            );
        }
        Ok(())
    }
}
