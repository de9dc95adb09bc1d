//! The words of a text: one set of rules for what is indexed, what is asked, and what is marked. `search.js` has the same.

use std::ops::Range;

use memchr::memchr3_iter;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::search::fold::{BLOCK, Block, Fold, Next};

/// Longer words are none: keys, hashes, pictures as text.
const LONGEST: usize = 64;
/// Parts joined by a hyphen, an underscore or a full stop are one word too, if they are no more than this and no longer.
const MOST_JOINED: usize = 4;
const LONGEST_JOINT: usize = 32;

/// What a word is to the text that it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A part of the text between others.
    Word,
    /// Two characters of a script that sets no spaces, or a single one.
    Gram,
    /// `Camel` in `CamelCase`.
    Hump,
    /// `email`, where the text has `e-mail`.
    Joint,
}

/// One word as it is looked up, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub at: Range<usize>,
    pub fold: String,
    pub kind: Kind,
}

/// All words of a text, in the order of their ends.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    each(text, &mut |at, fold, kind| {
        let fold = fold.as_str().to_owned();
        tokens.push(Token { at, fold, kind });
    });
    tokens
}

/// Tells every word of a text, folded. Linear in the text.
pub fn each(text: &str, take: &mut impl FnMut(Range<usize>, Fold<'_>, Kind)) {
    let mut buffer = String::new();
    let mut chain = Chain::default();
    let mut last = [0; BLOCK];
    let mut from = 0;
    'blocks: while let Some(rest) = text.as_bytes().get(from..)
        && !rest.is_empty()
    {
        let mut block = Block::of(rest.first_chunk().unwrap_or_else(|| {
            last.fill(0);
            last[..rest.len()].copy_from_slice(rest);
            &last
        }));
        from += loop {
            match block.next() {
                Next::End(length) => break length,
                Next::Word {
                    at,
                    length,
                    fold,
                    has_humps,
                } => {
                    let part = from + at..from + at + length;
                    chain.meet(text, &part, &mut buffer, take);
                    if length == 1 && is_clipped(text, &part) {
                        chain.broken = true;
                    } else {
                        take(part.clone(), Fold::Short(fold), Kind::Word);
                        if has_humps {
                            humps(text, &part, &mut buffer, take);
                        }
                    }
                }
                Next::Other(at) => {
                    let start = from + at;
                    break match text[start..].chars().next() {
                        None => break 'blocks,
                        Some(c) if belongs_to_cjk(c) => {
                            chain.end(text, &mut buffer, take);
                            grams(text, start, &mut buffer, take) - from
                        }
                        Some(c) if belongs(c) => {
                            let length = text[start..].find(|c| !belongs(c));
                            let end = length.map_or(text.len(), |length| start + length);
                            parts(text, start..end, &mut chain, &mut buffer, take);
                            end - from
                        }
                        Some(c) => at + c.len_utf8(),
                    };
                }
            }
        };
    }
    chain.end(text, &mut buffer, take);
}

/// Tells the words of a run of letters and digits of any script.
fn parts(
    text: &str,
    run: Range<usize>,
    chain: &mut Chain,
    fold: &mut String,
    take: &mut impl FnMut(Range<usize>, Fold<'_>, Kind),
) {
    let mut at = run.start;
    while at < run.end {
        if text[at..].starts_with(is_cjk) {
            chain.end(text, fold, take);
            at = grams(text, at, fold, take);
            continue;
        }
        let end = text[at..run.end].find(is_cjk);
        let part = at..end.map_or(run.end, |end| at + end);
        at = part.end;
        chain.meet(text, &part, fold, take);
        if is_clipped(text, &part) {
            chain.broken = true;
        } else if fold_into(&text[part.clone()], fold) {
            take(part.clone(), Fold::of(fold), Kind::Word);
            humps(text, &part, fold, take);
        }
    }
}

/// Whether a character belongs to a script that sets no spaces between words, or few.
pub fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{ac00}'..='\u{d7af}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

/// Parts of a text that one character each joins.
#[derive(Default)]
struct Chain {
    /// From the first part to the last.
    all: Range<usize>,
    /// How many parts there are.
    count: usize,
    /// Whether one of them is no word.
    broken: bool,
    /// The parts without what joins them.
    joint: String,
}

impl Chain {
    /// Meets the next part: what it does not go on with has ended.
    #[inline]
    fn meet(
        &mut self,
        text: &str,
        part: &Range<usize>,
        fold: &mut String,
        take: &mut impl FnMut(Range<usize>, Fold<'_>, Kind),
    ) {
        let goes_on = self.count > 0
            && part.start == self.all.end + 1
            && matches!(text.as_bytes()[self.all.end], b'-' | b'_' | b'.');
        if !goes_on {
            self.end(text, fold, take);
            self.all.start = part.start;
        }
        self.all.end = part.end;
        self.count += 1;
    }

    #[inline]
    fn end(
        &mut self,
        text: &str,
        fold: &mut String,
        take: &mut impl FnMut(Range<usize>, Fold<'_>, Kind),
    ) {
        // Nearly every part stands alone.
        if self.count > 1 && self.count <= MOST_JOINED && !self.broken {
            self.tell(text, fold, take);
        }
        self.count = 0;
        self.broken = false;
    }

    /// Tells the parts as one word.
    #[cold]
    fn tell(
        &mut self,
        text: &str,
        fold: &mut String,
        take: &mut impl FnMut(Range<usize>, Fold<'_>, Kind),
    ) {
        self.joint.clear();
        let all = &text[self.all.clone()];
        // No part has such a character in it.
        let joints = memchr3_iter(b'-', b'_', b'.', all.as_bytes());
        let mut from = 0;
        for to in joints.chain([all.len()]) {
            let part = &all[from..to];
            if part.is_ascii() {
                self.joint.push_str(part);
            } else {
                fold_into(part, fold);
                self.joint.push_str(fold);
            }
            from = to + 1;
        }
        self.joint.make_ascii_lowercase();
        if (1..=LONGEST_JOINT).contains(&self.joint.chars().count()) {
            take(self.all.clone(), Fold::of(&self.joint), Kind::Joint);
        }
    }
}

/// Whether it is a letter, a digit or a mark on one.
fn belongs(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric(),
        // Dashes, quotes, spaces: the most frequent ones beyond ASCII.
        '\u{2000}'..='\u{206f}' => false,
        _ => is_plain_cjk(c) || c.is_alphanumeric() || is_combining_mark(c),
    }
}

/// Whether a character of a script that sets no spaces is its own fold, before and behind any other such character. Nearly all are.
fn is_plain_cjk(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | 'ー' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}')
}

fn belongs_to_cjk(c: char) -> bool {
    is_plain_cjk(c) || is_cjk(c) && belongs(c)
}

/// Whether a part is what an apostrophe left over: the `s` of `company's`, the `l` of `l'équipe`.
fn is_clipped(text: &str, part: &Range<usize>) -> bool {
    let mut chars = text[part.clone()].chars();
    let alone = chars.next().is_some_and(|c| !c.is_numeric()) && chars.next().is_none();
    alone
        && (text[..part.start].ends_with(['\'', '’']) || text[part.end..].starts_with(['\'', '’']))
}

/// Tells the characters of a script that sets no spaces, from the one that begins at a byte on. Gives where they end.
fn grams(
    text: &str,
    start: usize,
    fold: &mut String,
    take: &mut impl FnMut(Range<usize>, Fold<'_>, Kind),
) -> usize {
    let mut gram = |at: Range<usize>, is_folded: bool| {
        if is_folded {
            take(at.clone(), Fold::at(text, at), Kind::Gram);
        } else if fold_into(&text[at.clone()], fold) {
            take(at, Fold::of(fold), Kind::Gram);
        }
    };
    let mut end = start;
    // Where the character before begins, and whether it is folded.
    let mut before: Option<(usize, bool)> = None;
    let mut is_single = true;
    for c in text[start..].chars() {
        let is_folded = is_plain_cjk(c);
        if !is_folded && !belongs_to_cjk(c) {
            break;
        }
        let at = end;
        end += c.len_utf8();
        if let Some((start, was_folded)) = before {
            gram(start..end, was_folded && is_folded);
            is_single = false;
        }
        before = Some((at, is_folded));
    }
    // A single character is a pair with nothing.
    if let Some((start, is_folded)) = before
        && is_single
    {
        gram(start..end, is_folded);
    }
    end
}

fn humps(
    text: &str,
    part: &Range<usize>,
    fold: &mut String,
    take: &mut impl FnMut(Range<usize>, Fold<'_>, Kind),
) {
    let word = &text[part.clone()];
    // Nearly all words have capitals in front only.
    if !word.chars().skip(1).any(char::is_uppercase) {
        return;
    }
    let is_start = |before: char, here: char, rest: &str| {
        let small_follows = || rest.chars().next().is_some_and(char::is_lowercase);
        here.is_uppercase() && (before.is_lowercase() || before.is_uppercase() && small_follows())
    };
    let mut hump = |from: usize, to: usize| {
        let hump = &word[from..to];
        if hump.chars().nth(1).is_some() && fold_into(hump, fold) {
            let at = part.start + from..part.start + to;
            take(at, Fold::of(fold), Kind::Hump);
        }
    };
    let (mut start, mut before) = (0, None);
    for (at, here) in word.char_indices() {
        let rest = &word[at + here.len_utf8()..];
        if before.is_some_and(|before| is_start(before, here, rest)) {
            hump(start, at);
            start = at;
        }
        before = Some(here);
    }
    if start > 0 {
        hump(start, word.len());
    }
}

/// Writes the fold of a word in place of what is there. False if it is none that is looked for.
fn fold_into(word: &str, fold: &mut String) -> bool {
    fold.clear();
    if word.is_ascii() {
        fold.push_str(word);
        fold.make_ascii_lowercase();
        return (1..=LONGEST).contains(&word.len());
    }
    let bare = word.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c));
    let lower = bare.nfc().collect::<String>().to_lowercase();
    for c in lower.chars() {
        match c {
            'ß' => fold.push_str("ss"),
            'æ' => fold.push_str("ae"),
            'œ' => fold.push_str("oe"),
            'ø' => fold.push('o'),
            'ł' => fold.push('l'),
            'đ' | 'ð' => fold.push('d'),
            'þ' => fold.push_str("th"),
            'ı' => fold.push('i'),
            other => fold.push(other),
        }
    }
    (1..=LONGEST).contains(&fold.chars().count())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{belongs, fold_into, is_cjk, is_plain_cjk, tokens};

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.fold).collect()
    }

    #[test]
    fn case_accents_and_width_do_not_matter() {
        assert_eq!(
            words("Café RÉSUMÉ ＡＢＣ Straße"),
            ["cafe", "resume", "abc", "strasse"]
        );
        assert_eq!(words("ﬁne Øre İstanbul"), ["fine", "ore", "istanbul"]);
    }

    #[test]
    fn names_in_code_are_found_whole_and_in_parts() {
        assert_eq!(words("--no-verify"), ["no", "verify", "noverify"]);
        assert_eq!(words("snake_case"), ["snake", "case", "snakecase"]);
        assert_eq!(words("CamelCase"), ["camelcase", "camel", "case"]);
        assert_eq!(words("HTMLParser"), ["htmlparser", "html", "parser"]);
        assert_eq!(words("kubectl"), ["kubectl"]);
        assert_eq!(words("a.b.c.d.e"), ["a", "b", "c", "d", "e"]);
        assert_eq!(words("Café-BAR"), ["cafe", "bar", "cafebar"]);
        assert_eq!(words("X_Straße.É"), ["x", "strasse", "e", "xstrassee"]);
        assert_eq!(
            words("node.js e-mail"),
            ["node", "js", "nodejs", "e", "mail", "email"]
        );
    }

    #[test]
    fn what_an_apostrophe_leaves_over_is_no_word() {
        assert_eq!(
            words("the company's l’équipe"),
            ["the", "company", "equipe"]
        );
        assert_eq!(words("don't C D's"), ["don", "c"]);
    }

    #[test]
    fn scripts_without_spaces_are_cut_into_pairs() {
        assert_eq!(words("休暇申請 の"), ["休暇", "暇申", "申請", "の"]);
        assert_eq!(words("Slackで連絡"), ["slack", "で連", "連絡"]);
        assert_eq!(words("휴가 신청"), ["휴가", "신청"]);
        // A voice mark of half width belongs to what it voices.
        assert_eq!(words("ｶﾞｽ"), ["ガ", "\u{3099}ス"]);
    }

    #[test]
    fn plain_characters_are_their_own_folds() {
        let plain = || ('\0'..=char::MAX).filter(|c| is_plain_cjk(*c));
        let mut fold = String::new();
        for c in plain() {
            assert!(is_cjk(c) && c.is_alphanumeric(), "{c}");
            for pair in [format!("{c}の"), format!("の{c}"), c.to_string()] {
                assert!(fold_into(&pair, &mut fold));
                assert_eq!(fold, pair);
            }
        }
        assert!(plain().count() > 38_000);
    }

    #[test]
    fn no_punctuation_belongs_to_a_word() {
        for c in '\u{2000}'..='\u{206f}' {
            assert!(
                !c.is_alphanumeric() && !super::is_combining_mark(c),
                "{c:?}"
            );
        }
    }

    #[test]
    fn words_of_nobody_are_left_out() {
        assert_eq!(words(&"a".repeat(65)), [""; 0]);
        assert_eq!(words("… — !?"), [""; 0]);
    }

    proptest! {
        #[test]
        fn any_text_has_words_that_stand_in_it(text in "\\PC{0,80}") {
            for token in tokens(&text) {
                prop_assert!(text.get(token.at.clone()).is_some_and(|word| !word.is_empty()));
                prop_assert!(!token.fold.is_empty());
            }
        }

        #[test]
        fn the_end_of_a_text_is_read_as_its_middle(text in "([a-zA-Z0-9é休\u{301}’'._-]{1,9}[ ,.]{0,3}){0,12}") {
            let more = format!("{text}{}", " ".repeat(40));
            prop_assert_eq!(tokens(&text), tokens(&more));
        }

        #[test]
        fn pairs_are_told_as_they_fold(text in "[休暇がｶﾞ\u{3099}ー々휴、・ ]{0,12}") {
            let pairs = |run: &str| {
                let chars: Vec<char> = run.chars().collect();
                let pairs = chars.windows(2.min(chars.len().max(1)));
                pairs.map(String::from_iter).collect::<Vec<_>>()
            };
            let mut fold = String::new();
            let mut folded = |pair: String| fold_into(&pair, &mut fold).then(|| fold.clone());
            let runs = text.split(|c| !belongs(c)).flat_map(pairs);
            let expected: Vec<String> = runs.filter_map(&mut folded).collect();
            prop_assert_eq!(words(&text), expected);
        }

        #[test]
        fn a_word_folded_again_is_the_same(text in "[a-zéüßøçñ]{1,20}") {
            let once = tokens(&text)[0].fold.clone();
            prop_assert_eq!(&tokens(&once)[0].fold, &once);
        }
    }
}
