//! Small forms of a file, made once so that the server never has to.

use anyhow::Result;
use flate2::{Compression, write::GzEncoder};
use std::io::Write;

/// The file endings of the forms.
pub(crate) const ENDINGS: [&str; 2] = [".br", ".gz"];

/// The forms of a file, in the order of [`ENDINGS`].
pub(crate) fn forms(bytes: &[u8]) -> Result<[Vec<u8>; 2]> {
    Ok([brotli(bytes)?, gzip(bytes)?])
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut small = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut small, &params)?;
    Ok(small)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
