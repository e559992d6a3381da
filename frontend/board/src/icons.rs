//! The signs on the tools: lines in a square of 16.

use starling_protocol::board::Form;

use crate::tool::Tool;

/// A sign's markup.
pub(crate) fn icon(lines: &str) -> String {
    format!(
        "<svg viewBox=\"0 0 16 16\" width=\"18\" height=\"18\" aria-hidden=\"true\">\
         <path d=\"{lines}\"/></svg>"
    )
}

/// A tool's lines.
pub(crate) fn of_tool(tool: Tool) -> &'static str {
    match tool {
        Tool::Select => "M3.5 2.5l9 5-4 1.2-1.8 3.8z",
        Tool::Hand => {
            "M5 8V4.2a1 1 0 0 1 2 0V7V3a1 1 0 0 1 2 0v4V3.7a1 1 0 0 1 2 0V8V5.7a1 1 0 0 1 2 0V10a4 4 0 0 \
             1-4 4c-2 0-3-.8-4-2.5L3 9c-.5-1 .7-1.8 1.4-1z"
        }
        Tool::Pen => {
            "M2.5 13.5l.8-3.2 7.6-7.6a1.5 1.5 0 0 1 2.2 0l.2.2a1.5 1.5 0 0 1 0 2.2l-7.6 7.6z"
        }
        Tool::Note => "M2.5 2.5h11v7l-4 4h-7zM13.5 9.5h-4v4",
        Tool::Text => "M3 4.5v-2h10v2M8 2.5v11M6 13.5h4",
        Tool::Shape { form: Form::Rectangle } => "M2.5 3.5h11v9h-11z",
        Tool::Shape { form: Form::Ellipse } => "M2.5 8a5.5 4.7 0 1 0 11 0a5.5 4.7 0 1 0-11 0",
        Tool::Shape { form: Form::Diamond } => "M8 2l6 6-6 6-6-6z",
        Tool::Arrow => "M3 13L13 3M6.5 3H13v6.5",
        Tool::Image => "M2.5 3h11v10h-11zM2.5 11l3.5-3.5 3 3 2-2 2.5 2.5M10 6h.1",
        Tool::Laser => "M2.5 13.5l5-5M9.5 2.5v2M13.5 6.5h-2M12.4 3.6l-1.5 1.5M9.5 8.5l.1-.1",
    }
}

pub(crate) const UNDO: &str = "M5.5 3L2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6";
pub(crate) const REDO: &str = "M10.5 3l3 3-3 3M13.5 6h-7a4 4 0 0 0 0 8H10";
pub(crate) const SAVE: &str = "M8 2.5v7.5M5 7.5L8 10.500l3-3M2.5 11v2.500h11V11";
pub(crate) const EDIT: &str = "M8 13.5h5.500M2.5 13.5l.6-2.600 7.4-7.400 2 2-7.400 7.400z";
pub(crate) const COPY: &str = "M5.5 5.5h8v8h-8zM3.5 10.500h-1v-8h8v1";
pub(crate) const FRONT: &str = "M8 13V3M4 7l4-4 4 4M3 1.500h10";
pub(crate) const BACK: &str = "M8 3v10M4 9l4 4 4-4M3 14.500h10";
pub(crate) const MENTION: &str = "M2.5 3h11v8h-6l-3 2.500V11h-2z";
pub(crate) const DELETE: &str = "M2.5 4.500h11M6 4V2.500h4V4M4 4.500l.7 9h6.600l.7-9";
