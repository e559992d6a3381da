//! Whoever falls silent without a goodbye is gone: for the others first the cursor, then the person;
//! and a client gives up a server that says nothing. `client/src/link.rs` tests the client's own 25 and
//! 8 seconds on a clock of its own.

use starling_client::protocol::{CloseReason, Point};
use starling_client::{Connection, RoomState};

use crate::support::network::{Network, Weather};
use crate::support::{PATIENCE, Person, Server};

const SOON: [&str; 6] = ["--ping-after", "0.4", "--pong-within", "0.4", "--leave-after", "0.4"];

fn has_cursor(room: &RoomState) -> bool {
    room.cursors().count() == 1
}

fn is_alone(room: &RoomState) -> bool {
    room.people().len() == 1
}

fn point(person: &mut Person) {
    let room = person.room.clone();
    person.client.act(|core, now| core.point(now, &room, Point::from_units(1.0, 2.0)));
}

/// What the server sends as its last.
fn close_frame(reason: CloseReason) -> Vec<u8> {
    let text = reason.text().as_bytes();
    let mut frame = vec![0x88, u8::try_from(2 + text.len()).unwrap()];
    frame.extend(reason.code().to_be_bytes());
    frame.extend(text);
    frame
}

#[tokio::test]
async fn whom_the_network_swallows_is_gone_and_gives_up_the_server_itself() {
    let server = Server::start(&SOON).await;
    let network = Network::to(server.address, 0, Weather::Calm).await;
    let mut bob = server.person("Bob", "Den").await;
    let ada = server.guest("Ada", "Den").await;
    let mut ada = ada.connect(network.address, &format!("http://{}", network.address));
    ada.until(|room| room.is_joined()).await;
    point(&mut ada);
    tokio::select! {
        () = bob.until(has_cursor) => {}
        () = ada.until(|_| false) => {}
    }
    network.set(Weather::Swallowing);
    let ada_waits = async {
        ada.until(|room| !room.is_joined()).await;
        ada
    };
    let bob_sees = async {
        bob.until(|room| !has_cursor(room) && !is_alone(room)).await;
        bob.until(is_alone).await;
        // Its farewell takes the server a moment.
        let closed = |unheard: &[u8]| unheard.ends_with(&close_frame(CloseReason::Silent));
        let closing = async {
            while !closed(&network.unheard()) {
                bob.client.changed().await;
            }
        };
        tokio::time::timeout(PATIENCE, closing).await.expect("not closed as silent");
    };
    let (mut ada, ()) = tokio::join!(ada_waits, bob_sees);
    assert!(matches!(ada.core().connection(), Connection::Reconnecting { .. }));
    // The network is good again, and everything is as before.
    network.set(Weather::Calm);
    ada.say("back again");
    let heard = |room: &RoomState| room.messages().len() == 1;
    tokio::join!(ada.hurry_until(heard), bob.until(heard));
}

#[cfg(target_os = "linux")]
mod stopped {
    //! A client whose process is stopped: its connection is there, and nobody behind it.

    use std::net::SocketAddr;
    use std::process::{Child, Command, Stdio};

    use super::*;
    use crate::support::Guest;
    use crate::support::process::signal;

    const ADDRESS: &str = "STARLING_TEST_ADDRESS";
    const COOKIE: &str = "STARLING_TEST_COOKIE";
    const ROOM: &str = "STARLING_TEST_ROOM";

    /// Runs as a process of its own, which another test starts and kills.
    #[tokio::test]
    #[ignore = "does something only where another test says which room to enter"]
    async fn a_client_points_and_stays() {
        let [Ok(address), Ok(cookie), Ok(room)] = [ADDRESS, COOKIE, ROOM].map(std::env::var) else {
            return;
        };
        let address: SocketAddr = address.parse().unwrap();
        let room = starling_protocol::Slug::new(&room);
        let guest = Guest { name: "Ada".to_owned(), cookie, room };
        let mut ada = guest.connect(address, &format!("http://{address}"));
        loop {
            point(&mut ada);
            ada.client.changed().await;
        }
    }

    /// Ends with the test that started it.
    struct Process(Child);

    impl Process {
        fn start(address: SocketAddr, guest: &Guest) -> Self {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["--exact", "silence::stopped::a_client_points_and_stays", "--ignored"]);
            command.env(ADDRESS, address.to_string());
            command.env(COOKIE, &guest.cookie).env(ROOM, guest.room.as_str());
            command.stdout(Stdio::null()).stderr(Stdio::null());
            Self(command.spawn().unwrap())
        }
    }

    impl Drop for Process {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    #[tokio::test]
    async fn a_stopped_client_is_gone_and_comes_back_when_it_goes_on() {
        let server = Server::start(&SOON).await;
        let mut bob = server.person("Bob", "Den").await;
        let ada = Process::start(server.address, &server.guest("Ada", "Den").await);
        bob.until(has_cursor).await;
        signal("STOP", ada.0.id());
        bob.until(|room| !has_cursor(room) && !is_alone(room)).await;
        bob.until(is_alone).await;
        signal("CONT", ada.0.id());
        bob.until(has_cursor).await;
    }
}
