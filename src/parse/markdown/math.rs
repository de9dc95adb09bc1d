//! Formulas, in text and in fences, and what is shown of one that cannot be read.

use std::ops::Range;

use super::Writer;
use crate::diagnostic::{Code as DiagnosticCode, Diagnostic};
use crate::parse::math::{self, Fault};
use crate::parse::{Code, Word};

impl Writer<'_> {
    /// `range` is the formula with its dollars in the stitched text.
    pub(super) fn inline_math(&mut self, tex: &str, range: Range<usize>) {
        let text = &self.scanned.stitched.text;
        // Pandoc's rule, and one for `US$`: prices are no formulas, `$5-$10` least of all.
        let is_price = text[range.end..].starts_with(|c: char| c.is_ascii_digit())
            || text[..range.start].ends_with(|c: char| c.is_ascii_alphanumeric());
        if is_price {
            let price = text[range.clone()].to_owned();
            self.text(&price, range);
            return;
        }
        let tex = self.restored(tex);
        // GitHub's other way to write it: $`x`$.
        let inside = tex.strip_prefix('`').and_then(|tex| tex.strip_suffix('`'));
        self.formula(inside.unwrap_or(&tex), range, false);
    }

    pub(super) fn display_math(&mut self, tex: &str, range: Range<usize>) {
        let tex = self.restored(tex);
        // A region to scroll in has no place in a link or in a heading.
        if self.open_links.is_empty() && self.heading.is_none() {
            self.formula(&tex, range, true);
        } else {
            self.formula(&tex, range, false);
        }
    }

    /// Writes a fence of the language `math`; gives back what is to be shown as code.
    pub(super) fn math_fence(&mut self, mut code: Code) -> Option<Code> {
        if !self.options.anchors || code.language != "math" {
            return Some(code);
        }
        match math::mathml(&code.text, true) {
            Ok(mathml) => {
                self.line();
                self.region("div", &mathml);
                self.raw("\n");
                None
            }
            Err(fault) => {
                let at = code.span.clone();
                let inside = self.code_blocks.last().cloned().unwrap_or(at.clone());
                self.report_formula(fault, &code.text, at, inside);
                "tex".clone_into(&mut code.language);
                Some(code)
            }
        }
    }

    fn formula(&mut self, tex: &str, range: Range<usize>, is_display: bool) {
        self.heading_text(tex);
        match math::mathml(tex, is_display) {
            Ok(mathml) if is_display => self.region("span", &mathml),
            Ok(mathml) => self.raw(&mathml),
            Err(fault) => {
                self.raw("<code>");
                self.escaped(tex);
                self.raw("</code>");
                let span = self.scanned.stitched.span(range);
                self.report_formula(fault, tex, span.clone(), span);
            }
        }
    }

    /// A long formula scrolls by itself, which a keyboard must reach and a screen reader name.
    fn region(&mut self, element: &str, mathml: &str) {
        self.formulas += 1;
        self.raw(&format!(
            "<{element} class=\"math\" role=\"region\" aria-label=\""
        ));
        self.numbered(Word::Formula, self.formulas);
        self.raw(&format!("\" tabindex=\"0\">{mathml}</{element}>"));
    }

    /// `inside` is what the command that nobody knows is looked for in, `at` is blamed where there is none.
    fn report_formula(&mut self, fault: Fault, tex: &str, at: Range<usize>, inside: Range<usize>) {
        let is_fence = at != inside;
        let command = fault.command.map(|command| &tex.trim()[command]);
        let place = command.and_then(|command| {
            let found = self.source.text[inside.clone()].find(command)?;
            Some(inside.start + found..inside.start + found + command.len())
        });
        let message = match command {
            Some(command) => format!("no command of formulas is called `{command}`"),
            None => format!("this formula cannot be read: {}", fault.message),
        };
        let report = Diagnostic::new(
            DiagnosticCode::MathSyntax,
            &self.source.file,
            place.unwrap_or(at),
            message,
        );
        let hint = if is_fence {
            "its source is shown instead"
        } else {
            "its source is shown instead; a dollar that begins no formula is written `\\$`"
        };
        self.diagnostics.push(report.hint(hint));
    }
}
