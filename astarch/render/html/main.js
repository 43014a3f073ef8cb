"use strict";
// Puts the page to work.
(() => {
  const data = JSON.parse($("data").textContent);
  const numbers = new Map(data.modules.map((module, number) => [module.n, number]));

  $("title").textContent = data.title;
  const flow = data.inputs.map(([name, value]) => `${name} ${value}`).join(", ") + (data.outputs ? " → " + data.outputs : "");
  $("subtitle").textContent = [data.target, flow].filter(Boolean).join("  ·  ");
  $("subtitle").title = $("subtitle").textContent;
  $("totals").innerHTML = data.totals.map(([name, value]) => `<div><dt>${safe(name)}</dt><dd title="${safe(value)}">${safe(value)}</dd></div>`).join("");

  const kept = (() => { try { return localStorage.getItem("astarch-theme"); } catch { return null; } })();
  const dark = (on) => document.documentElement.classList.toggle("dark", on);
  dark(kept ? kept === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  const theme = () => {
    const now = dark(!document.documentElement.classList.contains("dark"));
    try { localStorage.setItem("astarch-theme", now ? "dark" : "light"); } catch { /* a page from a file may keep nothing */ }
  };

  const model = Graph.build(data);
  Details.build(data);
  Details.remarks();
  Tree.build(data);

  // A module of a run of equal ones is drawn as the first of them.
  function keyOf(name) {
    if (model.byKey.has(name)) return name;
    for (const [key, item] of model.byKey) {
      if (!item.x || !item.z) continue;
      const first = /^(.*?)(\d+)$/s.exec(item.n), last = /^(.*?)(\d+)$/s.exec(item.z);
      if (!first || !last || !name.startsWith(first[1])) continue;
      const rest = /^(\d+)(.*)$/s.exec(name.slice(first[1].length));
      if (!rest || (rest[2] && !/^[./]/.test(rest[2])) || Number(rest[1]) < Number(first[2]) || Number(rest[1]) > Number(last[2])) continue;
      const other = item.n + rest[2];
      return other !== name && rest[2] ? keyOf(other) || key : key;
    }
    return "";
  }

  function chosen(number, fromGraph) {
    const module = data.modules[number];
    const key = module.n === "" ? "" : keyOf(module.s ?? module.n);
    Details.module(module, model.byKey.get(key));
    if (!fromGraph) Graph.select(key, { tell: false });
    try { history.replaceState(null, "", "#" + encodeURIComponent(module.n)); } catch { /* some viewers forbid it */ }
  }

  Tree.state.onSelect = (number) => chosen(number, false);
  Graph.state.onSelect = (key) => {
    const item = model.byKey.get(key);
    if (!item) return Tree.select(0, { tell: false }), chosen(0, true);
    if (item.y === "module" && numbers.has(item.n)) {
      Tree.select(numbers.get(item.n), { tell: false });
      chosen(numbers.get(item.n), true);
    } else {
      Tree.select(-1, { tell: false });
      Details.operation(item);
    }
  };
  Tree.listen();
  Graph.listen();

  const families = [...new Set([...model.byKey.values()].filter((item) => item.y === "module" && !item.h).map((item) => item.f))].filter((name) => name !== "other");
  const skips = data.edges.some((edge) => edge[3] & 1);
  $("legend").innerHTML = families.map((name) => `<span><i class="f-${safe(name)}"></i>${safe(name)}</span>`).join("") + (skips ? '<span><i class="line"></i>skip</span>' : "");
  if (!data.items.length || !data.edges.length) {
    $("empty").hidden = data.items.length > 0;
    $("empty").textContent = "Nothing flows: no input was given, so the forward was not run.";
  }

  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([Graph.saved()], { type: "image/svg+xml" }));
    link.download = data.title + ".svg";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const actions = { expand: () => Graph.level(1), collapse: () => Graph.level(-1), direction: Graph.turn, fit: () => Graph.fit(true), save, theme, help: () => $("keys").showModal() };
  for (const [id, action] of Object.entries(actions)) $(id).addEventListener("click", action);

  const keys = { e: actions.expand, c: actions.collapse, d: Graph.turn, t: theme, s: save, "?": actions.help, 0: actions.fit, "+": () => Graph.zoom(1.25), "=": () => Graph.zoom(1.25), "-": () => Graph.zoom(0.8), "/": () => $("search").focus(), Escape: () => Graph.select("") };
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input,dialog") || event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });

  // The widths of the sides.
  for (const [id, side, sign] of [["grip-left", "left", 1], ["grip-right", "right", -1]]) {
    const grip = $(id), panel = $(side);
    const widen = (by) => (panel.style.width = Math.max(180, Math.min(innerWidth * 0.6, panel.getBoundingClientRect().width + by)) + "px");
    grip.addEventListener("pointerdown", (event) => { grip.setPointerCapture(event.pointerId); event.preventDefault(); });
    grip.addEventListener("pointermove", (event) => grip.hasPointerCapture(event.pointerId) && widen(sign * event.movementX));
    grip.addEventListener("keydown", (event) => { if (event.key === "ArrowLeft" || event.key === "ArrowRight") widen(sign * (event.key === "ArrowRight" ? 20 : -20)); });
  }

  Graph.openSome(data);
  Graph.draw();
  Graph.fit();
  const wanted = decodeURIComponent(location.hash.slice(1));
  Tree.select(numbers.has(wanted) ? numbers.get(wanted) : 0);
  addEventListener("beforeprint", () => Graph.fit(true));
  document.documentElement.dataset.ready = "yes";
})();
