//! What somebody began to write in, so that a field in which nothing was written changes nothing: not what
//! others write meanwhile, and not the ends of lines, of which a browser's fields have their own.

use starling_protocol::board::Object;
use web_sys::HtmlTextAreaElement;

/// See the module.
pub(crate) struct Began {
    /// What is written in, as it was at the start.
    pub(crate) object: Object,
    /// What stood in the field then.
    said: String,
}

impl Began {
    /// The field has the object's text from now on.
    pub(crate) fn new(object: Object, field: &HtmlTextAreaElement) -> Self {
        field.set_value(object.text().unwrap_or_default());
        Self { object, said: field.value() }
    }

    /// What stands in the field; as long as nothing was written, to the letter what the object said.
    pub(crate) fn written(&self, field: &HtmlTextAreaElement) -> String {
        match field.value() {
            same if same == self.said => self.object.text().unwrap_or_default().to_owned(),
            text => text,
        }
    }
}
