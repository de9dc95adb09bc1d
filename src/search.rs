//! Search: an index of the site's pages in small files, and the answers to queries. `search.js` answers by the same rules from the
//! same files, so what is true of one is true of the other.

mod answer;
mod coded;
mod excerpt;
mod extract;
mod files;
mod fold;
mod gzip;
mod index;
mod near;
mod query;
mod scan;
mod stem;
mod tally;
mod terms;
mod vocabulary;
mod white_space;
mod words;

pub use answer::Hit;
pub use extract::{Extract, Section, extract};
pub use files::{FOLDER, Files, Press};
pub use index::{Index, Page, Settings};
pub use tally::{About, Reader, Tally};
