//! `handbook`: a static site generator for company handbooks.

pub mod config;
pub mod diagnostic;
pub mod discover;
pub mod error;
pub mod parse;
pub mod site;
pub mod source;
pub mod tree;
pub mod url;
