"use strict";
// The page of a ledger. The data is in the element #book; dagre, before this script, lays graphs out in layers.
// In order: helpers, the source, this line, findings, memory, and the graph of a pass.

const book = JSON.parse(document.getElementById("book").textContent);
const $ = id => document.getElementById(id);

// Helpers -------------------------------------------------------------------------------------------------------------

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) key === "on" ? made.addEventListener("click", value) : made.setAttribute(key, value);
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

function shape(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  let value = bytes / 1024, unit = "KiB";
  for (const larger of ["MiB", "GiB", "TiB"]) { if (value < 1024) break; value /= 1024; unit = larger; }
  return `${value.toFixed(1)} ${unit}`;
}

const duration = ns => ns < 1e6 ? `${(ns / 1e3).toFixed(1)} µs` : ns < 1e9 ? `${(ns / 1e6).toFixed(1)} ms` : `${(ns / 1e9).toFixed(2)} s`;
const often = n => n > 1 ? ` (${n.toLocaleString("en")} times)` : "";
const plain = x => Math.abs(x) >= 1e5 || (x && Math.abs(x) < 1e-3) ? x.toExponential(2) : +x.toPrecision(4) + "";
const colour = i => `var(--c${i})`;
const place = at => at && (Array.isArray(at) ? at : [at.file, at.line]);

function link(at) {
  const [file, line] = place(at);
  return element("a", { class: "place", href: "#", on: event => { event.preventDefault(); go(file, line); } }, `${file}:${line}`);
}

// The theme -----------------------------------------------------------------------------------------------------------

const dark = matchMedia("(prefers-color-scheme: dark)");
let theme = dark.matches ? "dark" : "light";
if (/theme=(dark|light)/.test(location.hash)) theme = RegExp.$1;
function setTheme(name) { theme = name; document.documentElement.dataset.theme = name; }
$("theme").onclick = () => setTheme(theme === "dark" ? "light" : "dark");
dark.onchange = event => setTheme(event.matches ? "dark" : "light");
setTheme(theme);

// The verdict ---------------------------------------------------------------------------------------------------------

const plural = (n, noun) => `${n || "no"} ${noun}${n === 1 ? "" : "s"}`;
$("verdict").append(
  element("span", { class: book.hazards.length ? "chip error" : "chip good" }, plural(book.hazards.length, "hazard")),
  element("span", { class: book.traps.length ? "chip warn" : "chip good" }, plural(book.traps.length, "trap")),
  ...(book.needless.length ? [element("span", { class: "chip" }, `${size(book.needless.reduce((sum, each) => sum + each.nbytes, 0))} of needless work`)] : []),
  element("span", { class: "chip" }, `peak ${size(book.memory.peak)}`),
  element("span", { class: "chip" }, `${book.seconds.toFixed(2)} s`),
);

// The source ----------------------------------------------------------------------------------------------------------

const figures = new Map(book.lines.map(line => [`${line.file}:${line.line}`, line]));
const flagged = new Map();
for (const hazard of book.hazards) for (const at of [hazard.saved_at, hazard.written_at]) if (at) flagged.set(`${at.file}:${at.line}`, "hazard");
for (const trap of book.traps) if (trap.at && !flagged.has(`${trap.at.file}:${trap.at.line}`)) flagged.set(`${trap.at.file}:${trap.at.line}`, "trap");

