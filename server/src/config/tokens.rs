//! Settings of tokens: whose JSON Web Tokens are taken, and which other origins may show tokens.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::parse::{origin, seconds};

const TOKENS: &str = "Tokens";

/// How JSON Web Tokens are signed. Never taken from a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum JwtAlgorithm {
    /// HMAC with SHA-256: whoever can check tokens can make them.
    #[value(name = "HS256")]
    Hs256,
    /// RSA with SHA-256, PKCS #1 v1.5.
    #[value(name = "RS256")]
    Rs256,
    /// Ed25519.
    #[value(name = "EdDSA")]
    EdDsa,
}

/// Which tokens count.
#[derive(Args, Clone, Debug)]
pub struct Tokens {
    /// How the JSON Web Tokens of another site are signed. Its people need no account here. Takes a key
    /// file or a JWKS file, an issuer and an audience.
    #[arg(long, env = "STARLING_JWT_ALGORITHM", value_enum, help_heading = TOKENS)]
    pub jwt_algorithm: Option<JwtAlgorithm>,

    /// The file of the key: for HS256 a secret of at least 32 bytes, otherwise a public key as PEM.
    #[arg(long, env = "STARLING_JWT_KEY_FILE", value_name = "file", help_heading = TOKENS)]
    pub jwt_key_file: Option<PathBuf>,

    /// Instead of a key file, a file with a set of keys (JWKS), of which a token names one by its kid.
    /// The file is read again when it changes.
    #[arg(long, env = "STARLING_JWT_JWKS_FILE", value_name = "file", help_heading = TOKENS)]
    pub jwt_jwks_file: Option<PathBuf>,

    /// Who makes the tokens, exactly as in their claim iss.
    #[arg(long, env = "STARLING_JWT_ISSUER", value_name = "text", help_heading = TOKENS)]
    pub jwt_issuer: Option<String>,

    /// For whom the tokens are made: their claim aud must have it.
    #[arg(long, env = "STARLING_JWT_AUDIENCE", value_name = "text", help_heading = TOKENS)]
    pub jwt_audience: Option<String>,

    /// By how much the clock of whoever makes the tokens may differ from this one.
    #[arg(long, env = "STARLING_JWT_LEEWAY", default_value = "30",
        value_name = "0 to 300 seconds", value_parser = seconds(0.0, 300.0), help_heading = TOKENS)]
    pub jwt_leeway: Duration,

    /// Origins of other sites whose pages may send tokens and tickets, never cookies; several are
    /// separated by commas.
    #[arg(long, env = "STARLING_ALLOW_ORIGIN", value_name = "URLs", value_parser = origin,
        value_delimiter = ',', help_heading = TOKENS)]
    pub allow_origin: Vec<String>,
}

impl Tokens {
    /// Refuses half of a configuration.
    pub(super) fn check(&self) -> Result<(), String> {
        let keys = match (&self.jwt_key_file, &self.jwt_jwks_file) {
            (Some(_), Some(_)) => {
                return Err("--jwt-key-file and --jwt-jwks-file are two ways to say the same: \
                            leave one out"
                    .to_owned());
            }
            (None, None) => None,
            _ => Some(()),
        };
        let needed = [
            ("--jwt-algorithm", self.jwt_algorithm.is_some()),
            ("--jwt-key-file or --jwt-jwks-file", keys.is_some()),
            ("--jwt-issuer", self.jwt_issuer.is_some()),
            ("--jwt-audience", self.jwt_audience.is_some()),
        ];
        let given = needed.iter().any(|(_, given)| *given);
        if let Some((missing, _)) = needed.iter().find(|(_, has)| given && !has) {
            return Err(format!("JSON Web Tokens take {missing}, too"));
        }
        for (flag, text) in
            [("--jwt-issuer", &self.jwt_issuer), ("--jwt-audience", &self.jwt_audience)]
        {
            let odd = |text: &String| text.trim().is_empty() || text.contains(char::is_control);
            if text.as_ref().is_some_and(odd) {
                return Err(format!("{flag} is empty or has control characters"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        tokens: Tokens,
    }

    fn check(flags: &[&str]) -> Result<(), String> {
        Cli::try_parse_from([&["starling"], flags].concat()).unwrap().tokens.check()
    }

    #[test]
    fn half_a_configuration_is_refused_with_what_is_missing() {
        let whole = [
            ["--jwt-algorithm", "HS256"],
            ["--jwt-key-file", "key"],
            ["--jwt-issuer", "https://a.b"],
            ["--jwt-audience", "starling"],
        ];
        assert_eq!(check(&[]), Ok(()));
        assert_eq!(check(&whole.concat()), Ok(()));
        for missing in 0..whole.len() {
            let mut rest = whole.to_vec();
            let [flag, _] = rest.remove(missing);
            let error = check(&rest.concat()).unwrap_err();
            assert!(error.contains(flag), "{error}");
        }
        let both = [&whole.concat()[..], &["--jwt-jwks-file", "keys"]].concat();
        assert!(check(&both).unwrap_err().contains("leave one out"));
        for odd in ["", " ", "a\nb"] {
            let mut odd_issuer = whole.concat();
            odd_issuer[5] = odd;
            assert!(check(&odd_issuer).unwrap_err().contains("--jwt-issuer"), "{odd:?}");
        }
    }

    #[test]
    fn no_other_algorithm_can_be_chosen() {
        for other in ["none", "None", "HS384", "RS512", "ES256", "hs256", ""] {
            assert!(Cli::try_parse_from(["starling", "--jwt-algorithm", other]).is_err());
        }
    }
}
