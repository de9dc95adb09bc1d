//! The names of languages as tables: what writers write and which grammar reads it. Decides nothing.
//!
//! Not formatted, because one grammar a line is what makes the tables readable.

/// Names for text that has no language. Logs are among them: their grammar takes a tenth of a second for one long line.
#[rustfmt::skip]
pub const PLAIN: &[&str] = &[
    "", "ascii", "log", "logs", "no-highlight", "nohighlight", "none", "output", "plain", "plaintext", "raw",
    "stderr", "stdout", "syslog", "text", "txt",
];

/// Grammars and what writers call them, where a grammar's own name and file extensions do not do. A slip is compared
/// with these names only, because half of all short words are one letter from some file extension.
#[rustfmt::skip]
pub const NAMES: &[(&str, &[&str])] = &[
    ("AWK", &["awk"]),
    ("Apache Conf", &["apache", "apacheconf"]),
    ("AsciiDoc (Asciidoctor)", &["asciidoc"]),
    ("Batch File", &["batch", "cmd", "dosbatch"]),
    ("Bourne Again Shell (bash)", &[
        "bash", "shell", "sh", "zsh", "console", "shell-session", "shellsession", "shellscript", "sh-session",
        "bash-session", "terminal", "command", "ksh",
    ]),
    ("C", &["c", "h"]),
    ("C#", &["csharp", "c#", "cs", "dotnet"]),
    ("C++", &["c++", "cpp", "cxx", "hpp"]),
    ("CMake", &["cmake"]),
    ("CSS", &["css", "postcss", "pcss"]),
    ("Clojure", &["clojure", "clj", "edn"]),
    ("Comma Separated Values", &["csv"]),
    ("Crontab", &["crontab", "cron"]),
    ("Crystal", &["crystal"]),
    ("Dart", &["dart", "flutter"]),
    ("Diff", &["diff", "patch", "udiff"]),
    ("Dockerfile (with bash)", &["dockerfile", "docker", "containerfile"]),
    ("DotENV", &["dotenv", "env"]),
    ("Elixir", &["elixir"]),
    ("Elm", &["elm"]),
    ("Erlang", &["erlang"]),
    ("F#", &["fsharp", "f#", "fs"]),
    ("Fish", &["fish"]),
    ("Fortran (Modern)", &["fortran"]),
    ("Git Config", &["gitconfig"]),
    ("Git Ignore", &["gitignore", "dockerignore", "ignore", "codeowners"]),
    ("Go", &["go", "golang"]),
    ("Gomod", &["gomod", "go-mod"]),
    ("GraphQL", &["graphql", "gql"]),
    ("Graphviz (DOT)", &["graphviz", "dot"]),
    ("Groovy", &["groovy", "gradle", "jenkinsfile", "jenkins"]),
    ("HTML", &["html", "xhtml", "angular"]),
    ("HTML (Jinja2)", &["jinja", "jinja2", "django", "nunjucks", "njk", "htmldjango"]),
    ("HTML (Rails)", &["erb"]),
    ("HTML (Twig)", &["twig"]),
    ("HTTP Request and Response", &["http", "https"]),
    ("Haskell", &["haskell"]),
    ("INI", &["ini", "cfg", "conf", "config", "editorconfig", "systemd", "npmrc"]),
    ("JSON", &["json", "jsonc", "json5", "jsonl", "ndjson", "webmanifest", "geojson", "jsonschema", "json-schema"]),
    ("Java", &["java"]),
    ("Java Properties", &["properties"]),
    ("JavaScript", &["javascript", "js", "mjs", "cjs", "es6", "ecmascript", "node", "nodejs", "bun"]),
    ("Julia", &["julia"]),
    ("Kotlin", &["kotlin", "kt", "kts"]),
    ("LaTeX", &["latex", "tex"]),
    ("Less", &["less"]),
    ("Lisp", &["lisp", "elisp", "emacs-lisp", "common-lisp", "scheme"]),
    ("Lua", &["lua"]),
    ("MATLAB", &["matlab", "octave"]),
    ("Makefile", &["makefile", "make", "mk"]),
    ("Markdown", &["markdown", "md", "mdx", "mdown"]),
    ("Nim", &["nim"]),
    ("Nix", &["nix"]),
    ("OCaml", &["ocaml"]),
    ("Objective-C", &["objectivec", "objective-c", "objc", "obj-c"]),
    ("Objective-C++", &["objective-c++", "objc++", "objectivecpp"]),
    ("PHP Source", &["php"]),
    ("Perl", &["perl"]),
    ("PowerShell", &["powershell", "pwsh", "ps1", "ps", "posh"]),
    ("Protocol Buffer", &["protobuf", "proto", "proto3"]),
    ("Puppet", &["puppet"]),
    ("Python", &["python", "py", "python3", "py3", "python2", "starlark", "bazel", "bzl", "pycon", "ipython", "gyp"]),
    ("R", &["r", "rlang"]),
    ("Racket", &["racket"]),
    ("Rego", &["rego"]),
    ("Regular Expression", &["regex", "regexp"]),
    ("Ruby", &["ruby", "rb", "gemfile", "podfile", "vagrantfile", "brewfile", "irb"]),
    ("Ruby Haml", &["haml"]),
    ("Rust", &["rust", "rs"]),
    ("SCSS", &["scss"]),
    ("SQL", &[
        "sql", "psql", "postgres", "postgresql", "mysql", "sqlite", "plsql", "plpgsql", "tsql", "mssql",
        "mariadb", "clickhouse", "bigquery", "snowflake", "redshift", "hql",
    ]),
    ("SSH Config", &["sshconfig", "ssh-config"]),
    ("Sass", &["sass"]),
    ("Scala", &["scala", "sbt"]),
    ("Solidity", &["solidity"]),
    ("Svelte", &["svelte"]),
    ("Swift", &["swift"]),
    ("SystemVerilog", &["systemverilog"]),
    ("TOML", &["toml"]),
    ("Tab Separated Values", &["tsv"]),
    ("Tcl", &["tcl"]),
    ("Terraform", &["terraform", "hcl", "tf", "tfvars", "hcl2", "opentofu", "tofu", "packer", "nomad", "vault"]),
    ("TypeScript", &["typescript", "ts", "mts", "cts", "deno"]),
    ("TypeScriptReact", &["tsx", "jsx", "react", "babel"]),
    ("VimL", &["vim", "viml", "vimscript"]),
    ("Vue Component", &["vue"]),
    ("XML", &["xml", "svg", "plist", "rss", "atom", "xsd", "wsdl", "xslt", "csproj", "pom"]),
    ("YAML", &["yaml", "yml", "openapi", "docker-compose", "cloudformation", "k8s", "kubernetes"]),
    ("Zig", &["zig"]),
    ("gnuplot", &["gnuplot"]),
    ("jsonnet", &["jsonnet"]),
    ("nginx", &["nginx", "nginxconf"]),
    ("reStructuredText", &["restructuredtext", "rst"]),
];

