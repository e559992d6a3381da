//! Trees of files: reading, hashing, writing only what changed.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fs, path::Path};

/// What the files of a tree hold, by their path from its top with `/` between.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// All files below `folder`; none when it is not there.
pub(crate) fn read_tree(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        if !folder.exists() {
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|it| it.to_str());
            let name = name.with_context(|| format!("{} is not UTF-8", path.display()))?;
            let name = format!("{prefix}{name}");
            if path.is_dir() {
                folders.push((path, format!("{name}/")));
            } else {
                files.insert(name, fs::read(&path)?);
            }
        }
    }
    Ok(files)
}

/// Writes the file unless it holds this already.
pub(crate) fn write_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if !holds(path, bytes) {
        fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Whether the file is there and holds exactly this.
pub(crate) fn holds(path: &Path, bytes: &[u8]) -> bool {
    fs::read(path).is_ok_and(|it| it == bytes)
}

/// The first 16 hex digits of the content's SHA-256.
pub(crate) fn hash(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))[..16].to_owned()
}

/// One hash over names and contents.
pub(crate) fn hash_all(files: &Files) -> String {
    let lines = files.iter().map(|(path, bytes)| format!("{} {path}\n", hash(bytes)));
    hash(lines.collect::<String>().as_bytes())
}
