//! Links to pages that lead on to another one.

/// The address of a page that leads on to a path.
pub(crate) fn leading_to(page: &str, next: &str) -> String {
    if next == "/" || next.is_empty() {
        return page.to_owned();
    }
    let mut link = format!("{page}?next=");
    for byte in next.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                link.push(char::from(byte));
            }
            _ => link.push_str(&format!("%{byte:02X}")),
        }
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_comes_through_a_query_unharmed() {
        assert_eq!(leading_to("/sign-in", "/"), "/sign-in");
        assert_eq!(leading_to("/sign-in", "/r/den"), "/sign-in?next=/r/den");
        assert_eq!(leading_to("/sign-up", "/r/%E6"), "/sign-up?next=/r/%25E6");
        assert_eq!(leading_to("/sign-up", "/a?b&c"), "/sign-up?next=/a%3Fb%26c");
    }
}