/// Grammars that give way to another when the text holds a mark of it: writers say `js` for JSX, and write PHP with and
/// without its opening tag. The other cannot stand in for the first: JSX takes 1.6 times as long, PHP needs its tag.
pub const DIALECTS: &[(&str, &[&str], &str)] = &[
    // A line of JavaScript that ends in a comment behind a bare name, `a /* b */`, sends its grammar round in a circle.
    ("JavaScript", &["</", "/>", "/*"], "TypeScriptReact"),
    ("PHP Source", &["<?"], "PHP"),
];

/// Names that have no grammar here and yet are no slip of a name that has one.
#[rustfmt::skip]
pub const ELSEWHERE: &[&str] = &[
    "abnf", "apex", "astro", "bicep", "blade", "bnf", "cobol", "cue", "cypher", "djot", "ebnf", "ejs", "elvish",
    "email", "feature", "gherkin", "hack", "handlebars", "haxe", "hbs", "jison", "katex", "kql", "liquid",
    "mako", "markdoc", "math", "mermaid", "mustache", "note", "nushell", "prisma", "prolog", "promql", "pug",
    "raku", "reason", "schema", "scilab", "sas", "smarty", "tree", "typoscript", "vala", "vb", "vbnet", "vega", "wasm",
    "wat",
];
