//! What a file is, by its own bytes: never by its name, nor by what its sender says. Only kinds that do
//! nothing but show or sound are anything else than bytes to be downloaded.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use starling_protocol::FileKind;

/// As what everything is served that is not shown.
const BYTES: &str = "application/octet-stream";
/// So much is enough to tell kinds apart, and for where a photograph says which side is up.
const HEAD: u64 = 64 * 1024;

/// What the library calls it, what it is, and as what browsers take it.
const SHOWN: &[(&str, FileKind, &str)] = &[
    ("image/png", FileKind::Image, "image/png"),
    ("image/jpeg", FileKind::Image, "image/jpeg"),
    ("image/gif", FileKind::Image, "image/gif"),
    ("image/webp", FileKind::Image, "image/webp"),
    ("image/avif", FileKind::Image, "image/avif"),
    ("image/bmp", FileKind::Image, "image/bmp"),
    ("audio/mpeg", FileKind::Audio, "audio/mpeg"),
    ("audio/m4a", FileKind::Audio, "audio/mp4"),
    ("audio/aac", FileKind::Audio, "audio/aac"),
    ("audio/ogg", FileKind::Audio, "audio/ogg"),
    ("audio/opus", FileKind::Audio, "audio/ogg"),
    ("audio/x-flac", FileKind::Audio, "audio/flac"),
    ("audio/x-wav", FileKind::Audio, "audio/wav"),
    ("video/mp4", FileKind::Video, "video/mp4"),
    ("video/x-m4v", FileKind::Video, "video/mp4"),
    ("video/webm", FileKind::Video, "video/webm"),
];

/// Kind, media type and, of an image, the pixels it is shown with.
type Sniffed = (FileKind, &'static str, Option<(u32, u32)>);

pub(super) fn sniff(path: &Path) -> io::Result<Sniffed> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    let Some((kind, media_type)) = by_head(&head) else {
        return Ok((FileKind::Other, BYTES, None));
    };
    if kind != FileKind::Image {
        return Ok((kind, media_type, None));
    }
    let pixels = imagesize::reader_size(BufReader::new(File::open(path)?)).ok();
    let pixels = pixels.and_then(|size| {
        let (width, height) = (u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?);
        (width > 0 && height > 0).then_some((width, height))
    });
    Ok(match pixels {
        Some((width, height)) if is_on_its_side(&head) => (kind, media_type, Some((height, width))),
        Some(pixels) => (kind, media_type, Some(pixels)),
        // It begins like an image and is none.
        None => (FileKind::Other, BYTES, None),
    })
}

fn by_head(head: &[u8]) -> Option<(FileKind, &'static str)> {
    let found = infer::get(head)?.mime_type();
    let shown = SHOWN.iter().find(|(name, _, _)| *name == found);
    shown.map(|(_, kind, media_type)| (*kind, *media_type))
}

/// Whether a JPEG says of itself that it lies on its side: browsers then turn it. After Exif 2.32, 4.6.4:
/// orientation, tag 0x112, from 5 to 8.
fn is_on_its_side(head: &[u8]) -> bool {
    orientation(head).is_some_and(|orientation| (5..=8).contains(&orientation))
}

fn orientation(head: &[u8]) -> Option<u16> {
    let mut rest = head.strip_prefix(&[0xff, 0xd8])?;
    // Segments: a marker, and a length that counts itself.
    loop {
        let [0xff, marker, high, low, ..] = *rest else { return None };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let segment = rest.get(4..2 + length)?;
        if marker == 0xe1
            && let Some(tiff) = segment.strip_prefix(b"Exif\0\0")
        {
            return orientation_in(tiff);
        }
        if marker == 0xda {
            return None;
        }
        rest = rest.get(2 + length..)?;
    }
}

fn orientation_in(tiff: &[u8]) -> Option<u16> {
    let is_little = tiff.starts_with(b"II");
    let ordered = |bytes: &[u8]| -> u32 {
        let add = |value: u32, byte: &u8| value << 8 | u32::from(*byte);
        if is_little { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) }
    };
    let short = |at: usize| -> Option<u16> {
        u16::try_from(ordered(tiff.get(at..at.checked_add(2)?)?)).ok()
    };
    let long = |at: usize| -> Option<usize> {
        usize::try_from(ordered(tiff.get(at..at.checked_add(4)?)?)).ok()
    };
    let directory = long(4)?;
    let entries = usize::from(short(directory)?);
    let entry = |index: usize| directory.checked_add(2 + index * 12);
    let found = (0..entries).filter_map(entry).find(|at| short(*at) == Some(0x112))?;
    short(found + 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sniffed(bytes: &[u8]) -> Sniffed {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        sniff(file.path()).unwrap()
    }

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x03\0\0\0\x02\x08\x06\0\0\0";

    /// A JPEG of 4 by 2 pixels, as far as its head goes, with that orientation.
    fn jpeg(orientation: u8) -> Vec<u8> {
        let mut tiff = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        tiff.extend([orientation, 0, 0, 0, 0, 0, 0]);
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1, 0, u8::try_from(tiff.len() + 2).unwrap()];
        bytes.extend(tiff);
        bytes.extend(
            b"\xff\xc0\0\x11\x08\0\x02\0\x04\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xd9",
        );
        bytes
    }

    #[test]
    fn images_have_the_pixels_they_are_shown_with() {
        assert_eq!(sniffed(PNG), (FileKind::Image, "image/png", Some((3, 2))));
        let gif = b"GIF89a\x05\0\x06\0\0\0\0<script>alert(1)</script>";
        assert_eq!(sniffed(gif), (FileKind::Image, "image/gif", Some((5, 6))));
        assert_eq!(sniffed(&jpeg(1)), (FileKind::Image, "image/jpeg", Some((4, 2))));
        assert_eq!(sniffed(&jpeg(6)), (FileKind::Image, "image/jpeg", Some((2, 4))));
        for end in 0..jpeg(6).len() {
            orientation(&jpeg(6)[..end]);
        }
    }

    #[test]
    fn what_can_do_anything_is_bytes() {
        for active in [
            &b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"[..],
            b"<!doctype html><script>alert(1)</script>",
            b"<?xml version='1.0'?><x/>",
            b"%PDF-1.7\n",
            b"PK\x03\x04",
            b"#!/bin/sh\n",
            b"\x7fELF",
            b"GIF",
            b"\x89PNG\r\n\x1a\n<script>",
            b"x",
            b"",
        ] {
            assert_eq!(sniffed(active), (FileKind::Other, BYTES, None), "{active:?}");
        }
    }

    #[test]
    fn sound_and_film_are_played() {
        let mut wav = b"RIFF\x24\0\0\0WAVEfmt ".to_vec();
        wav.resize(64, 0);
        assert_eq!(sniffed(&wav), (FileKind::Audio, "audio/wav", None));
        assert_eq!(sniffed(b"ID3\x04\0\0\0\0\0\0"), (FileKind::Audio, "audio/mpeg", None));
        let mut webm = b"\x1a\x45\xdf\xa3\x42\x82\x84webm".to_vec();
        webm.resize(300, 0);
        assert_eq!(sniffed(&webm), (FileKind::Video, "video/webm", None));
    }
}
