//! `starling admin …`, as an operator runs it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::Server;
use crate::support::browser::{Browser, PASSWORD};

fn admin(data: &Path, words: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_starling"));
    command.arg("admin").args(words).arg("--data-dir").arg(data);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    // One that refuses its arguments does not read.
    let _ = running.stdin.take().unwrap().write_all(input.as_bytes());
    running.wait_with_output().unwrap()
}

fn says(output: &Output) -> &str {
    assert!(output.status.success(), "{output:?}");
    std::str::from_utf8(&output.stdout).unwrap()
}

fn fails(output: &Output) -> &str {
    assert!(!output.status.success(), "{output:?}");
    std::str::from_utf8(&output.stderr).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn administrators_are_made_and_unmade_beside_a_server() {
    let server = Server::start(&["--guests", "off", "--sign-up", "off"]).await;
    // Until it answers, it may still be making its database.
    assert_eq!(server.get("/").await.status(), 200);
    let data = server.data();
    let password = format!("{PASSWORD}\n");
    let made = admin(data, &["create", "Ada", "--email", "ada@example.org"], &password);
    assert_eq!(says(&made), "ada is an administrator now.\n");
    let taken = admin(data, &["create", "ada"], &password);
    assert!(fails(&taken).contains("`starling admin grant ada`"), "{taken:?}");
    assert!(fails(&admin(data, &["create", "a"], &password)).contains("A handle has 3 to 30"));
    assert!(fails(&admin(data, &["create", "bob"], "short\n")).contains("A password has 8"));
    let output = admin(data, &["list"], "");
    assert_eq!(says(&output), "ada ada@example.org\n");

    let mut ada = Browser::default();
    assert_eq!(ada.sign_in(&server, "ada@example.org", PASSWORD).await.status, 303);
    assert_eq!(ada.get(&server, "/admin/people").await.status, 200);
    says(&admin(data, &["revoke", "ada"], ""));
    assert_eq!(ada.get(&server, "/admin/people").await.status, 404);
    says(&admin(data, &["grant", "ada"], ""));
    assert_eq!(ada.get(&server, "/admin/people").await.status, 200);
    assert!(fails(&admin(data, &["grant", "nobody"], "")).contains("nobody: no such person"));

    let output = admin(data, &["reset", "ada", "--public-url", "https://chat.example.org"], "");
    let code = says(&output).trim_end().strip_prefix("https://chat.example.org/reset#").unwrap();
    let form = [("code", code), ("password", "another horse 8")];
    assert_eq!(Browser::default().post(&server, "/reset", &form).await.status, 303);
    assert_eq!(ada.who(&server).await, None);
    assert!(fails(&admin(data, &["reset", "nobody"], "")).contains("nobody: no such person"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_administrator_can_be_made_before_the_first_start() {
    let folder = tempfile::TempDir::new().unwrap();
    says(&admin(folder.path(), &["create", "ada"], &format!("{PASSWORD}\n")));
    let link = admin(folder.path(), &["reset", "ada"], "");
    assert!(says(&link).starts_with("/reset#"), "{link:?}");
    let mut server = Server::start_with(folder).await;
    assert_eq!(server.setup_code().await, None, "there is one already");
    assert_eq!(Browser::default().sign_in(&server, "ada", PASSWORD).await.status, 303);
    server.stop().await;
}
