// Search, loaded when somebody first wants it: an engine that knows nothing of the page, and the dialog that asks it.
// The engine answers as `handbook search` does, by the same rules from the same files; a test holds them together.

// Words: letters, digits and marks. Scripts that set no spaces are cut into pairs.
const CJK = "[\\u3005-\\u3007\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\uac00-\\ud7af\\uff66-\\uff9d\\u{20000}-\\u{3ffff}]";
const ANY = "[\\p{Alphabetic}\\p{N}\\p{M}]";
const PART = new RegExp(`(?:[0-9A-Za-z]+|(?!${CJK})${ANY})+|((?:(?=${CJK})${ANY})+)`, "gu");
const HUMP = /(?<=\p{Lowercase})(?=\p{Uppercase})|(?<=\p{Uppercase})(?=\p{Uppercase}\p{Lowercase})/u;
const NEVER_WRONG = new RegExp(`${CJK}|\\p{N}`, "u");
const QUOTE = /["“”„«»]/;
const LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };

const fold = (word) => /^[\0-\x7f]*$/.test(word) ? word.toLowerCase()
  : word.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").normalize("NFC").toLowerCase().replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter]);
const size = (word) => [...word].length;
const isWord = ({ fold }) => fold && (fold.length <= 64 || size(fold) <= 64);
const start = (word) => [...word].slice(0, 3).join("");

/** What a text consists of, in order: words that stand together, with the single one that they are joined to. */
const units = (text) => {
  const all = [], word = (from, to) => ({ from, to, fold: fold(text.slice(from, to)) });
  let unit, end;
  for (const { 0: part, 1: isCjk, index } of text.matchAll(PART)) {
    if (isCjk) {
      const cuts = [index], length = size(part) > 1 ? 2 : 1;
      for (const letter of part) cuts.push(cuts.at(-1) + letter.length);
      all.push({ isCjk, words: cuts.slice(length).map((to, i) => word(cuts[i], to)).filter(isWord) });
      unit = null;
      continue;
    }
    if (!unit || index - end !== 1 || !"-_.".includes(text[end])) all.push((unit = { words: [], count: 0, from: index, all: "" }));
    end = index + part.length;
    const own = word(index, end);
    // An apostrophe left it over: the `s` of `company's`.
    if (part.length < 3 && /^\P{N}$/u.test(part) && /['’]/.test(text.slice(index - 1, index) + text.slice(end, end + 1))) unit.count = 9;
    else if (isWord(own)) {
      unit.words.push(own);
      if (/.\p{Uppercase}/u.test(part)) {
        let from = index;
        const humps = part.split(HUMP);
        if (humps[1]) own.humps = humps.map((hump) => word(from, (from += hump.length))).filter((hump, i) => isWord(hump) && size(humps[i]) > 1);
      }
    }
    unit.all += own.fold;
    if (++unit.count > 1) unit.joint = unit.count < 5 && unit.all && size(unit.all) <= 32 && { from: unit.from, to: end, fold: unit.all };
  }
  return all;
};
/** Tells all words of a text. */
const eachWord = (text, take) => {
  for (const { words, joint } of units(text)) {
    for (const word of words) {
      take(word);
      word.humps?.forEach(take);
    }
    if (joint) take(joint);
  }
};
/** The folds of the words that follow each other. */
const sequence = (text) => units(text).flatMap(({ words }) => folds(words));
const folds = (words) => words.map((word) => word.fold);

/** By code points, as the files are sorted. */
const order = (a, b) => {
  const [x, y] = [[...a], [...b]], at = x.findIndex((character, i) => character !== y[i]);
  return at < 0 ? x.length - y.length : (x[at].codePointAt() - (y[at]?.codePointAt() ?? -1));
};

// Two words of `most` slips have no more than twice as many letters that only one of them has.
const letters = (word) => {
  let set = 0;
  for (let i = 0; i < word.length; i++) set |= 1 << (word.charCodeAt(i) & 31);
  return set;
};
const bits = (set) => {
  let count = 0;
  for (; set; set &= set - 1) count++;
  return count;
};
/** Letters left out, put in, changed, or swapped with their neighbours, up to `most`; beyond that some larger number. */
const distance = (a, b, most) => {
  let last, row = [...a, 0].map((_, j) => j);
  for (let i = 1; i <= b.length; i++) {
    const next = [i];
    for (let j = 1; j <= a.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[j - 1] !== b[i - 1]));
      if (last && j > 1 && a[j - 1] === b[i - 2] && a[j - 2] === b[i - 1]) next[j] = Math.min(next[j], last[j - 2] + 1);
    }
    if (Math.min(...next) > most) return most + 1;
    [last, row] = [row, next];
  }
  return row[a.length];
};

