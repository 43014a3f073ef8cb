"use strict";
// What is selected: its facts, and the source it comes from.
const Details = (() => {
  let data = null;
  const lines = new Map();
  let places = [], current = 0;

  const at = (place, text) => (place ? `<a class="place" tabindex="0" role="link" data-place="${place.join(",")}">${safe(text || fileName(place) + ":" + place[1])}</a>` : "");
  const fileName = (place) => (data.files[place[0]] || "").split("/").pop();

  function build(given) {
    data = given;
    for (const root of [$("details"), $("remarks"), $("source")]) {
      const go = (event) => {
        const link = event.target.closest("[data-place],[data-at]");
        if (!link || (event.type === "keydown" && event.key !== "Enter")) return;
        if (link.dataset.at) show(Number(link.dataset.at));
        else { places = [["", link.dataset.place.split(",").map(Number)]]; show(0); }
      };
      root.addEventListener("click", go);
      root.addEventListener("keydown", go);
    }
  }

  function module(module, item) {
    const root = data.modules[0];
    const rows = [];
    const add = (name, value) => value && rows.push(`<tr><th scope="row">${name}</th><td>${value}</td></tr>`);
    add("input", (module.i || []).map(safe).join("<br>") || (module.n === "" ? data.inputs.map(([name, value]) => safe(`${name} ${value}`)).join("<br>") : ""));
    add("output", safe(module.o || ""));
    add("parameters", module.p !== "0" ? safe(module.p) + meter(module.pn, root.pn, "p") : "none");
    add("tied", module.tied ? safe(module.tied) + " counted elsewhere" : "");
    add("MACs", module.m ? safe(module.m) + meter(module.mn, root.mn, "m") : "");
    add("called", module.c > 1 ? `${module.c} times` : module.c === undefined && root.c ? '<span style="color:var(--warn)">not called</span>' : "");
    add("repeats", item && item.x ? `×${safe(item.x)}, ${safe(item.n)} to ${safe(item.z)}, drawn once` : "");
    add("shared with", module.s != null ? safe(module.s || "the model itself") : "");
    const weights = (module.w || []).map(([name, shape, dtype, count, kind, tied]) => `<tr><td>${safe(name)}</td><td>${safe(shape)}</td><td>${dtype === "float32" ? "" : safe(dtype)} ${kind}${tied ? "= " + safe(tied) : ""}</td><td class="number">${safe(count)}</td></tr>`).join("");
    $("details").innerHTML = `<h2>${safe(module.n || module.t)}</h2><p class="kind">${safe(module.q || module.t)}</p>
      <div class="code">${safe(module.t)}(${safe(module.a)})</div><table>${rows.join("")}</table>${weights ? `<table aria-label="Parameters and buffers">${weights}</table>` : ""}`;
    places = [];
    if (module.d) places.push([module.n ? "constructed" : "class", module.d]);
    (module.ca || []).forEach((place, number) => places.push([number ? `called (${number + 1})` : "called", place]));
    if (module.k && module.n) places.push(["class", module.k]);
    show(0);
  }

  function operation(item) {
    const rows = [];
    const add = (name, value) => value && rows.push(`<tr><th scope="row">${name}</th><td>${safe(value)}</td></tr>`);
    add(item.y === "input" ? "shape" : "gives", item.o);
    add("arguments", item.a);
    add("in", item.n && item.y === "operation" ? item.n : "");
    add("MACs", item.m);
    add("repeats", item.x ? "×" + item.x : "");
    $("details").innerHTML = `<h2>${safe(item.t)}</h2><p class="kind">${safe(item.y)}</p><table>${rows.join("")}</table>`;
    places = item.d ? [["called", item.d]] : [];
    show(0);
  }

  const meter = (part, whole, tint) => (part && whole ? ` <small>${((100 * part) / whole).toPrecision(3)}%</small><div class="meter" style="--tint:var(--bar-${tint});--share:${(100 * part) / whole}%"><i></i></div>` : "");

  function show(number) {
    current = number;
    const box = $("source");
    if (!places.length) { box.innerHTML = ""; return; }
    const place = places[number][1], [file, line, column, endLine, endColumn] = place;
    const tabs = places.length > 1 ? places.map(([name], index) => `<a class="place" tabindex="0" role="link" data-at="${index}" aria-current="${index === number}">${safe(name)}</a>`).join("") : "";
    const head = `<div class="file"><b title="${safe(data.files[file])}">${safe(fileName(place))}:${line}</b>${tabs}</div>`;
    const text = data.sources[file];
    if (text === undefined) { box.innerHTML = `${head}<pre>  ${safe(data.files[file] || "")}</pre>`; return; }
    if (!lines.has(file)) { const plain = text.split(/\r?\n/); lines.set(file, { plain, html: Python(plain) }); }
    const known = lines.get(file);
    const first = Math.max(0, line - 400), last = Math.min(known.html.length, line + 400);
    const body = known.html.slice(first, last).map((html, index) => {
      const here = first + index + 1;
      const marked = here === line ? " here" : here > line && here <= endLine ? " near" : "";
      const whole = here === line && endLine === line ? underlined(known.plain[here - 1], column, endColumn) : html;
      return `<span class="line${marked}"${here === line ? ' id="here"' : ""}><s>${here}</s>${whole}</span>`;
    });
    box.innerHTML = `${head}<pre aria-label="Source of ${safe(fileName(place))}">${body.join("")}</pre>`;
    const mark = $("here");
    if (mark) box.scrollTop = Math.max(0, mark.offsetTop - box.clientHeight / 3);
  }

  const underlined = (line, start, end) => {
    const [before, inside, after] = [line.slice(0, start - 1), line.slice(start - 1, end - 1), line.slice(end - 1)].map((part) => Python([part])[0]);
    return `${before}<em>${inside}</em>${after}`;
  };

  function remarks() {
    const section = (title, kind, list, line, open) => (list.length ? `<details${open ? " open" : ""}><summary class="${kind}">${title} (${list.length})</summary><ul>${list.slice(0, 200).map((one) => `<li>${line(one)} ${at(one.at)}</li>`).join("")}</ul></details>` : "");
    const times = (one) => (one.times > 1 ? ` ×${one.times}` : "");
    $("remarks").innerHTML = [
      section("Findings", data.findings.some((one) => one.severity === "error") ? "error" : "warning", data.findings, (one) => `<b>${safe(one.code)}</b> ${safe(one.text)}${one.help ? `<small>${safe(one.help)}</small>` : ""}`, true),
      section("Not known", "unknown", data.unknown, (one) => `${safe(one.text)}${times(one)}<small>${safe(one.kind)}: ${safe(one.hint)}</small>`, data.unknown.length < 6),
      section("Assumed", "", data.assumed, (one) => safe(one.text) + times(one), data.assumed.length < 4),
      section("Otherwise", "", data.otherwise, (one) => `if ${safe(one.text)}: ${safe(one.parameters)} parameters`, true),
      section("Not called", "", data.idle.map((name) => ({ text: name })), (one) => safe(one.text), false),
    ].join("");
  }

  return { build, module, operation, remarks, clear: () => { $("details").innerHTML = ""; $("source").innerHTML = ""; } };
})();
