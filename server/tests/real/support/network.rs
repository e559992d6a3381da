//! The network between clients and a server, which can be bad: it cuts, delays and halves what
//! passes, or swallows everything. What it decides follows from a seed and the order in which
//! connections come. It knows bytes, no frames.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Read at once: small, so that one frame often takes several turns of fate.
const PIECE: usize = 1_024;
/// Kept of what a server says to nobody.
const WORDS: usize = 256;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Everything passes.
    Calm,
    /// Whatever passes may be cut, whole or in the middle, be late, or come byte by byte.
    Stormy,
    /// Nothing passes, and neither side is told.
    Swallowing,
}

/// The way to one server.
pub(crate) struct Network {
    pub(crate) address: SocketAddr,
    sky: Arc<Sky>,
    accepting: JoinHandle<()>,
}

/// What all connections are under.
struct Sky {
    weather: Mutex<Weather>,
    cuts: AtomicU64,
    /// The last bytes that a server said and nobody heard.
    unheard: Mutex<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

impl Network {
    pub(crate) async fn to(server: SocketAddr, seed: u64, weather: Weather) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let sky = Arc::new(Sky {
            weather: Mutex::new(weather),
            cuts: AtomicU64::new(0),
            unheard: Mutex::default(),
        });
        let accepting = tokio::spawn(accept(listener, server, seed, Arc::clone(&sky)));
        Self { address, sky, accepting }
    }

    /// From now on, for connections that are there as well.
    pub(crate) fn set(&self, weather: Weather) {
        *self.sky.weather.lock() = weather;
    }

    /// How many connections it has cut.
    pub(crate) fn cuts(&self) -> u64 {
        self.sky.cuts.load(Ordering::Relaxed)
    }

    /// The last of what the server said while everything was swallowed.
    pub(crate) fn unheard(&self) -> Vec<u8> {
        self.sky.unheard.lock().clone()
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, seed: u64, sky: Arc<Sky>) {
    let mut number = seed;
    while let Ok((client, _)) = listener.accept().await {
        number = number.wrapping_add(1);
        tokio::spawn(connect(client, server, number, Arc::clone(&sky)));
    }
}

async fn connect(mut client: TcpStream, server: SocketAddr, seed: u64, sky: Arc<Sky>) {
    let mut fate = SmallRng::seed_from_u64(seed);
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    // Half of the cuts look like a reset, which also takes what was not read yet.
    if sky.is(Weather::Stormy) && fate.random() {
        let _ = (client.set_zero_linger(), server.set_zero_linger());
    }
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let mut rngs = [0; 2].map(|_| SmallRng::seed_from_u64(fate.random()));
    let [up, down] = &mut rngs;
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    // Whichever way ends first, both sides are dropped.
    let _ = tokio::select! {
        end = carry(Direction::Up, from_client, to_server, up, &sky) => end,
        end = carry(Direction::Down, from_server, to_client, down, &sky) => end,
    };
}

async fn carry(
    direction: Direction,
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    fate: &mut SmallRng,
    sky: &Sky,
) -> io::Result<()> {
    let mut buffer = [0; PIECE];
    loop {
        let read = from.read(&mut buffer).await;
        if sky.is(Weather::Swallowing) {
            match read {
                Ok(1..) if direction == Direction::Up => {}
                Ok(length @ 1..) => sky.keep(&buffer[..length]),
                // Nobody is told of the end either.
                Ok(0) | Err(_) => std::future::pending().await,
            }
            continue;
        }
        let piece = &buffer[..read?];
        if piece.is_empty() {
            return Ok(());
        }
        let luck = if sky.is(Weather::Stormy) { fate.random_range(0..100) } else { 100 };
        match luck {
            0..4 => {
                sky.cuts.fetch_add(1, Ordering::Relaxed);
                let passes = fate.random_range(0..=piece.len());
                return to.write_all(&piece[..passes]).await;
            }
            4..12 => {
                tokio::time::sleep(Duration::from_millis(fate.random_range(1..20))).await;
                to.write_all(piece).await?;
            }
            12..20 => {
                for crumb in piece.chunks(fate.random_range(1..100)) {
                    to.write_all(crumb).await?;
                    tokio::task::yield_now().await;
                }
            }
            _ => to.write_all(piece).await?,
        }
    }
}

impl Sky {
    fn is(&self, weather: Weather) -> bool {
        *self.weather.lock() == weather
    }

    fn keep(&self, piece: &[u8]) {
        let mut unheard = self.unheard.lock();
        unheard.extend_from_slice(piece);
        let surplus = unheard.len().saturating_sub(WORDS);
        unheard.drain(..surplus);
    }
}
