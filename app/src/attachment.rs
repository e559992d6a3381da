//! A message's file as the log shows it: an image in the room that is kept for it, a player, or a link.
//! Markup and no view, as nothing in it ever changes: so the download stays small. On a site of its own a
//! browser sends no identity for it by itself: there it is an image or a link, and a script fetches both
//! (`apart_files.js`).

use html_escape::encode_double_quoted_attribute;
use starling_protocol::{Attachment, FileKind, bytes_in_words};

/// The most pixels of an image in the log.
const MOST_WIDE: u32 = 320;
const MOST_HIGH: u32 = 280;

/// Whether the page is one of a site that is hosted apart from the server.
const IS_APART: bool = cfg!(feature = "mount");

/// The markup of a file.
pub(crate) fn markup(file: &Attachment) -> String {
    let path = file.path();
    let path = encode_double_quoted_attribute(&path);
    let name = encode_double_quoted_attribute(file.name.as_str());
    let link = format!(
        "<a class=\"download\" href=\"{path}\" download=\"{name}\">\
         <bdi>{name}</bdi> <span>{}</span></a>",
        bytes_in_words(file.size)
    );
    match file.kind {
        FileKind::Image => {
            let (width, height) =
                shown_as(file.width.unwrap_or(MOST_WIDE), file.height.unwrap_or(MOST_HIGH));
            let (opens, source) = match IS_APART {
                true => (format!("download=\"{name}\""), "data-src"),
                false => ("target=\"_blank\" rel=\"noopener\"".to_owned(), "src"),
            };
            format!(
                "<a class=\"image\" href=\"{path}\" {opens}>\
                 <img {source}=\"{path}\" alt=\"{name}\" width=\"{width}\" height=\"{height}\" \
                 loading=\"lazy\" decoding=\"async\"></a>"
            )
        }
        _ if IS_APART => link,
        FileKind::Video => format!(
            "<video controls preload=\"metadata\" src=\"{path}\" aria-label=\"{name}\"></video>{link}"
        ),
        FileKind::Audio => format!(
            "<audio controls preload=\"none\" src=\"{path}\" aria-label=\"{name}\"></audio>{link}"
        ),
        FileKind::Other => link,
    }
}

/// How large an image is shown: no larger than it is, and no larger than the log has room for. The
/// browser keeps that room before it has the image, so nothing moves when it comes.
fn shown_as(width: u32, height: u32) -> (u32, u32) {
    let (width, height) = (u64::from(width.max(1)), u64::from(height.max(1)));
    let (most_wide, most_high) = (u64::from(MOST_WIDE), u64::from(MOST_HIGH));
    let (wide, high) = if width <= most_wide && height <= most_high {
        (width, height)
    } else if width * most_high > height * most_wide {
        (most_wide, height * most_wide / width)
    } else {
        (width * most_high / height, most_high)
    };
    // Within the most, which is a `u32`.
    (wide.max(1) as u32, high.max(1) as u32)
}

#[cfg(test)]
mod tests {
    use starling_protocol::{FileId, FileName};
    use uuid::Uuid;

    use super::*;

    fn file(name: &str, kind: FileKind) -> Attachment {
        Attachment {
            id: FileId::new(Uuid::nil()),
            name: FileName::clean(name),
            media_type: String::new(),
            size: 1_840,
            kind,
            width: Some(640),
            height: Some(480),
        }
    }

    #[test]
    fn an_image_has_its_shape_and_fits() {
        assert_eq!(shown_as(100, 50), (100, 50));
        assert_eq!(shown_as(640, 480), (320, 240));
        assert_eq!(shown_as(480, 640), (210, 280));
        assert_eq!(shown_as(u32::MAX, 1), (320, 1));
        assert_eq!(shown_as(1, u32::MAX), (1, 280));
        assert_eq!(shown_as(0, 0), (1, 1));
        assert!(markup(&file("a.png", FileKind::Image)).contains("width=\"320\" height=\"240\""));
    }

    #[test]
    fn a_name_stays_text() {
        for kind in FileKind::ALL {
            let html = markup(&file("\"><script>alert(1)<x y='z'>&amp;", *kind));
            assert!(!html.contains("<script") && !html.contains("\"\">"), "{html}");
            assert!(html.contains("&quot;>&lt;script>") || html.contains("&quot;&gt;"), "{html}");
        }
    }
}
