//! A real server on a port of its own, real sockets, and the real client.

mod abuse;
mod accounts;
mod api_documented;
mod api_edges;
mod api_lessons;
mod api_messages;
mod api_rooms;
mod api_schemathesis;
mod backup;
mod bad_network;
mod boards;
mod boards_limits;
mod boards_live;
mod chat;
mod commands;
mod console;
mod crowd;
mod crowding;
mod damage;
mod downloads;
mod events;
mod events_refused;
mod files_said;
mod floods;
mod forms;
mod headers;
mod invites;
#[cfg(target_os = "linux")]
mod killed;
mod lost_acks;
mod matrix;
mod offline;
mod origins;
mod pages;
mod permissions;
mod private;
mod programs;
#[cfg(unix)]
mod proxy;
mod restore;
mod resume;
mod settings;
mod silence;
mod slow;
mod socketio;
#[cfg(target_os = "linux")]
mod stalled;
mod stopping;
mod support;
#[cfg(target_os = "linux")]
mod synced;
mod tickets;
mod tokens;
mod tokens_end;
mod tokens_forged;
mod tokens_keys;
#[cfg(target_os = "linux")]
mod tokens_logged;
mod tokens_page;
mod tokens_scopes;
mod uploads;
mod uploads_limits;
mod viewing;
