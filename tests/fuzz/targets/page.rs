//! Any bytes as a page: no panic, no place outside of the text, and no mark of the scanner left in what readers get.
//!
//! ```text
//! cargo install cargo-fuzz
//! RUSTC_BOOTSTRAP=1 cargo fuzz run page --fuzz-dir tests/fuzz -- -max_len=4096 -max_total_time=300
//! ```

#![no_main]

use handbook::parse::{Options, parse};
use handbook::render;
use handbook::source::Source;
use libfuzzer_sys::fuzz_target;

const MARKS: [char; 2] = ['\u{FDD0}', '\u{FDD1}'];

fuzz_target!(|text: &str| {
    let source = Source {
        path: "a.md".into(),
        file: "content/a.md".into(),
        text: text.into(),
    };
    let doc = parse(&source, &Options::default());
    for link in &doc.links {
        assert!(text.get(link.span.clone()).is_some());
    }
    for span in doc.diagnostics.iter().filter_map(|d| d.span.clone()) {
        assert!(text.get(span).is_some());
    }
    let html = render::plain(&doc);
    assert!(text.contains(MARKS) || !html.contains(MARKS), "{html}");
});
