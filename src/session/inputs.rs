//! What was read of a site, before anything is made of it: reads it again where it may have changed, and makes the site.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::Config;
use crate::data::Data;
use crate::diagnostic::ignore::{self, Ignore};
use crate::diagnostic::{Code, Diagnostic, Level};
use crate::discover::{self, Files, Place};
use crate::parse::{self, CodeFile, Outline};
use crate::render::{self, DataValue, Theme, Versions, World};
use crate::session::findable::Search;
use crate::session::memo::Memo;
use crate::session::page_file::{PageFile, read_pages};
use crate::session::pictures::Sizes;
use crate::session::read::{self, Read};
use crate::session::{Loaded, LoadedPage, Options, loaded};
use crate::site::{self, Facts, SidebarFile, View};
use crate::theme_files::{StaticFile, ThemeFiles};

/// A site's own style sheet, after that of its theme.
const CUSTOM_CSS: &str = "custom.css";

/// What was read, before the site is made of it.
#[derive(Clone)]
pub struct Inputs {
    pub place: Place,
    pub out: PathBuf,
    pub config: Read<Arc<Config>>,
    pub files: Arc<Files>,
    pub pages: BTreeMap<Arc<str>, PageFile>,
    /// What pages take in; read as pages are.
    pub snippets: Arc<BTreeMap<Arc<str>, PageFile>>,
    /// The files that code is read from, by path from the site's folder.
    pub code: Arc<BTreeMap<String, CodeFile>>,
    pub sidebars: Read<Option<SidebarFile>>,
    pub data: Read<Arc<Data>>,
    /// The same as templates are given it.
    pub data_value: DataValue,
    pub theme_files: Read<Arc<ThemeFiles>>,
    pub theme: Arc<Theme>,
    /// Of the theme that is shown.
    pub versions: Versions,
    pub theme_diagnostics: Vec<Diagnostic>,
    pub facts: Arc<Facts>,
    pub memo: Arc<Memo>,
    pub sizes: Arc<Sizes>,
}

impl Inputs {
    /// Looks at everything again. Settings and theme stay as they were while they are broken.
    pub fn reload(&mut self, dir: &Path, options: &Options) {
        // Without a site there is nothing to look at; the next change may bring it back.
        let Ok(place) = discover::locate(dir) else {
            return;
        };
        let config = read::config(&place, options);
        if place != self.place || config.diagnostics.is_empty() {
            self.config = config.map(Arc::new);
        } else {
            self.config.texts = config.texts;
            self.config.diagnostics = config.diagnostics;
        }
        self.place = place;
        let files = discover::files(&self.place, &self.out);
        let reading = self.reading();
        self.pages = read_pages(&self.place, &files.pages, &self.pages, &reading);
        let snippets = read_pages(&self.place, &files.snippets, &self.snippets, &reading);
        self.snippets = Arc::new(snippets);
        self.sidebars = read::sidebars(&self.place, files.sidebars);
        self.files = Arc::new(files);
        self.load_data();
        self.load_theme();
    }

    /// How pages are read, by the settings that hold.
    fn reading(&self) -> parse::Options {
        parse::Options::of(&self.config.value)
    }

    /// Reads all data files. One that is broken is missing, as it is from a build: its last good state would hide that.
    pub fn load_data(&mut self) {
        let read = read::data(&self.place, &self.files.data);
        if read.value == *self.data.value {
            self.data.texts = read.texts;
            self.data.diagnostics = read.diagnostics;
        } else {
            self.data_value = DataValue::new(&read.value);
            self.data = read.map(Arc::new);
        }
    }

    /// Whether a path is one of the data files' or one that they lie below.
    pub fn concerns_data(&self, path: &Path) -> bool {
        path.starts_with(self.place.root.join(discover::DATA))
            || path.starts_with(self.place.content.join(discover::INNER_DATA))
    }

    pub fn load_theme(&mut self) {
        let read = read::theme(&self.place, &self.out, &self.config.value);
        let versions = read::versions(&self.place, &self.files, &read.value);
        let theme = Theme::new(&read.value, &self.config.value, versions.clone());
        self.theme_files.diagnostics = read.diagnostics;
        self.theme_files.texts = read.texts;
        self.theme_diagnostics = theme.diagnostics;
        if self.theme_files.diagnostics.is_empty() && self.theme_diagnostics.is_empty() {
            self.theme_files.value = Arc::new(read.value);
            self.theme = Arc::new(theme.value);
            self.versions = versions;
        }
    }

    /// Whether a path is one of the theme's or of the files that its templates name.
    pub fn concerns_theme(&self, path: &Path) -> bool {
        ["themes", "static", "components", "templates"]
            .iter()
            .any(|name| path.starts_with(self.place.root.join(name)))
    }

