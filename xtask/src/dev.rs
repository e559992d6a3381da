//! `cargo xtask dev`.
use anyhow::{Result, bail};
pub(crate) fn dev() -> Result<()> {
    bail!("later");
}
