import { reportFontFamily } from "./report-fonts.ts";

/** The report as Typst source. Its words and numbers come as JSON in `sys.inputs.report`: nothing is escaped by hand. */
export const reportTemplate = `
#let r = json(bytes(sys.inputs.report))
#let ink = rgb("#1c2430")
#let faint = rgb("#56616f")
#let rule = rgb("#d5dbe1")
#let blue = rgb("#1f5fa8")
#set document(title: r.title, author: "Spanledger")
#set page(
  paper: "a4",
  margin: (x: 16mm, top: 17mm, bottom: 16mm),
  header: if r.sample != none { align(center, text(8pt, fill: rgb("#5c4300"), weight: "bold", r.sample)) },
  footer: context { set text(8pt, fill: faint); grid(columns: (1fr, auto), r.title + " · " + r.asOf, [#counter(page).display() / #counter(page).final().first()]) },
)
#set text(font: ("Noto Sans SC", "${reportFontFamily}"), size: 9.5pt, fill: ink, lang: r.lang, region: r.region)
#set par(leading: 0.75em, justify: false)
#show heading: it => block(above: 1.5em, below: 0.75em, text(weight: "bold", it.body))
#show heading.where(level: 1): set text(19pt)
#show heading.where(level: 2): set text(12.5pt)
#show heading.where(level: 3): set text(10pt)

= #r.title
#text(fill: faint)[#r.asOf · #r.timezone]\\
#text(fill: faint)[#r.status]
#v(2pt)
#box(stroke: 0.7pt + faint, radius: 9pt, inset: (x: 7pt, y: 3.5pt), r.completeness)

#block(width: 100%, inset: (left: 10pt, y: 6pt), stroke: (left: 2.5pt + blue), text(10.5pt, r.story))
#for note in r.notes [- #note]

#for group in r.groups [
  == #group.title
  #if group.missing != none { text(fill: faint, group.missing) }
  #grid(columns: (1fr,) * 4, inset: 7pt, stroke: 0.6pt + rule, ..group.figures.map(f => [
    #text(8pt, fill: faint, weight: "bold", f.name) \\
    #text(15pt, weight: "bold", f.value) \\
    #text(8pt, f.change)
    #if f.aside != none [\\ #text(7.5pt, fill: faint, f.aside)]
  ]))
]

== #r.chartsTitle
#grid(columns: (1fr, 1fr), gutter: 8pt, ..r.charts.map(c => block(
  width: 100%, breakable: false, inset: 8pt, radius: 4pt, stroke: 0.6pt + rule,
)[
  #text(10pt, weight: "bold", c.title) \\
  #text(8pt, fill: faint, c.summary)
  #if c.svg != none { v(3pt); image(bytes(c.svg), format: "svg", width: 100%, alt: c.title + ": " + c.summary) }
]))

#pagebreak(weak: true)
== #r.definitionsTitle
#set text(8pt)
#table(
  columns: (1.1fr, 2fr, 1.6fr, auto), stroke: none, inset: (x: 4pt, y: 4pt), align: left,
  table.header(..r.definitionColumns.map(c => text(fill: faint, weight: "bold", c))),
  table.hline(stroke: 0.6pt + faint),
  ..r.definitions.map(d => (d.name, [#d.meaning #linebreak() #text(fill: faint, d.formula)], d.parts, d.version)).flatten(),
)

#for c in r.charts {
  if c.rows.len() > 0 [
    #pagebreak(weak: true)
    == #c.title
    #table(
      columns: c.columns.len(), stroke: none, inset: (x: 5pt, y: 3pt), align: (x, y) => if x == 0 { left } else { right },
      table.header(..c.columns.map(h => text(fill: faint, weight: "bold", h))),
      table.hline(stroke: 0.6pt + faint),
      ..c.rows.flatten(),
    )
  ]
}
`;
