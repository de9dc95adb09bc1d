//! Which class a scope shows as: one table, and how scopes within scopes combine.
//!
//! Scope names are those of <https://www.sublimetext.com/docs/scope_naming.html>, with what grammars make of them.

use std::cmp::Reverse;
use std::collections::HashMap;

use syntect::parsing::Scope;

use Class::*;
use Rule::*;

/// What a piece of code is to its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Comment,
    Keyword,
    Text,
    Constant,
    Function,
    Type,
    Variable,
    Operator,
    Attribute,
    Tag,
    Heading,
    Inserted,
    Deleted,
}

/// How a piece of code shows: its class, and whether scopes further in can still change it.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    class: Option<Class>,
    fixed: bool,
}

/// What one scope does to how its text shows.
#[derive(Clone, Copy, Debug)]
enum Rule {
    /// Shows as whatever it stands in.
    Inherit,
    /// Is plain whatever it stands in: code inside a string.
    Plain,
    /// Has a class, but scopes inside may have another.
    As(Class),
    /// Has a class, whatever scopes are inside: a comment's tags, a key's quotes.
    All(Class),
}

/// Scope prefixes and what they do; the longest that fits holds. Scopes that no prefix fits inherit.
const RULES: &[(&str, Rule)] = &[
    ("comment", All(Comment)),
    // Constants. Escapes are left to the string they stand in: three spans would show little more than one.
    ("constant", As(Constant)),
    ("constant.character.escape", Inherit),
    ("constant.other.keywords.elixir", As(Attribute)),
    ("constant.other.object.key", Plain),
    ("constant.other.placeholder", Inherit),
    ("keyword.other.unit", As(Constant)),
    ("support.constant", As(Constant)),
    ("support.constant.terraform", As(Variable)),
    // Entities.
    ("entity.name.class", As(Type)),
    ("entity.name.constant", As(Constant)),
    ("entity.name.context.location.nginx", As(Text)),
    ("entity.name.enum", As(Type)),
    ("entity.name.enum.tag-digest", As(Constant)),
    ("entity.name.function", As(Function)),
    ("entity.name.impl", As(Type)),
    ("entity.name.interface", As(Type)),
    ("entity.name.other.anchor.yaml", As(Variable)),
    ("entity.name.query.graphql", As(Function)),
    ("entity.name.section", As(Heading)),
    ("entity.name.struct", As(Type)),
    ("entity.name.table.toml", As(Heading)),
    ("entity.name.tag", As(Tag)),
    ("entity.name.tag.toml", All(Attribute)),
    ("entity.name.tag.yaml", All(Attribute)),
    ("entity.name.trait", As(Type)),
    ("entity.name.type", As(Type)),
    ("entity.name.union", As(Type)),
    ("entity.other.attribute-name", All(Attribute)),
    ("entity.other.inherited-class", As(Type)),
    ("entity.other.pseudo-class", All(Attribute)),
    ("entity.other.pseudo-element", All(Attribute)),
    ("entity.section.ini", As(Heading)),
    ("entity.type.function.swift", As(Function)),
    // Keywords and operators.
    ("keyword", As(Keyword)),
    ("keyword.control.flow.alias.yaml", As(Variable)),
    ("keyword.control.flow.block-scalar", As(Operator)),
    ("keyword.control.property.anchor.yaml", As(Variable)),
    ("keyword.name.ini", All(Attribute)),
    ("keyword.operator", As(Operator)),
    ("keyword.operator.accessor", Plain),
    ("keyword.operator.flowtype.annotation", Plain),
    ("keyword.operator.logical.continue.shell", Plain),
    ("keyword.operator.type.annotation", Plain),
    ("keyword.other.block", Inherit),
    ("keyword.other.http-header.key", All(Attribute)),
    ("keyword.other.interpolation", Plain),
    ("storage", As(Keyword)),
    ("storage.modifier.required", As(Operator)),
    ("storage.type.buildin", As(Type)),
    ("storage.type.c", As(Type)),
    ("storage.type.c++", As(Type)),
    ("storage.type.cs", As(Type)),
    ("storage.type.function.arrow", As(Operator)),
    ("storage.type.function.cs", As(Operator)),
    ("storage.type.go", As(Type)),
    ("storage.type.graphql", As(Type)),
    ("storage.type.objc", As(Type)),
    ("storage.type.objc++", As(Type)),
    ("storage.type.php", As(Type)),
    ("storage.type.powershell", As(Type)),
    ("storage.type.primitive", As(Type)),
    ("storage.type.proto", As(Type)),
    ("storage.type.rust", As(Type)),
    ("storage.type.sql", As(Type)),
    ("storage.type.string", As(Text)),
    // Markup and data.
    ("markup.deleted", All(Deleted)),
    ("markup.heading", All(Heading)),
    ("markup.inserted", All(Inserted)),
    ("markup.raw", As(Text)),
    ("meta.diff.header", All(Heading)),
    ("meta.diff.range", All(Heading)),
    ("meta.mapping.key", All(Attribute)),
    ("meta.object-literal.key", As(Attribute)),
    ("punctuation.separator.key-value", Plain),
    ("string", As(Text)),
    // A regular expression is read as one thing, and its insides would be one span a character.
    ("string.regexp", All(Text)),
    ("string.unquoted.http-header", Plain),
    ("string.unquoted.makefile", Plain),
    // Code inside strings and pages.
    ("meta.embedded", Plain),
    ("meta.group.expansion", Plain),
    ("meta.group.expansion.parameter", As(Variable)),
    ("meta.interpolation", Plain),
    ("meta.template.expression", Plain),
    ("source", Plain),
    ("source.regexp", Inherit),
    ("text", Plain),
    // What libraries bring.
    ("support.class", As(Type)),
    ("support.class.component", As(Tag)),
    ("support.function", As(Function)),
    ("support.function.svelte", As(Attribute)),
    ("support.function.test", As(Operator)),
    ("support.macro", As(Function)),
    ("support.type", As(Type)),
    ("support.type.custom-property", As(Variable)),
    ("support.type.package", Plain),
    ("support.type.property-name", As(Attribute)),
    ("support.variable", Plain),
    // Variables are most of a program, so only the telling ones stand out.
    ("variable", Plain),
    ("variable.annotation", As(Attribute)),
    ("variable.declaration.terraform", As(Attribute)),
    ("variable.function", As(Function)),
    ("variable.language", As(Keyword)),
    ("variable.language.star.sql", As(Operator)),
    ("variable.other.alias.yaml", As(Variable)),
    ("variable.other.env", All(Attribute)),
    ("variable.other.readwrite.assignment.shell", As(Variable)),
    ("variable.other.readwrite.powershell", As(Variable)),
    ("variable.other.readwrite.shell", As(Variable)),
    ("variable.other.readwrite.terraform", Inherit),
    ("variable.parameter", As(Variable)),
    ("variable.parameter.option", As(Attribute)),
    ("variable.parameter.type", As(Type)),
    ("variable.stage-name", As(Variable)),
    ("variable.type", As(Type)),
];

