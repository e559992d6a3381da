//! Every example of `docs/api.md` is run as it stands there, against a real server.

use std::path::Path;
use std::process::Stdio;

use serde_json::json;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::support::program::Program;
use crate::support::{PATIENCE, Server, database};

const DOCS: &str = include_str!("../../../docs/api.md");

/// The examples in that language, in their order.
fn examples(language: &str) -> Vec<&'static str> {
    let opened = format!("```{language}\n");
    DOCS.split(&opened).skip(1).map(|rest| rest.split("\n```").next().unwrap()).collect()
}

struct Reader {
    server: Server,
    folder: TempDir,
    token: String,
    program: Program,
}

impl Reader {
    /// Somebody with an account and a token, as the page says to get one.
    async fn new() -> Self {
        // This test asks without a pause, unlike the bots.
        let server = Server::start(&["--api-per-minute", "1000000"]).await;
        let guest = server.guest("Ada", "Start").await;
        let page = Program::of_guest(&server, &guest);
        database::give_account(server.data(), &page.id().await, "ada").await;
        let wanted = json!({"name": "bot", "scopes": ["read", "write", "manage"]});
        let made = page.post("/api/v1/tokens", wanted).await;
        let token = made.body["token"].as_str().unwrap().to_owned();
        let mut program = Program::of_nobody(&server);
        program.headers.push(("authorization", format!("Bearer {token}")));
        Self { server, folder: TempDir::new().unwrap(), token, program }
    }

    fn start(&self, program: &str, arguments: &[&str]) -> Child {
        Command::new(program)
            .args(arguments)
            .current_dir(self.folder.path())
            .env("STARLING", self.server.url(""))
            .env("TOKEN", &self.token)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    /// A bot is there, answers, and goes when it is told to.
    async fn talks_to(&self, bot: Child) {
        let talk = async {
            self.until_said("I am here").await;
            self.say("!echo how are you").await;
            self.until_said("how are you").await;
            self.say("!stop").await;
        };
        let bot = async {
            let done = bot.wait_with_output().await.unwrap();
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            assert!(done.status.success(), "{said}");
        };
        let both = async { tokio::join!(talk, bot) };
        tokio::time::timeout(PATIENCE, both).await.expect("the bot does not answer");
        let gone = self.program.ask("DELETE", "/api/v1/rooms/workshop", None).await;
        assert_eq!(gone.status, 204);
    }

    async fn say(&self, body: &str) {
        let said =
            self.program.post("/api/v1/rooms/workshop/messages", json!({"body": body})).await;
        assert_eq!(said.status, 201, "{said:?}");
    }

    async fn until_said(&self, body: &str) {
        loop {
            let page = self.program.get("/api/v1/rooms/workshop/messages").await.body;
            let messages = page["messages"].as_array().cloned().unwrap_or_default();
            if messages.iter().any(|message| message["body"] == body) {
                return;
            }
        }
    }
}

#[tokio::test]
async fn what_is_typed_into_a_shell_works() {
    let reader = Reader::new().await;
    let examples = examples("sh");
    assert!(examples.len() >= 8, "{} examples", examples.len());
    for example in examples {
        let script = format!("set -euo pipefail\n{example}\n");
        let done = reader.start("bash", &["-c", &script]).wait_with_output();
        let done = tokio::time::timeout(PATIENCE, done).await.expect("it takes too long").unwrap();
        let [said, failed] = [&done.stdout, &done.stderr].map(|it| String::from_utf8_lossy(it));
        assert!(done.status.success(), "{example}\n{said}{failed}");
        assert!(!said.trim().is_empty(), "{example}\nsays nothing");
    }
}

#[tokio::test]
async fn the_bots_run() {
    let reader = Reader::new().await;
    for (language, program, file) in [("python", "python3", "bot.py"), ("js", "node", "bot.mjs")] {
        let [bot] = examples(language).try_into().unwrap();
        write(&reader.folder.path().join(file), bot);
        reader.talks_to(reader.start(program, &[file])).await;
    }
}

fn write(file: &Path, text: &str) {
    std::fs::write(file, text).unwrap();
}
