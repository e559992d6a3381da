//! What is answered over plain HTTP: pages, forms, health.

pub(crate) mod closing;
pub(crate) mod health;
pub(crate) mod identity;
pub(crate) mod invite;
pub(crate) mod join;
pub(crate) mod origin;
pub(crate) mod pages;
pub(crate) mod post;
pub(crate) mod reader;
pub(crate) mod render;
pub(crate) mod settings;
mod zone;