const KEYWORDS = /^(?:False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield)$/;
const TOKEN = /(#.*$)|([rRbBfFuU]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))|(\b\d[\w.]*)|([A-Za-z_]\w*)|([^A-Za-z_\d#"']+|.)/gm;

function coloured(text) {
  const made = element("span", { class: "all" }), indent = text.match(/^\s*/)[0];
  for (const [token, comment, string, number, word] of text.slice(indent.length).matchAll(TOKEN)) {
    const kind = comment ? "c" : string ? "s" : number ? "n" : word && KEYWORDS.test(word) ? "k" : null;
    made.append(kind ? element("span", { class: kind }, token) : token);
  }
  return [indent, made];
}

const MARKS = [["save", "saves a value for a gradient", f => f.saves], ["write", "writes in place", f => f.writes],
  ["copy", "makes a copy that is kept", f => f.copies], ["view", "takes a view", f => f.views]];
let file = null, current = null;

function openFile(name) {
  file = name;
  for (const button of $("files").children) button.classList.toggle("on", button.dataset.name === name);
  $("code").replaceChildren(...book.sources[name].map((text, i) => {
    const known = figures.get(`${name}:${i + 1}`);
    const marks = element("span", { class: "marks" });
    if (known) for (const [kind, words, count] of MARKS) if (count(known)) marks.append(element("i", { class: `mark ${kind}`, title: `${words}${often(count(known))}` }));
    const held = known ? Object.values(known.peak).reduce((a, b) => a + b, 0) : 0;
    return element("div", { class: `row ${known ? "known" : ""} ${flagged.get(`${name}:${i + 1}`) || ""}`, "data-line": i + 1, on: () => known && select(name, i + 1) },
      element("span", { class: "marks" }, ...marks.childNodes), element("span", { class: "no" }, i + 1),
      element("span", { class: "text" }, ...coloured(text)), element("span", { class: "weight" }, held ? size(held) : ""));
  }));
}

for (const name of Object.keys(book.sources)) $("files").append(element("button", { "data-name": name, on: () => openFile(name) }, name));
$("marks").append(...MARKS.map(([kind, words]) => element("span", {}, element("i", { class: `mark ${kind}` }), words)), element("span", {}, "right: held at the peak"));

function go(name, line) {
  if (!(name in book.sources)) return;
  if (name !== file) openFile(name);
  select(name, line);
  const row = $("code").children[line - 1];
  if (row) row.scrollIntoView({ block: "center" });
}

// Arrow keys go from one line with figures to the next.
$("code").onkeydown = event => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const rows = [...$("code").children], known = rows.filter(row => row.classList.contains("known"));
  const at = rows.findIndex(row => row.classList.contains("on"));
  const next = step > 0 ? known.find(row => rows.indexOf(row) > at) : known.findLast(row => at < 0 || rows.indexOf(row) < at);
  if (next) { select(file, +next.dataset.line); next.scrollIntoView({ block: "nearest" }); }
};

function select(name, line) {
  current = `${name}:${line}`;
  for (const row of $("code").children) row.classList.toggle("on", name === file && +row.dataset.line === line);
  showLine(name, line);
  markLine();
}

// This line -----------------------------------------------------------------------------------------------------------

function showLine(name, line) {
  const known = figures.get(`${name}:${line}`);
  if (!known) { $("line").replaceChildren(element("span", { class: "empty" }, "Nothing was entered for this line.")); return; }
  const rows = [["calls", known.calls.toLocaleString("en")], ["forward", duration(known.forward)], ["backward", duration(known.backward)],
    ["made", size(known.made)], ["saved", known.saves && `${known.saves.toLocaleString("en")} · ${size(known.saved)}`],
    ["written", known.writes && `${known.writes.toLocaleString("en")} · ${size(known.written)}`],
    ["saved values overwritten", known.overwritten], ["copies kept", known.copies && `${known.copies.toLocaleString("en")} · ${size(known.kept)}`],
    ["views", known.views], ...Object.entries(known.peak).filter(([, bytes]) => bytes).map(([cause, bytes]) => [`at the peak: ${cause}`, size(bytes)])];
  const operations = Object.entries(known.operations).map(([op, count]) => `${op}${count > 1 ? ` ×${count}` : ""}`).join(", ");
  $("line").replaceChildren(element("div", {}, link([name, line]), " ", element("code", {}, (known.text || "").trim())),
    element("div", { class: "empty" }, operations),
    element("div", { class: "figures" }, ...rows.filter(([, value]) => value).map(([title, value]) => element("div", {}, element("small", {}, title), String(value)))));
}