/// Words that grammars scope like a type's name although they declare something.
const DECLARES: &[&str] = &[
    "auto",
    "class",
    "const",
    "enum",
    "fn",
    "func",
    "function",
    "impl",
    "interface",
    "let",
    "namespace",
    "static",
    "struct",
    "template",
    "trait",
    "typedef",
    "type",
    "union",
    "var",
];

/// The rules, ready to be asked about scopes.
pub struct Classes {
    /// By a scope's first atom, longest prefix first.
    by_atom: HashMap<u16, Vec<(Scope, Rule)>>,
}

impl Classes {
    pub fn new() -> Classes {
        let mut by_atom: HashMap<u16, Vec<(Scope, Rule)>> = HashMap::new();
        for (prefix, rule) in RULES {
            let scope = Scope::new(prefix).expect("the table's scopes have few atoms");
            by_atom
                .entry(scope.atom_at(0))
                .or_default()
                .push((scope, *rule));
        }
        for rules in by_atom.values_mut() {
            rules.sort_by_key(|(scope, _)| Reverse(scope.len()));
        }
        Classes { by_atom }
    }

    /// How text shows in a scope that stands in text shown so.
    pub fn inside(&self, around: Shown, scope: Scope) -> Shown {
        if around.fixed {
            return around;
        }
        match self.rule(scope) {
            Inherit => around,
            Plain => Shown::PLAIN,
            As(class) => Shown {
                class: Some(class),
                fixed: false,
            },
            All(class) => Shown {
                class: Some(class),
                fixed: true,
            },
        }
    }

    fn rule(&self, scope: Scope) -> Rule {
        self.by_atom
            .get(&scope.atom_at(0))
            .and_then(|rules| rules.iter().find(|(prefix, _)| prefix.is_prefix_of(scope)))
            .map_or(Inherit, |(_, rule)| *rule)
    }
}

impl Shown {
    pub const PLAIN: Shown = Shown {
        class: None,
        fixed: false,
    };

    /// The class that this text shows with. Grammars call words operators (`not`, `typeof`) that people read as
    /// keywords, the words that declare a thing types, and the prompt before a command a command.
    pub fn class(self, text: &str) -> Option<Class> {
        match self.class {
            Some(Operator) if text.starts_with(|c: char| c.is_ascii_alphabetic()) => Some(Keyword),
            Some(Type) if DECLARES.contains(&text) => Some(Keyword),
            Some(Function) if text == "$" => None,
            class => class,
        }
    }
}

impl Class {
    /// The class as themes know it.
    pub fn letter(self) -> char {
        match self {
            Comment => 'c',
            Keyword => 'k',
            Text => 's',
            Constant => 'n',
            Function => 'f',
            Type => 't',
            Variable => 'v',
            Operator => 'o',
            Attribute => 'a',
            Tag => 'g',
            Heading => 'h',
            Inserted => 'i',
            Deleted => 'd',
        }
    }
}
