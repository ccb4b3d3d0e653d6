"""The script of the HTML report: filter, search and pages over the findings in the page. It writes text, never markup."""

__all__ = ["SCRIPT"]

SCRIPT = """
"use strict";
(() => {
  const island = document.getElementById("findings-json");
  const form = document.getElementById("filter");
  if (!island || !form) return;
  const told = JSON.parse(island.textContent);
  const words = told.rows.map((row) => row.slice(3).concat(told.codes[row[1]], told.columns[row[2]]).join(" ").toLowerCase());
  const body = document.querySelector("#findings tbody");
  const status = document.getElementById("matching");
  const [nothing, pages] = ["nothing", "pages"].map((name) => document.getElementById(name));
  const [back, next] = ["back", "next"].map((name) => document.getElementById(name));
  const page = { size: 100, at: 0, found: [] };
  const [search, severity, code, column] = ["search", "severity", "code", "column"].map((name) => form.elements[name]);
  const number = (value) => value.toLocaleString("en-US");
  const fill = (select, names) => names.forEach((name, at) => select.add(new Option(name || "(no column)", at)));
  fill(severity, told.severities); fill(code, told.codes); fill(column, told.columns);
  const cell = (row, label, text, inner) => {
    const td = row.insertCell();
    if (label) td.dataset.label = label;
    if (text === "") return td;
    if (!inner) { td.textContent = text; return td; }
    const element = document.createElement(inner);
    element.textContent = text;
    element.className = "value";
    td.append(element);
    return td;
  };
  const badge = (row, name) => {
    const mark = document.createElement("span");
    mark.className = "badge " + name;
    mark.textContent = name;
    row.insertCell().append(mark);
  };
  const draw = () => {
    const from = page.at * page.size;
    const shown = page.found.slice(from, from + page.size);
    body.replaceChildren();
    for (const at of shown) {
      const [level, rule, name, place, value, message] = told.rows[at];
      const row = body.insertRow();
      cell(row, "", place).className = "place";
      badge(row, told.severities[level]);
      cell(row, "", told.codes[rule]);
      cell(row, "Column", told.columns[name]).classList.add("name");
      cell(row, "Value", value, "code");
      cell(row, "", message);
    }
    const last = Math.max(0, Math.ceil(page.found.length / page.size) - 1);
    back.disabled = page.at === 0;
    next.disabled = page.at >= last;
    pages.hidden = last === 0;
    document.getElementById("page").textContent = `page ${number(page.at + 1)} of ${number(last + 1)}`;
    nothing.hidden = shown.length > 0;
    body.parentNode.hidden = shown.length === 0;
    const range = shown.length && last ? `${number(from + 1)} to ${number(from + shown.length)} of ` : "";
    const some = page.found.length < told.rows.length ? ` of ${number(told.rows.length)}` : "";
    status.textContent = `${range}${number(page.found.length)}${some} findings${some ? " match" : ""}`;
  };
  const choose = () => {
    const wanted = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    page.at = 0;
    page.found = [];
    told.rows.forEach((row, at) => {
      if (severity.value !== "" && row[0] !== +severity.value) return;
      if (code.value !== "" && row[1] !== +code.value) return;
      if (column.value !== "" && row[2] !== +column.value) return;
      if (wanted.every((word) => words[at].includes(word))) page.found.push(at);
    });
    draw();
  };
  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(choose, 120); };
  const turn = (by) => { page.at += by; draw(); document.getElementById("all").scrollIntoView(); };
  search.addEventListener("input", soon);
  for (const select of [severity, code, column]) select.addEventListener("change", choose);
  form.addEventListener("submit", (event) => { event.preventDefault(); choose(); });
  form.addEventListener("reset", () => setTimeout(choose));
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    search.value = "";
    choose();
  });
  nothing.querySelector("button").addEventListener("click", () => { form.reset(); search.focus(); });
  back.addEventListener("click", () => turn(-1));
  next.addEventListener("click", () => turn(1));
  const paper = (size) => () => { page.at = 0; page.size = size; draw(); };
  window.addEventListener("beforeprint", paper(1000));
  window.addEventListener("afterprint", paper(100));
  for (const link of document.querySelectorAll("a[data-code]")) {
    link.hidden = false;
    link.addEventListener("click", () => {
      form.reset();
      code.value = String(told.codes.indexOf(link.dataset.code));
      column.value = String(told.columns.indexOf(link.dataset.column));
      setTimeout(choose);
    });
  }
  form.hidden = false;
  document.getElementById("without").hidden = true;
  choose();
})();
"""