// Findings ------------------------------------------------------------------------------------------------------------

function where(label, at) {
  return element("span", { class: "where" }, label, at ? " " : "", at ? link(at) : "", at ? " " : "", at ? element("code", {}, (at.text || "").trim()) : "");
}

for (const hazard of book.hazards) {
  const [saved, written] = hazard.labels;
  $("findings").append(element("div", { class: "finding hazard" }, element("b", {}, hazard.headline), often(hazard.count),
    where(`${saved}:`, hazard.saved_at), where(`${written}${hazard.written_at ? ":" : ""}`, hazard.written_at)));
}
for (const trap of book.traps)
  $("findings").append(element("div", { class: "finding trap" }, element("b", {}, trap.headline), often(trap.count), where("", trap.at), trap.advice ? element("div", { class: "advice" }, trap.advice) : null));
for (const each of book.needless)
  $("findings").append(element("div", { class: "finding needless" }, element("b", {}, `${size(each.nbytes)} in a ${each.what} that nothing needed`), `${often(each.count)}: ${each.reason}`, where("", each.at)));
if (!$("findings").children.length) $("findings").append(element("span", { class: "empty" }, "Nothing: no value that a gradient needed was overwritten, no trap, no needless work."));

// Memory --------------------------------------------------------------------------------------------------------------

