//! Sets of keys: which one checks a token, and how they change; and what a server does not start with.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::tokens::{
    ED, ED_PUBLIC, OTHER_RSA, RSA, RSA_PUBLIC, SECRET, claims, ed, flags, hs, rs, sign, sign_with,
};
use crate::support::{Server, why_refused_with};

/// They ask again and again until a file is read.
const MANY: [&str; 2] = ["--api-per-minute", "1000000"];

fn jwk(key: &(Algorithm, EncodingKey), kid: Option<&str>) -> Value {
    let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&key.1, key.0).unwrap()).unwrap();
    if let Some(kid) = kid {
        jwk["kid"] = json!(kid);
    }
    jwk
}

fn set(keys: &[Value]) -> String {
    json!({"keys": keys}).to_string()
}

fn named(key: &(Algorithm, EncodingKey), kid: &str) -> String {
    sign_with(key, json!({"kid": kid}), &claims("ann").to_string())
}

#[tokio::test]
async fn a_token_names_its_key_among_those_of_the_algorithm() {
    let keys = set(&[
        jwk(&rs(RSA), Some("one")),
        jwk(&rs(OTHER_RSA), Some("two")),
        jwk(&ed(), Some("ed")),
        jwk(&hs(), Some("hs")),
        json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "ec"}),
        json!({"kty": "new", "kid": "new"}),
    ]);
    let server = Server::with_keys("RS256", "--jwt-jwks-file", &keys, &MANY).await;
    assert!(server.me(&named(&rs(RSA), "one")).await.is_ok());
    assert!(server.me(&named(&rs(OTHER_RSA), "two")).await.is_ok());
    let bad = Err("bad_token".to_owned());
    for (key, kid) in [
        (rs(RSA), "two"),
        (rs(OTHER_RSA), "one"),
        (rs(RSA), "three"),
        (rs(RSA), ""),
        (rs(RSA), "One"),
        (rs(RSA), "../../../../dev/null"),
        (rs(RSA), "/etc/passwd"),
        (rs(RSA), "one' OR '1'='1"),
        (rs(RSA), "one\0"),
        (rs(RSA), "ed"),
        (ed(), "ed"),
        (hs(), "hs"),
        (hs(), "one"),
        ((Algorithm::HS256, EncodingKey::from_secret(b"")), "../../../../dev/null"),
        ((Algorithm::HS256, EncodingKey::from_secret(RSA_PUBLIC.as_bytes())), "one"),
    ] {
        assert_eq!(server.me(&named(&key, kid)).await, bad, "{:?} as {kid:?}", key.0);
    }
    let nameless = sign(&rs(RSA), &claims("ann"));
    assert_eq!(server.me(&nameless).await, bad, "it could be any of two");
    let number = sign_with(&rs(RSA), json!({"kid": 1}), &claims("ann").to_string());
    assert_eq!(server.me(&number).await, bad);

    let one = set(&[jwk(&ed(), Some("ed")), jwk(&rs(RSA), Some("one"))]);
    let server = Server::with_keys("EdDSA", "--jwt-jwks-file", &one, &MANY).await;
    assert!(server.me(&sign(&ed(), &claims("ann"))).await.is_ok(), "there is but one");
    assert_eq!(server.me(&named(&ed(), "one")).await, bad);
}

#[tokio::test]
async fn keys_that_change_count_without_a_restart_and_a_broken_file_changes_nothing() {
    let before = set(&[jwk(&rs(RSA), Some("one"))]);
    let server = Server::with_keys("RS256", "--jwt-jwks-file", &before, &MANY).await;
    let (old, new) = (named(&rs(RSA), "one"), named(&rs(OTHER_RSA), "two"));
    assert!(server.me(&old).await.is_ok());
    assert!(server.me(&new).await.is_err());
    let file = server.data().join("keys");
    let both = set(&[jwk(&rs(RSA), Some("one")), jwk(&rs(OTHER_RSA), Some("two"))]);
    std::fs::write(&file, both).unwrap();
    while server.me(&new).await.is_err() {}
    assert!(server.me(&old).await.is_ok());
    std::fs::write(&file, set(&[jwk(&rs(OTHER_RSA), Some("two"))])).unwrap();
    while server.me(&old).await.is_ok() {}
    // What is broken is passed over: the next good content is taken, and until then the old keys hold.
    std::fs::write(&file, "{").unwrap();
    assert!(server.me(&new).await.is_ok());
    std::fs::write(&file, before).unwrap();
    while server.me(&old).await.is_err() {}
    assert!(server.me(&new).await.is_err());
}

#[tokio::test]
async fn a_server_does_not_start_with_keys_that_cannot_be_right() {
    let short = include_str!("support/keys/rsa-short.pub.pem");
    let half = r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","kid":"x"}]}"#;
    let twins = set(&[jwk(&rs(RSA), Some("x")), jwk(&rs(OTHER_RSA), Some("x"))]);
    let nameless = set(&[jwk(&rs(RSA), Some("x")), jwk(&rs(OTHER_RSA), None)]);
    let weak = set(&[json!({"kty": "oct", "k": "c2hvcnQ", "kid": "x"})]);
    for (algorithm, kind, content, says) in [
        ("HS256", "--jwt-key-file", "too short", "less than 32 bytes"),
        ("HS256", "--jwt-key-file", RSA_PUBLIC, "takes a secret"),
        ("HS256", "--jwt-key-file", RSA, "private key"),
        ("RS256", "--jwt-key-file", RSA, "private key"),
        ("EdDSA", "--jwt-key-file", ED, "private key"),
        ("RS256", "--jwt-key-file", ED_PUBLIC, "no public key for RS256"),
        ("EdDSA", "--jwt-key-file", RSA_PUBLIC, "no public key for EdDSA"),
        ("RS256", "--jwt-key-file", short, "no public key for RS256"),
        ("RS256", "--jwt-key-file", SECRET, "no public key for RS256"),
        ("RS256", "--jwt-jwks-file", "{", "is no JWKS"),
        ("RS256", "--jwt-jwks-file", r#"{"keys":[]}"#, "has no key for RS256"),
        ("EdDSA", "--jwt-jwks-file", &twins, "has no key for EdDSA"),
        ("RS256", "--jwt-jwks-file", half, "broken or too short"),
        ("RS256", "--jwt-jwks-file", &twins, "two keys"),
        ("RS256", "--jwt-jwks-file", &nameless, "has no kid"),
        ("HS256", "--jwt-jwks-file", &weak, "broken or too short"),
    ] {
        let folder = TempDir::new().unwrap();
        let flags = flags(&folder, algorithm, kind, content);
        let why = why_refused_with(folder.path(), &flags).await;
        assert!(why.contains(says), "{algorithm} {kind}: {why}");
    }
    let folder = TempDir::new().unwrap();
    let flags = flags(&folder, "RS256", "--jwt-key-file", RSA_PUBLIC);
    std::fs::remove_file(folder.path().join("keys")).unwrap();
    let why = why_refused_with(folder.path(), &flags).await;
    assert!(why.contains("cannot be read"), "{why}");
    let why = why_refused_with(folder.path(), &flags[..2]).await;
    assert!(why.contains("JSON Web Tokens take --jwt-key-file or --jwt-jwks-file, too"), "{why}");
}
