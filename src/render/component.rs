//! What one component's template is given beside its props: what it is called, and what stands round it and in it.

use std::borrow::Cow;

use tera::{Context, Map, Value};

use super::context::{map, text};
use crate::parse::Component;
use crate::render::image::Size;
use crate::site::Declaration;

/// What one component is given beside its props, of what its template asks for.
pub fn implicits<'a>(
    page: &'a Context,
    component: &Component,
    declaration: &Declaration,
    parent: Option<&str>,
    children: Option<&[Value]>,
    size: Option<Size>,
) -> Cow<'a, Context> {
    let mut context = Cow::Borrowed(page);
    if declaration.takes_id {
        let id = component.id.as_deref().map_or(Value::none(), text);
        context.to_mut().insert_value("id", id);
    }
    if declaration.takes_parent {
        let parent = parent.map_or(Value::none(), text);
        context.to_mut().insert_value("parent", parent);
    }
    if declaration.takes_size {
        let sides = |size: Size| {
            map([
                ("width", Value::from(size.width)),
                ("height", Value::from(size.height)),
            ])
        };
        context
            .to_mut()
            .insert_value("size", size.map_or(Value::none(), sides));
    }
    if declaration.takes_children {
        let children = Value::from(children.unwrap_or_default().to_vec());
        context.to_mut().insert_value("children", children);
    }
    context
}

/// A component as the template of the one around it sees it.
pub fn child(
    name: &str,
    component: &Component,
    props: &[(String, Value)],
    body: &str,
    children: Option<Vec<Value>>,
) -> Value {
    let props = props.iter().cloned();
    let props: Map = props.map(|(name, value)| (name.into(), value)).collect();
    map([
        ("name", text(name)),
        ("id", component.id.as_deref().map_or(Value::none(), text)),
        ("props", Value::from(props)),
        ("body", Value::safe_string(body)),
        ("children", Value::from(children.unwrap_or_default())),
    ])
}
