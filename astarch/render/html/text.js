"use strict";
// Small things every part uses: safe text, measuring, colouring Python.
const $ = (id) => document.getElementById(id);
const safe = (text) => String(text ?? "").replace(/[&<>"']/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[sign]);
const cut = (text, most) => (text.length <= most ? text : text.slice(0, most - 1) + "…");
const lastOf = (name) => name.slice(Math.max(name.lastIndexOf("."), name.lastIndexOf("/")) + 1);

const Measure = (() => {
  const context = document.createElement("canvas").getContext("2d");
  const known = new Map();
  const family = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif';
  return (text, size, weight = 400) => {
    const key = size + "|" + weight + "|" + text;
    let width = known.get(key);
    if (width === undefined) {
      context.font = `${weight} ${size}px ${family}`;
      known.set(key, (width = context.measureText(text).width));
    }
    return width;
  };
})();

const Python = (() => {
  const words = "and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield|None|True|False|self|super|match|case";
  const token = new RegExp(`("""|''')|(#.*$)|((?:[rbfuRBFU]{0,2})(?:"(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'))|(@[\\w.]+)|\\b(${words})\\b|\\b(\\d[\\d_.]*(?:e[+-]?\\d+)?)\\b`, "g");
  // Each line as HTML; texts over several lines are followed from line to line.
  return (lines) => {
    let open = "";
    return lines.map((line) => {
      let out = "", at = 0;
      if (open) {
        const end = line.indexOf(open);
        if (end < 0) return `<span class="s">${safe(line)}</span>`;
        at = end + 3;
        out = `<span class="s">${safe(line.slice(0, at))}</span>`;
        open = "";
      }
      token.lastIndex = at;
      for (let found; (found = token.exec(line)); ) {
        out += safe(line.slice(at, found.index));
        at = token.lastIndex;
        if (found[1]) {
          const end = line.indexOf(found[1], at);
          const stop = end < 0 ? line.length : end + 3;
          if (end < 0) open = found[1];
          out += `<span class="s">${safe(line.slice(found.index, stop))}</span>`;
          at = token.lastIndex = stop;
          if (stop >= line.length) break;
          continue;
        }
        const kind = found[2] ? "c" : found[3] ? "s" : found[4] ? "d" : found[5] ? "k" : "u";
        out += `<span class="${kind}">${safe(found[0])}</span>`;
      }
      return out + safe(line.slice(at));
    });
  };
})();
