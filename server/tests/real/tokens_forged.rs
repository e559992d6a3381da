//! Tokens that are not what they say: none of them is anybody.

use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::support::Server;
use crate::support::tokens::{
    AUDIENCE, ED_PUBLIC, ISSUER, OTHER_RSA, RSA, RSA_PUBLIC, claims, ed, hs, now, part, rs, sign,
    sign_with, with,
};

async fn refuses(server: &Server, token: &str, why: &str) {
    assert_eq!(server.me(token).await, Err("bad_token".to_owned()), "{why}: {token}");
}

fn hmac_with(key: &[u8]) -> (Algorithm, EncodingKey) {
    (Algorithm::HS256, EncodingKey::from_secret(key))
}

#[tokio::test]
async fn no_algorithm_is_no_signature() {
    for (server, signed) in [
        (Server::with_secret(&[]).await, sign(&hs(), &claims("ann"))),
        (
            Server::with_keys("RS256", "--jwt-key-file", RSA_PUBLIC, &[]).await,
            sign(&rs(RSA), &claims("ann")),
        ),
    ] {
        assert!(server.me(&signed).await.is_ok());
        let (message, signature) = signed.rsplit_once('.').unwrap();
        let (_, body) = message.split_once('.').unwrap();
        for alg in ["none", "None", "NONE", "nOnE", "", "HS000"] {
            let header = part(json!({"alg": alg, "typ": "JWT"}).to_string());
            for end in ["", signature, "AA"] {
                refuses(&server, &format!("{header}.{body}.{end}"), alg).await;
            }
        }
        for header in [r#"{"typ":"JWT"}"#, r#"{"alg":null}"#, r#"{"alg":["none"]}"#, "{}", "[]"] {
            refuses(&server, &format!("{}.{body}.{signature}", part(header)), header).await;
        }
        let twice = r#"{"alg":"none","alg":"HS256"}"#;
        refuses(&server, &format!("{}.{body}.", part(twice)), twice).await;
    }
}

#[tokio::test]
async fn the_algorithm_is_the_one_that_is_configured() {
    let public = |pem: &str| hmac_with(pem.as_bytes());
    let servers = [
        ("HS256", Server::with_secret(&[]).await),
        ("RS256", Server::with_keys("RS256", "--jwt-key-file", RSA_PUBLIC, &[]).await),
        ("EdDSA", Server::with_keys("EdDSA", "--jwt-key-file", ED_PUBLIC, &[]).await),
    ];
    let keys = [
        ("HS256", hs()),
        ("RS256", rs(RSA)),
        ("EdDSA", ed()),
        ("the RSA public key as a secret", public(RSA_PUBLIC)),
        ("the same without its last line end", public(RSA_PUBLIC.trim_end())),
        ("the Ed25519 public key as a secret", public(ED_PUBLIC)),
        ("an empty secret", public("")),
        ("another RSA key", rs(OTHER_RSA)),
        ("RS512", (Algorithm::RS512, rs(RSA).1)),
        ("PS256", (Algorithm::PS256, rs(RSA).1)),
        ("HS384", (Algorithm::HS384, hs().1)),
        ("HS512", (Algorithm::HS512, hs().1)),
    ];
    for (configured, server) in &servers {
        for (name, key) in &keys {
            let token = sign(key, &claims("ann"));
            match name == configured {
                true => assert!(server.me(&token).await.is_ok(), "{name}"),
                false => refuses(server, &token, &format!("{name} where {configured} is")).await,
            }
        }
        // A header that names the right algorithm over a signature of another kind.
        for (algorithm, key) in [hs(), rs(RSA), ed()] {
            let name = serde_json::to_value(algorithm).unwrap();
            if name == *configured {
                continue;
            }
            let header = part(json!({"alg": configured}).to_string());
            let message = format!("{header}.{}", part(claims("ann").to_string()));
            let signature =
                jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm).unwrap();
            refuses(server, &format!("{message}.{signature}"), configured).await;
        }
    }
}

#[tokio::test]
async fn keys_that_a_token_brings_along_are_not_looked_at() {
    let server = Server::with_keys("RS256", "--jwt-key-file", RSA_PUBLIC, &[]).await;
    let other = rs(OTHER_RSA);
    let jwk = serde_json::to_value(
        jsonwebtoken::jwk::Jwk::from_encoding_key(&other.1, Algorithm::RS256).unwrap(),
    )
    .unwrap();
    let claims = claims("ann").to_string();
    let address = "http://127.0.0.1:9/keys";
    for header in [
        json!({"jwk": jwk}),
        json!({"jku": address}),
        json!({"x5u": address}),
        json!({"x5c": [part("x")]}),
        json!({"kid": address}),
    ] {
        refuses(&server, &sign_with(&other, header.clone(), &claims), "brought along").await;
        let honest = sign_with(&rs(RSA), header.clone(), &claims);
        assert!(server.me(&honest).await.is_ok(), "it is ignored: {header}");
    }
    let critical = sign_with(&rs(RSA), json!({"crit": ["exp"]}), &claims);
    refuses(&server, &critical, "what must be understood is not").await;
}

