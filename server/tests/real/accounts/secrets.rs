//! Secrets stand neither in the logs, whatever is logged, nor in the database.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::support::Server;
use crate::support::browser::{Browser, PASSWORD};
use crate::support::process::{signal, with_arguments};

/// A server that logs all it can, and the code it told its operator.
struct Talkative {
    process: Child,
    address: SocketAddr,
    setup_code: String,
}

impl Talkative {
    fn start(folder: &TempDir) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_starling"));
        let log = File::create(folder.path().join("log")).unwrap();
        let anywhere = "127.0.0.1:0".parse().unwrap();
        with_arguments(&mut command, anywhere, folder.path(), &["--log", "trace"]);
        let mut process = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut line = || lines.next().unwrap().unwrap();
        let listens = line();
        let address = listens.strip_prefix("Starling listens on http://").unwrap().parse().unwrap();
        let told = line();
        let (before, code) = told.split_once("/setup#").unwrap();
        assert_eq!(
            before,
            format!("Starling has no administrator yet. To become one, open http://{address}")
        );
        Self { address, setup_code: code.to_owned(), process }
    }
}

impl Drop for Talkative {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_logged_or_stored_in_clear() {
    const NEW: &str = "another horse 8";
    const WRONG: &str = "a wrong horse 9";
    let folder = TempDir::new().unwrap();
    let mut running = Talkative::start(&folder);
    let server = Server::elsewhere(running.address);
    let mut ada = Browser::default();
    let mut secrets = vec![PASSWORD.to_owned(), NEW.to_owned(), WRONG.to_owned()];
    let mut keep = |browser: &Browser| {
        let (_, token) = browser.cookie.split_once('=').unwrap();
        assert_eq!(token.len(), 43);
        secrets.push(token.to_owned());
    };
    ada.join(&server, "Ada", "Den").await;
    keep(&ada);
    assert_eq!(ada.sign_up(&server, "ada").await.status, 303);
    keep(&ada);
    assert_eq!(Browser::default().sign_in(&server, "ada", WRONG).await.status, 401);
    let code = running.setup_code.clone();
    assert_eq!(ada.post(&server, "/setup", &[("code", &code)]).await.status, 303);
    let change = [("current", PASSWORD), ("password", NEW)];
    assert_eq!(ada.post(&server, "/account/password", &change).await.status, 303);
    let mut elsewhere = Browser::default();
    assert_eq!(elsewhere.sign_in(&server, "ada", NEW).await.status, 303);
    keep(&elsewhere);
    assert!(elsewhere.who(&server).await.is_some());
    let answer = ada.post(&server, "/admin/people", &[("login", "ada")]).await;
    let link = answer.text.split("/reset#").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let form = [("code", link.as_str()), ("password", PASSWORD)];
    assert_eq!(elsewhere.post(&server, "/reset", &form).await.status, 303);
    keep(&elsewhere);
    secrets.extend([code, link]);
    signal("TERM", running.process.id());
    assert!(running.process.wait().unwrap().success());

    let mut searched = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        searched += bytes.len();
        for secret in &secrets {
            let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
            for form in [secret.clone(), secret.replace(' ', "+"), percent] {
                let found = bytes.windows(form.len()).any(|window| window == form.as_bytes());
                assert!(!found, "{form} stands in {}", path.display());
            }
        }
    }
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("DEBUG") && log.contains("/sign-in"), "it was silent");
    assert!(searched > 100_000, "only {searched} bytes were searched");
}
