//! `starling room`: what its keepers do in a room, done by whoever runs the server, also beside it.

mod values;
mod words;

use std::io::{self, Write};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use starling_app::audit;
use starling_protocol::{Limits, Measure, Reason, Role, RoomName, Seq, Slug, Visibility};
use starling_server::config::DataDir;
use starling_server::invitation;
use starling_server::secret::Secret;
use starling_server::store::{
    Actor, InviteId, NewInvite, NewMeasure, RoomChange, RoomRecord, Store, at_console,
};

use values::{Long, role, visibility};
use words::{line_of, moment, person, state, why};

/// So many lines of a list are read at once.
const A_PAGE: u32 = 500;

/// What `starling room` is told.
#[derive(Args)]
pub(crate) struct Room {
    #[command(flatten)]
    data: DataDir,

    #[command(subcommand)]
    act: Act,
}

/// Who is meant, in which room.
#[derive(Args)]
struct Whom {
    /// The room's address, without "/r/".
    slug: String,
    /// Somebody's handle or id.
    who: String,
}

#[derive(Subcommand)]
enum Act {
    /// Lists all rooms: address, state, name.
    List,
    /// Shows a room, who belongs to it, and who came last.
    Show { slug: String },
    /// Gives a room another name. Its address stays.
    Rename { slug: String, name: String },
    /// Says who finds a room.
    Visibility {
        slug: String,
        #[arg(value_parser = visibility())]
        visibility: Visibility,
    },
    /// Says what visitors may do in a room.
    Visitors {
        slug: String,
        #[arg(value_parser = ["talk", "read"])]
        may: String,
    },
    /// Locks a room: only its moderators and its owner talk.
    Lock { slug: String },
    /// Unlocks a room.
    Unlock { slug: String },
    /// Archives a room: it is only read.
    Archive { slug: String },
    /// Opens an archived room again.
    Unarchive { slug: String },
    /// Deletes a room with all that was said in it.
    Delete {
        slug: String,
        /// Without this nothing is deleted.
        #[arg(long)]
        yes: bool,
    },
    /// Makes somebody a moderator, a member, or a visitor again.
    Role {
        #[command(flatten)]
        whom: Whom,
        #[arg(value_parser = role())]
        role: Role,
    },
    /// Makes somebody the owner; the owner so far becomes a moderator.
    HandOver(Whom),
    /// Lets somebody only read.
    Mute(Measured),
    /// Lets somebody talk again.
    Unmute(Whom),
    /// Sends somebody out; they may come back after a minute.
    Kick {
        #[command(flatten)]
        whom: Whom,
        /// Why.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Sends somebody out, and keeps them out.
    Ban(Measured),
    /// Ends a ban.
    Unban(Whom),
    /// Deletes a message.
    DeleteMessage {
        slug: String,
        /// Its number in the room.
        number: u64,
    },
    /// Makes an invitation, and prints its link this once.
    Invite {
        slug: String,
        /// How long it is good, such as 10m, 2h, 7d or 4w; without it, until it is taken back.
        #[arg(long = "for", value_name = "time")]
        lasts: Option<Long>,
        /// How many people can accept it; without it, any number.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
        uses: Option<u32>,
        /// The address people open.
        #[arg(long, env = "STARLING_PUBLIC_URL", value_name = "URL", default_value = "")]
        public_url: String,
    },
    /// Lists the open invitations of a room.
    Invites { slug: String },
    /// Takes an invitation back.
    Uninvite {
        slug: String,
        /// Its number.
        number: i64,
    },
    /// Shows what was done in a room by whom, the latest last.
    Log {
        slug: String,
        /// How many lines of it.
        #[arg(long, default_value_t = 100)]
        lines: u32,
    },
}

#[derive(Args)]
struct Measured {
    #[command(flatten)]
    whom: Whom,
    /// Why.
    #[arg(long, default_value = "")]
    reason: String,
    /// For how long, such as 10m, 2h, 7d or 4w; without it, until it is ended.
    #[arg(long = "for", value_name = "time")]
    lasts: Option<Long>,
}

impl Room {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let Self { data, act } = self;
        at_console(&data.folder, async |store| act.run(store).await).await?
    }
}