#[tokio::test]
async fn every_claim_counts() {
    let server = Server::with_secret(&["--jwt-leeway", "30"]).await;
    let me = async |others: Value| {
        server.me(&sign(&hs(), &with(claims("ann"), others))).await.map(|_| ())
    };
    for good in [
        json!({"aud": [AUDIENCE]}),
        json!({"aud": ["another", AUDIENCE]}),
        json!({"exp": now() - 5}),
        json!({"nbf": now() + 5, "iat": now() + 5}),
        json!({"nbf": now() - 500, "iat": now() - 500}),
        json!({"exp": (now() + 100) as f64 + 0.5}),
        json!({"other": {"deeply": ["nested"]}}),
        json!({"name": null}),
        json!({"sub": "x".repeat(255)}),
    ] {
        assert_eq!(me(good.clone()).await, Ok(()), "{good}");
    }
    assert_eq!(me(json!({"exp": now() - 120})).await, Err("token_expired".to_owned()));
    assert_eq!(me(json!({"exp": 0})).await, Err("token_expired".to_owned()));
    for bad in [
        json!({"exp": null}),
        json!({"sub": null}),
        json!({"iss": null}),
        json!({"aud": null}),
        json!({"exp": "never"}),
        json!({"exp": (now() + 600).to_string()}),
        json!({"exp": [now() + 600]}),
        json!({"nbf": now() + 120}),
        json!({"iat": now() + 120}),
        json!({"aud": "another"}),
        json!({"aud": ["another", "third"]}),
        json!({"aud": []}),
        json!({"aud": ""}),
        json!({"aud": format!("{AUDIENCE} ")}),
        json!({"aud": {AUDIENCE: true}}),
        json!({"iss": "https://evil.example"}),
        json!({"iss": format!("{ISSUER}/")}),
        json!({"iss": [ISSUER]}),
        json!({"iss": ""}),
        json!({"sub": ""}),
        json!({"sub": "  "}),
        json!({"sub": 7}),
        json!({"sub": "x".repeat(256)}),
        json!({"name": ""}),
        json!({"name": "x".repeat(41)}),
        json!({"name": 7}),
        json!({"scope": ["read"]}),
    ] {
        assert_eq!(me(bad.clone()).await, Err("bad_token".to_owned()), "{bad}");
    }
}

#[tokio::test]
async fn a_claim_that_stands_there_twice_is_none() {
    let server = Server::with_secret(&[]).await;
    let good = claims("ann").to_string();
    for twice in [r#""sub":"bob","#, r#""exp":99999999999,"#, r#""iss":"https://club.example","#] {
        let claims = good.replacen('{', &format!("{{{twice}"), 1);
        refuses(&server, &sign_with(&hs(), json!({}), &claims), "twice").await;
    }
    for odd in ["", "null", "[]", "7", "{", &format!("{good}x"), &format!("{good}{good}")] {
        refuses(&server, &sign_with(&hs(), json!({}), odd), "no object of claims").await;
    }
}

#[tokio::test]
async fn a_token_that_was_touched_is_none() {
    let server = Server::with_secret(&[]).await;
    let token = sign(&hs(), &claims("ann"));
    let parts: Vec<&str> = token.split('.').collect();
    let [header, body, signature] = parts[..] else { panic!("{token}") };
    let other = part(claims("bob").to_string());
    let standard = |text: &str| text.replace('-', "+").replace('_', "/");
    let touched = [
        format!("{header}.{other}.{signature}"),
        format!("{}.{body}.{signature}", part(r#"{"alg":"HS256"}"#)),
        format!("{header}.{body}"),
        format!("{header}.{body}."),
        format!("{header}.{body}.{signature}."),
        format!("{header}.{body}.{signature}.x"),
        format!(".{body}.{signature}"),
        format!("{header}..{signature}"),
        format!("{header}.{body}.{signature}="),
        format!("{header}.{body}.{signature}A"),
        format!("{header}.{body}.{}", &signature[1..]),
        format!("{header}=.{body}.{signature}"),
        format!("{header}.{body}=.{signature}"),
        format!("{header}.{body}.{signature}\u{7f}").replace('\u{7f}', "%00"),
        "..".to_owned(),
        ".".to_owned(),
    ];
    for touched in &touched {
        refuses(&server, touched, "touched").await;
    }
    // Other bits at the end of the signature that base64 does not use.
    let last = signature.chars().last().unwrap();
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let place = ALPHABET.find(last).unwrap();
    let twin = ALPHABET.as_bytes()[place ^ 1] as char;
    let twin = format!("{header}.{body}.{}{twin}", &signature[..signature.len() - 1]);
    refuses(&server, &twin, "the same bytes, written otherwise").await;
    // With the other alphabet, where it differs.
    let mut counted = 0;
    let alphabets = loop {
        let token = sign(&hs(), &with(claims("ann"), json!({"jti": counted})));
        counted += 1;
        if standard(&token) != token {
            break standard(&token);
        }
    };
    refuses(&server, &alphabets, "another alphabet").await;
}

#[tokio::test]
async fn a_huge_token_is_refused_before_it_is_read() {
    let server = Server::with_secret(&[]).await;
    let fits = sign(&hs(), &with(claims("ann"), json!({"pad": "x".repeat(5_000)})));
    assert!(fits.len() < 8 * 1_024 && server.me(&fits).await.is_ok());
    let huge = sign(&hs(), &with(claims("ann"), json!({"pad": "x".repeat(7_000)})));
    assert!(huge.len() > 8 * 1_024);
    let header = format!("Bearer {huge}");
    let (status, body) = server.api("GET", "/me", &[("authorization", &header)], None).await;
    assert_eq!((status, &body["code"]), (401, &json!("bad_token")));
    assert!(body["detail"].as_str().unwrap().contains("8 KiB"), "{body}");
}