    /// Looks at one path in the content.
    pub fn look_at(&mut self, path: &Path) {
        let Ok(inner) = path.strip_prefix(&self.place.content) else {
            return;
        };
        let Some(inner) = inner.to_str() else {
            // A name that no address can hold is reported by the folder that it lies in.
            return self.look_at(path.parent().unwrap_or(path));
        };
        let inner = inner.replace(std::path::MAIN_SEPARATOR, "/");
        // A link in the place of a page may lead out of the site, which a walk finds out.
        let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
        if is_file && self.pages.contains_key(inner.as_str()) {
            // By the threads that read it first: their heaps have room where the old text was, and ours would only grow.
            let read = read_pages(&self.place, &[inner], &self.pages, &self.reading());
            self.pages.extend(read);
            return;
        }
        if is_file && self.snippets.contains_key(inner.as_str()) {
            let read = read_pages(&self.place, &[inner], &self.snippets, &self.reading());
            Arc::make_mut(&mut self.snippets).extend(read);
            return;
        }
        let mut files = (*self.files).clone();
        discover::look_below(&self.place, &self.out, path, &inner, &mut files);
        let below = |path: &str| discover::is_at_or_below(path, &inner);
        self.pages.retain(|path, _| {
            !below(path) || files.pages.binary_search_by(|p| (**p).cmp(path)).is_ok()
        });
        let came: Vec<String> = files
            .pages
            .iter()
            .filter(|path| below(path))
            .cloned()
            .collect();
        let read = read_pages(&self.place, &came, &self.pages, &self.reading());
        self.pages.extend(read);
        if files
            .snippets
            .iter()
            .chain(&self.files.snippets)
            .any(|path| below(path))
        {
            let reading = self.reading();
            let snippets = read_pages(&self.place, &files.snippets, &self.snippets, &reading);
            self.snippets = Arc::new(snippets);
        }
        if files.sidebars || self.files.sidebars {
            self.sidebars = read::sidebars(&self.place, files.sidebars);
        }
        self.files = Arc::new(files);
    }

    /// Files other than pages that `old` does not have so, by path on the site.
    pub fn files_other_than(&self, old: &Inputs, changed: &[&Path]) -> Vec<String> {
        let mut names = BTreeSet::new();
        for (new, old) in [
            (&self.files.assets, &old.files.assets),
            (&self.files.statics, &old.files.statics),
        ] {
            names.extend(new.iter().filter(|name| old.binary_search(name).is_err()));
        }
        for (name, version) in &self.versions {
            if old.versions.get(name) != Some(version) {
                names.insert(name);
            }
        }
        let statics = self.place.root.join("static");
        for path in changed {
            for (folder, list) in [
                (&self.place.content, &self.files.assets),
                (&statics, &self.files.statics),
            ] {
                let inner = path.strip_prefix(folder).ok().and_then(Path::to_str);
                let inner = inner.map(|inner| inner.replace(std::path::MAIN_SEPARATOR, "/"));
                if let Some(at) = inner.and_then(|inner| list.binary_search(&inner).ok()) {
                    names.insert(&list[at]);
                }
            }
            let of_theme = self.theme_files.value.statics.iter();
            names.extend(of_theme.filter_map(|(name, file)| match file {
                StaticFile::OnDisk(file) if file == path => Some(name),
                StaticFile::OnDisk(_) | StaticFile::Embedded(_) => None,
            }));
        }
        names.into_iter().cloned().collect()
    }

    /// Whether everything that all pages share is the same.
    pub fn same_site(&self, other: &Inputs) -> bool {
        self.place == other.place
            && self.config.value == other.config.value
            && self.config.diagnostics == other.config.diagnostics
            && self.theme_files.value == other.theme_files.value
            && self.theme_files.diagnostics == other.theme_files.diagnostics
            && self.theme_diagnostics == other.theme_diagnostics
            && self.sidebars.value == other.sidebars.value
            && self.sidebars.diagnostics == other.sidebars.diagnostics
            && self.data.value == other.data.value
            && self.data.diagnostics == other.data.diagnostics
            && self.files.assets == other.files.assets
            && self.files.statics == other.files.statics
            && self.files.diagnostics == other.files.diagnostics
            && self.same_outlines(other)
    }

    fn same_outlines(&self, other: &Inputs) -> bool {
        self.pages.len() == other.pages.len()
            && self
                .pages
                .iter()
                .zip(&other.pages)
                .all(|((a, old), (b, new))| a == b && old.same_outline(new))
    }

