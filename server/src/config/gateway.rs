//! Settings of the Socket.IO gateway: how much one client may send at once, and how much may wait for it.

use clap::Args;

use super::parse::count;

const SOCKETIO: &str = "Socket.IO";

/// How Socket.IO clients are served.
#[derive(Args, Clone, Debug)]
pub struct Gateway {
    /// The largest packet, or body of long polling, that a Socket.IO client may send. Messages are as long as
    /// everywhere: --message-chars.
    #[arg(long, env = "STARLING_SOCKETIO_BYTES", default_value_t = 1_048_576,
        value_name = "2,048 to 16,777,216 bytes", value_parser = count::<usize>(2_048, 16_777_216),
        help_heading = SOCKETIO)]
    pub socketio_bytes: usize,

    /// How much may wait for a Socket.IO client to take it. While it is more, nothing is read from the client
    /// and nothing more taken out of its rooms; after --stall-after without a byte taken it is
    /// disconnected, and may come back.
    #[arg(long, env = "STARLING_SOCKETIO_WAITING", default_value_t = 262_144,
        value_name = "1,024 to 16,777,216 bytes", value_parser = count::<usize>(1_024, 16_777_216),
        help_heading = SOCKETIO)]
    pub socketio_waiting: usize,
}
