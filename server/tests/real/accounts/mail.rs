//! A forgotten password, by mail: a real, if small, SMTP server takes it.

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::support::browser::Browser;
use crate::support::{PATIENCE, Server};

/// The mails that it was given, as they stood on the wire.
struct Postbox {
    url: String,
    mails: mpsc::Receiver<String>,
}

impl Postbox {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let (given, mails) = mpsc::channel(16);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                take_mail(stream, &given).await;
            }
        });
        Self { url, mails }
    }

    async fn mail(&mut self) -> String {
        tokio::time::timeout(PATIENCE, self.mails.recv()).await.expect("no mail").unwrap()
    }
}

/// What RFC 5321 asks of a server, and no more.
async fn take_mail(stream: TcpStream, given: &mpsc::Sender<String>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut mail = String::new();
    write.write_all(b"220 postbox\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.split([' ', ':']).next().unwrap() {
            "EHLO" => "250 postbox",
            "MAIL" | "RCPT" => {
                mail.push_str(&line);
                mail.push('\n');
                "250 OK"
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.unwrap();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    mail.push_str(&line);
                    mail.push('\n');
                }
                given.send(std::mem::take(&mut mail)).await.unwrap();
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "502 what?",
        };
        let answer = format!("{answer}\r\n");
        if write.write_all(answer.as_bytes()).await.is_err() || line == "QUIT" {
            return;
        }
    }
}

#[tokio::test]
async fn a_link_comes_by_mail_and_the_answer_does_not_say_to_whom() {
    const SITE: &str = "http://chat.example.org";
    let mut postbox = Postbox::open().await;
    let flags = ["--smtp-url", &postbox.url, "--mail-from", "Starling <starling@example.org>"];
    // The address of the server is known only once it listens; the browser's origin is this one.
    let server = Server::start(&[&flags[..], &["--public-url", SITE]].concat()).await;
    let ada = [
        ("name", "Ada"),
        ("handle", "wren-1"),
        ("email", "ada@example.org"),
        ("password", "correct horse 7"),
    ];
    let bob = [("name", "Bob"), ("handle", "wren-2"), ("password", "correct horse 7")];
    let post = async |path: &str, form: &[(&str, &str)]| {
        Browser::default().post_from(&server, SITE, path, form).await
    };
    for account in [&ada[..], &bob] {
        assert_eq!(post("/sign-up", account).await.status, 303);
    }
    let mut answers = Vec::new();
    for login in ["wren-3", "wren-2", "wren-3@example.org", "wren-1"] {
        let answer = post("/forgot", &[("login", login)]).await;
        assert_eq!(answer.status, 200, "{login}");
        answers.push(answer.main().replace(login, "…"));
    }
    assert!(answers[0].contains("If there is such an account"), "{}", answers[0]);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "the answers differ");
    assert_eq!(post("/forgot", &[("login", " ")]).await.status, 422);

    // The others were asked for before it: no mail was sent for them.
    let mail = postbox.mail().await;
    for words in [
        "MAIL FROM:<starling@example.org>",
        "RCPT TO:<ada@example.org>",
        "To: ada@example.org",
        "Content-Type: text/plain",
        "Choose another one within an hour:",
    ] {
        assert!(mail.contains(words), "{words}: {mail}");
    }
    assert!(!mail.contains("text/html"));
    let link = mail.lines().find(|line| line.starts_with(SITE)).expect("it has no link");
    let code = link.strip_prefix("http://chat.example.org/reset#").unwrap();
    let form = [("code", code), ("password", "another horse 8")];
    assert_eq!(post("/reset", &form).await.place, "/account?done=reset");
    assert_eq!(post("/reset", &form).await.status, 422);
    assert!(postbox.mails.try_recv().is_err(), "there was one mail");

    // By the address, too; and nobody is buried under mails.
    for _ in 0..5 {
        assert_eq!(post("/forgot", &[("login", "Ada@example.org")]).await.status, 200);
    }
    for _ in 0..3 {
        postbox.mail().await;
    }
    server.stop().await;
    assert!(postbox.mails.try_recv().is_err(), "more than three links hold at once");
}

#[tokio::test]
async fn without_mail_one_is_told_to_ask_an_administrator() {
    let server = Server::start(&[]).await;
    let page = Browser::default().get(&server, "/forgot").await;
    assert!(page.text.contains("Ask an administrator of this server for a link."));
    assert!(!page.text.contains(r#"action="/forgot""#));
    let answer = Browser::default().post(&server, "/forgot", &[("login", "ada")]).await;
    assert_eq!(answer.status, 403);
    server.stop().await;
}
