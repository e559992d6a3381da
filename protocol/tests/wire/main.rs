//! What crosses the wire comes out as it went in, and nothing that arrives makes anybody panic.

mod any;
mod fuzz;
mod mutate;
mod round_trip;