/** What a query asks for, slot by slot. There are several ways to fill one, each with all its words. */
const read = (query, synonyms) => {
  const segments = [...query].slice(0, 200).join("").split(QUOTE);
  const way = (all, open) => ({ words: all.map((fold, i) => ({ fold, open: open && i + 1 === all.length })) });
  const slots = segments.flatMap((segment, i) => {
    if (i % 2) {
      const phrase = sequence(segment);
      return phrase.length ? [{ phrase, ways: [way(phrase)] }] : [];
    }
    const isOpen = i + 1 === segments.length && !/\p{White_Space}$/u.test(segment);
    const slots = units(segment).filter(({ words }) => words.length).map(({ words, joint, isCjk }, i, { length }) => {
      const own = folds(words), open = isOpen && i + 1 === length, humps = own.length > 1 ? [] : folds(words[0].humps ?? []);
      const ways = [joint ? [joint.fold] : [], own, humps].filter((all) => all.length).map((all) => way(all, open && !(isCjk && all[1])));
      if (isCjk && size(own[0]) < 2) ways[0].words[0].open = true;
      return { own, ways };
    });
    for (const group of synonyms) {
      const members = group.map((member) => sequence(member));
      for (let at = 0; at < slots.length; at++) {
        let count = 0, said;
        for (const member of members) {
          let left = member.join(" ") + " ", n = at;
          for (let own; n < slots.length && (own = slots[n].own.join(" ") + " ") && left.startsWith(own); n++) left = left.slice(own.length);
          if (!left && n - at > count) [count, said] = [n - at, member];
        }
        if (!count) continue;
        // Several words together mean what the other members mean.
        if (count > 1) {
          const covered = slots.slice(at, at + count);
          slots.splice(at, count, { own: covered.flatMap(({ own }) => own), ways: [{ words: covered.flatMap(({ ways }) => ways[0].words) }] });
        }
        for (const member of members) if (member !== said && member.length) slots[at].ways.push({ ...way(member), isSynonym: true });
      }
    }
    return slots;
  });
  return slots.slice(0, 12);
};

/** Tells `take` the pages and weights that are written in a text of postings. */
const each = (postings, take) => {
  let page = -1, at = 0;
  while (at < postings.length) {
    let unit = 1, digit;
    while ((digit = postings.charCodeAt(at++) - 40) > 31) {
      page += unit * (digit - 53);
      unit *= 32;
    }
    page += unit * digit;
    take(page, postings.charCodeAt(at++) - 40);
  }
};

const SPACE = /\p{White_Space}/u;
/** The place so many characters on. */
const forward = (text, at, count) => {
  for (; count && at < text.length; count--) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
};
/** The part of a text that has most of what was sought there. */
const excerpt = (text, met) => {
  let best = [0, 0, 0, 0];
  met.forEach(({ from }, i) => {
    const reach = forward(text, from, 160), slots = new Set();
    let to = from, n = i;
    for (; met[n]?.to <= reach; n++) {
      slots.add(met[n].slot);
      to = Math.max(to, met[n].to);
    }
    if (slots.size > best[0] || (slots.size === best[0] && n - i > best[1])) best = [slots.size, n - i, from, to];
  });
  const [, , start, end] = best, before = [...text.slice(Math.max(0, start - 80), start)], room = Math.min(40, 160 - size(text.slice(start, end)));
  let from = start - before.slice(Math.max(0, before.length - room)).join("").length;
  if (from) {
    const gap = text.slice(from, start).match(/\p{White_Space}+/u);
    from = gap ? from + gap.index + gap[0].length : start;
  }
  let to = forward(text, from, 160);
  if (to < text.length && !SPACE.test(text[to])) {
    const word = text.slice(from, to).search(/\p{White_Space}\P{White_Space}*$/u);
    if (word >= 0 && from + word >= end) to = from + word;
  }
  return (from ? "…" : "") + text.slice(from, to).replace(/\p{White_Space}+$/u, "").replaceAll("\n", " ") + (to < text.length ? "…" : "");
};

