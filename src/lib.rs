//! `handbook`: a static site generator for company handbooks.

pub mod cli;
mod commands;
pub mod config;
pub mod data;
pub mod dev;
pub mod diagnostic;
pub mod discover;
pub mod edit;
pub mod emit;
pub mod error;
pub mod external;
pub mod highlight;
pub mod parse;
pub mod render;
pub mod rewrite;
pub mod search;
pub mod session;
pub mod site;
pub mod source;
pub mod theme_files;
pub mod tree;
pub mod url;
