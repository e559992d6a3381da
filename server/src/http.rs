//! What is answered over plain HTTP: pages, forms, health.

pub(crate) mod account;
pub(crate) mod account_tokens;
pub(crate) mod api;
pub(crate) mod body;
pub(crate) mod caller;
pub(crate) mod closing;
mod cookie;
pub(crate) mod cors;
pub(crate) mod files;
mod form;
pub(crate) mod headers;
pub(crate) mod health;
pub(crate) mod identity;
pub(crate) mod invite;
pub(crate) mod join;
mod known;
pub(crate) mod origin;
pub(crate) mod pages;
pub(crate) mod post;
pub(crate) mod query;
pub(crate) mod reader;
pub(crate) mod render;
pub(crate) mod settings;
pub(crate) mod tokens;
mod zone;