/** Where a text has what fills one slot or another. */
const meet = (text, slots) => {
  const met = [];
  eachWord(text, ({ from, to, fold }) => slots.forEach(({ surfaces, open }, slot) => {
    if (surfaces.has(fold) || open.some((start) => fold.startsWith(start))) met.push({ from, to, slot });
  }));
  return met.sort((a, b) => a.from - b.from || a.slot - b.slot);
};

/** Makes what answers queries. `load` gives a file of the index by its name, parsed; with `true`, as it is now on the server. */
export const engine = (load) => {
  let files = {}, last = {};

  /** Orders all pages that have something of the query. */
  const rank = async (query, get) => {
    const core = await get("index");
    const slots = read(query, core.synonyms);
    let isDeep, isForgiving, rest;

    /** The terms that may hold a word: those with its first three letters. */
    const near = async ({ fold, open }) => {
      const at = core.terms.findLastIndex(([first]) => order(first, start(fold)) <= 0);
      const shards = core.terms.slice(at, at + (open && size(fold) < 3 ? 2 : 1));
      return (await Promise.all(shards.map(([, name]) => get(name)))).flat();
    };
    const has = ([, surfaces], is) => surfaces.split(" ").some(is);
    const corrections = async ({ fold }) => {
      const own = [...fold], most = own.length < 4 || NEVER_WRONG.test(fold) ? 0 : own.length < 8 ? 1 : 2;
      const lists = core.words.filter(([from, to]) => most && from <= own.length + most && to >= own.length - most);
      const set = letters(fold), found = [];
      for (const list of await Promise.all(lists.map(([, , name]) => get(name))))
        for (const word of list.split(" ")) {
          if (bits(letters(word) ^ set) > 2 * most) continue;
          const its = [...word], longer = Math.abs(its.length - own.length), slips = longer > most ? 9 : distance(own, its, most);
          if (slips && slips <= most) found.push([slips, its[0] !== own[0], longer, word]);
        }
      found.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || order(a[3], b[3]));
      const terms = await Promise.all(found.slice(0, 6).map(async ([slips, , , word]) => {
        const entry = (await near({ fold: word })).find((entry) => has(entry, (other) => other === word));
        return entry && { entry, weight: slips < 2 ? 7 : 5 };
      }));
      return terms.filter(Boolean);
    };
    const lookUp = async (word, maySlip) => {
      const entries = await near(word), { fold, open } = word, own = [...fold], terms = [];
      const exact = entries.find((entry) => has(entry, (other) => other === fold));
      const add = (most, weight, is) => terms.push(...entries.filter((entry) => has(entry, is)).slice(0, most).map((entry) => ({ entry, weight })));
      if (exact) terms.push({ entry: exact, weight: 10 });
      if (open) add(64, 6, (other) => other.startsWith(fold));
      if (!terms.length) add(Infinity, 8, (other) => {
        const its = [...other], longer = Math.max(its.length, own.length), differ = its.findIndex((letter, i) => letter !== own[i]);
        const same = differ < 0 ? its.length : differ;
        return same > 3 && longer - same < 4 && 2 * same >= longer;
      });
      let pages = 0;
      if (exact) each(exact[3], () => pages++);
      word.isCommon = exact && (exact[4] || pages * 2 > core.pages);
      if (!terms.length || (maySlip && exact && !exact[4] && pages * 100 < 3 * core.pages)) terms.push(...await corrections(word));
      return terms;
    };

    const fill = async (slot) => {
      slot.values = new Float64Array(core.pages);
      slot.isCommon = !slot.phrase;
      slot.surfaces = new Set();
      slot.open = [];
      for (const { words, isSynonym } of slot.ways) {
        let sums;
        for (const word of words) {
          const values = new Float64Array(core.pages);
          const terms = await lookUp(word, isForgiving && words.length < 2 && !isSynonym && !slot.phrase);
          slot.isCommon &&= word.isCommon;
          if (word.open) slot.open.push(word.fold);
          for (const { entry: [, surfaces, scale, postings, more], weight } of terms) {
            rest ||= more;
            for (const surface of surfaces.split(" ")) slot.surfaces.add(surface);
            for (const all of [postings, ...(more && isDeep ? [await get(more)] : [])])
              each(all, (page, own) => { values[page] = Math.max(values[page], own * scale * weight); });
          }
          sums = sums ? sums.map((sum, page) => sum && values[page] && sum + values[page]) : values;
        }
        sums.forEach((sum, page) => { slot.values[page] = Math.max(slot.values[page], isSynonym ? Math.floor(sum * 8 / 10) : sum); });
      }
    };
    let required;
    /** How many pages have everything that is required. */
    const fillAll = async () => {
      rest = 0;
      await Promise.all(slots.map(fill));
      required = slots.filter((slot) => !slot.isCommon);
      if (!required.length) required = slots;
      return pages.filter((page) => required.every(({ values }) => values[page])).length;
    };
    const pages = [...Array(core.pages).keys()];
    let complete = slots.length && await fillAll();
    if (rest && complete < 10 && (slots[1] || slots[0].phrase)) {
      isDeep = true;
      complete = await fillAll();
    }
    if (slots.length && !complete) {
      isForgiving = true;
      await fillAll();
    }
    const worth = pages.map((page) => {
      let sum = 0, met = 1;
      for (const { values, phrase } of slots) {
        if (phrase && !values[page]) return 0;
        sum += values[page];
      }
      for (const { values } of required ?? []) met += values[page] > 0;
      return sum * met * met;
    });
    return { core, slots, worth, pages: pages.filter((page) => worth[page]).sort((a, b) => worth[b] - worth[a] || a - b) };
  };

  const answer = async (query, { limit = 10, section, signal } = {}) => {
    const get = async (name) => {
      const file = (files[name] ??= load(name));
      file.catch(() => { delete files[name]; });
      const data = await file;
      signal?.throwIfAborted();
      return data;
    };
    if (last.query !== query) last = { query, ...await rank(query, get) };
    const { core, slots, worth } = last;

    const open = async (page) => {
      let at = page;
      const [, name] = core.packs.find(([count]) => (at -= count) < 0);
      return (await get(name)).at(at);
    };
    let pages = last.pages.filter((page) => section === undefined || core.of?.charCodeAt(page) - 48 === section);
    const phrases = slots.flatMap(({ phrase }) => (phrase ? ` ${phrase.join(" ")} ` : []));
    if (phrases.length) {
      const held = await Promise.all(pages.slice(0, 60).map(async (page) => {
        const [, title, , sections] = await open(page);
        const texts = [title, ...sections.flatMap(([, heading, text]) => [heading, text])].map((text) => ` ${sequence(text).join(" ")} `);
        return phrases.every((phrase) => texts.some((text) => text.includes(phrase)));
      }));
      pages = pages.filter((_, i) => held[i]);
    }
    const hits = await Promise.all(pages.slice(0, limit).map(async (page) => {
      const [url, title, trail, all] = await open(page);
      const sections = all.map(([anchor, heading, text]) => {
        const found = meet(text, slots), inHeading = new Set(meet(heading, slots).map(({ slot }) => slot)), counts = slots.map((_, i) => found.filter(({ slot }) => slot === i).length);
        const worth = 4 * inHeading.size + counts.reduce((sum, count) => sum + (count > 0) + (count > 2), 0);
        return { anchor, heading, worth, excerpt: excerpt(text, found) };
      }).sort((a, b) => b.worth - a.worth);
      return { url, title, trail, score: worth[page] / 1000, sections: sections.filter(({ worth }, i) => !i || (i < 3 && worth * 2 >= sections[0].worth)) };
    }));
    return { total: pages.length, hits, slots, sections: core.sections };
  };

  return {
    async search(query, options = {}) {
      try {
        return await answer(query, options);
      } catch (error) {
        if (options.signal?.aborted) throw error;
        // Another deploy took what was asked for away.
        files = { index: Promise.resolve(await load("index", true)) };
        last = {};
        return answer(query, options);
      }
    },
  };
};

