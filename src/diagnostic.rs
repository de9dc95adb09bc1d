//! Mistakes as values: what a diagnostic is and which codes exist. Prints nothing.

mod human;
mod json;

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

pub use human::{print_human, summary};
pub use json::print_json;

/// How bad a diagnostic is once the site's `[levels]` have been applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Warning,
    Error,
}

/// What a site can set for a code in `[levels]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Off,
    Warn,
    Error,
}

macro_rules! codes {
    ($($variant:ident $name:literal $level:ident,)*) => {
        /// The stable name of a kind of mistake. A code is a promise: it is documented and never renamed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($variant,)* }

        impl Code {
            /// Every code there is, in the order of the reference page.
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// The kebab-case spelling that writers and CI see.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// The level that holds unless the site sets another.
            pub fn default_level(self) -> Level {
                match self { $(Code::$variant => Level::$level,)* }
            }
        }
    };
}

codes! {
    BrokenLink "broken-link" Error,
    BrokenAnchor "broken-anchor" Error,
    MissingAsset "missing-asset" Error,
    UndefinedReference "undefined-reference" Error,
    UndefinedFootnote "undefined-footnote" Error,
    DuplicateUrl "duplicate-url" Error,
    DuplicateOutput "duplicate-output" Error,
    CaseClash "case-clash" Error,
    AliasConflict "alias-conflict" Error,
    AliasLoop "alias-loop" Error,
    FrontMatterSyntax "front-matter-syntax" Error,
    FrontMatterUnclosed "front-matter-unclosed" Error,
    FrontMatterType "front-matter-type" Error,
    FrontMatterDuplicateKey "front-matter-duplicate-key" Error,
    UnknownSidebar "unknown-sidebar" Error,
    SidebarMissingPage "sidebar-missing-page" Error,
    SidebarSyntax "sidebar-syntax" Error,
    UnknownComponent "unknown-component" Error,
    ComponentUnclosed "component-unclosed" Error,
    ConfigSyntax "config-syntax" Error,
    ConfigUnknownKey "config-unknown-key" Error,
    TemplateError "template-error" Error,
    NotUtf8 "not-utf8" Error,
    UnreadableFile "unreadable-file" Error,
    FrontMatterUnknownKey "front-matter-unknown-key" Warn,
    PageNotInSidebar "page-not-in-sidebar" Warn,
    LinkToDraft "link-to-draft" Warn,
    LinkThroughAlias "link-through-alias" Warn,
    UnknownLanguage "unknown-language" Warn,
    HighlightSkipped "highlight-skipped" Warn,
}

impl Code {
    /// The code with this name, if there is one.
    pub fn from_name(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.name() == name)
    }
}

/// One mistake in what a writer wrote, with the place and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    /// The file, relative to the site's root with `/`: `content/handbook/values.md`.
    pub file: Arc<str>,
    /// Bytes of the file's text (without byte order mark), `None` where the file as a whole is meant.
    pub span: Option<Range<usize>>,
    /// Lower case, names in backticks, no full stop: what was found and what was expected.
    pub message: String,
    /// What to do about it, best first.
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// A diagnostic at its code's default severity; codes that are off by default start as warnings.
    pub fn new(
        code: Code,
        file: &Arc<str>,
        span: impl Into<Option<Range<usize>>>,
        message: impl Into<String>,
    ) -> Diagnostic {
        let severity = match code.default_level() {
            Level::Error => Severity::Error,
            Level::Warn | Level::Off => Severity::Warning,
        };
        Diagnostic {
            code,
            severity,
            file: Arc::clone(file),
            span: span.into(),
            message: message.into(),
            hints: Vec::new(),
        }
    }

    /// The same diagnostic with one more hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Diagnostic {
        self.hints.push(hint.into());
        self
    }

    /// The same diagnostic with a hint if there is one.
    pub fn maybe_hint(self, hint: Option<impl Into<String>>) -> Diagnostic {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }
}

/// A result that stands, with what was wrong on the way to it.
#[derive(Clone, Debug)]
pub struct Diagnosed<T> {
    pub value: T,
    pub diagnostics: Vec<Diagnostic>,
}

/// Applies the site's levels: drops what is off, sets the severity of the rest.
pub fn apply_levels(
    diagnostics: Vec<Diagnostic>,
    level: impl Fn(&Diagnostic) -> Level,
) -> Vec<Diagnostic> {
    diagnostics
        .into_iter()
        .filter_map(|mut diagnostic| {
            diagnostic.severity = match level(&diagnostic) {
                Level::Off => return None,
                Level::Warn => Severity::Warning,
                Level::Error => Severity::Error,
            };
            Some(diagnostic)
        })
        .collect()
}

/// Sorts by path, place and code, and drops repetitions of the same report.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        let place = |d: &Diagnostic| d.span.as_ref().map(|s| (s.start, Reverse(s.end)));
        (&a.file, place(a), a.code.name(), &a.message).cmp(&(
            &b.file,
            place(b),
            b.code.name(),
            &b.message,
        ))
    });
    diagnostics.dedup();
}
