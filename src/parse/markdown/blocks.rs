//! Headings with their anchors, code blocks, and raw HTML with its links.

use std::ops::Range;

use pulldown_cmark_escape::escape_html;

use super::{Writer, WrittenHeading};
use crate::parse::component;
use crate::parse::html::{self, Part};
use crate::parse::stitched::Stitched;
use crate::parse::{Code, Filling, Heading, Word};
use crate::url;

impl Writer<'_> {
    /// `range` is the heading in the stitched text.
    pub(super) fn end_heading(&mut self, range: &Range<usize>) {
        let Some(heading) = self.heading.take() else {
            return;
        };
        self.check_heading(range, heading.at, heading.holes);
        let span = self.scanned.stitched.span(range.clone());
        let span = span.start..span.start + self.source.text[span].trim_end().len();
        let chosen = heading.id.is_some();
        let level = heading.level;
        let text = heading.text.trim();
        self.written_headings.push(WrittenHeading {
            level,
            text: text.to_owned(),
            span: span.clone(),
        });
        let mut tag = format!("<h{level}");
        let id = match heading.id {
            Some(id) => Some(self.own_id(id)),
            None if self.options.anchors => {
                let id = self.slugger.slug(&heading.written);
                // A heading of nothing but punctuation has no anchor.
                (!id.is_empty()).then_some(id)
            }
            None => None,
        };
        if let Some(id) = &id {
            attribute(&mut tag, "id", id);
        }
        if !heading.classes.is_empty() {
            attribute(&mut tag, "class", &heading.classes.join(" "));
        }
        for (key, value) in &heading.attributes {
            attribute(&mut tag, key, value.as_deref().unwrap_or_default());
        }
        tag.push('>');
        self.out.html.insert_str(heading.at, &tag);
        for hole in &mut self.out.holes[heading.holes..] {
            hole.at += tag.len();
        }
        if let Some(id) = id {
            if self.options.anchors && level > 1 {
                self.raw("<a class=\"anchor\" href=\"#");
                let href = url::encode(&id);
                escape_html(&mut self.out.html, &href).expect("a String takes everything");
                self.raw("\" aria-label=\"");
                self.hole(Filling::Word(Word::LinkToSection));
                self.raw("\"></a>");
            }
            if chosen {
                self.add_anchor(id.clone(), span);
            } else {
                self.anchors.insert(id.clone());
            }
            self.headings.push(Heading {
                level,
                id: id.into(),
                text: text.to_owned(),
            });
        }
        self.raw(&format!("</h{level}>\n"));
    }

    /// An id that a writer chose, or another one where a page has it that this text is taken into.
    pub(super) fn own_id(&mut self, id: String) -> String {
        if !self.is_shared || !self.slugger.has(&id) {
            return id;
        }
        let own = self.slugger.unique(&id);
        self.renamed.push((id, own.clone()));
        own
    }

    pub(super) fn end_code(&mut self) {
        let Some(code) = self.code.take() else {
            return;
        };
        let Some(code) = self.math_fence(code) else {
            self.end_tabs();
            return;
        };
        let Some(tab) = self.tab_of(&code) else {
            self.end_tabs();
            return self.write_code(code, true);
        };
        let before = std::mem::take(&mut self.out);
        let titled = code.info.as_ref().and_then(|info| info.title.as_deref()) != Some(&tab);
        let span = code.span.clone();
        self.write_code(code, titled);
        let body = std::mem::replace(&mut self.out, before);
        self.add_tab(tab, span, body);
    }

    fn write_code(&mut self, code: Code, titled: bool) {
        let info = code.info.as_deref();
        // A picture of it would need a browser: the source says what it is the source of.
        let is_diagram = self.options.anchors && code.language.eq_ignore_ascii_case("mermaid");
        let title = info.and_then(|info| info.title.clone());
        let has_title = titled && (title.is_some() || is_diagram);
        self.line();
        if has_title {
            self.raw("<figure class=\"listing\">\n<figcaption>");
            match &title {
                Some(title) => self.escaped(title),
                None => self.hole(Filling::Word(Word::Diagram)),
            }
            self.raw("</figcaption>\n");
        }
        self.raw(if !self.options.anchors {
            "<pre><code"
        } else if info.is_some_and(|info| info.wrap) {
            "<pre class=\"code wrap\" tabindex=\"0\"><code"
        } else {
            "<pre class=\"code\" tabindex=\"0\"><code"
        });
        if !code.language.is_empty() {
            self.raw(" class=\"language-");
            let language = if self.options.anchors {
                code.language.to_lowercase()
            } else {
                code.language.clone()
            };
            escape_html(&mut self.out.html, &language).expect("a String takes everything");
            self.raw("\"");
        }
        self.raw(">");
        self.hole(Filling::Code(code));
        self.raw("</code></pre>\n");
        if has_title {
            self.raw("</figure>\n");
        }
    }

    /// The language's name in the source, or the first line of the block.
    pub(super) fn info_span(&self, language: &str, range: Range<usize>) -> Range<usize> {
        let block = &self.scanned.stitched.text[range.clone()];
        let first = block.lines().next().unwrap_or_default();
        match first.find(language) {
            Some(at) if !language.is_empty() => {
                let start = range.start + at;
                self.scanned.stitched.span(start..start + language.len())
            }
            _ => self
                .scanned
                .stitched
                .span(range.start..range.start + first.len()),
        }
    }

    pub(super) fn html(&mut self, html: &Stitched, is_block: bool) {
        let mut found = html::read(&html.text);
        // Two steps back: the block was stitched from the text that was scanned.
        let in_file =
            |writer: &Self, range: Range<usize>| writer.scanned.stitched.span(html.span(range));
        for (id, range) in found.ids {
            let span = in_file(self, range.clone());
            let own = self.own_id(id.clone());
            if own != id {
                let id = own.clone();
                found.parts.push(Part::Id { range, id });
            }
            self.add_anchor(own, span);
        }
        found.parts.sort_by_key(|part| part.range().start);
        if self.options.raw_links {
            for image in found.images_without_alt {
                let span = in_file(self, image);
                self.image_without_alt(span, "in an `alt` attribute");
            }
        }
        let mut at = 0;
        let before = self.out.html.len();
        for part in found.parts {
            let range = part.range();
            if range.start < at {
                continue;
            }
            match part {
                Part::Comment(_) if !self.options.drop_comments => continue,
                Part::Link { .. } | Part::Image { .. } if !self.options.raw_links => continue,
                Part::Id { id, .. } => {
                    self.html_text(&html.text[at..range.start]);
                    escape_html(&mut self.out.html, &id).expect("a String takes everything");
                }
                Part::Image { image, .. } => {
                    self.html_text(&html.text[at..range.start]);
                    self.hole(Filling::Image(image));
                }
                Part::Comment(_) => {
                    let comment = in_file(self, range.clone());
                    self.comments.push(comment);
                    self.html_text(&html.text[at..range.start]);
                }
                Part::Link { target, role, .. } => {
                    self.html_text(&html.text[at..range.start]);
                    let span = in_file(self, range.clone());
                    let index = self.add_link(self.restored(&target).into_owned(), span, role);
                    self.hole(Filling::Link(index));
                }
            }
            at = range.end;
        }
        self.html_text(&html.text[at..]);
        // A component may have been opened or closed, and then this is another body.
        let is_component = |piece: &component::Piece<'_>| matches!(piece, component::Piece::Tag(_));
        if html.text.contains("<!--")
            && !self.scanned.split(&html.text).iter().any(is_component)
            && self.out.html[before..].trim().is_empty()
        {
            self.out.html.truncate(before);
            // Where a comment has lines of its own, what stands round it does not run together.
            if is_block && !self.out.html.ends_with("<li>") {
                self.line();
            }
        }
    }

    pub(super) fn html_text(&mut self, text: &str) {
        for piece in self.scanned.split(text) {
            match piece {
                component::Piece::Text(text) => self.raw(text),
                component::Piece::Tag(tag) => self.component_tag(tag),
            }
        }
    }
}

fn attribute(tag: &mut String, key: &str, value: &str) {
    tag.push(' ');
    escape_html(&mut *tag, key).expect("a String takes everything");
    tag.push_str("=\"");
    escape_html(&mut *tag, value).expect("a String takes everything");
    tag.push('"');
}