const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const SOUGHT = "handbook-sought";
const stored = (storage, key, value) => {
  try {
    return value === undefined ? JSON.parse(window[storage].getItem(key)) : window[storage].setItem(key, JSON.stringify(value));
  } catch {} // storage is forbidden, or holds something else
};
let style, ask;
const dress = () => (style ??= new Promise((done) => {
  const link = make("link", { rel: "stylesheet", href: new URL("search.css", import.meta.url), onload: done, onerror: done });
  // Before what the site says of its looks.
  document.querySelector("[rel=stylesheet]").after(link);
}));

/** Opens the dialog. The form in the page says where the index is, and has the words to say. */
export const open = async (form, query) => {
  await dress();
  (ask ??= dialog(form))(query);
};

const dialog = ({ dataset: words, action }) => {
  const index = new URL(words.index, location), RECENT = `handbook-searches ${words.index}`;
  const { search } = engine(async (name, again) => {
    const read = (cache) => fetch(new URL(`${name}.bin`, index), { cache });
    const answer = await (again ? read("reload") : read(name === "index" ? "no-cache" : "default").catch(() => read("force-cache")));
    if (!answer.ok) throw Error(`${name}: ${answer.status}`);
    return new Response(answer.body.pipeThrough(new DecompressionStream("gzip"))).json();
  });

  const input = make("input", {
    role: "combobox", ariaLabel: words.search, ariaExpanded: false, ariaAutoComplete: "list", placeholder: words.search,
    enterKeyHint: "search", autocomplete: "off", autocapitalize: "none", spellcheck: false,
  });
  const button = (textContent, onclick) => make("button", { type: "button", textContent, onclick });
  const status = make("p", { role: "status" });
  const where = make("select", { ariaLabel: words.sections, hidden: true });
  const clear = button(words.clear, () => { stored("localStorage", RECENT, []); start(); });
  const list = make("div", { id: "hb:found", role: "listbox", ariaLabel: words.search });
  const note = make("p", { className: "note" });
  const box = make("dialog", { className: "finder", ariaLabel: words.search },
    make("div", { className: "ask" }, input, button(words.close, () => box.close())),
    make("div", { className: "state" }, status, where, clear), list, note);
  input.setAttribute("aria-controls", list.id);
  document.body.append(box);

  let active, found, stop, pending, telling, ids = 0;
  const options = () => [...list.querySelectorAll("a")];
  const activate = (option) => {
    if (active) active.ariaSelected = false;
    active = option;
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.ariaSelected = true;
    input.setAttribute("aria-activedescendant", option.id);
  };
  const option = (href, ...children) => make("a", { role: "option", id: `hb:found-${ids++}`, tabIndex: -1, ariaSelected: false, href }, ...children);
  /** Pages are only ever put in as text: a title may look like a tag. */
  const marked = (tag, text) => {
    const all = make(tag, {});
    let at = 0;
    for (const { from, to } of meet(text, found.slots)) if (from >= at) {
      all.append(text.slice(at, from), make("mark", { textContent: text.slice(from, to) }));
      at = to;
    }
    all.append(text.slice(at));
    return all;
  };
  const group = ({ url, title, trail, sections }) => {
    const page = new URL(`..${url.split("/").map(encodeURIComponent).join("/")}`, index).href;
    const first = sections.find(({ anchor }) => !anchor);
    const whole = option(page, make("small", { textContent: trail }), marked("b", title), ...(first ? [marked("span", first.excerpt)] : []));
    const parts = sections.filter((section) => section !== first).map(({ anchor, heading, excerpt }) =>
      option(`${page}#${encodeURIComponent(anchor)}`, marked("b", heading), marked("span", excerpt)));
    const all = make("div", { role: "group", ariaLabel: title }, whole, ...parts);
    all.best = sections[0] === first ? whole : parts[0];
    return all;
  };
  const say = (text) => {
    // Not at every letter.
    clearTimeout(telling);
    telling = setTimeout(() => (status.textContent = text), 250);
  };
  const show = (children, text, hint = "", isRecent) => {
    list.replaceChildren(...children);
    list.scrollTop = 0;
    input.ariaExpanded = children.length > 0;
    note.replaceChildren(hint);
    if (hint) note.append(" ", make("a", { href: action, textContent: words.allPages }));
    clear.hidden = !isRecent;
    activate(children[0]?.best);
    say(text);
  };
  /** The address is that of the search, as long as it is open. */
  const address = (query) => {
    const url = new URL(location);
    query ? url.searchParams.set("q", query) : url.searchParams.delete("q");
    try { if (url.href !== location.href) history.replaceState(history.state, "", url); } catch {} // some browsers count
  };
  const start = () => {
    const last = stored("localStorage", RECENT) ?? [];
    show(last.map((query) => Object.assign(option(`?q=${encodeURIComponent(query)}`, make("b", { textContent: query })), { query })), last.length ? words.recentSearches : "", "", last.length);
  };

  const answer = async (limit = 5) => {
    stop?.abort();
    const { signal } = (stop = new AbortController()), query = input.value, isNew = limit < 6;
    if (isNew) address(query);
    if (!query.trim()) start();
    try {
      found = await search(query, { limit, section: where.value ? +where.value : undefined, signal });
    } catch {
      if (!signal.aborted) show([], "", words.searchFailed);
      return;
    }
    if (signal.aborted) return;
    const { sections, total, hits } = found;
    if (sections.length > 1 && where.length < 2) where.append(make("option", { value: "", textContent: words.everywhere }), ...sections.map((name, value) => make("option", { value, textContent: name })));
    where.hidden = where.length < 2 || !query.trim();
    if (!query.trim()) return;
    if (!isNew) list.append(...hits.slice(list.childElementCount).map(group));
    else if (total) show(hits.map(group), total > 1 ? words.pages.replace("{count}", total) : words.onePage);
    else show([], words.nothingFound.replace("{query}", query.trim()), words.tryOtherWords);
    more();
  };
  const more = () => {
    const count = list.childElementCount;
    if (found?.total > count && found.hits.length === count && list.scrollHeight - list.scrollTop < list.clientHeight * 2) pending = answer(count + 5);
  };
  const renew = () => (pending = answer());
  const remember = () => {
    const query = input.value.trim(), last = stored("localStorage", RECENT) ?? [];
    stored("localStorage", RECENT, [query, ...last.filter((other) => other !== query)].slice(0, 5));
  };

  input.oninput = renew;
  where.onchange = renew;
  list.onscroll = more;
  list.onpointermove = ({ target }) => activate(target.closest("a") ?? active);
  list.onclick = (event) => {
    const chosen = event.target.closest("a");
    if (!chosen) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (chosen.query) {
      event.preventDefault();
      input.value = chosen.query;
      input.focus();
      return renew();
    }
    remember();
    stored("sessionStorage", SOUGHT, [chosen.pathname, found.slots.map(({ surfaces, open }) => ({ surfaces: [...surfaces], open }))]);
    if (chosen.pathname !== location.pathname) return;
    // It is on this page.
    address();
    box.close();
    setTimeout(mark);
  };
  input.onkeydown = async (event) => {
    if (event.isComposing || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const all = options(), at = all.indexOf(active);
      activate(all.at((at < 0 && step < 0 ? 0 : at) + step - all.length * (at + step === all.length)));
      active?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      await pending;
      if (!active) return;
      if (!event.ctrlKey && !event.metaKey) return active.click();
      remember();
      window.open(active.href);
    }
  };
  box.onclose = () => {
    stop?.abort();
    address();
  };
  box.onclick = ({ target }) => { if (target === box) box.close(); };

  return (query) => {
    if (!box.open) box.showModal();
    if (query !== undefined) input.value = query;
    input.select();
    renew();
  };
};

/** Marks on this page what was sought when a hit on it was chosen. */
export const mark = async () => {
  const [path, slots] = stored("sessionStorage", SOUGHT) ?? [];
  stored("sessionStorage", SOUGHT, null);
  if (path !== location.pathname || !window.Highlight) return;
  await dress();
  const all = new Highlight(), walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode()); )
    for (const { from, to } of meet(node.data, slots.map(({ surfaces, open }) => ({ surfaces: new Set(surfaces), open })))) {
      const range = new Range();
      range.setStart(node, from);
      range.setEnd(node, to);
      all.add(range);
    }
  CSS.highlights.set("handbook-search", all);
  addEventListener("keydown", ({ key }) => { if (key === "Escape") CSS.highlights.delete("handbook-search"); });
};
