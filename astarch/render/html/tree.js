"use strict";
// The module tree: only the rows that are open exist, so that thousands of modules cost nothing.
const Tree = (() => {
  const box = $("tree");
  const state = { modules: [], children: new Map(), open: new Set(), selected: -1, text: "", sorted: false, onSelect: () => {} };
  let shown = [];

  function build(data) {
    state.modules = data.modules;
    document.documentElement.classList.toggle("no-macs", !data.modules.some((module) => module.m));
    const path = [];
    data.modules.forEach((module, number) => {
      path[module.l] = number;
      if (number) {
        const parent = path[module.l - 1] ?? 0;
        if (!state.children.has(parent)) state.children.set(parent, []);
        state.children.get(parent).push(number);
        module.up = parent;
      }
    });
    state.open.add(0);
    let rows = 1 + (state.children.get(0) || []).length;
    for (let level = 1; level < 4; level++) {
      const next = data.modules.map((module, number) => number).filter((number) => data.modules[number].l === level && state.children.has(number));
      rows += next.reduce((sum, number) => sum + state.children.get(number).length, 0);
      if (rows > 45) break;
      next.forEach((number) => state.open.add(number));
    }
    draw();
  }

  function listed() {
    if (state.text) return matches();
    const found = [];
    const visit = (number) => {
      found.push(number);
      if (!state.open.has(number)) return;
      const inside = [...(state.children.get(number) || [])];
      if (state.sorted) inside.sort((a, b) => state.modules[b].pn - state.modules[a].pn);
      inside.forEach(visit);
    };
    visit(0);
    return found;
  }

  function matches() {
    const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
    return state.modules.map((module, number) => number).filter((number) => {
      const module = state.modules[number];
      const around = module.up === undefined ? "" : state.modules[module.up].t;
      const text = `${module.n} ${module.t} ${module.o || ""} ${module.a} ${around}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }

  function draw() {
    const all = listed();
    shown = all.slice(0, 800);
    const root = state.modules[0];
    const most = { p: root.pn || Math.max(1, ...state.modules.map((m) => m.pn)), m: root.mn || 1 };
    box.innerHTML = shown.map((number) => row(number, most)).join("") + (all.length > shown.length ? `<p class="row"><i>… and ${all.length - shown.length} more</i></p>` : "");
    $("found").textContent = state.text ? `${all.length} found` : "";
    const active = box.querySelector('[aria-selected="true"]') || box.firstElementChild;
    if (active) active.tabIndex = 0;
  }

  function row(number, most) {
    const module = state.modules[number];
    const has = state.children.has(number), open = state.open.has(number) && !state.text;
    const name = number === 0 ? module.t : state.text ? module.n : lastOf(module.n);
    const share = (value, whole) => (value ? Math.max(2, Math.min(100, (100 * value) / whole)) : 0) + "%";
    const quiet = module.s !== undefined && module.s !== null ? " quiet" : "";
    const kind = number === 0 ? "" : module.s != null ? "= " + (module.s || "the model") : module.t;
    const count = Array.isArray(module.p) ? "" : module.pn ? brief(module.pn) : module.p === "0" ? "" : module.p;
    return `<div class="row${quiet}" role="treeitem" id="row-${number}" data-number="${number}" tabindex="-1" aria-level="${module.l + 1}" aria-selected="${number === state.selected}"${has ? ` aria-expanded="${open}"` : ""} aria-label="${safe(name)}, ${safe(module.t)}, ${safe(module.p)} parameters">
      <span class="name" style="padding-left:${state.text ? 0 : module.l * 13}px"><span class="turn">${has && !state.text ? (open ? "▾" : "▸") : ""}</span><span class="dot f-${safe(module.f)}"></span><b>${found(name)}</b><i>${found(kind)}</i></span>
      <span class="bar p" style="--share:${share(module.pn, most.p)}" title="${safe(module.p)} parameters">${safe(count)}</span>
      <span class="bar m" style="--share:${share(module.mn, most.m)}" title="${safe(module.m || 0)} MACs">${safe(module.m || "")}</span></div>`;
  }

  function brief(count) {
    for (const [size, unit] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) if (count >= size) return (count / size).toPrecision(3).replace(/\.?0+$/, (zeros) => (zeros.includes(".") ? "" : zeros)) + unit;
    return String(count);
  }

  function found(text) {
    const word = state.text.trim().split(/\s+/)[0] || "";
    const at = word ? text.toLowerCase().indexOf(word.toLowerCase()) : -1;
    return at < 0 ? safe(text) : `${safe(text.slice(0, at))}<mark>${safe(text.slice(at, at + word.length))}</mark>${safe(text.slice(at + word.length))}`;
  }

  function select(number, { tell = true, focus = false } = {}) {
    state.selected = number;
    if (number >= 0 && !state.text) for (let up = state.modules[number].up; up !== undefined; up = state.modules[up].up) state.open.add(up);
    draw();
    const element = $("row-" + number);
    if (element) {
      element.scrollIntoView({ block: "nearest" });
      if (focus) element.focus();
    }
    if (tell) state.onSelect(number);
  }

  function turn(number) {
    if (!state.children.has(number)) return;
    if (state.open.has(number)) state.open.delete(number);
    else state.open.add(number);
    draw();
    $("row-" + number)?.focus();
  }

  function listen() {
    box.addEventListener("click", (event) => {
      const element = event.target.closest("[data-number]");
      if (!element) return;
      const number = Number(element.dataset.number);
      if (event.target.closest(".turn") && state.children.has(number)) turn(number);
      else select(number, { focus: true });
    });
    box.addEventListener("dblclick", (event) => {
      const element = event.target.closest("[data-number]");
      if (element && !event.target.closest(".turn")) turn(Number(element.dataset.number));
    });
    box.addEventListener("keydown", (event) => {
      const at = shown.indexOf(Number(document.activeElement?.dataset?.number ?? state.selected));
      const number = shown[at], module = state.modules[number];
      const go = (to) => to !== undefined && select(to, { focus: true });
      if (event.key === "ArrowDown") go(shown[at + 1]);
      else if (event.key === "ArrowUp") go(shown[at - 1]);
      else if (event.key === "ArrowRight" && state.children.has(number)) state.open.has(number) ? go(shown[at + 1]) : turn(number);
      else if (event.key === "ArrowLeft") state.open.has(number) && state.children.has(number) && number ? turn(number) : go(module?.up);
      else if (event.key === "Home") go(shown[0]);
      else if (event.key === "End") go(shown[shown.length - 1]);
      else if (event.key === "Enter") turn(number);
      else return;
      event.preventDefault();
    });
    const input = $("search");
    input.addEventListener("input", () => { state.text = input.value; draw(); });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === "ArrowDown") { event.preventDefault(); if (shown.length) select(shown[0], { focus: true }); }
      if (event.key === "Escape") { input.value = state.text = ""; draw(); input.blur(); }
    });
    $("sort").addEventListener("click", () => { state.sorted = !state.sorted; draw(); });
  }

  return { build, select, listen, state };
})();
