"""How the page about a clearance looks: on a wide screen, on a phone, in the dark, on paper."""

STYLE = """
:root { color-scheme: light dark; --line: #d5d7dc; --soft: #f4f5f7; --quiet: #565b66;
  --allow: #1f6fb2; --allow_with_conditions: #7db4e0; --hold: #d08700; --restrict: #8a63b8;
  --deny: #a8322a }
@media (prefers-color-scheme: dark) { :root { --line: #3c3f46; --soft: #212328; --quiet: #a9adb6;
  --allow: #4f9fe0; --allow_with_conditions: #a9d2f3; --hold: #e8a83a; --restrict: #b592e0;
  --deny: #e0675c } }
body { max-width: 60rem } h1 { line-height: 1.25; margin-bottom: .3rem }
h3 { font-size: 1rem; margin: 0 0 .2rem }
table { font-variant-numeric: tabular-nums } th, td { border-color: var(--line) }
caption { text-align: left; color: var(--quiet); padding-bottom: .3rem }
td.number, th.number { text-align: right; white-space: nowrap } .note, .meta { color: var(--quiet) }
th, td { overflow-wrap: normal }
td:first-child { min-width: 8rem }
.hash { font: .75rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; color: var(--quiet) }
.figures { display: grid; grid-template-columns: repeat(3, 1fr); gap: .75rem; margin: 1rem 0;
  padding: 0 } .figures div { background: var(--soft); border-radius: .4rem; padding: .7rem .9rem }
.figures dt { color: var(--quiet); font-size: .9rem } .figures dd { margin: 0; font-size: 1.7rem;
  font-weight: 600; line-height: 1.2; font-variant-numeric: tabular-nums }
svg.bar { display: block; width: 100%; height: 1.6rem; background: var(--soft);
  border-radius: .2rem; margin: .5rem 0 }
td svg.bar { height: .8rem; min-width: 8rem; margin: .4rem 0 }
article svg.bar { height: .5rem }
.swatch { display: inline-block; width: .8em; height: .8em; border-radius: .15em;
  margin-right: .5em }
.swatch.allow { background: var(--allow) } .swatch.hold { background: var(--hold) }
.swatch.allow_with_conditions { background: var(--allow_with_conditions) }
.swatch.restrict { background: var(--restrict) } .swatch.deny { background: var(--deny) }
rect.allow { fill: var(--allow) } rect.allow_with_conditions { fill: var(--allow_with_conditions) }
rect.hold { fill: var(--hold) } rect.restrict { fill: var(--restrict) }
rect.deny { fill: var(--deny) }
article { border-top: 1px solid var(--line); padding: .9rem 0 }
article p, article ul { margin: .3rem 0 }
article ul { padding-left: 1.2rem } .meta { font-size: .9rem; overflow-wrap: anywhere }
.mark { border: 1px solid currentColor; border-radius: .2rem; padding: 0 .35em; font-size: .85em;
  white-space: nowrap }
.chart { display: grid; grid-template-columns: auto 1fr; gap: 0 .6rem; margin: .8rem 0 }
.chart .scale { display: flex; flex-direction: column; justify-content: space-between;
  text-align: right; color: var(--quiet); font-size: .85rem; line-height: 1; margin: -.4rem 0 }
.chart .ends { grid-column: 2; display: flex; justify-content: space-between; gap: 1rem;
  color: var(--quiet); font-size: .85rem; padding-top: .4rem }
svg.lines { width: 100%; height: 13rem; overflow: visible }
polyline { fill: none; stroke-width: 2.5;
  vector-effect: non-scaling-stroke; stroke-linejoin: round } .grid { stroke: var(--line);
  vector-effect: non-scaling-stroke } polyline.allow { stroke: var(--allow) }
polyline.hold { stroke: var(--hold) } polyline.deny { stroke: var(--deny) }
svg.dash { width: 30px; height: 10px; margin-right: .4em }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; padding: 0; list-style: none }
@media (max-width: 40rem) { body { margin: 1rem auto } .figures { gap: .4rem }
  .figures div { padding: .5rem .6rem } .figures dd { font-size: 1.25rem }
  table, caption, tbody, tr, td { display: block } tr { border-bottom: 1px solid var(--line);
  padding: .4rem 0 } thead { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%) } td, td.number { border: 0; padding: .1rem 0; text-align: left }
  td:first-child { font-weight: 600 } td:not(:first-child)::before { content: attr(data-label) ": ";
  color: var(--quiet) } :lang(zh) td:not(:first-child)::before { content: attr(data-label) "：" }
  .hash { font-weight: 400 } }
@media print { body { margin: 0; max-width: none; font-size: 11pt; background: none; color: #000 }
  article, tr, .chart, .figures { break-inside: avoid } h2 { break-after: avoid }
  svg, .swatch { print-color-adjust: exact } }
"""
