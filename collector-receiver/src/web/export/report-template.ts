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

#block(width: 100%, inset: (x: 11pt, y: 9pt), radius: 4pt, fill: rgb("#f5f7fa"), stroke: (left: 2.5pt + blue))[
  #text(10.5pt, r.story)
  #if r.notes.len() > 0 [
    #v(3pt)
    #text(8pt, fill: faint, weight: "bold", r.notesTitle)
    #set text(8.5pt)
    #list(..r.notes)
  ]
]

#for group in r.groups [
  == #group.title
  #if group.missing != none { block(below: 6pt, text(fill: faint, group.missing)) }
  #grid(columns: (1fr,) * 4, gutter: 5pt, inset: 7pt, stroke: 0.6pt + rule, ..group.figures.map(f => [
    #set par(leading: 0.55em)
    #text(8pt, fill: faint, weight: "bold", f.name) \\
    #text(if f.known { 15pt } else { 11pt }, weight: "bold", fill: if f.known { ink } else { faint }, f.value)
    #if f.change != "" [\\ #text(8pt, f.change)]
    #if f.aside != none [\\ #text(7.5pt, fill: faint, f.aside)]
  ]))
  #if group.more.len() > 0 {
    set text(8pt)
    grid(columns: (1fr,) * 3, column-gutter: 14pt, ..group.more.map(f => grid(
      columns: (1fr, auto), inset: (y: 2.6pt), stroke: (bottom: 0.4pt + rule), f.name, text(weight: "bold", f.value),
    )))
  }
]

#pagebreak(weak: true)
== #r.chartsTitle
#grid(columns: (1fr, 1fr), gutter: 7pt, ..r.charts.map(c => block(
  width: 100%, breakable: false, inset: 8pt, radius: 4pt, stroke: 0.6pt + rule,
)[
  #text(10pt, weight: "bold", c.title) \\
  #text(8pt, fill: faint, c.summary)
  #if c.svg != none { v(3pt); image(bytes(c.svg), format: "svg", width: 100%, alt: c.title + ": " + c.summary) }
]))

#pagebreak(weak: true)
== #r.definitionsTitle
#set text(7.5pt)
#set par(leading: 0.6em)
#table(
  columns: (1.1fr, 2.2fr, 1.6fr, auto), stroke: none, inset: (x: 4pt, y: 3.5pt), align: left,
  table.header(..r.definitionColumns.map(c => text(fill: faint, weight: "bold", c))),
  table.hline(stroke: 0.6pt + faint),
  ..r.definitions.map(d => (d.name, [#d.meaning #linebreak() #text(fill: faint, d.formula)], d.parts, d.version)).flatten(),
)

#let data(c) = [
  === #c.title
  #table(
    columns: c.columns.len(), stroke: none, inset: (x: 4pt, y: 2.2pt), align: (x, y) => if x == 0 { left } else { right },
    table.header(..c.columns.map(h => text(fill: faint, weight: "bold", h))),
    table.hline(stroke: 0.6pt + faint),
    ..c.rows.flatten(),
  )
]
#let shown = r.charts.filter(c => c.rows.len() > 0)
#if shown.len() > 0 [
  #pagebreak(weak: true)
  == #r.dataTitle
  #for c in shown.filter(c => c.wide) { data(c) }
  #columns(2, gutter: 14pt, for c in shown.filter(c => not c.wide) { data(c) })
]
`;
