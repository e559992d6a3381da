//! `starling admin …`: administrators, and links for those who forgot their password. All of it works
//! beside a running server.

use std::io::{self, IsTerminal, Write};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use starling_protocol::{AccountError, Email, Handle, Password};
use starling_server::admin;
use starling_server::config::DataDir;
use starling_server::store::{StoreError, at_console};

/// What `starling admin` is told.
#[derive(Args)]
pub(crate) struct Admin {
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Makes an administrator's account. The password is asked for, or read from standard input.
    Create {
        /// The name to sign in with.
        #[arg(value_name = "handle", value_parser = Handle::parse)]
        handle: Handle,

        /// An address to sign in with, too, and to get mail.
        #[arg(long, value_name = "address", value_parser = Email::parse)]
        email: Option<Email>,

        #[command(flatten)]
        data: DataDir,
    },
    /// Makes somebody who has an account an administrator.
    Grant(Somebody),
    /// Makes an administrator an ordinary person again.
    Revoke(Somebody),
    /// Makes a link by which somebody sets another password, once, within an hour.
    Reset {
        #[command(flatten)]
        somebody: Somebody,

        /// The address people open, with which the link begins.
        #[arg(long, env = "STARLING_PUBLIC_URL", value_name = "URL")]
        public_url: Option<String>,
    },
    /// Lists the administrators.
    List {
        #[command(flatten)]
        data: DataDir,
    },
}

#[derive(Args)]
struct Somebody {
    /// Their handle or address.
    #[arg(value_name = "handle")]
    login: String,

    #[command(flatten)]
    data: DataDir,
}

impl Admin {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self.command {
            AdminCommand::Create { handle, email, data } => {
                let password = ask_password()?;
                let named = handle.as_str().to_owned();
                let made = at_console(&data.folder, async |store| {
                    admin::create(store, handle, email, &password).await
                });
                match made.await? {
                    Err(StoreError::HandleTaken) => bail!(
                        "somebody is called {named} already: `starling admin grant {named}` makes \
                         them an administrator"
                    ),
                    made => made?,
                }
                say(&format!("{named} is an administrator now."));
            }
            AdminCommand::Grant(somebody) => somebody.set_administrator(true).await?,
            AdminCommand::Revoke(somebody) => somebody.set_administrator(false).await?,
            AdminCommand::Reset { somebody: Somebody { login, data }, public_url } => {
                let made =
                    at_console(&data.folder, async |store| admin::reset_link(store, &login).await);
                let link = made.await?.with_context(|| login.clone())?;
                let site = public_url.as_deref().unwrap_or_default().trim_end_matches('/');
                say(&format!("{site}{link}"));
                // Not part of the link, for whoever reads it by a program.
                if site.is_empty() {
                    eprintln!(
                        "Put the address of the server in front of it. It holds for an hour."
                    );
                } else {
                    eprintln!("It holds for an hour.");
                }
            }
            AdminCommand::List { data } => {
                let listed = at_console(&data.folder, async |store| store.operators().await);
                for account in listed.await?? {
                    let email = account.email.as_ref().map(Email::as_str).unwrap_or_default();
                    say(format!("{} {email}", account.handle.as_str()).trim_end());
                }
            }
        }
        Ok(())
    }
}

impl Somebody {
    async fn set_administrator(self, is: bool) -> anyhow::Result<()> {
        let Self { login, data } = self;
        let done = at_console(&data.folder, async |store| {
            admin::set_administrator(store, &login, is).await
        });
        done.await?.with_context(|| login.clone())?;
        say(&match is {
            true => format!("{login} is an administrator now."),
            false => format!("{login} is no administrator any more."),
        });
        Ok(())
    }
}

/// From the terminal, unseen and twice; or the first line of standard input, if that is no terminal.
fn ask_password() -> anyhow::Result<Password> {
    let unreadable = "the password could not be read";
    let typed = if io::stdin().is_terminal() {
        let typed = rpassword::prompt_password("Password: ").context(unreadable)?;
        if rpassword::prompt_password("Once more: ").context(unreadable)? != typed {
            bail!("the two are not the same");
        }
        typed
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line).context(unreadable)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    Password::parse(&typed).map_err(|error: AccountError| error.into())
}

/// Standard output may be closed; what is done is done.
fn say(words: &str) {
    let _ = writeln!(io::stdout(), "{words}");
}
