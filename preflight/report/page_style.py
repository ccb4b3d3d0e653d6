"""The style of the HTML report: light and dark, screen, phone and paper. No address, no font, no picture from elsewhere."""

__all__ = ["STYLE"]

STYLE = """
:root { color-scheme: light dark;
  --paper: #fbfbfa; --card: #fff; --ink: #1c1d21; --soft: #5c606b; --line: #dfe0e4; --tint: #f1f1f3;
  --error: #b3261e; --warning: #8a5300; --info: #2456a6; --good: #1b7348;
  --error-tint: #fcebe9; --warning-tint: #fdf2de; --info-tint: #e8f0fc; --good-tint: #e5f4ec; --focus: #2456a6; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #131418; --card: #1b1d22; --ink: #e9e9ec; --soft: #a3a7b3; --line: #33363f; --tint: #25272e;
  --error: #ff9a8f; --warning: #f2bd62; --info: #93bbff; --good: #79d3a2;
  --error-tint: #3a1e1c; --warning-tint: #352815; --info-tint: #1b2a44; --good-tint: #173226; --focus: #93bbff; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, header, footer { max-width: 74rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.25rem; }
h1, h2, h3, h4, p, dl, ul, figure { margin: 0; }
h1 { font-size: 1rem; font-weight: 600; color: var(--soft); overflow-wrap: anywhere; }
.section { font-size: 1.25rem; letter-spacing: -.01em; margin: 2.75rem 0 .9rem; }
.kind { font-size: 1.05rem; overflow-wrap: anywhere; }
a { color: inherit; text-underline-offset: .2em; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .4rem .8rem; }
.code { font-size: .8rem; font-weight: 400; color: var(--soft); white-space: nowrap; }
a.code:hover { color: var(--ink); }
details > summary { cursor: pointer; }
.page { max-width: 60rem; margin-top: .8rem; }
.page > * + * { margin-top: .6rem; }
.page h2, .page h3, .page h4 { font-size: .95rem; margin-top: 1.1rem; }
pre { margin: 0; background: var(--tint); border-radius: 6px; padding: .6rem .8rem; }
.soft { color: var(--soft); }
.small { font-size: .875rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; font-size: .9em;
  overflow-wrap: anywhere; white-space: pre-wrap; unicode-bidi: isolate; }
.value { background: var(--tint); border-radius: 4px; padding: .08em .35em; -webkit-box-decoration-break: clone;
  box-decoration-break: clone; }
.verdict { font-size: clamp(1.6rem, 4.5vw, 2.4rem); line-height: 1.15; letter-spacing: -.02em; font-weight: 700;
  margin: .35rem 0 1.2rem; }
.balance { display: block; width: 100%; height: 14px; border-radius: 7px; background: var(--tint); }
svg { display: block; }
svg .good { fill: var(--good); } svg .error { fill: var(--error); } svg .warning { fill: var(--warning); }
svg .info { fill: var(--info); } svg .base { fill: var(--line); }
.sum { display: flex; flex-wrap: wrap; gap: .3rem .45rem; margin-top: .7rem; font-size: 1.05rem;
  font-variant-numeric: tabular-nums; }
.sum b { font-weight: 700; }
.sum .good { color: var(--good); } .sum .rejected { color: var(--error); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: .9rem 1.5rem; }
.facts dt { font-size: .8rem; color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.source { border-top: 3px solid var(--line); margin-top: 3rem; padding-top: 1.5rem; }
.source .verdict { font-size: 1.5rem; }
.source-name { font-size: 1rem; color: var(--soft); overflow-wrap: anywhere; }
.note { border-left: 4px solid var(--info); background: var(--info-tint); padding: .7rem 1rem; border-radius: 0 6px 6px 0;
  margin-top: 1rem; }
.note ul { padding-left: 1.1rem; }
.note li { overflow-wrap: anywhere; }
.badge { display: inline-block; font-size: .78rem; font-weight: 650; padding: .1rem .5rem; border-radius: 999px;
  white-space: nowrap; }
.badge.error { color: var(--error); background: var(--error-tint); }
.badge.warning { color: var(--warning); background: var(--warning-tint); }
.badge.info { color: var(--info); background: var(--info-tint); }
.badge.good { color: var(--good); background: var(--good-tint); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.25rem 1.2rem;
  margin-bottom: 1rem; }
.card.error { border-left: 4px solid var(--error); } .card.warning { border-left: 4px solid var(--warning); }
.card.info { border-left: 4px solid var(--info); }
.top { display: flex; flex-wrap: wrap; align-items: baseline; gap: .35rem .7rem; }
.top .count { margin-left: auto; font-variant-numeric: tabular-nums; white-space: nowrap; }
.lead { margin: .45rem 0 .2rem; overflow-wrap: anywhere; }
.share { width: 100%; height: 6px; margin: .6rem 0 .1rem; border-radius: 3px; background: var(--tint); }
.pair { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 1rem 2rem; margin-top: .9rem;
  align-items: start; }
.pair > :only-child { grid-column: 1 / -1; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
caption { text-align: left; font-size: .8rem; color: var(--soft); padding: 0 0 .35rem; }
th { text-align: left; font-weight: 600; font-size: .8rem; color: var(--soft); vertical-align: bottom; }
tbody th { font-size: inherit; color: inherit; font-weight: 500; vertical-align: top; }
th, td { padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); }
td { vertical-align: top; overflow-wrap: anywhere; }
tr:last-child > * { border-bottom: 0; }
thead tr:last-child > * { border-bottom: 1px solid var(--line); }
th.number, td.number { overflow-wrap: normal; }
.place { white-space: nowrap; font-variant-numeric: tabular-nums; }
.name { min-width: 7rem; max-width: 18rem; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
.scroll table { min-width: 46rem; }
.scroll th, .scroll td { overflow-wrap: break-word; }
@media screen and (min-width: 62rem) {
  .pair [data-label] { min-width: 9.5rem; }
  #findings { table-layout: fixed; }
  #findings th:nth-child(1) { width: 11rem; }
  #findings th:nth-child(2) { width: 5.8rem; }
  #findings th:nth-child(3) { width: 10rem; }
  #findings th:nth-child(4) { width: 9rem; }
  #findings th:nth-child(5) { width: 17%; }
  #findings .place { white-space: normal; }
}
#matching, #without { margin-bottom: .5rem; }
.bar { width: 5rem; height: 8px; margin-top: .48rem; border-radius: 2px; background: var(--tint); }
.strip { width: 100%; min-width: 12rem; height: 26px; background: var(--tint); border-radius: 3px; }
.strips td, .strips th { border-bottom: 0; padding-top: .18rem; padding-bottom: .18rem; vertical-align: middle; }
.strips td.wide { width: 100%; }
.ends { display: flex; justify-content: space-between; }
.arrow { color: var(--soft); padding-right: .6rem; }
form { display: flex; flex-wrap: wrap; gap: .7rem 1rem; align-items: end; margin-bottom: .9rem; }
label { display: grid; gap: .2rem; font-size: .8rem; color: var(--soft); }
label.grow { flex: 1 1 16rem; }
input, select, button { font: inherit; font-size: .95rem; color: var(--ink); background: var(--card); border: 1px solid var(--soft);
  border-radius: 6px; padding: .42rem .6rem; min-height: 2.6rem; max-width: 100%; }
select { max-width: 15rem; }
button { cursor: pointer; }
button:disabled { color: var(--soft); border-color: var(--line); cursor: default; }
.pages { display: flex; flex-wrap: wrap; gap: .7rem; align-items: center; margin-top: .9rem; }
[hidden] { display: none !important; }
footer { margin-top: 3rem; padding-top: 1rem; padding-bottom: 2.5rem; border-top: 1px solid var(--line); color: var(--soft);
  font-size: .85rem; }
@media print, (max-width: 62rem) { .pair { grid-template-columns: minmax(0, 1fr); } }
@media screen and (max-width: 46rem) {
  .top .count { margin-left: 0; width: 100%; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack, .stack tbody, .stack tr, .stack td, .stack th { display: block; width: auto; }
  .stack tr { padding: .55rem 0; border-bottom: 1px solid var(--line); }
  .stack tr:last-child { border-bottom: 0; }
  .stack caption { display: block; }
  .stack td, .stack th { border: 0; padding: .1rem 0; white-space: normal; }
  .stack td:empty { display: none; }
  .stack [data-label]::before { content: attr(data-label) " "; color: var(--soft); font-size: .8rem; font-weight: 400; }
  .strips { table-layout: fixed; }
  .strips thead th:first-child { width: 6.5rem; }
  .strips thead th:last-child { width: 4.5rem; }
  .strips .name { font-size: .8rem; }
  .strip { min-width: 0; }
  .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  label, select { width: 100%; max-width: 100%; }
  .kinds td { display: inline-block; margin-right: .9rem; }
  .kinds .bar { display: none; }
  #findings td:nth-child(-n+2) { display: inline-block; margin-right: .7rem; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print {
  :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --tint: #eee; --error: #9c1f18;
    --warning: #704400; --info: #1d4788; --good: #145c39; --error-tint: #fff; --warning-tint: #fff; --info-tint: #fff;
  --good-tint: #fff; }
  body { font-size: 10pt; } main, header, footer { max-width: none; padding: 0; } header { padding-top: 0; }
  svg, .balance, .bar, .share, .strip { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  form, .pages, .skip, [data-code] { display: none; }
  table { font-size: 9pt; } #findings { font-size: 8pt; table-layout: fixed; } #findings .name { min-width: 0; }
  #findings th, #findings td { padding: .15rem .5rem .15rem 0; }
  #findings th:nth-child(1) { width: 14%; }
  #findings th:nth-child(2) { width: 10%; }
  #findings th:nth-child(3) { width: 17%; }
  #findings th:nth-child(4) { width: 13%; }
  #findings th:nth-child(5) { width: 16%; }
  #findings .place { white-space: normal; }
  .section { margin-top: 1.5rem; }
  .card { -webkit-box-decoration-break: clone; box-decoration-break: clone; break-inside: avoid; }
  .card:has(#findings) { break-inside: auto; }
  .top { break-after: avoid; }
  .badge { border: 1px solid; } #findings .badge { border: 0; padding: 0; font-size: inherit; }
  #findings th { font-size: inherit; }
  tr, .top, .lead { break-inside: avoid; } h2, h3, h4, caption { break-after: avoid; } .scroll { overflow: visible; }
  .scroll table { min-width: 0; }
}
@media (forced-colors: active) { svg rect { forced-color-adjust: none; } .badge { border: 1px solid; } }
"""
