//! The props of a component tag: attributes and the literals of JavaScript in braces. Evaluates nothing.

use std::ops::Range;

use serde_json::{Map, Number, Value};

use super::tag;
use crate::parse::html::unescaped;

/// Lists and objects in a literal may lie so deep in each other.
const DEEPEST: usize = 32;

/// One prop as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Prop {
    /// `class` where the writer wrote `className`.
    pub name: String,
    /// The name, in bytes of the file.
    pub span: Range<usize>,
    pub value: PropValue,
    /// What stands for the value, without its quotes; the name where there is none.
    pub value_span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PropValue {
    Literal(Value),
    /// Something that only JavaScript could tell: its source.
    Expression(String),
}

/// Reads the props of a tag that begins in its file at the byte `start`: `<Name a="b" c={1} d />`.
pub fn read(text: &str, start: usize) -> Vec<Prop> {
    let mut props = Vec::new();
    let name_end = text
        .find(|c: char| c.is_whitespace() || c == '>' || text.ends_with("/>") && c == '/')
        .unwrap_or(text.len());
    let mut at = name_end;
    while let Some(skipped) = text[at..].find(|c: char| !c.is_whitespace()) {
        at += skipped;
        let rest = &text[at..];
        if rest.starts_with('>') || rest.starts_with("/>") {
            break;
        }
        if rest.starts_with('{') {
            // `{...props}`: what it holds only JavaScript can tell.
            let Some(length) = tag::braces(rest) else {
                break;
            };
            if is_comment(&rest[1..length - 1]) {
                at += length;
                continue;
            }
            props.push(Prop {
                name: "...".to_owned(),
                span: start + at..start + at + length,
                value: PropValue::Expression(rest[..length].to_owned()),
                value_span: start + at..start + at + length,
            });
            at += length;
            continue;
        }
        let Some(length) = tag::attribute(rest).filter(|length| *length > 0) else {
            break;
        };
        props.push(prop(&rest[..length], start + at));
        at += length;
    }
    props
}

/// Whether what stands in braces is nothing but a comment.
fn is_comment(text: &str) -> bool {
    let inner = text.trim();
    inner.starts_with("/*") && inner.find("*/") == Some(inner.len() - 2)
}

fn prop(text: &str, start: usize) -> Prop {
    let name_end = text
        .find(|c: char| c == '=' || c.is_whitespace())
        .unwrap_or(text.len());
    let name = match &text[..name_end] {
        "className" => "class",
        name => name,
    };
    let mut prop = Prop {
        name: name.to_owned(),
        span: start..start + name_end,
        value: PropValue::Literal(Value::Bool(true)),
        value_span: start..start + name_end,
    };
    let Some(equals) = text.find('=').filter(|_| name_end < text.len()) else {
        return prop;
    };
    let value = text[equals + 1..].trim_start();
    let value_start = text.len() - value.len();
    let (inner, quoted) = match value.chars().next() {
        Some('"' | '\'' | '{') => (1..value.len() - 1, !value.starts_with('{')),
        _ => (0..value.len(), true),
    };
    prop.value_span = start + value_start + inner.start..start + value_start + inner.end;
    let inner = &value[inner];
    prop.value = if quoted {
        PropValue::Literal(Value::String(unescaped(inner)))
    } else {
        match literal(inner) {
            Some(value) => PropValue::Literal(value),
            None => PropValue::Expression(inner.trim().to_owned()),
        }
    };
    prop
}

/// A literal of JavaScript: nothing in it has to be looked up.
fn literal(text: &str) -> Option<Value> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.space();
    (reader.at == text.len()).then_some(value)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        self.space();
        match self.peek()? {
            '"' | '\'' | '`' => self.string().map(Value::String),
            '[' => self.list(depth),
            '{' => self.object(depth),
            c if c.is_ascii_digit() || matches!(c, '-' | '+' | '.') => self.number(),
            _ => match self.word()? {
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                "null" | "undefined" => Some(Value::Null),
                _ => None,
            },
        }
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        self.take('[')?;
        let mut items = Vec::new();
        loop {
            self.space();
            if self.take(']').is_some() {
                return Some(Value::Array(items));
            }
            items.push(self.value(depth + 1)?);
            self.space();
            if self.take(',').is_none() {
                self.take(']')?;
                return Some(Value::Array(items));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.take('{')?;
        let mut entries = Map::new();
        loop {
            self.space();
            if self.take('}').is_some() {
                return Some(Value::Object(entries));
            }
            let key = match self.peek()? {
                '"' | '\'' => self.string()?,
                _ => self.word()?.to_owned(),
            };
            self.space();
            self.take(':')?;
            entries.insert(key, self.value(depth + 1)?);
            self.space();
            if self.take(',').is_none() {
                self.take('}')?;
                return Some(Value::Object(entries));
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        let quote = self.peek()?;
        self.at += 1;
        let mut text = String::new();
        let mut chars = self.text[self.at..].char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.at += at + 1;
                    return Some(text);
                }
                '\\' => match chars.next()?.1 {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    '\n' => {}
                    escape @ ('u' | 'x') => {
                        let rest = chars.as_str();
                        let (code, length) = code_point(escape, rest)?;
                        text.push(code);
                        for _ in 0..length {
                            chars.next();
                        }
                    }
                    other => text.push(other),
                },
                // A template with a hole in it needs JavaScript.
                '$' if quote == '`' && self.text[self.at + at..].starts_with("${") => return None,
                '\n' if quote != '`' => return None,
                c => text.push(c),
            }
        }
        None
    }

    fn number(&mut self) -> Option<Value> {
        let rest = &self.text[self.at..];
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_')))
            .unwrap_or(rest.len());
        let written = rest[..length].replace('_', "");
        let plain = written.trim_start_matches('+');
        let based = |(prefix, base)| i64::from_str_radix(plain.strip_prefix(prefix)?, base).ok();
        let number = plain
            .parse::<i64>()
            .ok()
            .or_else(|| {
                [("0x", 16), ("0o", 8), ("0b", 2)]
                    .into_iter()
                    .find_map(based)
            })
            .map(Number::from)
            .or_else(|| Number::from_f64(plain.parse().ok()?))?;
        self.at += length;
        Some(Value::Number(number))
    }

    fn word(&mut self) -> Option<&str> {
        let rest = &self.text[self.at..];
        let length = rest
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$')))
            .unwrap_or(rest.len());
        self.at += length;
        (length > 0).then(|| &rest[..length])
    }

    /// Passes over white space and comments.
    fn space(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            self.at += rest.len() - rest.trim_start().len();
            let comment = self.text[self.at..].strip_prefix("/*");
            match comment.and_then(|comment| comment.find("*/")) {
                Some(end) => self.at += end + 4,
                None => return,
            }
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn take(&mut self, c: char) -> Option<()> {
        if self.peek()? != c {
            return None;
        }
        self.at += c.len_utf8();
        Some(())
    }
}

