//! Mistakes as values: what a diagnostic is and which codes exist. Prints nothing.

pub mod conflict;
mod github;
mod human;
pub mod ignore;
mod json;
mod reference;
mod sarif;
mod short;
mod shown;
mod summary;

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

/// A change of a diagnostic's own file.
pub use crate::edit::Edit as Fix;
pub use github::{ANNOTATIONS, print_github};
pub use human::print_human;
pub use json::print_json;
pub use sarif::print_sarif;
pub use short::print_short;
pub use shown::Shown;
pub use summary::{number, summary, table};

/// How bad a diagnostic is once the site's `[levels]` have been applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Warning,
    Error,
}

impl Severity {
    /// As every format spells it.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// What a site can set for a code in `[levels]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Off,
    Warn,
    Error,
}

macro_rules! codes {
    ($($variant:ident $name:literal $level:ident $rule:literal,)*) => {
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

            /// The mistake in one sentence, for tools that list the rules of a checker.
            pub fn rule(self) -> &'static str {
                match self { $(Code::$variant => $rule,)* }
            }

            /// The level that holds unless the site sets another.
            pub fn default_level(self) -> Level {
                match self { $(Code::$variant => Level::$level,)* }
            }
        }
    };
}

codes! {
    BrokenLink "broken-link" Error "A link leads to a page that does not exist.",
    BrokenAnchor "broken-anchor" Error "A link leads to a page that exists, but to no heading or id of it.",
    MissingAsset "missing-asset" Error "An image or another file that a page uses is not there.",
    UndefinedReference "undefined-reference" Error "A reference link has no definition.",
    UndefinedFootnote "undefined-footnote" Error "The text refers to a footnote that the page does not have.",
    DuplicateUrl "duplicate-url" Error "Two pages have the same address.",
    DuplicateOutput "duplicate-output" Error "Two things would be written to the same file of the site.",
    CaseClash "case-clash" Error "Two names differ only in upper and lower case.",
    AliasConflict "alias-conflict" Error "An alias is an address that something else has.",
    AliasLoop "alias-loop" Error "An alias leads back to itself.",
    FrontMatterSyntax "front-matter-syntax" Error "The front matter cannot be read.",
    FrontMatterUnclosed "front-matter-unclosed" Error "The front matter is opened and never closed.",
    FrontMatterType "front-matter-type" Error "A front matter key has a value of the wrong type.",
    FrontMatterDuplicateKey "front-matter-duplicate-key" Error "A front matter key is given twice.",
    FrontMatterMissingKey "front-matter-missing-key" Error "A page lacks a front matter key that the site asks for.",
    UnknownSidebar "unknown-sidebar" Error "A page names a sidebar that is not defined.",
    SidebarMissingPage "sidebar-missing-page" Error "A sidebar lists a page that does not exist.",
    SidebarSyntax "sidebar-syntax" Error "The sidebar file cannot be read.",
    UnknownComponent "unknown-component" Error "A component is used that nobody declares.",
    ComponentProp "component-prop" Error "A component has a prop that it does not take, or lacks one, or has one of the wrong type.",
    ComponentUnclosed "component-unclosed" Error "A component is not closed, or closed and not open.",
    ComponentExpression "component-expression" Error "A prop of a component needs JavaScript.",
    IncludeMissing "include-missing" Error "A page takes in a file, a region or lines that are not there.",
    IncludeLoop "include-loop" Error "A file takes in itself.",
    DataSyntax "data-syntax" Error "A data file cannot be read, or has the name of another one.",
    ConfigSyntax "config-syntax" Error "The settings of the site or of a theme cannot be read.",
    ConfigUnknownKey "config-unknown-key" Error "The settings have a key that means nothing.",
    TemplateError "template-error" Error "A template of the theme is broken.",
    NotUtf8 "not-utf8" Error "A file is not UTF-8.",
    UnreadableFile "unreadable-file" Error "A file cannot be read.",
    MergeConflict "merge-conflict" Error "A merge conflict was left in a file.",
    UrlGone "url-gone" Error "An address that was published once is neither a page nor an alias any more.",
    FixedInBaseline "fixed-in-baseline" Error "The baseline lists a report that is no more.",
    FrontMatterUnknownKey "front-matter-unknown-key" Warn "A front matter key is one slip away from a known one.",
    PageNotInSidebar "page-not-in-sidebar" Warn "A page is not listed in the sidebar that it shows.",
    LinkToDraft "link-to-draft" Warn "A link leads to a draft, which is not published.",
    LinkThroughAlias "link-through-alias" Warn "A link leads to an old address of a page.",
    AliasChain "alias-chain" Warn "An alias leads to a page that has moved on itself.",
    MalformedUrl "malformed-url" Warn "An address of another host is not spelled as addresses are.",
    SuspiciousUrl "suspicious-url" Warn "An address has characters that cannot be seen or told from others.",
    ImageWithoutAlt "image-without-alt" Warn "An image has no text for those who cannot see it.",
    EmptyHeading "empty-heading" Warn "A heading has no text.",
    EmptyLink "empty-link" Warn "A link has no text, or leads nowhere.",
    DuplicateAnchor "duplicate-anchor" Warn "Two places of a page have the same id.",
    UnknownLanguage "unknown-language" Warn "A code block names a language that cannot be highlighted.",
    HighlightSkipped "highlight-skipped" Warn "A code block is too long to be highlighted.",
    MathSyntax "math-syntax" Warn "A formula cannot be read.",
    DeadExternalLink "dead-external-link" Warn "A link to another host leads nowhere.",
    UnreachableExternalLink "unreachable-external-link" Warn "Another host did not answer, which may pass.",
    ShallowHistory "shallow-history" Warn "The clone is too short to tell when all pages were changed last.",
    IgnoreWithoutReason "ignore-without-reason" Warn "A report is ignored without a reason.",
    AbsoluteSelfLink "absolute-self-link" Off "A link spells out the address of the site itself.",
    InsecureLink "insecure-link" Off "A link leads to another host over `http`.",
    OrphanPage "orphan-page" Off "A page is in no sidebar, and no link leads there.",
    UnusedAsset "unused-asset" Off "A file beside the pages is used by none of them.",
    UnusedSnippet "unused-snippet" Off "A snippet is taken in by no page.",
    TwoH1 "two-h1" Off "A page has more than one h1.",
    HeadingSkip "heading-skip" Off "A heading is more than one level below the one before it.",
    VagueLinkText "vague-link-text" Off "The text of a link does not say where it leads.",
    StalePage "stale-page" Off "The date by which a page was to be reviewed has passed.",
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
    /// What mends it, where that is certain.
    pub fix: Option<Fix>,
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
            fix: None,
        }
    }

    /// The same diagnostic with one more hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Diagnostic {
        self.hints.push(hint.into());
        self
    }

    /// The same diagnostic with what mends it, if that is certain.
    pub fn maybe_fix(mut self, fix: Option<Fix>) -> Diagnostic {
        self.fix = fix;
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
