//! A real server on a port of its own, real sockets, and the real client.

mod abuse;
mod backup;
mod chat;
mod forms;
mod pages;
mod permissions;
#[cfg(unix)]
mod proxy;
mod restore;
mod resume;
mod support;
