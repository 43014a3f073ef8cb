"use strict";
// The drawing: what is open, where it is looked at, what is selected.
const Graph = (() => {
  const svg = $("graph");
  const state = { open: new Set(), horizontal: false, view: { x: 0, y: 0, k: 1 }, selected: "", size: { w: 1, h: 1 }, onSelect: () => {} };
  let model = null;

  function build(data) {
    const items = new Map(), parents = new Map(), around = new Map();
    const visit = (list, boxes) => {
      for (const item of list) {
        items.set(item.k, item);
        parents.set(item.k, boxes[boxes.length - 1] || "");
        around.set(item.k, boxes);
        if (item.h) visit(item.h, [...boxes, item.k]);
      }
    };
    visit(data.items, []);
    model = {
      items: data.items, edges: data.edges, byKey: items, parents,
      boxes: (key) => around.get(key) || [],
      // The outermost closed box around a node, or the node itself.
      shown: (key, open) => (around.get(key) || []).find((box) => !open.has(box)) || key,
    };
    return model;
  }

  const depthOf = (key) => model.boxes(key).length;
  const boxKeys = () => [...model.byKey.values()].filter((item) => item.h).map((item) => item.k);

  function visibleCount(open) {
    let count = 0;
    const visit = (list) => { for (const item of list) { count++; if (item.h && open.has(item.k)) visit(item.h); } };
    visit(model.items);
    return count;
  }

  // As deep as stays readable; what was asked closed stays closed.
  function openSome(data, most = 46) {
    const patterns = data.collapse.map((one) => new RegExp("^" + one.replace(/[.+^${}()|\\]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".") + "$"));
    const wanted = boxKeys().filter((key) => !patterns.some((one) => one.test(model.byKey.get(key).n) || one.test(model.byKey.get(key).t)));
    const levels = [...new Set(wanted.map(depthOf))].sort((a, b) => a - b);
    for (const level of levels) {
      const next = new Set([...state.open, ...wanted.filter((key) => depthOf(key) === level)]);
      if (visibleCount(next) > most && level > 0) break;
      if (visibleCount(next) > 3 * most) break;
      state.open = next;
    }
    if (state.open.size) return;
    for (const key of wanted.filter((key) => depthOf(key) === 0 && model.byKey.get(key).h.length < most)) state.open.add(key);
  }

  // --- drawing -------------------------------------------------------------------------------------------------------

  function draw() {
    const layout = Layout.whole(model, state.open, state.horizontal);
    state.size = layout;
    const out = { boxes: [], edges: [], nodes: [], labels: [] };
    paint(layout, 0, 0, 0, out);
    svg.innerHTML = `<defs>${marker("flow")}${marker("skip")}${marker("again")}${marker("accent")}</defs><g id="scene"><g>${out.boxes.join("")}</g><g>${out.edges.join("")}</g><g>${out.nodes.join("")}</g><g>${out.labels.join("")}</g></g>`;
    look();
    mark();
  }

  const marker = (name) => `<marker id="m-${name}" viewBox="0 0 8 8" refX="7.2" refY="4" markerWidth="6.5" markerHeight="6.5" markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0.6L7.6,4L0,7.4z" fill="var(--${name})"/></marker>`;

  function paint(layout, x, y, level, out) {
    for (const one of layout.placed.values()) {
      Object.assign(one, { ax: x + one.x, ay: y + one.y });
      if (one.inside) {
        out.boxes.push(boxText(one, level));
        paint(one.inside, one.ax + one.inside.shift, one.ay, level + 1, out);
      } else out.nodes.push(nodeText(one));
    }
    for (const link of layout.links) out.edges.push(edgeText(link, layout, x, y, out, level));
  }

  const titleOf = (item) => `${item.n || item.t}${item.x ? " ×" + item.x : ""}: ${item.t}${item.a ? "(" + item.a + ")" : ""}${item.o ? " gives " + item.o : ""}`;

  function boxText(one, level) {
    const { item, ax, ay, w, h } = one;
    const parts = [`<tspan class="label">${safe(item.b)}</tspan>`, `<tspan class="more" dx="6">${safe(item.t)}</tspan>`];
    if (item.x) parts.push(`<tspan class="times" dx="6">×${safe(item.x)}</tspan>`);
    if (item.c > 1) parts.push(`<tspan class="calls" dx="6" fill="var(--again)">${item.c} calls</tspan>`);
    if (item.p) parts.push(`<tspan class="more" dx="6">${item.x ? "each " : ""}${safe(item.p)}</tspan>`);
    return `<g class="box" data-key="${safe(item.k)}" tabindex="-1" role="button" aria-expanded="true" aria-label="${safe(titleOf(item))}, open" style="--shade:var(--box${Math.min(level, 3)})">
      <rect class="face ${item.x ? "repeat" : ""}" x="${ax}" y="${ay}" width="${w}" height="${h}" rx="9"/>
      <g class="toggle" data-toggle="${safe(item.k)}"><rect x="${ax + 8}" y="${ay + 7}" width="13" height="13" rx="3"/><text x="${ax + 14.5}" y="${ay + 17}" text-anchor="middle">−</text></g>
      <text class="head" x="${ax + 27}" y="${ay + 17}">${parts.join("")}</text></g>`;
  }

  function nodeText(one) {
    const { item, ax, ay, w, h } = one, face = Layout.face(item), middle = ax + w / 2;
    const opening = item.h ? ` aria-expanded="false"` : "";
    const begin = `<g class="node ${item.y} f-${item.f}${item.e ? " failed" : ""}" data-key="${safe(item.k)}" tabindex="-1" role="button"${opening} aria-label="${safe(titleOf(item))}"><title>${safe(titleOf(item))}</title>`;
    if (face.shape === "circle") {
      return `${begin}<circle cx="${middle}" cy="${ay + h / 2}" r="${w / 2 - 1}"/><text class="first" x="${middle}" y="${ay + h / 2 + 4}" text-anchor="middle">${safe(face.type)}</text></g>`;
    }
    const radius = item.y === "module" ? 7 : h / 2;
    const behind = item.x && item.y === "module" ? [5, 2.5].map((by) => `<rect x="${ax + by}" y="${ay + by}" width="${w}" height="${h}" rx="${radius}" opacity=".75"/>`).join("") : "";
    const top = face.second ? ay + 15 : ay + h / 2 + 4;
    const shift = item.h ? 9 : 0;
    const first = `<text class="first" x="${middle + shift}" y="${top}" text-anchor="middle"><tspan class="type">${safe(face.type)}</tspan>${face.more ? `<tspan dx="5" font-size="${face.shape === "small" ? 9.5 : 11.5}" opacity=".8">${safe(face.more)}</tspan>` : ""}${face.times ? `<tspan class="times" dx="4">${safe(face.times.trim())}</tspan>` : ""}${face.calls ? `<tspan class="calls" dx="4">${safe(face.calls.trim())}</tspan>` : ""}</text>`;
    const second = face.second ? `<text class="second" x="${middle + shift}" y="${ay + 27}" text-anchor="middle">${safe(face.second)}</text>` : "";
    const toggle = item.h ? `<g class="toggle" data-toggle="${safe(item.k)}"><rect x="${ax + 7}" y="${ay + h / 2 - 6.5}" width="13" height="13" rx="3"/><text x="${ax + 13.5}" y="${ay + h / 2 + 4}" text-anchor="middle">+</text></g>` : "";
    return `${begin}${behind}<rect class="face" x="${ax}" y="${ay}" width="${w}" height="${h}" rx="${radius}"/>${first}${second}${toggle}</g>`;
  }

  // Where an arrow meets what it leads to: the port of an open box, or the side of a node.
  function meeting(key, value, layout, entering, next) {
    const one = layout.placed.get(key);
    if (!one) return layout.ports.get(key);
    if (one.inside) {
      const port = one.inside.ports.get((entering ? "in:" : "out:") + key + ":" + value);
      if (port) {
        const shift = one.inside.shift;
        if (state.horizontal) return { x: one.x + (entering ? 0 : one.w), y: one.y + port.y };
        return { x: one.x + shift + port.x, y: one.y + (entering ? 0 : one.h) };
      }
    }
    const room = Math.max(0, (state.horizontal ? one.h : one.w) / 2 - 12);
    if (state.horizontal) return { x: one.x + (entering ? 0 : one.w), y: clamp(next.y, one.y + one.h / 2, room) };
    return { x: clamp(next.x, one.x + one.w / 2, room), y: one.y + (entering ? 0 : one.h) };
  }

  const clamp = (value, middle, room) => Math.max(middle - room, Math.min(middle + room, value));

  function edgeText(link, layout, x, y, out, level) {
    const points = link.points.map((p) => ({ ...p }));
    const last = points.length - 1;
    points[0] = meeting(link.from, link.value, layout, false, points[Math.min(1, last)]);
    points[last] = meeting(link.to, link.value, layout, true, points[Math.max(0, last - 1)]);
    // Ways into a box part below its heading, so that it can be read.
    if (!state.horizontal && link.from.startsWith("in:")) points.splice(1, 0, { x: points[0].x, y: points[0].y + Layout.HEAD });
    const path = curve(points.map((p) => [p.x + x, p.y + y]));
    const target = layout.placed.get(link.to);
    const kind = link.again ? "again" : link.skip ? "skip" : "";
    const arrow = target && !target.inside ? ` marker-end="url(#m-${kind || "flow"})"` : "";
    if (link.spot) {
      out.labels.push(`<text class="shape" style="--halo:var(--${level ? "box" + Math.min(level - 1, 3) : "page"})" x="${link.spot.x + x + (state.horizontal ? 0 : 5)}" y="${link.spot.y + y + (state.horizontal ? -4 : 3)}"${state.horizontal ? ' text-anchor="middle"' : ""} pointer-events="none">${safe(link.text)}</text>`);
    }
    return `<path class="edge ${kind}" data-from="${safe(link.source)}" data-to="${safe([...link.targets].join("\n"))}" d="${path}"${arrow}/>`;
  }

  function curve(points) {
    let path = `M${points[0].map(short)}`;
    for (let i = 1; i < points.length; i++) {
      const [a, b] = points[i - 1], [c, d] = points[i];
      if (state.horizontal) path += `C${short((a + c) / 2)},${short(b)} ${short((a + c) / 2)},${short(d)} ${short(c)},${short(d)}`;
      else path += `C${short(a)},${short((b + d) / 2)} ${short(c)},${short((b + d) / 2)} ${short(c)},${short(d)}`;
    }
    return path;
  }

  const short = (number) => Math.round(number * 10) / 10;

  // --- looking -------------------------------------------------------------------------------------------------------

  function look() {
    const { x, y, k } = state.view;
    const scene = $("scene");
    if (scene) scene.setAttribute("transform", `translate(${short(x)},${short(y)}) scale(${k})`);
  }

  function fit(whole = false) {
    const room = svg.getBoundingClientRect();
    const { w, h } = state.size;
    const all = Math.min((room.width - 40) / w, (room.height - 60) / h, 1.4);
    // What would be too small to read is begun at its beginning instead.
    const k = whole ? all : Math.max(all, Math.min(0.75, state.horizontal ? (room.height - 40) / h : (room.width - 40) / w));
    const fits = h * k <= room.height - 40, narrow = w * k <= room.width - 20;
    state.view = { k, x: narrow ? (room.width - w * k) / 2 : 20, y: fits ? Math.max(20, (room.height - 30 - h * k) / 2) : 20 };
    state.fitted = { view: state.view, whole };
    look();
  }

  function move(dx, dy) {
    const { x, y, k } = state.view;
    state.view = { k, x: x + dx, y: y + dy };
  }

  function zoom(by, cx, cy) {
    const room = svg.getBoundingClientRect(), { view } = state;
    const px = cx ?? room.width / 2, py = cy ?? room.height / 2;
    const k = Math.max(0.03, Math.min(4, view.k * by));
    state.view = { k, x: px - ((px - view.x) * k) / view.k, y: py - ((py - view.y) * k) / view.k };
    look();
  }

  const elementOf = (key) => [...svg.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);

  function show(key) {
    const element = elementOf(key);
    if (!element) return;
    const room = svg.getBoundingClientRect(), at = element.getBoundingClientRect();
    const inside = at.left > room.left + 10 && at.right < room.right - 10 && at.top > room.top + 10 && at.bottom < room.bottom - 10;
    if (inside) return;
    const middle = at.height > room.height ? at.top + room.height / 2 - 40 : (at.top + at.bottom) / 2;
    move(room.left + room.width / 2 - (at.left + at.right) / 2, room.top + room.height / 2 - middle);
    look();
  }

  // --- choosing ------------------------------------------------------------------------------------------------------

  function mark() {
    const key = state.selected;
    for (const one of svg.querySelectorAll(".selected")) one.classList.remove("selected");
    const element = key && elementOf(key);
    if (element) element.classList.add("selected");
    let any = false;
    for (const edge of svg.querySelectorAll(".edge")) {
      const hot = Boolean(key) && (edge.dataset.from === key || edge.dataset.to.split("\n").includes(key));
      edge.classList.toggle("hot", hot);
      any = any || hot;
    }
    svg.classList.toggle("dim", any);
  }

  function toggle(key) {
    const before = elementOf(key)?.getBoundingClientRect();
    if (state.open.has(key)) state.open.delete(key);
    else state.open.add(key);
    draw();
    const after = elementOf(key)?.getBoundingClientRect();
    if (before && after) {
      // What was pointed at stays where it is.
      move(before.left - after.left + (before.width - after.width) / 2, before.top - after.top);
      look();
      show(key);
    }
  }

  // Open what is around a node, so that it can be seen.
  function reveal(key) {
    const closed = model.boxes(key).filter((box) => !state.open.has(box));
    if (closed.length) {
      closed.forEach((box) => state.open.add(box));
      draw();
    }
  }

  function select(key, { tell = true, follow = true } = {}) {
    state.selected = key;
    if (key && model.byKey.has(key)) reveal(key);
    mark();
    if (key && follow) show(key);
    if (tell) state.onSelect(key);
  }

  function level(by) {
    const shown = (key) => model.boxes(key).every((box) => state.open.has(box));
    if (by > 0) for (const key of boxKeys().filter((key) => shown(key) && !state.open.has(key))) state.open.add(key);
    else {
      const deepest = Math.max(-1, ...[...state.open].filter(shown).map(depthOf));
      for (const key of [...state.open]) if (depthOf(key) >= deepest) state.open.delete(key);
    }
    draw();
    fit();
  }

  function neighbour(way) {
    const wanted = way === "next" ? (e) => e.dataset.from === state.selected && e.dataset.to.split("\n")[0] : (e) => e.dataset.to.split("\n").includes(state.selected) && e.dataset.from;
    for (const edge of svg.querySelectorAll(".edge:not(.skip):not(.again), .edge")) {
      const key = wanted(edge);
      if (key) return key;
    }
    return "";
  }

  function beside(by) {
    const list = (model.parents.get(state.selected) ? model.byKey.get(model.parents.get(state.selected)).h : model.items).map((item) => item.k);
    return list[list.indexOf(state.selected) + by] || "";
  }

  function listen() {
    let held = null;
    // A frame of a notebook gets its size late, and a window may change: what nobody has moved stays fitted.
    new ResizeObserver(() => { if (state.fitted && state.view === state.fitted.view) fit(state.fitted.whole); }).observe(svg);
    svg.addEventListener("pointerdown", (event) => { held = { x: event.clientX, y: event.clientY, moved: false, id: event.pointerId }; });
    svg.addEventListener("pointermove", (event) => {
      if (!held) return;
      const dx = event.clientX - held.x, dy = event.clientY - held.y;
      if (!held.moved && Math.hypot(dx, dy) < 4) return;
      if (!held.moved) { svg.setPointerCapture(held.id); svg.classList.add("moving"); }
      held = { ...held, x: event.clientX, y: event.clientY, moved: true };
      move(dx, dy);
      look();
    });
    const release = () => { svg.classList.remove("moving"); setTimeout(() => (held = null)); };
    svg.addEventListener("pointerup", release);
    svg.addEventListener("pointercancel", release);
    svg.addEventListener("click", (event) => {
      if (held && held.moved) return;
      const button = event.target.closest("[data-toggle]");
      if (button) return toggle(button.dataset.toggle);
      const found = event.target.closest("[data-key]");
      select(found ? found.dataset.key : "", { follow: false });
    });
    svg.addEventListener("dblclick", (event) => {
      const found = event.target.closest("[data-key]");
      if (found && model.byKey.get(found.dataset.key).h) toggle(found.dataset.key);
    });
    svg.addEventListener("wheel", (event) => {
      event.preventDefault();
      const room = svg.getBoundingClientRect();
      if (event.ctrlKey || event.metaKey || Math.abs(event.deltaY) > 40 || !event.shiftKey) zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), event.clientX - room.left, event.clientY - room.top);
    }, { passive: false });
    svg.addEventListener("keydown", (event) => {
      const steps = state.horizontal ? { ArrowRight: "next", ArrowLeft: "before" } : { ArrowDown: "next", ArrowUp: "before" };
      const sides = state.horizontal ? { ArrowDown: 1, ArrowUp: -1 } : { ArrowRight: 1, ArrowLeft: -1 };
      let key = "";
      if (event.key in steps) key = state.selected ? neighbour(steps[event.key]) : model.items[0]?.k;
      else if (event.key in sides) key = state.selected ? beside(sides[event.key]) : model.items[0]?.k;
      else if (event.key === "Enter" && state.selected && model.byKey.get(state.selected)?.h) toggle(state.selected);
      else return;
      event.preventDefault();
      if (key) select(key);
    });
  }

  function turn() {
    state.horizontal = !state.horizontal;
    draw();
    fit();
  }

  // The drawing alone, with its colours written into it.
  function saved() {
    const { w, h } = state.size;
    const copy = svg.cloneNode(true);
    copy.querySelector("#scene").setAttribute("transform", "translate(16,16)");
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("viewBox", `0 0 ${w + 32} ${h + 32}`);
    copy.setAttribute("width", w + 32);
    copy.setAttribute("height", h + 32);
    copy.setAttribute("class", document.documentElement.className);
    const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
    style.textContent = document.querySelector("style").textContent.replace("#graph{width:100%;flex:1;min-height:0;", "#graph{font-family:system-ui,Arial,sans-serif;") + "svg{background:var(--page)}";
    copy.prepend(style);
    return new XMLSerializer().serializeToString(copy);
  }

  return { build, openSome, draw, fit, zoom, select, level, toggle, turn, listen, saved, state, reveal, model: () => model };
})();
