//! schemathesis asks for everything that the API's description names, as everybody who may ask: nothing
//! fails, nothing is answered that is not described, and nobody reads what is not theirs.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::program::Program;
use crate::support::{Server, database};

/// What nobody but two people may read, whatever they are on the server.
const BETWEEN_TWO: &str = "zanzibar-between-two";
/// What nobody but the members of a room may read, and administrators.
const OF_MEMBERS: &str = "zanzibar-of-members";

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
     response_schema_conformance,unsupported_method,nobody_reads_what_is_not_theirs";

#[tokio::test]
async fn every_role_gets_what_is_described_and_nothing_of_others() {
    let server = Server::with_secret(&[
        "--chat-burst",
        "1000000",
        "--chat-per-minute",
        "1000000",
        "--api-per-minute",
        "1000000",
        "--searches-per-minute",
        "1000000",
        "--joins-per-minute",
        "1000000",
        "--rooms-per-address",
        "1000000",
    ])
    .await;
    let all = "read write manage";
    let of = |subject: &str| Program::of(&server, subject, all);
    let (ann, bob, carl, zed) = (of("ann"), of("bob"), of("carl"), of("zed"));
    for (program, name, visibility) in [(&ann, "Den", "public"), (&zed, OF_MEMBERS, "private")] {
        let wanted = json!({"name": name, "visibility": visibility});
        assert_eq!(program.post("/api/v1/rooms", wanted).await.status, 201);
    }
    let (bob_id, carl_id) = (bob.id().await, carl.id().await);
    let dora_id = of("dora").id().await;
    for (id, role) in [(&bob_id, "moderator"), (&dora_id, "member")] {
        let path = format!("/api/v1/rooms/den/members/{id}");
        assert_eq!(ann.ask("PUT", &path, Some(json!({"role": role}))).await.status, 204);
    }
    for program in [&ann, &bob, &carl] {
        let said = program.post("/api/v1/rooms/den/messages", json!({"body": "words here"})).await;
        assert_eq!(said.status, 201);
    }
    let hidden = format!("/api/v1/rooms/{OF_MEMBERS}/messages");
    assert_eq!(zed.post(&hidden, json!({"body": OF_MEMBERS})).await.status, 201);
    let wanted = json!({"name": OF_MEMBERS, "size": 10});
    let started = zed.post(&format!("/api/v1/rooms/{OF_MEMBERS}/uploads"), wanted).await;
    let upload = started.body["id"].as_str().unwrap().to_owned();
    let direct = format!("/api/v1/directs/{carl_id}/messages");
    let said = zed.post(&direct, json!({"body": BETWEEN_TWO})).await;
    let conversation = said.header("location").split('/').nth(4).unwrap().to_owned();
    let guest = Program::of_guest(&server, &server.guest("Gil", "Den").await);
    let root = of("root");
    root.id().await;
    let made = database::change(server.data(), "UPDATE users SET operator = 1 WHERE name = 'root'");
    assert_eq!(made.await, 1);

    let known = json!({
        "slug": ["den", "den", OF_MEMBERS, conversation],
        "id": ["den", OF_MEMBERS, conversation],
        "seq": [1, 2, 3],
        "emoji": ["★"],
        "upload": [upload],
        "user": [zed.id().await],
    });
    let scoped = |scopes| Program::of(&server, "sue", scopes);
    let folder = TempDir::new().unwrap();
    let hooks = include_str!("support/schemathesis_hooks.py");
    std::fs::write(folder.path().join("starling_hooks.py"), hooks).unwrap();
    let both = &[OF_MEMBERS, BETWEEN_TWO][..];
    // Two at a time, those who may do least first.
    let one_side = [
        ("anyone", Program::of_nobody(&server), both),
        ("read", scoped("read"), both),
        ("write", scoped("write"), both),
        ("manage", scoped("manage"), both),
        ("guest", guest, both),
    ];
    let other_side = [
        ("visitor", scoped(all), both),
        ("member", of("dora"), both),
        ("moderator", bob, both),
        ("owner", ann, both),
        ("administrator", root.clone(), &[BETWEEN_TWO]),
    ];
    let run_all = async |roles: &[(&str, Program, &[&str])]| {
        for (name, program, secrets) in roles {
            run(folder.path(), &server, name, program, secrets, &known, &KEEPING).await;
        }
    };
    tokio::join!(run_all(&one_side), run_all(&other_side));
    // The end of a room comes last.
    let ends = ["--include-operation-id-regex", "delete_room$"];
    run(folder.path(), &server, "end", &root, &[BETWEEN_TWO], &known, &ends).await;
    assert_eq!(
        root.get("/api/v1/rooms/den").await.outcome(),
        "no_such_room",
        "it was not asked for"
    );
}

/// What would leave nothing to those who come after.
const KEEPING: [&str; 2] = ["--exclude-operation-id-regex", "delete_room$"];

async fn run(
    folder: &Path,
    server: &Server,
    name: &str,
    program: &Program,
    secrets: &[&str],
    known: &Value,
    which: &[&str],
) {
    let mut command = Command::new(schemathesis());
    command
        .current_dir(folder)
        .env("SCHEMATHESIS_HOOKS", "starling_hooks")
        .env("STARLING_KNOWN", known.to_string())
        .env("STARLING_SECRETS", json!(secrets).to_string())
        .args(["run", &server.url("/api/openapi.json"), "--no-color", "--warnings", "off"])
        .args(["--phases", "coverage,fuzzing", "--max-examples", "8", "--no-shrink"])
        .args(["--generation-deterministic", "--checks", CHECKS])
        .args(which);
    for (header, value) in &program.headers {
        command.args(["--header", &format!("{header}: {value}")]);
    }
    let done = command.kill_on_drop(true).output().await.unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "as {name}:\n{said}{}", String::from_utf8_lossy(&done.stderr));
    assert!(said.contains("No issues found"), "as {name}:\n{said}");
}

fn schemathesis() -> PathBuf {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/python/bin/schemathesis");
    assert!(program.exists(), "`cargo xtask test` installs schemathesis; it is not there yet");
    program
}
