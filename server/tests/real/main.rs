//! A real server on a port of its own, real sockets, and the real client.

mod abuse;
mod backup;
mod chat;
mod crowd;
mod damage;
mod forms;
mod pages;
#[cfg(unix)]
mod proxy;
mod restore;
mod resume;
mod stopping;
mod support;
