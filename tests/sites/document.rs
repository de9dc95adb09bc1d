//! A test document: Markdown with cases under headings. Takes it apart and puts it together again, byte for byte.

use crate::case;

/// A document in pieces that print as they were read.
pub struct Document {
    pieces: Vec<Piece>,
}

enum Piece {
    /// Lines between blocks, with their line breaks.
    Prose(String),
    /// A heading of the second level: a case begins.
    Heading(String),
    Block(Block),
}

/// A fenced block.
#[derive(Clone)]
pub struct Block {
    /// The first word of the info string: `md`, `html`, `text`.
    pub kind: String,
    /// The rest of it: a file, or what is expected.
    pub name: String,
    /// With a line break at the end of every line.
    pub body: String,
}

impl Document {
    pub fn parse(text: &str) -> Document {
        let mut pieces = Vec::new();
        let mut lines = text.split_inclusive('\n');
        while let Some(line) = lines.next() {
            let fence = line.len() - line.trim_start_matches('`').len();
            if fence >= 3 {
                let info = line[fence..].trim();
                let (kind, name) = info.split_once(' ').unwrap_or((info, ""));
                let body = lines
                    .by_ref()
                    .take_while(|line| {
                        let ticks = line.len() - line.trim_start_matches('`').len();
                        !(ticks >= fence && line[ticks..].trim().is_empty())
                    })
                    .collect();
                pieces.push(Piece::Block(Block {
                    kind: kind.to_owned(),
                    name: name.to_owned(),
                    body,
                }));
            } else if line.starts_with("## ") {
                pieces.push(Piece::Heading(line.to_owned()));
            } else {
                match pieces.last_mut() {
                    Some(Piece::Prose(prose)) => prose.push_str(line),
                    _ => pieces.push(Piece::Prose(line.to_owned())),
                }
            }
        }
        Document { pieces }
    }

    pub fn cases(&self) -> usize {
        let is_heading = |piece: &&Piece| matches!(piece, Piece::Heading(_));
        self.pieces.iter().filter(is_heading).count()
    }

    /// Puts what came out in place of what is expected.
    pub fn run(&mut self) {
        let mut shared = Vec::new();
        let mut pieces = std::mem::take(&mut self.pieces).into_iter().peekable();
        while let Some(piece) = pieces.next_if(|piece| !matches!(piece, Piece::Heading(_))) {
            if let Piece::Block(block) = &piece {
                shared.push(block.clone());
            }
            self.pieces.push(piece);
        }
        while let Some(heading) = pieces.next() {
            self.pieces.push(heading);
            let mut own = Vec::new();
            while let Some(piece) = pieces.next_if(|piece| !matches!(piece, Piece::Heading(_))) {
                own.push(piece);
            }
            let mut blocks: Vec<&mut Block> = own
                .iter_mut()
                .filter_map(|piece| match piece {
                    Piece::Block(block) => Some(block),
                    _ => None,
                })
                .collect();
            let unexpected = case::run(&shared, &mut blocks);
            own.retain(|piece| !matches!(piece, Piece::Block(b) if b.name == case::DIAGNOSTICS && b.body.is_empty()));
            self.pieces.extend(own);
            if !unexpected.is_empty() {
                self.append(Block {
                    kind: "text".to_owned(),
                    name: case::DIAGNOSTICS.to_owned(),
                    body: unexpected,
                });
            }
        }
    }

    /// Adds a block at the end of a case, with blank lines round it.
    fn append(&mut self, block: Block) {
        let at = match self.pieces.last() {
            Some(Piece::Prose(prose)) if prose.trim().is_empty() => self.pieces.len() - 1,
            _ => self.pieces.len(),
        };
        self.pieces.truncate(at);
        self.pieces.extend([
            Piece::Prose("\n".to_owned()),
            Piece::Block(block),
            Piece::Prose("\n".to_owned()),
        ]);
    }

    pub fn print(&self) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Prose(prose) => text.push_str(prose),
                Piece::Heading(heading) => text.push_str(heading),
                Piece::Block(block) => block.print(&mut text),
            }
        }
        // Blocks that came and went leave blank lines at the end.
        text.truncate(text.trim_end().len());
        text.push('\n');
        while text.contains("\n\n\n## ") {
            text = text.replace("\n\n\n## ", "\n\n## ");
        }
        text
    }
}

impl Block {
    fn print(&self, text: &mut String) {
        let longest = self
            .body
            .lines()
            .map(|line| line.len() - line.trim_start_matches('`').len())
            .max()
            .unwrap_or(0);
        let fence = "`".repeat((longest + 1).max(3));
        text.push_str(&fence);
        text.push_str(&self.kind);
        if !self.name.is_empty() {
            text.push(' ');
            text.push_str(&self.name);
        }
        text.push('\n');
        text.push_str(&self.body);
        if !self.body.is_empty() && !self.body.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&fence);
        text.push('\n');
    }
}
