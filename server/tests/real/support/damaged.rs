//! A database with a page that is no page any more.

use std::path::Path;

use tempfile::TempDir;

use super::Server;

pub(crate) const PAGE: usize = 4_096;

/// The folder of a server that has stopped, in whose room so many messages were said, some to a page
/// of the database.
pub(crate) async fn folder_with_messages(count: usize) -> TempDir {
    let server = Server::start(&["--chat-burst", "100000"]).await;
    let mut ada = server.person("Ada", "Den").await;
    for number in 1..=count {
        ada.say(&body(number));
    }
    ada.until(|room| room.position().is_some_and(|end| end.seq.0 == count as u64)).await;
    drop(ada);
    server.stop().await.1
}

fn body(number: usize) -> String {
    format!("message {number:04} {}", "x".repeat(400))
}

/// Overwrites the page of the database on which that message stands.
pub(crate) fn damage(folder: &Path, message: usize) {
    let file = folder.join("starling.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let text = format!("message {message:04} ");
    let at = bytes.windows(text.len()).position(|window| window == text.as_bytes()).unwrap();
    let start = at / PAGE * PAGE;
    // A page of a table begins so: <https://sqlite.org/fileformat2.html#b_tree_pages>
    assert_eq!(bytes[start], 0x0d, "message {message} is not where messages are");
    bytes[start..start + PAGE].fill(0xa5);
    std::fs::write(&file, bytes).unwrap();
}