function drawCourse() {
  const box = $("course"), width = Math.max(320, box.clientWidth), height = 190, left = 62, right = 12, top = 12, bottom = 24;
  const course = book.memory.course, end = Math.max(book.seconds, course.at(-1)[0], 1e-9), most = Math.max(1, book.memory.peak);
  const x = t => left + (width - left - right) * t / end, y = b => height - bottom - (height - top - bottom) * b / (most * 1.05);
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}` });
  for (let i = 0; i <= 4; i++) {
    const level = most * i / 4;
    svg.append(shape("line", { class: "grid", x1: left, x2: width - right, y1: y(level), y2: y(level) }),
      shape("text", { class: "axis", x: left - 8, y: y(level) + 4, "text-anchor": "end" }, size(Math.round(level))));
    const at = shape("text", { class: "axis", x: x(end * i / 4), y: height - 6, "text-anchor": i === 4 ? "end" : i ? "middle" : "start" }, `${(end * i / 4).toPrecision(2)} s`);
    svg.append(at);
  }
  const below = course.map(() => 0);
  book.memory.causes.forEach((cause, c) => {
    if (!course.some(point => point[c + 1])) return;
    const lower = below.slice();
    course.forEach((point, i) => { below[i] += point[c + 1]; });
    let path = `M${x(course[0][0])},${y(below[0])}`;
    for (let i = 1; i < course.length; i++) path += `H${x(course[i][0]).toFixed(1)}V${y(below[i]).toFixed(1)}`;
    path += `H${x(end)}V${y(lower.at(-1)).toFixed(1)}`;
    for (let i = course.length - 1; i >= 0; i--) path += `H${x(course[i][0]).toFixed(1)}` + (i ? `V${y(lower[i - 1]).toFixed(1)}` : "");
    svg.append(shape("path", { d: path + "Z", fill: colour(c), "fill-opacity": .85 }));
  });
  const peak = x(book.memory.peak_at);
  svg.append(shape("line", { x1: peak, x2: peak, y1: top, y2: height - bottom, stroke: "var(--ink)", "stroke-dasharray": "3 3" }));
  const cursor = shape("line", { y1: top, y2: height - bottom, stroke: "var(--accent)", visibility: "hidden" });
  svg.append(cursor);
  const tip = element("div", { class: "tip" });
  svg.addEventListener("pointermove", event => {
    const bounds = svg.getBoundingClientRect(), t = ((event.clientX - bounds.left) / bounds.width * width - left) / (width - left - right) * end;
    const point = course.reduce((best, each) => Math.abs(each[0] - t) < Math.abs(best[0] - t) ? each : best);
    cursor.setAttribute("x1", x(point[0])); cursor.setAttribute("x2", x(point[0])); cursor.setAttribute("visibility", "visible");
    tip.replaceChildren(element("b", {}, `${point[0].toFixed(3)} s · ${size(point.slice(1).reduce((a, b) => a + b, 0))}`),
      ...book.memory.causes.map((cause, c) => point[c + 1] ? element("div", {}, element("i", { class: "swatch", style: `background:${colour(c)}` }), ` ${cause} ${size(point[c + 1])}`) : null).filter(Boolean));
    tip.style.display = "block";
    tip.style.left = `${Math.min(bounds.width - 190, Math.max(0, event.clientX - bounds.left + 14))}px`; tip.style.top = "8px";
  });
  svg.addEventListener("pointerleave", () => { tip.style.display = "none"; cursor.setAttribute("visibility", "hidden"); });
  box.replaceChildren(svg, tip);
}

drawCourse();
addEventListener("resize", drawCourse);
$("peak").textContent = `${size(book.memory.peak)} at its peak, after ${book.memory.peak_at.toFixed(3)} s`;
$("causes").append(...book.memory.causes.flatMap((cause, c) => book.memory.peak_by_cause[cause] ? [element("span", {}, element("i", { class: "swatch", style: `background:${colour(c)}` }), `${cause} ${size(book.memory.peak_by_cause[cause])}`)] : []));
$("savings").append(...book.savings.filter(each => each.nbytes >= book.memory.peak / 100).slice(0, 4).map(each => element("li", {}, element("b", {}, size(each.nbytes)), ` of ${each.cause} at `, link(each.at), `: ${each.advice}`)));

// The graph of a pass -------------------------------------------------------------------------------------------------
//
// What is shown is a partition of the vertices: a vertex by itself, a run of vertices that one line made, or a part of a
// long run. A fold is opened by a double click or by its button.

const LINE_FOLD = 60, RUN = 40, MOST = 300, MANY_READERS = 6;
const canvas = $("canvas"), world = shape("g");
let pass = null, opened = new Set(), chosen = null, view = { x: 0, y: 0, k: 1 }, placed = null, folds = true;

canvas.append(shape("defs", {}, shape("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto" }, shape("path", { d: "M0,0L8,4L0,8Z", fill: "var(--soft)" }))), world);

function line(vertex) { return vertex.at ? `${vertex.at[0]}:${vertex.at[1]}` : null; }

function partition() {
  const runs = new Map(), home = new Map();
  for (const vertex of pass.vertices) if (vertex.at) { const key = line(vertex); runs.has(key) ? runs.get(key).push(vertex) : runs.set(key, [vertex]); }
  for (const vertex of pass.vertices) home.set(vertex.id, { id: `v${vertex.id}`, members: [vertex] });
  if (folds) for (const [key, members] of runs) {
    if (members.length < 2) continue;
    members.sort((a, b) => a.id - b.id);
    const whole = { id: `l${key}`, members, fold: key };
    if (!opened.has(whole.id)) { for (const vertex of members) home.set(vertex.id, whole); continue; }
    if (members.length <= LINE_FOLD) continue;
    for (let i = 0; i < members.length; i += RUN) {
      const part = { id: `p${key}#${i}`, members: members.slice(i, i + RUN), fold: key, part: `${i + 1}–${Math.min(i + RUN, members.length)}` };
      if (!opened.has(part.id)) for (const vertex of part.members) home.set(vertex.id, part);
    }
  }
  return home;
}

function names(members) {
  const counts = new Map();
  for (const vertex of members) counts.set(vertex.name, (counts.get(vertex.name) || 0) + 1);
  const all = [...counts].sort((a, b) => b[1] - a[1]).map(([name, n]) => n > 1 ? `${name} ×${n}` : name);
  return all.slice(0, 3).join(", ") + (all.length > 3 ? ", …" : "");
}

