//! Fifty people on a network that cuts, delays and halves what they say and hear.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use starling_client::RoomState;
use starling_protocol::MessageId;

use crate::support::database::{Row, rows};
use crate::support::network::{Network, Weather};
use crate::support::seed::{at_size, seed};
use crate::support::{PATIENCE, Person, Server};

const PEOPLE: usize = 50;
const SAYS: usize = 6;

#[tokio::test]
async fn after_every_cut_everyone_shows_the_same() {
    let seed = seed();
    for number in 0..at_size("STARLING_TEST_STORMS", 2) as u64 {
        storm(seed.wrapping_add(number)).await;
    }
}

async fn storm(seed: u64) {
    eprintln!("storm {seed}");
    let server = Server::start(&["--chat-burst", "1000"]).await;
    let network = Network::to(server.address, seed, Weather::Stormy).await;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let guest = server.guest(&format!("P{number}"), "Den").await;
        // The page's address is the network's, as that is where its browser goes.
        people.push(guest.connect(network.address, &format!("http://{}", network.address)));
    }
    let mut seeds = SmallRng::seed_from_u64(seed);
    let talks = people.iter_mut().map(|person| talk(person, seeds.random()));
    let talking = tokio::time::timeout(PATIENCE, join_all(talks));
    let said = talking.await.expect("they never get everything through");
    assert!(network.cuts() > PEOPLE as u64, "only {} cuts: that is no storm", network.cuts());

    network.set(Weather::Calm);
    let all = (PEOPLE * SAYS) as u64;
    join_all(people.iter_mut().map(async |person| {
        let heard = |room: &RoomState| room.position().is_some_and(|p| p.seq.0 >= all);
        person.hurry_until(|room| heard(room) && room.pending().count() == 0).await;
        // Who got through late has seen only the end of it.
        while person.state().has_older() {
            person.older().await;
        }
    }))
    .await;
    let (_, folder, _) = server.stop().await;
    let rows = rows(folder.path()).await;
    assert_eq!(rows.len(), PEOPLE * SAYS, "something was lost or stands twice");
    for person in &people {
        let shown: Vec<Row> = person.state().messages().map(Row::from).collect();
        assert_eq!(shown, rows, "{} shows something else than was stored", person.name);
    }
    let mut stored: BTreeMap<_, Vec<MessageId>> = BTreeMap::new();
    for row in &rows {
        stored.entry(row.author).or_default().push(row.id);
    }
    for (person, said) in people.iter().zip(said) {
        let author = person.core().user().unwrap().id.uuid();
        assert_eq!(stored[&author], said, "{} said it in another order", person.name);
    }
}

/// Says everything, now and then several things at once, until it is all stored.
async fn talk(person: &mut Person, seed: u64) -> Vec<MessageId> {
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut said = Vec::new();
    loop {
        person.hurry();
        let pending = person.state().pending().count();
        if pending == 0 && said.len() == SAYS {
            return said;
        }
        if said.len() < SAYS && (pending == 0 || rng.random_bool(0.1)) {
            let body = format!("{} says {}", person.name, said.len());
            said.push(person.say(&body));
        }
        person.client.changed().await;
        person.state().check_invariants();
    }
}
