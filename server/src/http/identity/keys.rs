//! The keys by which another site's tokens are checked: one from a file, or a set that changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse,
};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use parking_lot::Mutex;

/// So often at most the file of a set is read again.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(2);
/// The shortest secret of HS256, in bytes: as long as its hash (RFC 7518, 3.2).
const SHORTEST_SECRET: usize = 32;
/// The largest file of keys, in bytes.
const LARGEST_FILE: u64 = 1024 * 1024;

/// A key with its name.
#[derive(Clone)]
struct Key {
    kid: Option<String>,
    key: DecodingKey,
}

/// The keys right now.
pub(super) struct Keys {
    algorithm: Algorithm,
    now: Mutex<Arc<Vec<Key>>>,
    /// Where the set is, if it is one.
    set: Option<Mutex<Looked>>,
}

struct Looked {
    file: PathBuf,
    at: Instant,
    content: Vec<u8>,
}

impl Keys {
    /// The one key of a file.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub(super) fn of_file(file: &Path, algorithm: Algorithm) -> Result<Self, String> {
        let wrong = |why: &str| format!("the key file {} {why}", file.display());
        let content = read(file).map_err(|error| wrong(&format!("cannot be read: {error}")))?;
        let is_pem = content.windows(10).any(|bytes| bytes == b"-----BEGIN");
        if content.windows(11).any(|bytes| bytes == b"PRIVATE KEY") {
            return Err(wrong(
                "holds a private key, which belongs to whoever makes the tokens alone: \
                              give the public one",
            ));
        }
        let key = match algorithm {
            Algorithm::HS256 if is_pem => {
                return Err(wrong(
                    "holds a PEM key, but HS256 takes a secret that nobody else knows",
                ));
            }
            Algorithm::HS256 => {
                let secret = content.trim_ascii();
                if secret.len() < SHORTEST_SECRET {
                    return Err(wrong("holds a secret of less than 32 bytes"));
                }
                Ok(DecodingKey::from_secret(secret))
            }
            Algorithm::RS256 => DecodingKey::from_rsa_pem(&content),
            _ => DecodingKey::from_ed_pem(&content),
        };
        let key = key
            .ok()
            .filter(|key| fits(key, algorithm))
            .ok_or_else(|| wrong(&format!("holds no public key for {algorithm:?} as PEM")))?;
        let keys = vec![Key { kid: None, key }];
        Ok(Self { algorithm, now: Mutex::new(Arc::new(keys)), set: None })
    }

    /// The keys of a JWKS file that are for that algorithm.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub(super) fn of_set(file: &Path, algorithm: Algorithm) -> Result<Self, String> {
        let wrong = |why: String| format!("the JWKS file {} {why}", file.display());
        let content = read(file).map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let keys = parse(&content, algorithm).map_err(wrong)?;
        let looked = Looked { file: file.to_owned(), at: Instant::now(), content };
        Ok(Self { algorithm, now: Mutex::new(Arc::new(keys)), set: Some(Mutex::new(looked)) })
    }

    /// The key of that name; of a single key the name does not matter to who names none, and never to
    /// a key without one.
    pub(super) async fn find(&self, kid: Option<&str>) -> Option<DecodingKey> {
        self.look_again().await;
        let keys = Arc::clone(&self.now.lock());
        match (kid, keys.as_slice()) {
            (_, [Key { kid: None, key }]) | (None, [Key { key, .. }]) => Some(key.clone()),
            (None, _) => None,
            (Some(kid), keys) => {
                keys.iter().find(|it| it.kid.as_deref() == Some(kid)).map(|it| it.key.clone())
            }
        }
    }

    /// Reads the set again if it is time. What cannot be used leaves the keys as they are.
    async fn look_again(&self) {
        let Some(set) = &self.set else { return };
        let file = {
            let mut looked = set.lock();
            if looked.at.elapsed() < LOOKED_AT_EVERY {
                return;
            }
            looked.at = Instant::now();
            looked.file.clone()
        };
        let content = tokio::task::spawn_blocking({
            let file = file.clone();
            move || read(&file)
        });
        let content = match content.await {
            Ok(Ok(content)) => content,
            Ok(Err(error)) => {
                tracing::warn!(file = %file.display(), %error, "the JWKS file cannot be read; its keys of before stay");
                return;
            }
            Err(_) => return,
        };
        if set.lock().content == content {
            return;
        }
        match parse(&content, self.algorithm) {
            Ok(keys) => {
                tracing::info!(file = %file.display(), keys = keys.len(), "the JWKS file has changed");
                *self.now.lock() = Arc::new(keys);
                set.lock().content = content;
            }
            Err(why) => {
                tracing::warn!(file = %file.display(), "the JWKS file {why}; its keys of before stay");
            }
        }
    }
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    if std::fs::metadata(file)?.len() > LARGEST_FILE {
        return Err(std::io::Error::other("it is larger than 1 MiB"));
    }
    std::fs::read(file)
}