function title(box) { return box.members.length > 1 ? names(box.members) : box.members[0].name; }

function subtitle(box) {
  const first = box.members[0];
  if (box.members.length > 1) return `${box.fold}${box.part ? ` · ${box.part}` : ""}`;
  if (first.kind === "leaf") return `(${first.shape.join(", ")})`;
  return [first.kind === "write" && first.region ? `writes ${first.region}` : "", line(first) || ""].filter(Boolean).join(" · ");
}

const isLost = box => box.members.some(vertex => (vertex.saved || []).some(saved => saved.lost_to));

function layOut() {
  const home = partition(), boxes = new Map([...home.values()].map(box => [box.id, box])), links = new Map();
  for (const [source, target, words] of pass.links) {
    const from = home.get(source), to = home.get(target);
    if (from === to) continue;
    const key = `${from.id}>${to.id}`, found = links.get(key) || { from: from.id, to: to.id, words: new Set(), count: 0 };
    if (words) found.words.add(words);
    found.count++;
    links.set(key, found);
  }
  const graph = new dagre.graphlib.Graph().setGraph({ rankdir: "TB", nodesep: 26, ranksep: 42, marginx: 16, marginy: 16, ranker: boxes.size > 250 ? "longest-path" : "network-simplex" }).setDefaultEdgeLabel(() => ({}));
  for (const box of boxes.values()) graph.setNode(box.id, { width: Math.max(70, 8 * title(box).length + 26, 6.4 * subtitle(box).length + 26), height: subtitle(box) ? 44 : 32 });
  // What many read, as a parameter in a loop, would pull long lines through all layers: only its first link is laid out.
  const readers = new Map();
  for (const each of [...links.values()].sort((a, b) => boxes.get(a.to).members[0].id - boxes.get(b.to).members[0].id)) {
    const count = readers.get(each.from) || 0;
    readers.set(each.from, count + 1);
    each.far = boxes.size > RUN && count > 0 && boxes.get(each.from).members[0].kind === "leaf";
  }
  for (const each of links.values()) if (each.far && readers.get(each.from) <= MANY_READERS) each.far = false;
  for (const each of links.values()) {
    if (each.far) continue;
    each.label = [...each.words].slice(0, 2).join(", ") + (each.words.size > 2 ? ", …" : "");
    graph.setEdge(each.from, each.to, each.label ? { width: 6 * each.label.length, height: 12, labelpos: "c" } : {});
  }
  dagre.layout(graph);
  return { graph, boxes, links };
}

function curve(points) {
  let path = `M${points[0].x},${points[0].y}`;
  for (let i = 1; i < points.length - 1; i++) {
    const a = points[i], b = points[i + 1], last = i === points.length - 2;
    path += `Q${a.x},${a.y} ${last ? b.x : (a.x + b.x) / 2},${last ? b.y : (a.y + b.y) / 2}`;
  }
  return points.length === 2 ? path + `L${points[1].x},${points[1].y}` : path;
}

