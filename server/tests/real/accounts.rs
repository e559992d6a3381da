//! Accounts: what forms and cookies do, over real HTTP.

mod access;
#[cfg(target_os = "linux")]
mod commands;
mod crowd;
mod mail;
mod reset;
#[cfg(target_os = "linux")]
mod secrets;
mod settings;
mod setup;
mod sign_in;
mod sign_outs;
mod sign_up;