fn parse(content: &[u8], algorithm: Algorithm) -> Result<Vec<Key>, String> {
    let set: JwkSet =
        serde_json::from_slice(content).map_err(|error| format!("is no JWKS: {error}"))?;
    let mut keys: Vec<Key> = Vec::new();
    for jwk in set.keys.iter().filter(|jwk| is_for(jwk, algorithm)) {
        let kid = jwk.common.key_id.clone();
        let named = || kid.as_deref().unwrap_or("without a name").to_owned();
        if keys.iter().any(|key| key.kid == kid) {
            return Err(format!("has two keys for {algorithm:?} with the kid {:?}", named()));
        }
        let key = DecodingKey::from_jwk(jwk).ok().filter(|key| fits(key, algorithm));
        let key = key.ok_or_else(|| {
            format!("has a key for {algorithm:?} that is broken or too short: {:?}", named())
        })?;
        keys.push(Key { kid, key });
    }
    if keys.is_empty() {
        return Err(format!("has no key for {algorithm:?}"));
    }
    if keys.len() > 1 && keys.iter().any(|key| key.kid.is_none()) {
        return Err("has several keys, of which one has no kid".to_owned());
    }
    Ok(keys)
}

/// Whether a key of a set is meant for signatures of that algorithm.
fn is_for(jwk: &Jwk, algorithm: Algorithm) -> bool {
    let of_the_kind = match (&jwk.algorithm, algorithm) {
        (AlgorithmParameters::OctetKey(_), Algorithm::HS256)
        | (AlgorithmParameters::RSA(_), Algorithm::RS256) => true,
        (AlgorithmParameters::OctetKeyPair(key), Algorithm::EdDSA) => {
            key.curve == EllipticCurve::Ed25519
        }
        _ => false,
    };
    let named = jwk.common.key_algorithm.is_none_or(|it| it == KeyAlgorithm::from(algorithm));
    let signs = jwk.common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature);
    of_the_kind && named && signs
}

/// Whether a key can check anything, and is long enough.
fn fits(key: &DecodingKey, algorithm: Algorithm) -> bool {
    use jsonwebtoken::DecodingKeyKind::{RsaModulusExponent, SecretOrDer};
    let long_enough = match (algorithm, key.kind()) {
        (Algorithm::HS256, SecretOrDer(secret)) => secret.len() >= SHORTEST_SECRET,
        // 2048 bits, as RFC 7518, 3.3, asks. A DER file of such a key is longer than its modulus.
        (Algorithm::RS256, RsaModulusExponent { n, .. }) => n.len() >= 256,
        (Algorithm::RS256, SecretOrDer(der)) => der.len() >= 256,
        (Algorithm::EdDSA, SecretOrDer(key)) => key.len() == 32,
        _ => false,
    };
    long_enough && crypto::verify("", b"", key, algorithm).is_ok()
}