function drawGraph(keep) {
  if (!pass) return;
  if (!folds && pass.vertices.length > MOST) folds = true;
  placed = layOut();
  const { graph, boxes, links } = placed, drawn = [], roots = new Set(pass.roots);
  for (const each of links.values()) {
    const at = each.far ? { points: [graph.node(each.from), graph.node(each.to)] } : graph.edge(each.from, each.to);
    const group = shape("g", { class: `edge ${each.words.size ? "view" : ""} ${each.far ? "far" : ""}` }, shape("path", { d: curve(at.points), "marker-end": "url(#tip)" }));
    if (each.label) group.append(shape("text", { class: "code", x: at.x, y: at.y + 4 }, each.label));
    each.drawn = group;
    drawn.push(group);
  }
  for (const box of boxes.values()) {
    const at = graph.node(box.id), first = box.members[0], kind = box.members.length > 1 ? (box.members.every(v => v.kind === "write") ? "write fold" : "fold") : first.kind;
    const group = shape("g", { class: `vertex ${kind} ${isLost(box) ? "lost" : ""} ${box.members.some(v => roots.has(v.id)) ? "root" : ""}`, transform: `translate(${at.x},${at.y})`, tabindex: 0, role: "button", "aria-label": `${title(box)}, ${subtitle(box)}` });
    const frame = { x: -at.width / 2, y: -at.height / 2, width: at.width, height: at.height, rx: first.kind === "leaf" ? at.height / 2 : 8 };
    if (box.members.length > 1) group.append(shape("rect", { ...frame, x: frame.x + 5, y: frame.y + 5 }));
    group.append(shape("rect", { ...frame, class: "main" }));
    const sub = subtitle(box);
    group.append(shape("text", { y: sub ? -3 : 5 }, (kind.startsWith("write") ? "✎ " : "") + title(box)));
    if (sub) group.append(shape("text", { class: "sub", y: 13 }, sub));
    group.addEventListener("click", () => { if (!moved) choose(box); });
    group.addEventListener("dblclick", () => unfoldBox(box));
    group.addEventListener("keydown", event => { if (event.key === "Enter") event.shiftKey ? unfoldBox(box) : choose(box); });
    group.addEventListener("focus", () => { if (group.matches(":focus-visible")) bring(box); });
    box.drawn = group;
    drawn.push(group);
  }
  world.replaceChildren(...drawn);
  $("graph-size").textContent = `${pass.vertices.length.toLocaleString("en")} operations and leaves` + (boxes.size < pass.vertices.length ? `, shown as ${boxes.size}` : "");
  if (!keep) fit();
  markLine();
  find();
}

function unfoldBox(box) {
  if (box.members.length < 2) return;
  opened.add(box.id);
  drawGraph(false);
}

function apply() { world.setAttribute("transform", `translate(${view.x},${view.y}) scale(${view.k})`); }

function fit() {
  const { width, height } = placed.graph.graph(), bounds = canvas.getBoundingClientRect();
  const k = Math.min(1.25, bounds.width / width, bounds.height / height);
  view = { k: Math.max(k, .7), x: 0, y: 0 };
  view.x = (bounds.width - width * view.k) / 2;
  view.y = k < view.k ? bounds.height - height * view.k : (bounds.height - height * view.k) / 2;
  if (width * view.k > bounds.width) { // Too wide to be read as a whole: begin where the pass begins.
    const root = [...placed.boxes.values()].find(box => box.members.some(v => pass.roots.includes(v.id)));
    if (root) view.x = bounds.width / 2 - placed.graph.node(root.id).x * view.k;
  }
  apply();
}

function centre(box) {
  const at = placed.graph.node(box.id), bounds = canvas.getBoundingClientRect();
  view.k = Math.max(view.k, .8);
  view.x = bounds.width / 2 - at.x * view.k;
  view.y = bounds.height / 2 - at.y * view.k;
  apply();
}

function bring(box) { // into sight, for whoever goes through the graph by the keyboard
  const at = placed.graph.node(box.id), bounds = canvas.getBoundingClientRect(), x = view.x + at.x * view.k, y = view.y + at.y * view.k;
  if (x < 40 || y < 20 || x > bounds.width - 40 || y > bounds.height - 20) centre(box);
}

function zoom(factor, x, y) {
  const k = Math.min(4, Math.max(.03, view.k * factor));
  view.x = x - (x - view.x) * k / view.k; view.y = y - (y - view.y) * k / view.k; view.k = k;
  apply();
}

function choose(box) {
  chosen = box;
  for (const each of placed.boxes.values()) each.drawn.classList.toggle("on", each === box);
  showVertex(box);
  if (box.members[0].at && box.members.every(v => line(v) === line(box.members[0]))) {
    const [name, number] = box.members[0].at;
    if (`${name}:${number}` !== current) go(name, number);
  }
}

