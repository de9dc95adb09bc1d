//! `handbook`: a static site generator for company handbooks.

pub mod diagnostic;
pub mod source;
pub mod tree;
pub mod url;
