//! A real server on a port of its own, real sockets, and the real client.

mod abuse;
mod accounts;
mod backup;
mod bad_network;
mod chat;
mod console;
mod crowd;
mod damage;
mod forms;
#[cfg(target_os = "linux")]
mod killed;
mod lost_acks;
mod pages;
mod permissions;
#[cfg(unix)]
mod proxy;
mod restore;
mod resume;
mod silence;
#[cfg(target_os = "linux")]
mod stalled;
mod stopping;
mod support;
#[cfg(target_os = "linux")]
mod synced;
