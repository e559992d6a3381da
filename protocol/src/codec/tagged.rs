//! An event is an object whose `type` names it, wherever in the object that stands.
//!
//! Serde does this, too (`#[serde(tag = "type")]`), but keeps a copy of the whole object until it has
//! seen its `type`, and the code for that is a sixth of what a browser has to load. Here the text is
//! read twice: once for its `type`, then as what that is. Where the `type` stands first, as in all that
//! Starling writes, the first reading ends there.

use std::borrow::Cow;

use serde::de::value::CowStrDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, Error as _, IgnoredAny, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, forward_to_deserialize_any};
use serde_json::Error;

/// The text of an event.
pub(super) fn encode(event: &impl Serialize) -> String {
    let text = serde_json::to_string(event).expect("events have string keys and finite numbers");
    // By itself serde writes {"name":{…}}, or "name" for an event without fields.
    let (name, fields) = match text.strip_prefix('{').and_then(|text| text.split_once(':')) {
        Some((name, fields)) => (name, &fields[1..fields.len() - 1]),
        None => (text.as_str(), "}"),
    };
    let comma = if fields == "}" { "" } else { "," };
    [r#"{"type":"#, name, comma, fields].concat()
}

/// The event that a text says.
pub(super) fn decode<'de, E: Deserialize<'de>>(text: &'de str) -> Result<E, Error> {
    #[derive(Deserialize)]
    struct Typed<'a> {
        #[serde(rename = "type", borrow)]
        name: Cow<'a, str>,
    }
    let name = match leading_name(text) {
        Some(name) => Cow::Borrowed(name),
        None => serde_json::from_str::<Typed>(text)?.name,
    };
    E::deserialize(Tagged { name, text })
}

/// The `type` of an event, if it stands first. Whether the rest can be read is not known then.
pub(super) fn leading_name(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix(r#"{"type":""#)?.split_once('"')?;
    (!name.contains('\\')).then_some(name)
}

struct Tagged<'de> {
    name: Cow<'de, str>,
    text: &'de str,
}

impl<'de> Deserializer<'de> for Tagged<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> EnumAccess<'de> for Tagged<'de> {
    type Error = Error;
    type Variant = Fields<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Fields<'de>), Error> {
        let variant = seed.deserialize(CowStrDeserializer::<Error>::new(self.name))?;
        Ok((variant, Fields { text: self.text }))
    }
}

/// The fields of an event, its `type` among them, which it ignores like any that it does not know.
struct Fields<'de> {
    text: &'de str,
}

impl<'de> VariantAccess<'de> for Fields<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        serde_json::from_str::<IgnoredAny>(self.text).map(drop)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        let mut text = serde_json::Deserializer::from_str(self.text);
        let fields = seed.deserialize(&mut text)?;
        text.end().map(|()| fields)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("no event is a list"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut text = serde_json::Deserializer::from_str(self.text);
        let fields = text.deserialize_map(visitor)?;
        text.end().map(|()| fields)
    }
}
