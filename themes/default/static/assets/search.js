// Search, loaded when somebody first wants it: an engine that knows nothing of the page, and the dialog that asks it.
// The engine answers as `handbook search` does, by the same rules from the same files; a test holds them together.

// Words: letters, digits and marks. Scripts that set no spaces are cut into pairs.
const CJK = "[\\u3005-\\u3007\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\uac00-\\ud7af\\uff66-\\uff9f\\u{20000}-\\u{3ffff}]";
const ANY = "[\\p{Alphabetic}\\p{N}\\p{M}]";
const PART = RegExp(`((?:(?=${CJK})${ANY})+)|(?:(?!${CJK})${ANY})+`, "gu");
const HUMP = /(?<=\p{Lowercase})(?=\p{Uppercase})|(?<=\p{Uppercase})(?=\p{Uppercase}\p{Lowercase})/u;
const LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };

// Most words are plain, and every letter that is typed asks for thousands of them.
const fold = (word) => /^[\0-\x7f]*$/.test(word) ? word.toLowerCase() : word.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").normalize("NFC").toLowerCase()
  .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter]);
const size = (word) => [...word].length;

/** What a text consists of, in order: words that stand together, with the single one that they are joined to. */
const units = (text) => {
  const all = [], word = (from, to) => ({ from, to, fold: fold(text.slice(from, to)), humps: [] });
  let unit, end;
  for (const { 0: part, 1: isCjk, index } of text.matchAll(PART)) {
    let from = index;
    const letters = [...part];
    if (isCjk) {
      const pairs = letters.map((letter, i) => word(from, (from += letter.length) + (letters[i + 1] ?? "").length));
      all.push({ isCjk, joint: [], words: pairs.slice(0, letters.length - 1 || 1) });
      unit = null;
      continue;
    }
    if (!unit || index - end !== 1 || !"-_.".includes(text[end])) all.push((unit = { words: [], count: 0, from, all: "" }));
    end = index + part.length;
    const own = word(from, end), humps = /.\p{Uppercase}/u.test(part) ? part.split(HUMP) : [];
    // An apostrophe left it over: the `s` of `company's`.
    if (!letters[1] && /\P{N}/u.test(part) && /['’]/.test(text.slice(index - 1, index) + text.slice(end, end + 1))) unit.count = 9;
    else if (own.fold && size(own.fold) <= 64) {
      if (humps[1]) own.humps = humps.map((hump) => word(from, (from += hump.length))).filter((_, i) => size(humps[i]) > 1);
      unit.words.push(own);
    }
    unit.all += own.fold;
    unit.joint = ++unit.count > 1 && unit.count < 5 && unit.all && size(unit.all) <= 32 ? [{ ...unit, to: end, fold: unit.all }] : [];
  }
  return all;
};
/** The folds of the words that follow each other. */
const sequence = (text) => units(text).flatMap(({ words }) => folds(words));
const folds = (words) => words.map(({ fold }) => fold);

/** Where a text has what fills one slot or another. The next query is likely to show the same texts. */
const known = new Map();
const meet = (text, slots) => {
  if (known.size > 500) known.clear();
  const all = known.get(text) ?? units(text);
  known.set(text, all);
  const met = [], take = ({ from, to, fold }) => slots.forEach(({ surfaces, open }, slot) => {
    if (surfaces.has(fold) || open.some((start) => fold.startsWith(start))) met.push({ from, to, slot });
  });
  for (const { words, joint } of all) [...words.flatMap((word) => [word, ...word.humps]), ...joint].forEach(take);
  return met.sort((a, b) => a.from - b.from || a.slot - b.slot);
};

/** For comparing by code points, as the files are sorted. */
const sortable = (word) => word.replace(/[\ud800-\udfff]/g, "\uffff$&");

/** What a word may have been meant for: words of a sorted list with up to `most` letters left out, put in, changed or swapped. */
const corrections = (own, list, most) => {
  const rows = [[0, ...own].map((_, at) => at)];
  let last = [], dead = 99;
  return list.flatMap((word) => {
    const its = [...word];
    let i = its.findIndex((letter, at) => letter !== last[at]);
    // The rows of the letters that it shares with the last word are there.
    if (i < 0 || i >= dead) return [];
    last = its;
    for (dead = 99; i < its.length && i < dead; i++) {
      const [before, above, row] = [rows[i - 1], rows[i], (rows[i + 1] = [i + 1])];
      own.forEach((letter, j) => {
        const swap = before && letter === its[i - 1] && own[j - 1] === its[i] ? before[j - 1] + 1 : 99;
        row.push(Math.min(row[j] + 1, above[j + 1] + 1, above[j] + (letter !== its[i]), swap));
      });
      if (Math.min(...row) > most) dead = i + 1;
    }
    const slips = dead > i && rows[its.length][own.length];
    return slips && slips <= most ? { word, slips, order: [slips, +(its[0] !== own[0]), Math.abs(its.length - own.length), sortable(word)].join() } : [];
  });
};

/** What a query asks for, slot by slot. There are several ways to fill one, each with all its words. */
const parse = (query, synonyms) => {
  const segments = [...query].slice(0, 200).join("").split(/["“”„«»]/);
  const way = (all, open, tenths = 10) => ({ tenths, words: all.map((fold, i) => ({ fold, open: open && !all[i + 1] })) });
  const slots = segments.flatMap((segment, i) => {
    if (i % 2) {
      const phrase = sequence(segment);
      return phrase[0] ? { phrase, ways: [way(phrase)] } : [];
    }
    const slots = units(segment).filter(({ words }) => words[0]).map(({ words, joint, isCjk }, at, all) => {
      const own = folds(words), open = i + 1 === segments.length && !all[at + 1] && !/\p{White_Space}$/u.test(segment);
      const ways = [folds(joint), own, own[1] ? [] : folds(words[0].humps)].filter((all) => all[0]);
      return { own, ways: ways.map((all, i) => way(all, isCjk ? !all[1] && (open || size(all[0]) < 2) : open, joint[0] && !i ? 20 : 10)) };
    });
    for (const group of synonyms) {
      const members = group.map(sequence);
      for (let at = 0; at < slots.length; at++) {
        const covers = (member) => 1 + member.findIndex((_, n) => member.join() === slots.slice(at, at + n + 1).flatMap(({ own }) => own).join());
        const said = members.reduce((best, member) => (covers(member) > covers(best) ? member : best), []), all = slots.slice(at, at + covers(said));
        // Several words together mean what the other members mean.
        if (all[1]) slots.splice(at, all.length, { own: said, ways: [{ tenths: 10, words: all.flatMap(({ ways }) => ways[0].words) }] });
        for (const member of members) if (all[0] && member[0] && member !== said) slots[at].ways.push(way(member, false, 8));
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

/** The part of a text that has most of what was sought there. */
const excerpt = (text, met) => {
  const forward = (at) => at + text.slice(at, at + 320).match(/^[^]{0,160}/u)[0].length;
  let best = [0, 0, 0, 0];
  met.forEach(({ from }, i) => {
    const reach = forward(from), slots = new Set();
    let to = from, n = i;
    for (; met[n]?.to <= reach; n++) {
      slots.add(met[n].slot);
      to = Math.max(to, met[n].to);
    }
    if (slots.size > best[0] || (slots.size === best[0] && n - i > best[1])) best = [slots.size, n - i, from, to];
  });
  const [, , start, end] = best, room = Math.min(40, 160 - size(text.slice(start, end)));
  let from = start - text.slice(Math.max(0, start - 80), start).match(RegExp(`[^]{0,${room}}$`, "u"))[0].length;
  if (from) from += text.slice(from, start).match(/^\P{White_Space}*\p{White_Space}+|^[^]*/u)[0].length;
  let to = forward(from);
  const gap = text.slice(from, to + 1).search(/\p{White_Space}\P{White_Space}*$/u);
  if (to < text.length && gap >= end - from) to = from + gap;
  return (from ? "…" : "") + text.slice(from, to).replace(/\p{White_Space}+$/u, "").replaceAll("\n", " ") + (to < text.length ? "…" : "");
};

/** Makes what answers queries. `load` gives a file of the index by its name, parsed; with `true`, as it is now on the server. */
export const engine = (load) => {
  let files = {}, last = {};

  /** Orders all pages that have something of the query. */
  const rank = async (query, get) => {
    const core = await get("index"), slots = parse(query, core.synonyms), none = () => new Float64Array(core.pages);
    const getAll = async (list) => (await Promise.all(list.map((file) => get(file.at(-1))))).flat();
    /** The terms that may hold a word: those with its first three letters. */
    const near = ({ fold, open }) => {
      const at = core.terms.findLastIndex(([first]) => sortable(first) <= sortable([...fold].slice(0, 3).join("")));
      return getAll(core.terms.slice(at, at + (open && size(fold) < 3 ? 2 : 1)));
    };
    const correct = async ({ fold }) => {
      const own = [...fold], most = own.length < 3 || RegExp(`${CJK}|\\p{N}`, "u").test(fold) ? 0 : own.length < 8 ? 1 : 2;
      const lists = await getAll(core.words.filter(([from, to]) => most && from <= own.length + most && to >= own.length - most));
      const found = lists.flatMap((list) => corrections(own, list.split(" "), most)).sort((a, b) => (a.order < b.order ? -1 : 1));
      return (await Promise.all(found.slice(0, 6).map(({ word, slips }) => lookUp({ fold: word }, slips < 2 ? 7 : 5)))).flat();
    };
    /** The terms that a word stands for, with what they are worth. */
    const lookUp = async (word, weight = 10, maySlip) => {
      const entries = await near(word), { fold, open } = word, terms = [];
      const add = (weight, is, most) => terms.push(...entries.filter(([surfaces]) => surfaces.split(" ").some(is)).slice(0, most).map((entry) => ({ entry, weight })));
      add(weight, (other) => other === fold, 1);
      const exact = terms[0]?.entry;
      if (weight < 10) return terms;
      if (open) add(6, (other) => other.startsWith(fold), 64);
      if (!terms.length) add(8, (other) => {
        const its = [...other], own = [...fold], longer = Math.max(its.length, own.length), same = [...its, 0].findIndex((letter, i) => letter !== own[i]);
        return same > 3 && longer - same < 4 && 2 * same >= longer;
      });
      let pages = exact?.[3] ? Infinity : 0;
      if (exact) each(exact[2], () => pages++);
      word.isCommon = pages * 2 > core.pages;
      if (!terms.length || (maySlip && exact && pages * 100 < 3 * core.pages)) terms.push(...await correct(word));
      return terms;
    };

    let more, required;
    const fill = async (slot, isDeep, maySlip) => {
      Object.assign(slot, { values: none(), isCommon: !slot.phrase, surfaces: new Set(), open: [] });
      for (const { words, tenths } of slot.ways) {
        let sums;
        for (const word of words) {
          const values = none();
          const terms = await lookUp(word, 10, maySlip && !words[1] && tenths > 8 && !slot.phrase);
          slot.isCommon &&= word.isCommon;
          slot.isName ||= tenths > 10 && terms[0];
          // Parts alone are not what is sought where the site has the name.
          const isSought = tenths !== 10 || !slot.isName;
          if (word.open && isSought) slot.open.push(word.fold);
          for (const { entry: [surfaces, scale, first, rest], weight } of terms) {
            more ||= rest;
            if (isSought) for (const surface of surfaces.split(" ")) slot.surfaces.add(surface);
            for (const postings of [first, ...(rest && isDeep ? await getAll([[rest]]) : [])])
              each(postings, (page, own) => { values[page] = Math.max(values[page], own * scale * weight); });
          }
          sums = sums?.map((sum, page) => sum && values[page] && sum + values[page]) ?? values;
        }
        sums.forEach((sum, page) => { slot.values[page] = Math.max(slot.values[page], Math.floor(sum * tenths / 10)); });
      }
    };
    /** Fills the slots, and counts the pages that have everything that is required. */
    const fillAll = async (...how) => {
      await Promise.all(slots.map((slot) => fill(slot, ...how)));
      required = slots.filter((slot) => !slot.isCommon);
      if (!required.length) required = slots;
      return none().filter((_, page) => required.every(({ values }) => values[page])).length;
    };
    // All at once, not one after the other.
    await Promise.all(slots.flatMap(({ ways }) => ways.flatMap(({ words }) => words.map(near))));
    let complete = await fillAll(), isDeep = more && complete < 10 && (slots[1] || slots[0].phrase);
    if (isDeep) complete = await fillAll(true);
    if (!complete) await fillAll(isDeep, true);

    const worth = none().map((_, page) => {
      let sum = 0, met = 1;
      for (const { values, phrase } of slots) {
        if (phrase && !values[page]) return 0;
        sum += values[page];
      }
      for (const { values } of required) met += values[page] > 0;
      return sum * met * met;
    });
    const pages = [...worth.keys()].filter((page) => worth[page]).sort((a, b) => worth[b] - worth[a] || a - b);
    const phrases = slots.flatMap(({ phrase }) => (phrase ? ` ${phrase.join(" ")} ` : []));
    return { query, core, slots, worth, pages, phrases };
  };

  const answer = async (query, { limit = 10, section, signal } = {}, again) => {
    const get = async (name) => {
      const file = (files[name] ??= load(name, again));
      file.catch(() => { delete files[name]; });
      const data = await file;
      signal?.throwIfAborted();
      return data;
    };
    const read = async (page) => {
      const { packs, marks } = await get("index"), at = [...packs].findIndex((count) => (page -= count.charCodeAt() - 48) < 0);
      return (await get(`p${at}-${marks[at >> 4]}`)).at(page);
    };
    if (last.query !== query) last = await rank(query, get);
    const { core, slots, worth, phrases } = last;
    let found = last.pages.filter((page) => section === undefined || core.of?.charCodeAt(page) - 48 === section), rest = [];
    // Phrases are looked for in the pages themselves: in the best ones, and in no more than are shown.
    if (phrases[0]) [rest, found] = [found.slice(0, 60), []];
    while (rest.length && found.length < limit) {
      const next = rest.splice(0, 5), holds = await Promise.all(next.map(async (page) => {
        const [, title, , sections] = await read(page), texts = [title, ...sections.flatMap(([, ...texts]) => texts)].map((text) => ` ${sequence(text).join(" ")} `);
        return phrases.every((phrase) => texts.some((text) => text.includes(phrase)));
      }));
      found.push(...next.filter((_, i) => holds[i]));
    }
    const hits = await Promise.all(found.slice(0, limit).map(async (page) => {
      const [url, title, trail, all] = await read(page);
      const sections = all.map(([anchor, heading, text]) => {
        const met = meet(text, slots), inHeading = meet(heading, slots);
        const worth = slots.reduce((sum, _, at) => {
          const is = ({ slot }) => slot === at, count = met.filter(is).length;
          return sum + 4 * inHeading.some(is) + (count > 0) + (count > 2);
        }, 0);
        return { anchor, heading, text, met, worth };
      }).sort((a, b) => b.worth - a.worth).filter(({ worth }, i, [best]) => !i || (i < 3 && worth * 2 >= best.worth));
      return { url, title, trail, score: worth[page] / 1000, sections: sections.map((section) => ({ ...section, excerpt: excerpt(section.text, section.met) })) };
    }));
    return { total: found.length, isMore: rest.length > 0, hits, slots, sections: core.sections };
  };

  return {
    async search(query, options = {}) {
      try {
        return await answer(query, options);
      } catch (error) {
        if (options.signal?.aborted) throw error;
        // Another deploy took what was asked for away. Nothing that a cache has is believed, nor that it has nothing.
        const index = load("index", true);
        await index;
        files = { index };
        last = {};
        return answer(query, options, true);
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
  const link = make("link", { rel: "stylesheet", href: document.querySelector(".search").dataset.style, onload: done, onerror: done });
  // Before what the site says of its looks.
  document.querySelector("[rel=stylesheet]").after(link);
}));

/** Opens the dialog. The form in the page says where the index is, and has the words to say. */
export const open = async (form, query) => {
  await dress();
  (ask ??= dialog(form))(query);
};

const dialog = ({ dataset, action }) => {
  // Search, close, sections, everywhere, one page, pages, recent searches, clear, nothing found, try other words, search failed, all pages.
  const words = dataset.words.split("\n"), index = new URL(dataset.index, location), RECENT = `handbook-searches ${index}`;
  const { search } = engine(async (name, again) => {
    const read = (cache) => fetch(new URL(`${name}.bin`, index), { cache });
    const answer = await (again ? read("reload") : read(name === "index" ? "no-cache" : "default").catch(() => read("force-cache")));
    if (!answer.ok) throw Error();
    return new Response(answer.body.pipeThrough(new DecompressionStream("gzip"))).json();
  });

  const input = make("input", {
    role: "combobox", ariaLabel: words[0], ariaExpanded: false, ariaAutoComplete: "list", placeholder: words[0],
    enterKeyHint: "search", autocomplete: "off", autocapitalize: "none", spellcheck: false,
  });
  const button = (textContent, onclick) => make("button", { type: "button", textContent, onclick });
  const status = make("p", { role: "status" });
  const where = make("select", { ariaLabel: words[2], hidden: true });
  const clear = button(words[7], () => { stored("localStorage", RECENT, []); start(); });
  const list = make("div", { id: "hb:found", role: "listbox", ariaLabel: words[0] });
  const note = make("p", { className: "note" });
  const box = make("dialog", { className: "finder", ariaLabel: words[0] },
    make("div", { className: "ask" }, input, button(words[1], () => box.close())),
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
    const page = new URL(`..${url}`, index).href;
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
    if (hint) note.append(" ", make("a", { href: action, textContent: words[11] }));
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
    show(last.map((query) => Object.assign(option(`?q=${encodeURIComponent(query)}`, make("b", { textContent: query })), { query })), last.length ? words[6] : "", "", last.length);
  };

  const answer = async (limit = 5) => {
    stop?.abort();
    const { signal } = (stop = new AbortController()), query = input.value, isNew = limit < 6;
    if (isNew) address(query);
    if (!query.trim()) start();
    try {
      found = await search(query, { limit, section: where.value ? +where.value : undefined, signal });
    } catch {
      if (!signal.aborted) show([], "", words[10]);
      return;
    }
    if (signal.aborted) return;
    const { sections, total, isMore, hits } = found;
    if (sections.length > 1 && where.length < 2) where.append(...[words[3], ...sections].map((textContent, at) => make("option", { value: at ? at - 1 : "", textContent })));
    where.hidden = where.length < 2 || !query.trim();
    if (!query.trim()) return;
    const count = total > 1 || isMore ? words[5].replace("{count}", total + (isMore ? "+" : "")) : words[4];
    if (!isNew) {
      list.append(...hits.slice(list.childElementCount).map(group));
      say(count);
    } else if (total) show(hits.map(group), count);
    else show([], words[8].replace("{query}", query.trim()), words[9]);
    more();
  };
  const more = () => {
    const count = list.childElementCount;
    if ((found?.isMore || found?.total > count) && found.hits.length === count && list.scrollHeight - list.scrollTop < list.clientHeight + 200) pending = answer(count + 5);
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
  const all = new Highlight(), walk = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode()); )
    for (const { from, to } of meet(node.data, slots.map(({ surfaces, open }) => ({ surfaces: new Set(surfaces), open })))) {
      const range = new Range();
      range.setStart(node, from);
      range.setEnd(node, to);
      all.add(range);
    }
  CSS.highlights.set("handbook-search", all);
  // An anchor says better where to look.
  if (!location.hash) [...all][0]?.startContainer.parentNode.scrollIntoView({ block: "nearest" });
  addEventListener("keydown", ({ key }) => { if (key === "Escape") CSS.highlights.delete("handbook-search"); });
};
