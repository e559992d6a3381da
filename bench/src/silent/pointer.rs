//! Somebody who points at something every second, in this process or in one of their own.

use std::io::Write;
use std::time::Duration;

use clap::Args;
use starling_client::native::NativeClient;
use starling_client::{Connection, RoomState};
use starling_protocol::{Point, Slug};
use tokio::process::Command;
use tokio::time::interval;

const POINTS_EVERY: Duration = Duration::from_secs(1);

#[derive(Args)]
pub(crate) struct Pointer {
    #[arg(long)]
    pub(crate) socket: String,
    #[arg(long)]
    pub(crate) origin: String,
    #[arg(long)]
    pub(crate) cookie: String,
    #[arg(long, value_parser = |text: &str| Ok::<_, std::convert::Infallible>(Slug::new(text)))]
    pub(crate) room: Slug,
}

impl Pointer {
    /// Has that process, which is this program, do what is done here.
    pub(crate) fn as_command<'a>(&self, program: &'a mut Command) -> &'a mut Command {
        program.args(["pointer", "--socket", &self.socket, "--origin", &self.origin]);
        program.args(["--cookie", &self.cookie, "--room", self.room.as_str()])
    }

    /// In a process of their own: says a line when they are in the room.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let mut client = self.enter().await?;
        writeln!(std::io::stdout(), "pointing")?;
        self.point(&mut client).await;
        Ok(())
    }

    /// Until their client knows that its connection is lost.
    pub(crate) async fn until_lost(self) -> anyhow::Result<()> {
        let mut client = self.enter().await?;
        self.point(&mut client).await;
        Ok(())
    }

    async fn enter(&self) -> anyhow::Result<NativeClient> {
        let mut client = NativeClient::new(&self.socket, &self.origin, &self.cookie, 0)?;
        client.act(|core, now| core.join(now, &self.room));
        client.until(|core| core.room(&self.room).is_some_and(RoomState::is_joined)).await;
        Ok(client)
    }

    async fn point(&self, client: &mut NativeClient) {
        let mut beat = interval(POINTS_EVERY);
        let mut number = 0;
        while client.core().connection() == Connection::Online {
            tokio::select! {
                _ = client.changed() => {}
                _ = beat.tick() => {
                    number += 1;
                    let point = Some(Point { x: number, y: number });
                    client.act(|core, now| core.point(now, &self.room, point));
                }
            }
        }
    }
}
