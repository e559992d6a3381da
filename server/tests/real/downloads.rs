//! Files on their way back: whole or in part, as what their bytes are, and never as something that acts.

use reqwest::Response;
use reqwest::header::{COOKIE, HeaderMap};
use serde_json::Value;

use crate::support::files::{bytes, sha256};
use crate::support::{Guest, Server, http};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x03\0\0\0\x02\x08\x06\0\0\0";

async fn get(server: &Server, guest: &Guest, file: &Value, headers: &[(&str, &str)]) -> Response {
    let path = format!("/files/{}/x", file["id"].as_str().unwrap());
    let mut request = http().get(server.url(&path)).header(COOKIE, &guest.cookie);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn what_could_act_is_a_download_whatever_it_is_called() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let script = b"<script>alert(document.domain)</script>";
    let gif = [b"GIF89a\x05\0\x06\0\0\0\0".as_slice(), script].concat();
    let png = [PNG, script].concat();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".as_slice();
    let xml = b"<?xml version='1.0'?><?xml-stylesheet href='/x' type='text/xsl'?><x/>".as_slice();
    let pdf = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>".as_slice();
    let gif_script = b"GIF89a=0;alert(1)//".as_slice();
    let mut wav = b"RIFF\x24\0\0\0WAVEfmt ".to_vec();
    wav.resize(64, 0);
    const BYTES: &str = "application/octet-stream";
    for (name, bytes, kind, media_type) in [
        ("a.gif", gif.as_slice(), "image", "image/gif"),
        ("a.html", &gif, "image", "image/gif"),
        ("a.js", gif_script, "image", "image/gif"),
        ("a.png", &png, "image", "image/png"),
        ("a.svg", svg, "other", BYTES),
        ("a.png", svg, "other", BYTES),
        ("a.png", script, "other", BYTES),
        ("a.jpg", b"\xff\xd8\xff\xe0 no image", "other", BYTES),
        ("a.html", b"<!doctype html><script>alert(1)</script>", "other", BYTES),
        ("a.xml", xml, "other", BYTES),
        ("a.pdf", pdf, "other", BYTES),
        ("a.swf", b"CWS\x0a0000", "other", BYTES),
        ("a.mp3", script, "other", BYTES),
        ("a.wav", &wav, "audio", "audio/wav"),
    ] {
        let file = server.send_file(&ada, name, bytes).await;
        assert_eq!(
            (&file["kind"], &file["media_type"]),
            (&kind.into(), &media_type.into()),
            "{name}"
        );
        let answer = get(&server, &ada, &file, &[]).await;
        assert_eq!(answer.status(), 200);
        let headers = answer.headers();
        assert_eq!(header(headers, "content-type"), media_type, "{name}");
        assert_eq!(header(headers, "x-content-type-options"), "nosniff");
        let policy = header(headers, "content-security-policy");
        assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'; sandbox");
        assert_eq!(header(headers, "cross-origin-resource-policy"), "same-origin");
        assert_eq!(header(headers, "cache-control"), "private, no-cache");
        let shown = if kind == "other" { "attachment" } else { "inline" };
        let disposition = header(headers, "content-disposition");
        assert_eq!(disposition, format!("{shown}; filename=\"{name}\"; filename*=UTF-8''{name}"));
        assert_eq!(answer.bytes().await.unwrap(), bytes, "{name}");
    }
}

#[tokio::test]
async fn images_are_told_with_the_pixels_they_are_shown_with() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let file = server.send_file(&ada, "a", PNG).await;
    assert_eq!((&file["width"], &file["height"]), (&3.into(), &2.into()), "{file}");
    let other = server.send_file(&ada, "a", b"x").await;
    assert!(other.get("width").is_none() && other.get("height").is_none(), "{other}");
}

#[tokio::test]
async fn any_part_can_be_had_and_what_somebody_has_is_not_sent_again() {
    let server = Server::start(&[]).await;
    let ada = server.guest("Ada", "Den").await;
    let film = bytes(200_000);
    let file = server.send_file(&ada, "film", &film).await;
    let whole = get(&server, &ada, &file, &[("accept-encoding", "br, gzip")]).await;
    let headers = whole.headers().clone();
    assert_eq!(header(&headers, "accept-ranges"), "bytes");
    assert_eq!(header(&headers, "content-encoding"), "", "it is not compressed");
    let etag = header(&headers, "etag");
    assert_eq!(etag, format!("\"{}\"", sha256(&film)));
    let date = header(&headers, "last-modified");
    assert!(date.ends_with(" GMT"), "{date}");

    for (range, part) in [
        ("bytes=0-0", 0..1),
        ("bytes=100-199", 100..200),
        ("bytes=199999-", 199_999..200_000),
        ("bytes=-500", 199_500..200_000),
        ("bytes=150000-999999", 150_000..200_000),
    ] {
        for headers in [&[("range", range)][..], &[("range", range), ("if-range", etag)]] {
            let answer = get(&server, &ada, &file, headers).await;
            assert_eq!(answer.status(), 206, "{range}");
            let told = format!("bytes {}-{}/200000", part.start, part.end - 1);
            assert_eq!(header(answer.headers(), "content-range"), told);
            assert_eq!(header(answer.headers(), "etag"), etag);
            assert_eq!(answer.bytes().await.unwrap(), film[part.clone()], "{range}");
        }
    }
    for range in ["bytes=200000-", "bytes=5-2", "bytes=300000-400000"] {
        let answer = get(&server, &ada, &file, &[("range", range)]).await;
        assert_eq!(answer.status(), 416, "{range}");
        assert_eq!(header(answer.headers(), "content-range"), "bytes */200000");
        assert_eq!(header(answer.headers(), "x-content-type-options"), "nosniff");
    }
    // Several parts, and a part of what it was before, are the whole.
    for headers in [
        &[("range", "bytes=0-1,5-6")][..],
        &[("range", "bytes=0-1"), ("if-range", "\"another\"")],
        &[("range", "bytes=0-1"), ("if-range", "Sun, 06 Nov 1994 08:49:37 GMT")],
    ] {
        let answer = get(&server, &ada, &file, headers).await;
        assert_eq!(answer.status(), 200, "{headers:?}");
        assert_eq!(answer.bytes().await.unwrap().len(), film.len());
    }
    for known in [("if-none-match", etag), ("if-modified-since", date)] {
        let answer = get(&server, &ada, &file, &[known]).await;
        assert_eq!((answer.status().as_u16(), header(answer.headers(), "etag")), (304, etag));
        assert!(answer.bytes().await.unwrap().is_empty());
    }
    let url = server.url(&format!("/files/{}/x", file["id"].as_str().unwrap()));
    let head = http().head(url).header(COOKIE, &ada.cookie).send().await.unwrap();
    assert_eq!((head.status().as_u16(), header(head.headers(), "content-length")), (200, "200000"));
}