impl Act {
    async fn run(self, store: &Store) -> anyhow::Result<()> {
        match self {
            Self::List => list(store).await,
            Self::Show { slug } => show(store, &slug).await,
            Self::Rename { slug, name } => {
                // The server's limit may be another one; what is stored is checked by none.
                let limits = Limits { room_name_chars: 500, ..Limits::default() };
                let name = Some(RoomName::parse(&name, &limits)?);
                change(store, &slug, RoomChange { name, ..RoomChange::default() }).await
            }
            Self::Visibility { slug, visibility } => {
                let visibility = Some(visibility);
                change(store, &slug, RoomChange { visibility, ..RoomChange::default() }).await
            }
            Self::Visitors { slug, may } => {
                let visitors_talk = Some(may == "talk");
                change(store, &slug, RoomChange { visitors_talk, ..RoomChange::default() }).await
            }
            Self::Lock { slug } => lock(store, &slug, true).await,
            Self::Unlock { slug } => lock(store, &slug, false).await,
            Self::Archive { slug } => archive(store, &slug, true).await,
            Self::Unarchive { slug } => archive(store, &slug, false).await,
            Self::Delete { slug, yes } => {
                let room = room(store, &slug).await?;
                if !yes {
                    bail!("this deletes {} with all that was said in it: add --yes", room.name);
                }
                store.delete_room(Actor::Console, room.id, None).await.map_err(why)
            }
            Self::Role { whom, role } => set_role(store, &whom, role).await,
            Self::HandOver(whom) => set_role(store, &whom, Role::Owner).await,
            Self::Mute(measured) => measured.take(store, Measure::Mute).await,
            Self::Ban(measured) => measured.take(store, Measure::Ban).await,
            Self::Kick { whom, reason } => {
                Measured { whom, reason, lasts: None }.take(store, Measure::Kick).await
            }
            Self::Unmute(whom) => Measured::end(whom).take(store, Measure::Unmute).await,
            Self::Unban(whom) => Measured::end(whom).take(store, Measure::Unban).await,
            Self::DeleteMessage { slug, number } => {
                let room = room(store, &slug).await?;
                store.delete_message(Actor::Console, room.id, Seq(number), None).await.map_err(why)
            }
            Self::Invite { slug, lasts, uses, public_url } => {
                let room = room(store, &slug).await?;
                let code = Secret::new()?;
                let lasts = lasts.map(Long::ms);
                let invite = NewInvite { code_hash: code.hash, lasts, most_uses: uses };
                store.make_invite(Actor::Console, room.id, invite).await.map_err(why)?;
                print(&invitation::link(public_url.trim_end_matches('/'), &code.text))
            }
            Self::Invites { slug } => invites(store, &slug).await,
            Self::Uninvite { slug, number } => {
                let room = room(store, &slug).await?;
                let invite = InviteId(number);
                store.take_back_invite(Actor::Console, room.id, invite).await.map_err(why)
            }
            Self::Log { slug, lines } => log(store, &slug, lines).await,
        }
    }
}

impl Measured {
    fn end(whom: Whom) -> Self {
        Self { whom, reason: String::new(), lasts: None }
    }

    async fn take(self, store: &Store, measure: Measure) -> anyhow::Result<()> {
        let room = room(store, &self.whom.slug).await?;
        let user = store.named(&self.whom.who).await.map_err(why)?;
        let reason = Reason::parse(&self.reason)?;
        let measure = NewMeasure { user, measure, reason, lasts: self.lasts.map(Long::ms) };
        store.moderate(Actor::Console, room.id, measure).await.map_err(why)
    }
}

async fn room(store: &Store, slug: &str) -> anyhow::Result<RoomRecord> {
    store.room(&Slug::new(slug)).await.map_err(why)
}

async fn change(store: &Store, slug: &str, change: RoomChange) -> anyhow::Result<()> {
    let room = room(store, slug).await?;
    store.change_room(Actor::Console, room.id, change).await.map_err(why)?;
    Ok(())
}

async fn lock(store: &Store, slug: &str, locked: bool) -> anyhow::Result<()> {
    change(store, slug, RoomChange { locked: Some(locked), ..RoomChange::default() }).await
}

async fn archive(store: &Store, slug: &str, archived: bool) -> anyhow::Result<()> {
    change(store, slug, RoomChange { archived: Some(archived), ..RoomChange::default() }).await
}

async fn set_role(store: &Store, whom: &Whom, role: Role) -> anyhow::Result<()> {
    let room = room(store, &whom.slug).await?;
    let user = store.named(&whom.who).await.map_err(why)?;
    store.set_role(Actor::Console, room.id, user, role).await.map_err(why)
}

async fn list(store: &Store) -> anyhow::Result<()> {
    let mut after = String::new();
    loop {
        let rooms = store.rooms(&after, A_PAGE).await.map_err(why)?;
        let Some(last) = rooms.last() else { return Ok(()) };
        last.slug.as_str().clone_into(&mut after);
        for room in &rooms {
            print(&format!("{}\t{}\t{}", room.slug, state(room), room.name))?;
        }
    }
}

async fn show(store: &Store, slug: &str) -> anyhow::Result<()> {
    let room = room(store, slug).await?;
    print(&format!("{}\t{}\t{}", room.slug, state(&room), room.name))?;
    let mut skip = 0;
    loop {
        let members = store.members(room.id, skip, A_PAGE).await.map_err(why)?;
        members.iter().try_for_each(|member| print(&person(member)))?;
        match u32::try_from(members.len()) {
            Ok(count) if count == A_PAGE => skip += count,
            _ => break,
        }
    }
    for visitor in store.visitors(room.id, A_PAGE).await.map_err(why)? {
        print(&person(&visitor))?;
    }
    for measure in store.measures(room.id, A_PAGE).await.map_err(why)? {
        print(&words::measure(&measure))?;
    }
    Ok(())
}

async fn invites(store: &Store, slug: &str) -> anyhow::Result<()> {
    let room = room(store, slug).await?;
    for invite in store.invites(room.id, A_PAGE).await.map_err(why)? {
        print(&words::invite(&invite))?;
    }
    Ok(())
}

async fn log(store: &Store, slug: &str, lines: u32) -> anyhow::Result<()> {
    let room = room(store, slug).await?;
    let done = store.done(room.id, None, lines).await.map_err(why)?;
    for done in done.iter().rev() {
        let target = done.target.as_ref().map(|target| words::who(Some(target)));
        let said = audit::words(&done.act, target.as_deref(), &done.detail).line();
        let actor = words::who(done.actor.as_ref());
        print(&line_of(&[&moment(done.at), &actor, &said]))?;
    }
    Ok(())
}

/// A line on standard output. Whoever reads it may have read enough.
fn print(line: &str) -> anyhow::Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        printed => printed.context("standard output cannot be written"),
    }
}
