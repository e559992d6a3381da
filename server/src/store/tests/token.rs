//! Personal tokens and people of other sites, as they are stored.

use futures_util::future::join_all;
use starling_protocol::{Handle, Scopes};

use super::*;
use crate::store::{Ending, External, NewAccount, NewToken, Operates};

impl Running {
    async fn account(&self, name: &str) -> UserId {
        let guest = self.guest(name).await.id;
        let mut token_hash = [9; 32];
        token_hash[..name.len()].copy_from_slice(name.as_bytes());
        let account = NewAccount {
            guest: Some(guest),
            name: display_name(name),
            handle: Handle::parse(name).unwrap(),
            email: None,
            password: "hash".to_owned(),
            sign_in: Some(NewSignIn { token_hash, ..NewSignIn::default() }),
            operates: Operates::Not,
        };
        self.store.sign_up(account).await.unwrap()
    }

    async fn token(&self, user: UserId, number: u8) -> Result<i64, StoreError> {
        let token = NewToken {
            user,
            name: display_name("Bot"),
            token_hash: [number; 32],
            scopes: Scopes { read: true, write: true, manage: false },
            expires_at: Some(7),
        };
        self.store.make_token(token).await
    }

    fn signed_out(&self) -> usize {
        let announced = self.announced.lock().unwrap();
        announced.iter().filter(|it| matches!(it, Committed::SignedOut { .. })).count()
    }
}

#[tokio::test]
async fn tokens_are_kept_as_they_were_made_and_only_accounts_have_them() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.account("Ada").await;
    let gus = running.guest("Gus").await.id;
    assert_eq!(running.token(gus, 1).await, Err(StoreError::NoSuchPerson));
    for number in 1..=50 {
        running.token(ada, number).await.unwrap();
    }
    assert_eq!(running.token(ada, 51).await, Err(StoreError::TooManyTokens));
    let holder = running.store.token_holder(&[1; 32]).await.unwrap();
    assert_eq!(
        (holder.signed_in.user.id, holder.scopes.to_string()),
        (ada, "read write".to_owned())
    );
    assert_eq!((holder.expires_at, holder.used_at), (Some(7), None));
    let tokens = running.store.tokens_of(ada).await.unwrap();
    assert_eq!(tokens.len(), 50);
    assert!(tokens.is_sorted_by(|one, other| one.id > other.id), "the newest first");
    let bob = running.account("Bob").await;
    assert_eq!(running.store.end_token(bob, tokens[0].id).await, Err(StoreError::NoSuchToken));
    let before = running.signed_out();
    running.store.end_token(ada, tokens[0].id).await.unwrap();
    assert_eq!(running.signed_out(), before + 1);
    running.token(ada, 51).await.unwrap();
    running.close().await;
}

#[tokio::test]
async fn the_use_of_a_token_is_noted_once_an_hour() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ada = running.account("Ada").await;
    running.token(ada, 1).await.unwrap();
    let used_at = async || running.store.token_holder(&[1; 32]).await.unwrap().used_at;
    running.store.note_token_use([1; 32]).await.unwrap();
    let first = used_at().await.unwrap();
    running.store.note_token_use([1; 32]).await.unwrap();
    assert_eq!(used_at().await, Some(first));
    running.close().await;
}

#[tokio::test]
async fn a_changed_password_and_signing_out_everywhere_end_all_tokens() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let (ada, bob) = (running.account("Ada").await, running.account("Bob").await);
    running.token(bob, 200).await.unwrap();
    let keep = [9; 32];
    for (number, ends) in [(1, false), (2, false), (3, true), (4, true), (5, true)] {
        running.token(ada, number).await.unwrap();
        match number {
            1 => running.store.sign_out(ada, Ending::One(-1)).await.unwrap(),
            2 => running.store.sign_out(ada, Ending::Token([7; 32])).await.unwrap(),
            3 => running.store.sign_out(ada, Ending::AllBut(keep)).await.unwrap(),
            4 => {
                let (was, new) = ("hash".to_owned(), "new".to_owned());
                running.store.change_password(ada, was, new, keep).await.unwrap();
            }
            _ => running.store.sign_out(ada, Ending::All).await.unwrap(),
        }
        let ended = running.store.token_holder(&[number; 32]).await.is_err();
        assert_eq!(ended, ends, "{number}");
    }
    assert!(running.store.token_holder(&[200; 32]).await.is_ok(), "another person's");
    running.close().await;
}

#[tokio::test]
async fn whoever_comes_from_elsewhere_comes_once() {
    let folder = TempDir::new().unwrap();
    let running = Running::open(folder.path()).await;
    let ann = |issuer: &str| External { issuer: issuer.to_owned(), subject: "ann".to_owned() };
    let welcome = |external: External, name: Option<&str>| {
        let name = name.map(display_name);
        running.store.welcome_from_elsewhere(external, name, display_name("Guest 1"))
    };
    assert_eq!(running.store.from_elsewhere(&ann("a")).await, Err(StoreError::NoSuchPerson));
    let all = join_all((0..20).map(|_| welcome(ann("a"), None))).await;
    let id = all[0].unwrap();
    assert!(all.iter().all(|it| *it == Ok(id)));
    assert_ne!(welcome(ann("b"), None).await, Ok(id), "the same name on another site");
    assert_eq!(welcome(ann("a"), Some("Ann")).await, Ok(id));
    let known = running.store.from_elsewhere(&ann("a")).await.unwrap();
    assert_eq!((known.user.name.as_str(), known.has_account), ("Ann", true));
    assert_eq!(welcome(ann("a"), None).await, Ok(id));
    assert_eq!(running.store.person(id).await.unwrap(), known, "the name stays");
    running.close().await;
}