    /// Makes the site and resolves every page whose links may come out otherwise than `before`.
    pub fn assemble(&self, options: &Options, before: Option<&Loaded>) -> Loaded {
        let parsed: Vec<LoadedPage> = self.pages.values().filter_map(LoadedPage::new).collect();
        let outlines: Vec<&Outline> = parsed.iter().map(|page| &page.composed.outline).collect();
        let statics = loaded::static_paths(&self.files, &self.theme_files.value);
        let of_theme = loaded::of_theme(&self.files, &self.theme_files.value);
        let mut site = site::assemble(&site::Input {
            outlines: &outlines,
            config: &self.config.value,
            sidebars: self.sidebars.value.as_ref(),
            assets: &self.files.assets,
            statics: &statics,
            of_theme: &of_theme,
            prefix: self.place.prefix,
            drafts: options.drafts,
        });
        let declarations = self.theme.declarations();
        let view = View {
            site: &site.value,
            config: &self.config.value,
            facts: &self.facts,
            data: &self.data.value,
            declarations: &declarations,
        };
        let announced = site::announcement(view, &discover::CONFIG_NAME.into());
        let announcement = announced.map(|announced| {
            site.diagnostics.extend(announced.diagnostics);
            let (doc, links) = announced.value;
            let until = &self.config.value.announcement;
            let until = until.as_ref().and_then(|text| text.until.as_deref());
            render::announcement(&doc, &links, &self.theme.ui(), until)
        });
        let (config, data) = (&self.config.value, &self.data_value);
        let look = site::look(view, &discover::CONFIG_NAME.into());
        site.diagnostics.extend(look.diagnostics);
        let has_css = statics
            .iter()
            .any(|path| path.as_ref() as &str == CUSTOM_CSS);
        let shared = render::shared_values(
            &site.value,
            config,
            data,
            announcement,
            &look.value,
            &self.theme.ui(),
            has_css,
        );
        let world = Arc::new(World {
            site: site.value,
            config: Arc::clone(&self.config.value),
            facts: Arc::clone(&self.facts),
            data: Arc::clone(&self.data.value),
            declarations,
            ui: self.theme.ui(),
            preview: options.preview,
            shared,
        });
        let before = before.filter(|before| {
            before.world.config == world.config
                && before.world.declarations == world.declarations
                && before.world.data == world.data
        });
        let kept = before.and_then(|before| {
            let changed = world.site.targets_changed_since(&before.world.site)?;
            Some((&before.pages, changed))
        });
        let pages = parsed
            .into_par_iter()
            .enumerate()
            .map(|(id, page)| match &kept {
                Some((pages, changed)) if pages[id].stands(&page, changed) => pages[id].clone(),
                _ => page,
            })
            .collect();
        self.loaded(world, pages, Arc::new(site.diagnostics))
    }

    pub fn loaded(
        &self,
        world: Arc<World>,
        pages: Vec<LoadedPage>,
        site_diagnostics: Arc<Vec<Diagnostic>>,
    ) -> Loaded {
        let mut diagnostics = self.config.diagnostics.clone();
        diagnostics.extend(self.theme_files.diagnostics.iter().cloned());
        diagnostics.extend(self.theme_diagnostics.iter().cloned());
        let settings = diagnostics.len();
        diagnostics.extend(self.files.diagnostics.iter().cloned());
        diagnostics.extend(self.sidebars.diagnostics.iter().cloned());
        diagnostics.extend(self.data.diagnostics.iter().cloned());
        let files = self.pages.values().chain(self.snippets.values());
        diagnostics.extend(files.filter_map(|page| match page {
            PageFile::Unreadable(diagnostic) => Some(diagnostic.clone()),
            PageFile::Parsed { .. } => None,
        }));
        let mut texts = self.config.texts.clone();
        texts.extend(self.sidebars.texts.clone());
        texts.extend(self.data.texts.clone());
        texts.extend(self.theme_files.texts.clone());
        let mut ignores = HashMap::new();
        for (file, text) in &texts {
            if file.ends_with(".toml") || file.ends_with(".yaml") {
                let comments = ignore::hash_comments(text, 0);
                let (found, faults) = ignore::read(file, text, &comments);
                ignores.insert(Arc::clone(file), found);
                diagnostics.extend(faults);
            }
        }
        // A key that means nothing is the one fault that a site can choose to live with.
        let is_chosen = |d: &Diagnostic| {
            let ignores = ignores.get(&d.file).into_iter().flatten();
            d.code == Code::ConfigUnknownKey
                && (self.config.value.levels.of(d.code, &d.file) != Level::Error
                    || ignores
                        .into_iter()
                        .any(|ignore: &Ignore| ignore.silences(d)))
        };
        let fatal = diagnostics[..settings]
            .iter()
            .filter(|d| !is_chosen(d))
            .map(|d| (Arc::clone(&d.file), d.code))
            .collect();
        Loaded {
            place: self.place.clone(),
            out: self.out.clone(),
            world,
            theme: Arc::clone(&self.theme),
            theme_files: Arc::clone(&self.theme_files.value),
            files: Arc::clone(&self.files),
            pages,
            snippets: Arc::clone(&self.snippets),
            texts,
            ignores,
            memo: Arc::clone(&self.memo),
            sizes: Arc::clone(&self.sizes),
            diagnostics,
            site_diagnostics,
            fatal,
            search: Search::default(),
        }
    }
}