/// The character of `\u00e9`, `\u{e9}` or `\xe9`, and the number of characters behind the letter that say so.
fn code_point(escape: char, rest: &str) -> Option<(char, usize)> {
    let (digits, length) = match (escape, rest.strip_prefix('{')) {
        ('u', Some(braced)) => {
            let digits = braced.split_once('}')?.0;
            (digits, digits.len() + 2)
        }
        ('u', None) => (rest.get(..4)?, 4),
        _ => (rest.get(..2)?, 2),
    };
    let code = u32::from_str_radix(digits, 16).ok()?;
    Some((char::from_u32(code)?, length))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{PropValue, read};

    fn props(tag: &str) -> Vec<(String, Result<serde_json::Value, String>)> {
        read(tag, 0)
            .into_iter()
            .map(|prop| {
                let value = match prop.value {
                    PropValue::Literal(value) => Ok(value),
                    PropValue::Expression(source) => Err(source),
                };
                (prop.name, value)
            })
            .collect()
    }

    #[test]
    fn every_kind_of_value() {
        for (tag, expected) in [
            ("<A x=\"b c\" />", json!("b c")),
            ("<A x='b \"c\"'>", json!("b \"c\"")),
            ("<A x=bare>", json!("bare")),
            ("<A x>", json!(true)),
            ("<A x/>", json!(true)),
            ("<A x={true}>", json!(true)),
            ("<A x={12}>", json!(12)),
            ("<A x={-1.5}>", json!(-1.5)),
            ("<A x={'text'}>", json!("text")),
            ("<A x={`text`}>", json!("text")),
            ("<A x={[\"a\",\"b\",]}>", json!(["a", "b"])),
            (
                "<A x={{a: 1, 'b c': [true]}}>",
                json!({"a": 1, "b c": [true]}),
            ),
            ("<A\n  x = \"1\"\n>", json!("1")),
            ("<A x=\"a &amp; b\">", json!("a & b")),
            ("<A x={ null }>", json!(null)),
            ("<A x=\"\">", json!("")),
        ] {
            assert_eq!(props(tag), [("x".to_owned(), Ok(expected))], "{tag}");
        }
        let class = props("<Tab.Group className=\"y\" />");
        assert_eq!(class, [("class".to_owned(), Ok(json!("y")))]);
    }

    #[test]
    fn what_needs_javascript_keeps_its_source() {
        for (tag, source) in [
            ("<A x={a + b}>", "a + b"),
            ("<A x={() => 1}>", "() => 1"),
            ("<A x={`a ${b}`}>", "`a ${b}`"),
            ("<A x={<B />}>", "<B />"),
            ("<A x={1 + 1}>", "1 + 1"),
            ("<A x={[a]}>", "[a]"),
        ] {
            assert_eq!(
                props(tag),
                [("x".to_owned(), Err(source.to_owned()))],
                "{tag}"
            );
        }
        assert_eq!(props("<A {...rest} b>").len(), 2);
    }

    #[test]
    fn places_are_those_of_the_file() {
        let tag = "<A href=\"x.md\" n={12}>";
        let props = read(tag, 0);
        assert_eq!(&tag[props[0].value_span.clone()], "x.md");
        assert_eq!(&tag[props[0].span.clone()], "href");
        assert_eq!(&tag[props[1].value_span.clone()], "12");
    }

    #[test]
    fn no_text_stops_it() {
        for tag in [
            "",
            "<",
            "<A",
            "<A =",
            "<A \"",
            "<A x=",
            "<A x={",
            "<A x={{}",
            "<é é=\"é\">",
        ] {
            read(tag, 0);
        }
        read(&format!("<A x={{{}}}>", "[".repeat(100_000)), 0);
    }
}