function markLine() {
  if (!placed) return;
  for (const box of placed.boxes.values()) box.drawn.classList.toggle("on", box === chosen || (current !== null && box.members.some(v => line(v) === current)));
}

function spread(heading, given, tint) {
  if (!given) return null;
  const most = Math.max(1, ...given.counts), svg = shape("svg", { width: 168, height: 54, viewBox: "0 0 168 54" });
  given.counts.forEach((count, i) => svg.append(shape("rect", { x: i * 10.5, y: 44 - 42 * count / most, width: 9.5, height: 42 * count / most + (count ? 1 : 0), fill: tint, rx: 1.5 })));
  svg.append(shape("text", { class: "axis", x: 0, y: 54 }, plain(given.low)), shape("text", { class: "axis", x: 168, y: 54, "text-anchor": "end" }, plain(given.high)));
  return element("div", { class: "spread" }, element("small", {}, `${heading}, mean ${plain(given.mean)}${given.not_finite ? `, ${given.not_finite} not finite` : ""}`), svg);
}

function showVertex(box) {
  const first = box.members[0], made = [];
  if (box.members.length > 1) {
    const bytes = box.members.reduce((sum, v) => sum + (v.saved || []).reduce((a, s) => a + s.nbytes, 0), 0);
    made.push(element("div", {}, element("b", {}, `${box.members.length} operations`), ` of `, link(first.at), `: ${names(box.members)}; they saved ${size(bytes)}. `, element("button", { on: () => unfoldBox(box) }, "unfold")));
  } else {
    const what = first.kind === "leaf" ? `leaf of shape (${first.shape.join(", ")})` : first.kind === "write" ? `written in place${first.region ? `, ${first.region}` : ""}` : "operation";
    made.push(element("div", {}, element("b", {}, first.name), ` · ${what} `, first.at ? link(first.at) : ""));
    for (const saved of first.saved || [])
      made.push(element("div", {}, `saved ${saved.role === "input" || saved.role === "output" ? `its ${saved.role}` : saved.role}, shape (${saved.shape.join(", ")}), ${size(saved.nbytes)}`,
        saved.lost_to ? element("span", { style: "color:var(--error)" }, ` · overwritten by ${saved.lost_to} at `, saved.lost_at ? link(saved.lost_at) : "?", ", a copy was kept") : ""));
    for (const each of [spread("value", first.value, "var(--c0)"), ...(first.saved || []).map(s => spread(`saved ${s.role}`, s.spread, "var(--c2)")), spread("gradient that came in", first.gradient, "var(--c4)")]) if (each) made.push(each);
  }
  $("vertex").replaceChildren(...made);
}

function matches(vertex, words) {
  const about = [vertex.name, vertex.kind, line(vertex) || "", vertex.region || "", (vertex.saved || []).length ? "saved" : "", (vertex.saved || []).some(s => s.lost_to) ? "overwritten lost" : ""].join(" ").toLowerCase();
  return words.every(word => about.includes(word));
}

let hits = [], hit = -1;
function find() {
  const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  hits = [];
  hit = -1;
  for (const box of placed.boxes.values()) {
    const found = words.length > 0 && box.members.some(vertex => matches(vertex, words));
    if (found) hits.push(box);
    box.drawn.classList.toggle("hit", found);
    box.drawn.classList.toggle("dim", words.length > 0 && !found);
  }
  for (const each of placed.links.values()) each.drawn.classList.toggle("dim", words.length > 0);
  $("hits").textContent = words.length ? `${hits.length} found` : "";
}

