//! The page `/api/docs`: the description in HTML, without a script.

use std::fmt::Write;

use html_escape::encode_text as text;
use serde_json::{Map, Value};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Writes the page for a description. Of what it does not know there is nothing on it.
pub(super) fn page(document: &Value, css: &str) -> String {
    let mut html = String::new();
    let info = &document["info"];
    let (title, about) = (string(&info["title"]), string(&info["description"]));
    let _ = write!(
        html,
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>REST API · {title}</title><link rel=\"stylesheet\" href=\"{css}\"></head>\
         <body><main class=\"reference\"><header><a class=\"wordmark\" href=\"/\">{title}</a>\
         <h1>REST API</h1><p>{about}</p><p>The same for programs: \
         <a href=\"/api/openapi.json\">/api/openapi.json</a>, OpenAPI {}.</p>",
        string(&document["openapi"]),
        css = html_escape::encode_double_quoted_attribute(css),
    );
    let tags = document["tags"].as_array().map_or(&[][..], Vec::as_slice);
    html.push_str("<nav aria-label=\"Parts\"><ul>");
    for tag in tags {
        let name = string(&tag["name"]);
        let _ = write!(html, "<li><a href=\"#{}\">{name}</a></li>", anchor(&name));
    }
    html.push_str("<li><a href=\"#shapes\">Shapes</a></li></ul></nav></header>");
    for tag in tags {
        let name = string(&tag["name"]);
        let _ = write!(
            html,
            "<section id=\"{}\"><h2>{name}</h2><p>{}</p>",
            anchor(&name),
            prose(&tag["description"])
        );
        for (path, item) in entries(&document["paths"]) {
            for method in METHODS {
                let operation = &item[method];
                if operation["tags"].as_array().is_some_and(|tags| tags.contains(&tag["name"])) {
                    write_operation(&mut html, method, path, operation);
                }
            }
        }
        html.push_str("</section>");
    }
    html.push_str("<section id=\"shapes\"><h2>Shapes</h2>");
    for (name, schema) in entries(&document["components"]["schemas"]) {
        write_shape(&mut html, name, schema);
    }
    html.push_str("</section></main></body></html>");
    html
}

fn write_operation(html: &mut String, method: &str, path: &str, operation: &Value) {
    let _ = write!(
        html,
        "<article id=\"{}\"><h3><code>{} {}</code></h3><p>{}</p>",
        string(&operation["operationId"]),
        method.to_uppercase(),
        text(path),
        prose(&operation["summary"]),
    );
    if !operation["description"].is_null() {
        let _ = write!(html, "<p>{}</p>", prose(&operation["description"]));
    }
    let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    if !parameters.is_empty() {
        html.push_str("<dl>");
        for parameter in parameters {
            let _ = write!(
                html,
                "<dt><code>{}</code> {}, {}</dt><dd>{}</dd>",
                string(&parameter["name"]),
                string(&parameter["in"]),
                kind(&parameter["schema"]),
                prose(&parameter["description"]),
            );
        }
        html.push_str("</dl>");
    }
    for (media_type, body) in entries(&operation["requestBody"]["content"]) {
        let shape = match media_type.as_str() {
            "application/json" => kind(&body["schema"]),
            other => format!("<code>{}</code>", text(other)),
        };
        let _ = write!(html, "<p>Body: {shape}</p>");
    }
    html.push_str("<ul class=\"answers\">");
    for (status, answer) in entries(&operation["responses"]) {
        let schema = entries(&answer["content"]).next().map(|(_, content)| &content["schema"]);
        let is_refusal = status.starts_with('4') || status.starts_with('5');
        let shape = match schema {
            Some(schema) if !is_refusal => format!(" {}", kind(schema)),
            _ => String::new(),
        };
        let _ = write!(
            html,
            "<li><code>{}</code> {}{shape}</li>",
            text(status),
            prose(&answer["description"])
        );
    }
    html.push_str("</ul></article>");
}

fn write_shape(html: &mut String, name: &str, schema: &Value) {
    let _ = write!(
        html,
        "<article id=\"shape-{}\"><h3>{}</h3><p>{}</p>",
        anchor(name),
        text(name),
        prose(&schema["description"])
    );
    let parts = schema["allOf"].as_array().map_or(std::slice::from_ref(schema), Vec::as_slice);
    for part in parts {
        let fields = entries(&part["properties"]);
        if part["properties"].is_null() {
            let _ = write!(html, "<p>{}</p>", kind(part));
            continue;
        }
        let required = part["required"].as_array().map_or(&[][..], Vec::as_slice);
        html.push_str("<dl>");
        for (field, schema) in fields {
            let optional =
                if required.iter().any(|it| it == field) { "" } else { ", may be absent" };
            let _ = write!(
                html,
                "<dt><code>{}</code> {}{optional}</dt><dd>{}</dd>",
                text(field),
                kind(schema),
                prose(&schema["description"]),
            );
        }
        html.push_str("</dl>");
    }
    html.push_str("</article>");
}

/// What kind of value a schema describes, in HTML.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next()) {
        return format!("<a href=\"#shape-{}\">{}</a>", anchor(name), text(name));
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(schemas) = schema[several].as_array() {
            let kinds: Vec<String> =
                schemas.iter().filter(|it| it["type"] != "null").map(kind).collect();
            return kinds.join(" or ");
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> =
            values.iter().map(|it| format!("<code>{}</code>", string(it))).collect();
        return values.join(" ");
    }
    let name = match &schema["type"] {
        Value::String(name) => name.as_str(),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).find(|it| *it != "null").unwrap_or_default()
        }
        _ => "any value",
    };
    match name {
        "array" => format!("list of {}", kind(&schema["items"])),
        name => text(name).into_owned(),
    }
}

fn string(value: &Value) -> String {
    text(value.as_str().unwrap_or_default()).into_owned()
}

/// Sentences, in which what stands between backticks is code.
fn prose(value: &Value) -> String {
    let parts = value.as_str().unwrap_or_default().split('`').enumerate();
    let html = parts.map(|(index, part)| match index % 2 {
        0 => text(part).into_owned(),
        _ => format!("<code>{}</code>", text(part)),
    });
    html.collect()
}

fn anchor(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_stands_between_backticks_is_code_and_nothing_is_markup() {
        let html = prose(&json!("With `If-Match: <tag>` it is <safe>."));
        assert_eq!(html, "With <code>If-Match: &lt;tag&gt;</code> it is &lt;safe&gt;.");
    }

    #[test]
    fn a_body_that_is_not_json_is_named_by_its_media_type() {
        let operation = json!({ "requestBody": { "content": { "application/octet-stream": {} } } });
        let mut html = String::new();
        write_operation(&mut html, "patch", "/a", &operation);
        assert!(html.contains("<p>Body: <code>application/octet-stream</code></p>"), "{html}");
    }
}
