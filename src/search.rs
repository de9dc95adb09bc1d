//! Search: an index of the site's pages in small files, and the answers to queries. `search.js` answers by the same rules from the
//! same files, so what is true of one is true of the other.

mod answer;
mod excerpt;
mod extract;
mod files;
mod index;
mod near;
mod query;
mod stem;
mod tally;
mod words;

pub use answer::Hit;
pub use extract::{Extract, Section, extract};
pub use files::{FOLDER, Files};
pub use index::{Index, Page, Settings};
pub use tally::{About, Tally, tally};
