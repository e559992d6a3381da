//! What ARCHITECTURE.md says must stay true and a reader of the source can see: who names what, that
//! nothing is unbounded, and that files stay small. What fails says which file and which rule.

use std::fs;
use std::path::Path;

/// The folders with source of ours.
const FOLDERS: [&str; 10] = [
    "app", "bench", "client", "clients", "end2end", "frontend", "protocol", "server", "style",
    "xtask",
];

/// The most lines of a file that is not in [`LONG`].
const LINES: usize = 400;

/// Longer files, each with its reason. One that became shorter has to leave the list.
const LONG: [(&str, &str); 1] =
    [("server/src/simulation.rs", "one world: its parts mean nothing without each other")];

/// Words that only some files may use, tests aside.
struct Rule {
    words: &'static [&'static str],
    /// Which files the rule is about.
    about: fn(&str) -> bool,
    reason: &'static str,
}

const RULES: [Rule; 5] = [
    Rule {
        words: &["serde_json"],
        about: |path| {
            !matches!(
                path,
                "protocol/src/codec.rs"
                    | "protocol/src/codec/tagged.rs"
                    // Passed on as it came.
                    | "protocol/src/json.rs"
                    // The build's manifest, the tab's storage: both sides are the same program.
                    | "server/src/assets.rs"
                    // The description of the API is made of JSON, and what a program broadcasts is any.
                    | "server/src/http/api/broadcast.rs"
                    | "server/src/http/api/docs.rs"
                    | "server/src/http/api/document.rs"
                    // Another standard's file of keys.
                    | "server/src/http/identity/keys.rs"
                    | "app/src/saved.rs"
                    | "xtask/src/site.rs"
            )
                // Another protocol, whose events are anybody's.
                && !is_module(path, "server/src/gateway")
        },
        reason: "only the codec names the wire format of events (invariant 2)",
    },
    Rule {
        words: &["to_le_bytes", "from_le_bytes"],
        about: |path| {
            // The peer's frames are not Starling's.
            !is_module(path, "protocol/src/cursor") && path != "bench/src/peer/plain.rs"
        },
        reason: "only the cursor frames know how they lie on the wire (invariant 2)",
    },
    Rule {
        words: &["axum", "leptos"],
        about: |path| is_module(path, "server/src/room") || is_module(path, "server/src/store"),
        reason: "rooms and store know nothing of HTTP or pages (invariant 2)",
    },
    Rule {
        words: &["sqlx"],
        about: |path| !is_module(path, "server/src/store"),
        reason: "only the store names the database (invariant 2)",
    },
    Rule {
        words: &[
            "async",
            "await",
            "tokio",
            "futures_util",
            "web_sys",
            "js_sys",
            "Instant",
            "SystemTime",
            "fs",
            "io",
            "net",
            "thread",
        ],
        about: is_plain_value,
        reason: "rooms and the client's core have no async, no I/O and no clock (invariant 1)",
    },
];

/// Ways to make or name a queue without a bound, spaces aside (invariant 4).
const UNBOUNDED: [&str; 7] = [
    "unbounded_channel",
    "UnboundedSender",
    "UnboundedReceiver",
    "::unbounded(",
    "mpsc::channel()",
    "mpsc::channel::<",
    "SegQueue",
];

/// A room, or the client without its transports.
fn is_plain_value(path: &str) -> bool {
    let transport = is_module(path, "client/src/native") || is_module(path, "client/src/web");
    is_module(path, "server/src/room") || (path.starts_with("client/src/") && !transport)
}

/// `module.rs` or a file below `module/`.
fn is_module(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// Everything that is wrong with a file.
fn faults(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = text.lines().count();
    let listed = LONG.iter().any(|(long, _)| *long == path);
    if lines > LINES && !listed {
        faults.push(format!("{lines} lines: which two things does it hold? (at most {LINES})"));
    }
    if lines <= LINES && listed {
        faults.push(format!("{lines} lines: it need not be in the list of long files"));
    }
    if !path.ends_with(".rs") {
        return faults;
    }
    if !text.starts_with("//!") {
        faults.push("its first line does not say, after //!, what it owns".to_owned());
    }
    if path.ends_with("/mod.rs") {
        faults.push("modules are named like their file; there is no mod.rs".to_owned());
    }
    let code = code(text);
    let dense: String = code.split_whitespace().collect();
    for way in UNBOUNDED {
        if dense.contains(way) {
            faults.push(format!("{way}: every queue is bounded (invariant 4)"));
        }
    }
    if is_test(path) {
        return faults;
    }
    let product = code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let words: Vec<&str> = product
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|w| !w.is_empty())
        .collect();
    for rule in RULES.iter().filter(|rule| (rule.about)(path)) {
        for word in rule.words.iter().filter(|word| words.contains(word)) {
            faults.push(format!("it names {word}: {}", rule.reason));
        }
    }
    faults
}

