//! A real server on a port of its own, real sockets, and the real client.

mod abuse;
mod chat;
mod pages;
mod resume;
mod support;