$("search").oninput = find;
$("search").onkeydown = event => { if (event.key === "Enter" && hits.length) { hit = (hit + 1) % hits.length; centre(hits[hit]); choose(hits[hit]); $("hits").textContent = `${hit + 1} of ${hits.length}`; } };
$("fold").onclick = () => { folds = true; opened.clear(); drawGraph(false); };
$("unfold").onclick = () => {
  if (pass.vertices.length <= MOST) { folds = false; drawGraph(false); return; }
  let shown = placed.boxes.size;
  for (const box of [...placed.boxes.values()].sort((a, b) => a.members.length - b.members.length)) {
    const more = box.part || box.members.length <= LINE_FOLD ? box.members.length : Math.ceil(box.members.length / RUN);
    if (box.members.length > 1 && shown + more <= MOST) { opened.add(box.id); shown += more; }
  }
  drawGraph(false);
};
$("fit").onclick = fit;
$("large").onclick = () => { $("large").textContent = $("graph-card").classList.toggle("large") ? "small" : "large"; fit(); };
addEventListener("keydown", event => { if (event.key === "Escape" && $("graph-card").classList.contains("large")) $("large").click(); });
$("graph").onkeydown = event => {
  const bounds = canvas.getBoundingClientRect(), move = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
  if (event.key === "+" || event.key === "-") zoom(event.key === "+" ? 1.25 : .8, bounds.width / 2, bounds.height / 2);
  else if (move) { view.x += move[0]; view.y += move[1]; apply(); event.preventDefault(); }
};

let held = null, moved = false;
canvas.addEventListener("pointerdown", event => { held = { x: event.clientX - view.x, y: event.clientY - view.y, at: [event.clientX, event.clientY] }; moved = false; });
canvas.addEventListener("pointermove", event => {
  if (!held) return;
  if (!moved && Math.hypot(event.clientX - held.at[0], event.clientY - held.at[1]) < 4) return;
  moved = true;
  canvas.classList.add("held");
  view.x = event.clientX - held.x; view.y = event.clientY - held.y; apply();
});
addEventListener("pointerup", () => { held = null; canvas.classList.remove("held"); });
canvas.addEventListener("wheel", event => {
  event.preventDefault();
  const bounds = canvas.getBoundingClientRect();
  zoom(Math.exp(-event.deltaY * .0015), event.clientX - bounds.left, event.clientY - bounds.top);
}, { passive: false });

$("kinds").append(...[["var(--c0)", "leaf"], ["var(--soft)", "operation"], ["var(--c4)", "write in place"], ["var(--c3)", "saved a value that was overwritten"], ["var(--c5)", "through a view (dashed)"]].map(([tint, words]) => element("span", {}, element("i", { class: "swatch", style: `border:2px solid ${tint}` }), words)), element("span", {}, "double click, or shift and enter, opens a fold"));

function openPass(i) {
  pass = book.passes[i];
  opened.clear();
  folds = pass.vertices.length > LINE_FOLD;
  chosen = null;
  $("vertex").replaceChildren(element("span", { class: "hint" }, "Choose a node to see its line, what it saved, who overwrote that, and how its values are spread."));
  drawGraph(false);
}

if (book.passes.length) {
  book.passes.forEach((each, i) => $("pass").append(element("option", { value: i }, `pass ${i + 1}${each.at ? `, ${each.at[0]}:${each.at[1]}` : ""}`)));
  $("pass").onchange = event => openPass(+event.target.value);
  openPass(0);
} else $("graph-card").hidden = true;

// At the start: the first line in question, else the line that holds most.
const startFile = Object.keys(book.sources)[0];
if (startFile) {
  const weight = each => Object.values(each.peak).reduce((a, b) => a + b, 0);
  const first = book.hazards.length ? book.hazards[0].written_at || book.hazards[0].saved_at : book.traps.length && book.traps[0].at ? book.traps[0].at : book.lines.reduce((a, b) => weight(b) > weight(a) ? b : a, book.lines[0]);
  openFile(first && first.file in book.sources ? first.file : startFile);
  if (first) go(first.file, first.line);
}
