//! A real server on a port of its own, real sockets, and the real client.

mod abuse;
mod backup;
mod bad_network;
mod chat;
mod commands;
mod console;
mod crowd;
mod damage;
mod forms;
mod invites;
#[cfg(target_os = "linux")]
mod killed;
mod lost_acks;
mod pages;
mod permissions;
mod private;
#[cfg(unix)]
mod proxy;
mod restore;
mod resume;
mod settings;
mod silence;
#[cfg(target_os = "linux")]
mod stalled;
mod stopping;
mod support;
#[cfg(target_os = "linux")]
mod synced;
