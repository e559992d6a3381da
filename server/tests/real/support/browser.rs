//! A browser without JavaScript: it keeps its cookie and follows no redirect.

use reqwest::Response;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use starling_protocol::Slug;

use super::{Guest, Server, http, post_form};

/// What `COOKIE` is called.
const NAME: &str = "starling=";

/// Somebody's browser. Its cookie is empty while it has none.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    pub(crate) cookie: String,
}

/// What a browser got.
pub(crate) struct Page {
    pub(crate) status: u16,
    /// Where it leads, if it does.
    pub(crate) place: String,
    /// The cookie's whole header, if there is one.
    pub(crate) set_cookie: Option<String>,
    pub(crate) text: String,
}

impl Page {
    /// What is on it; around that, pages carry numbers used once.
    pub(crate) fn main(&self) -> &str {
        let (_, rest) = self.text.split_once("<main").expect("it is no page");
        rest.split_once("</main>").expect("it does not end").0
    }
}

impl Browser {
    pub(crate) fn of(guest: &Guest) -> Self {
        Self { cookie: guest.cookie.clone() }
    }

    pub(crate) async fn get(&mut self, server: &Server, path: &str) -> Page {
        let answer = http().get(server.url(path)).header(COOKIE, &self.cookie).send().await;
        self.take(answer.unwrap()).await
    }

    pub(crate) async fn post(
        &mut self,
        server: &Server,
        path: &str,
        form: &[(&str, &str)],
    ) -> Page {
        self.post_from(server, &server.url(""), path, form).await
    }

    /// From a page of that origin.
    pub(crate) async fn post_from(
        &mut self,
        server: &Server,
        origin: &str,
        path: &str,
        form: &[(&str, &str)],
    ) -> Page {
        let answer = post_form(&http(), &server.url(path), origin, &self.cookie, form).await;
        self.take(answer).await
    }

    async fn take(&mut self, answer: Response) -> Page {
        let header = |name| answer.headers().get(name).map(|it| it.to_str().unwrap().to_owned());
        let set_cookie = header(SET_COOKIE);
        if let Some(cookie) = &set_cookie {
            let pair = cookie.split(';').next().unwrap();
            let has_value = pair.len() > NAME.len();
            self.cookie = if has_value { pair.to_owned() } else { String::new() };
        }
        let (status, place) = (answer.status().as_u16(), header(LOCATION).unwrap_or_default());
        Page { status, place, set_cookie, text: answer.text().await.unwrap() }
    }

    /// Makes an account with the password of all tests.
    pub(crate) async fn sign_up(&mut self, server: &Server, handle: &str) -> Page {
        let email = format!("{handle}@example.org");
        let form =
            [("name", handle), ("handle", handle), ("email", &email), ("password", PASSWORD)];
        self.post(server, "/sign-up", &form).await
    }

    pub(crate) async fn sign_in(&mut self, server: &Server, login: &str, password: &str) -> Page {
        self.post(server, "/sign-in", &[("login", login), ("password", password)]).await
    }

    /// Joins a room that may have to be made.
    pub(crate) async fn join(&mut self, server: &Server, name: &str, room: &str) -> Page {
        self.post(server, "/join", &[("name", name), ("room", room)]).await
    }

    /// For what guests do.
    pub(crate) fn guest(&self, room: &str) -> Guest {
        Guest { name: String::new(), cookie: self.cookie.clone(), room: Slug::new(room) }
    }

    /// The id of whoever it stands for, as a socket is told; none if the socket is refused.
    pub(crate) async fn who(&self, server: &Server) -> Option<String> {
        let mut socket = server.open(&server.url(""), &self.cookie).await.unwrap();
        match socket.frame_or_close().await {
            Ok(hello) => Some(hello["user"]["id"].as_str().unwrap().to_owned()),
            Err(code) => {
                assert_eq!(code, 4401);
                None
            }
        }
    }
}

/// The password of all who have one in the tests.
pub(crate) const PASSWORD: &str = "correct horse 7";