/// Tests may look behind the curtain. Modules of tests have one of these names.
fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

/// The text without its comments and without what stands in quotes.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(raw) = raw_string(rest) {
            raw
        } else if first == '"' {
            quoted(rest)
        } else {
            // So that the quotes in '"' and '\"' open nothing.
            let skip = ["'\"'", "'\\\"'"].iter().find(|quote| rest.starts_with(**quote));
            let length = skip.map_or(first.len_utf8(), |quote| quote.len());
            code.push_str(&rest[..length]);
            length
        };
        rest = &rest[length..];
    }
    code
}

/// How long the raw string is that starts here, if one does.
fn raw_string(text: &str) -> Option<usize> {
    let body = text.strip_prefix("r")?;
    let hashes = body.len() - body.trim_start_matches('#').len();
    body[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = 1 + hashes + 1;
    Some(text[start..].find(&end).map_or(text.len(), |at| start + at + end.len()))
}

/// How long the string is that starts here.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn visit(folder: &Path, root: &Path, found: &mut Vec<String>, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if name != "node_modules" && name != "target" {
                visit(&path, root, found, files);
            }
        } else if [".rs", ".css", ".js", ".mjs"].iter().any(|ending| name.ends_with(ending)) {
            let text = fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            found.extend(faults(&path, &text).iter().map(|fault| format!("{path}: {fault}")));
            files.push(path);
        }
    }
}

#[test]
fn the_source_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let (mut found, mut files) = (Vec::new(), Vec::new());
    for folder in FOLDERS {
        visit(&root.join(folder), root, &mut found, &mut files);
    }
    for (long, _) in LONG {
        assert!(files.iter().any(|file| file == long), "{long} is listed as long, but not there");
    }
    assert!(files.len() > 100, "only {} files were found", files.len());
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn every_rule_finds_what_it_forbids() {
    for (path, code) in [
        ("server/src/ws.rs", "use serde_json::Value;"),
        ("client/src/web.rs", "let bytes = x.to_le_bytes();"),
        ("server/src/room.rs", "use axum::Router;"),
        ("server/src/room/cursors.rs", "fn f() -> axum::Body"),
        ("server/src/store/read.rs", "use axum::Json;"),
        ("server/src/hub.rs", "sqlx::query(\"\")"),
        ("server/src/room.rs", "pub(crate) async fn f() {}"),
        ("client/src/link.rs", "let now = Instant::now();"),
        ("client/src/client/receive.rs", "std::fs::read(path)"),
        ("bench/src/main.rs", "let (a, b) = mpsc::unbounded_channel();"),
        ("bench/src/main.rs", "let (a, b) = std::sync::mpsc::\n    channel();"),
        ("server/tests/real/chat.rs", "futures::channel::mpsc::unbounded()"),
        ("server/src/room/mod.rs", ""),
    ] {
        let found = faults(path, &format!("//! It.\n{code}\n"));
        assert_eq!(found.len(), 1, "{path}: {code}: {found:?}");
    }
    assert_eq!(faults("app/src/a.rs", "use leptos::prelude::*;\n").len(), 1, "no //!");
    let long = format!("//! It.\n{}", "\n".repeat(LINES));
    assert_eq!(faults("style/a.css", &long).len(), 1);
    assert_eq!(faults(LONG[0].0, &long), Vec::<String>::new());
    assert_eq!(faults(LONG[0].0, "//! It.\n").len(), 1, "shorter, but still listed");
}

#[test]
fn what_is_allowed_is_let_alone() {
    for (path, code) in [
        ("protocol/src/codec.rs", "serde_json::from_str(text)"),
        ("server/src/store/write.rs", "use sqlx::Row; async fn f() {}"),
        ("server/src/room_task.rs", "use tokio::sync::mpsc; async fn f() {}"),
        ("client/src/native.rs", "tokio::spawn(async {})"),
        (
            "server/src/room.rs",
            "// No axum, no async.\nlet quote = '\"'; let text = \"sqlx \\\" net\";",
        ),
        ("server/src/room.rs", "let text = r#\"tokio \" fs\"#;"),
        ("server/src/room.rs", "#[cfg(test)]\nmod tests {\n    use tokio::time::Instant;\n}"),
        ("server/src/feed/tests.rs", "serde_json::json!({})"),
        ("server/src/hub.rs", "let (sender, receiver) = mpsc::channel(16);"),
    ] {
        assert_eq!(faults(path, &format!("//! It.\n{code}\n")), Vec::<String>::new(), "{path}");
    }
}
