"use strict";
// Where everything stands. Each open box is laid out by itself, its ways in and out being small ports on its border, and
// is then one node of the box around it: large drawings stay fast, and opening one box leaves the others as they are.
const Layout = (() => {
  const PAD = 14, HEAD = 24, NODE = 34, SMALL = 22, ROUND = 22;

  const Faces = {
    known: new Map(),
    of(item) {
      let face = this.known.get(item.k);
      if (!face) this.known.set(item.k, (face = this.made(item)));
      return face;
    },
    made(item) {
      const times = item.x ? ` ×${item.x}` : "";
      if (item.y === "operation" || item.y === "parameter") {
        if (item.t.length === 1 && !item.x) return { shape: "circle", w: ROUND, h: ROUND, type: item.t, more: "", times: "", second: "" };
        const more = item.a && item.a.length <= 20 ? item.a : "";
        const type = cut(item.t, 44);
        return { shape: "small", type, more, times, second: "", w: Math.ceil(Measure(type + times, 11) + (more ? Measure(" " + more, 9.5) : 0)) + 18, h: SMALL };
      }
      const end = item.y !== "module";
      const type = cut(item.t, 30), more = end ? item.o || "" : cut(item.a || "", 34);
      const calls = item.c > 1 && item.p ? ` ×${item.c} calls` : "";
      const line = item.d ? ` · line ${item.d[1]}` : "";
      const second = end ? "" : cut([item.b, item.p].filter(Boolean).join(" · "), 40) + line;
      const first = Measure(type, 12, 650) + Measure((more ? "  " + more : "") + times + calls, 12) + (item.h ? 26 : 0);
      return { shape: "box", type, more, times, calls, second, w: Math.ceil(Math.max(first, Measure(second, 10), 46)) + 22, h: end ? 28 : NODE };
    },
  };

  // The arrows of each box, taken apart at the borders they cross.
  function partsOf(model, open) {
    const parts = new Map();
    const put = (box, from, to, value, edge) => {
      let inside = parts.get(box);
      if (!inside) parts.set(box, (inside = new Map()));
      const key = from + "\u0000" + to + "\u0000" + value;
      const found = inside.get(key);
      if (found) {
        found.targets.add(edge.target);
        found.skip = found.skip && edge.skip;
      } else {
        inside.set(key, { from, to, value, label: edge.label, members: edge.members, skip: edge.skip, again: edge.again, source: edge.source, targets: new Set([edge.target]) });
      }
    };
    for (const [from, to, label, bits, members] of model.edges) {
      const source = model.shown(from, open), target = model.shown(to, open);
      if (source === target) continue;
      const edge = { source, target, label, members, skip: (bits & 1) === 1, again: (bits & 2) === 2 };
      const up = model.boxes(source), down = model.boxes(target);
      let shared = 0;
      while (shared < up.length && shared < down.length && up[shared] === down[shared]) shared++;
      const outer = [...up, source], inner = [...down, target];
      for (let level = up.length; level > shared; level--) {
        put(up[level - 1], outer[level], "out:" + up[level - 1] + ":" + source, source, { ...edge, label: "" });
      }
      put(shared ? up[shared - 1] : "", outer[shared], inner[shared], source, edge);
      for (let level = shared; level < down.length; level++) {
        put(down[level], "in:" + down[level] + ":" + source, inner[level + 1], source, { ...edge, label: "" });
      }
    }
    return parts;
  }

  function place(box, items, parts, open, horizontal) {
    const graph = new dagre.graphlib.Graph({ multigraph: true });
    graph.setGraph({ rankdir: horizontal ? "LR" : "TB", nodesep: 20, ranksep: horizontal ? 30 : 26, edgesep: 14, marginx: 0, marginy: 0, ranker: items.length > 150 ? "tight-tree" : "network-simplex" });
    graph.setDefaultEdgeLabel(() => ({}));
    const placed = new Map();
    for (const item of items) {
      const inside = item.h && open.has(item.k) ? place(item.k, item.h, parts, open, horizontal) : null;
      const face = inside ? { w: Math.max(inside.w, boxHead(item)), h: inside.h } : Faces.of(item);
      if (inside && face.w > inside.w) inside.shift = (face.w - inside.w) / 2;
      placed.set(item.k, { item, inside, w: face.w, h: face.h });
      graph.setNode(item.k, { width: face.w, height: face.h });
    }
    const links = parts.get(box) || new Map();
    const ports = new Set();
    for (const [key, link] of links) {
      for (const end of [link.from, link.to]) {
        if (!placed.has(end) && !ports.has(end)) {
          ports.add(end);
          graph.setNode(end, { width: 4, height: 1 });
        }
      }
      const text = link.skip ? link.members : [link.label, link.members].filter(Boolean).join(" ");
      link.text = text ? cut(text, 34) : "";
      // From top to bottom it is written beside the arrow: making room for it would bend every arrow.
      const size = !text ? {} : horizontal ? { width: Math.ceil(Measure(link.text, 9.5)) + 8, height: 14, labelpos: "c" } : { width: 2, height: 12, labelpos: "c" };
      graph.setEdge(link.from, link.to, { ...size, weight: link.skip || link.again ? 1 : 8, minlen: 1 }, key);
    }
    for (const port of ports) {
      const entering = port.startsWith("in:");
      const anchor = entering ? "top" : "bottom";
      if (!graph.hasNode(anchor)) graph.setNode(anchor, { width: 1, height: 1 });
      graph.setEdge(entering ? anchor : port, entering ? port : anchor, { weight: 40, minlen: 1 }, "rank:" + port);
    }
    dagre.layout(graph);
    return collected(box, graph, placed, ports, links, horizontal);
  }

  const boxHead = (item) => Measure(`${item.b}  ${item.t} ${item.x ? "×" + item.x : ""}  ${item.p || ""}`, 11, 650) + 62;

  function collected(box, graph, placed, ports, links, horizontal) {
    let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
    const grow = (x, y) => { left = Math.min(left, x); right = Math.max(right, x); top = Math.min(top, y); bottom = Math.max(bottom, y); };
    for (const [key, one] of placed) {
      const { x, y } = graph.node(key);
      Object.assign(one, { x: x - one.w / 2, y: y - one.h / 2 });
      grow(one.x, one.y);
      grow(one.x + one.w, one.y + one.h);
    }
    for (const [key] of links) {
      const found = graph.edge(edgeOf(links.get(key), key));
      for (const point of found.points) if (!horizontal) { left = Math.min(left, point.x); right = Math.max(right, point.x); } else { top = Math.min(top, point.y); bottom = Math.max(bottom, point.y); }
      if (found.width && found.x !== undefined && !horizontal) grow(found.x + 5 + Measure(links.get(key).text, 9.5), found.y);
    }
    for (const key of ports) { const p = graph.node(key); if (horizontal) { top = Math.min(top, p.y - 3); bottom = Math.max(bottom, p.y + 3); } else { left = Math.min(left, p.x - 3); right = Math.max(right, p.x + 3); } }
    const pad = box === "" ? 0 : PAD, head = box === "" ? 0 : HEAD;
    const dx = pad - left, dy = pad + head - top;
    const result = { w: right - left + 2 * pad, h: bottom - top + 2 * pad + head, placed, ports: new Map(), links: [], shift: 0 };
    for (const one of placed.values()) { one.x += dx; one.y += dy; }
    for (const key of ports) {
      const p = graph.node(key), entering = key.startsWith("in:");
      result.ports.set(key, horizontal ? { x: entering ? 0 : result.w, y: p.y + dy } : { x: p.x + dx, y: entering ? 0 : result.h });
    }
    for (const [key, link] of links) {
      const found = graph.edge(edgeOf(link, key));
      result.links.push({ ...link, points: found.points.map((p) => ({ x: p.x + dx, y: p.y + dy })), spot: found.width ? { x: found.x + dx, y: found.y + dy } : null });
    }
    return result;
  }

  const edgeOf = (link, key) => ({ v: link.from, w: link.to, name: key });

  // The whole drawing, in absolute places.
  function whole(model, open, horizontal) {
    const parts = partsOf(model, open);
    return place("", model.items, parts, open, horizontal);
  }

  return { whole, face: (item) => Faces.of(item), HEAD };
})();
