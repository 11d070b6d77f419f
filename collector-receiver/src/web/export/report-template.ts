import { reportFontFamily } from "./report-fonts.ts";

/**
 * The report as Typst source. Its words and numbers come as JSON in `sys.inputs.report`: nothing is escaped by hand.
 * Tables have a column without width whose cells span the first and the last rows: Typst does not break a page between
 * these, so no page has a single row.
 */
export const reportTemplate = `
#let r = json(bytes(sys.inputs.report))
#let ink = rgb("#1c2430")
#let faint = rgb("#56616f")
#let rule = rgb("#d5dbe1")
#let blue = rgb("#1f5fa8")
#let source = if r.tenant == none { r.title } else { r.tenant + " · " + r.title }
#set document(title: source, author: if r.tenant == none { "Spanledger" } else { r.tenant })
#set page(
  paper: "a4",
  margin: (x: 16mm, top: 17mm, bottom: 16mm),
  header: if r.sample != none { align(center, text(8pt, fill: rgb("#5c4300"), weight: "bold", r.sample)) },
  footer: context { set text(8pt, fill: faint); grid(columns: (1fr, auto), column-gutter: 8pt, source + " · " + r.asOf, [#counter(page).display() / #counter(page).final().first()]) },
)
#set text(font: ("Noto Sans SC", "${reportFontFamily}"), size: 9.5pt, fill: ink, lang: r.lang, region: r.region)
#set par(leading: 0.75em, justify: false)
#show heading: it => block(above: 1.5em, below: 0.75em, sticky: true, text(weight: "bold", it.body))
#show heading.where(level: 1): set text(19pt)
#show heading.where(level: 2): set text(12.5pt)
#show heading.where(level: 3): set text(10pt)

#let kept(place, count) = {
  let span = calc.min(3, count)
  if count <= 2 * span and place == 0 { (table.cell(rowspan: count, breakable: false, inset: 0pt)[],) }
  else if count <= 2 * span { () }
  else if place == 0 or place == count - span { (table.cell(rowspan: span, breakable: false, inset: 0pt)[],) }
  else if place < span or place > count - span { () }
  else { (table.cell(inset: 0pt)[],) }
}
#let rows(columns, heads, body, ..style) = {
  set table.cell(breakable: false)
  table(
    columns: (..columns, 0pt), stroke: none, ..style,
    table.header(..heads.map(h => text(fill: faint, weight: "bold", h)), []),
    table.hline(stroke: 0.6pt + faint),
    ..body.enumerate().map(((place, row)) => (..row, ..kept(place, body.len()))).flatten(),
  )
}
#let line = 0.6pt + rule
#let card(f, size, asides, ..cell) = grid.cell(..cell)[
  #set par(leading: 0.55em)
  #text(8pt, fill: faint, weight: "bold", f.name) \\
  #text(if f.known { size } else { 11pt }, weight: "bold", fill: if f.known { ink } else { faint }, f.value)
  #if f.change != "" [\\ #text(8pt, f.change)]#for aside in asides [\\ #text(7pt, fill: faint, aside)]
]
#let cards(figures) = grid(
  columns: (1fr,) * calc.min(figures.len(), if figures.len() == 5 { 5 } else { 4 }), gutter: 5pt, inset: 7pt,
  ..figures.map(f => card(f, 15pt, if f.aside == none { () } else { (f.aside,) }, stroke: line)),
)

#if r.tenant != none { text(10pt, weight: "bold", fill: blue, r.tenant) }
= #r.title
#text(fill: faint)[#r.asOf · #r.timezone]\\
#text(fill: faint)[#r.status]
#v(2pt)
#box(stroke: 0.7pt + faint, radius: 9pt, inset: (x: 7pt, y: 3.5pt), r.completeness)

#block(breakable: false, grid(
  columns: (1fr,) * r.strip.len(), column-gutter: 5pt, inset: 6pt,
  ..r.strip.map(f => card(f, 14pt, f.asides, stroke: (x: line, top: line))),
  ..r.strip.map(f => grid.cell(
    stroke: (x: line, bottom: line),
    if f.svg != none { image(bytes(f.svg), format: "svg", width: 100%, alt: f.name) },
  )),
))
#text(7.5pt, fill: faint, r.stripNote)

== #r.storyTitle
#block(width: 100%, inset: (x: 11pt, y: 9pt), radius: 4pt, fill: rgb("#f5f7fa"), stroke: (left: 2.5pt + blue))[
  #text(10.5pt, r.story)
  #if r.notes.len() > 0 [
    #v(3pt)
    #text(8pt, fill: faint, weight: "bold", r.notesTitle)
    #set text(8.5pt)
    #list(..r.notes)
  ]
]

#let orange = rgb("#b3560f")
#if r.outcomes.len() > 0 [
  == #r.outcomesTitle
  #set text(8.5pt)
  #block(breakable: false, grid(
    columns: (1fr, 38%, auto, auto), column-gutter: 10pt, inset: (y: 2.4pt), stroke: (bottom: 0.4pt + rule), align: (left, left + horizon, right, right),
    ..r.outcomes.map(o => (
      h(o.depth * 11pt) + o.name,
      box(width: 100%, height: 4pt, fill: rgb("#eef1f5"), box(width: o.percent * 1%, height: 4pt, fill: if o.isLeak { orange } else { blue })),
      text(weight: "bold", o.count), text(fill: faint, o.share),
    )).flatten(),
  ))
]

#for group in r.groups [
  == #group.title
  #if group.missing != none { block(below: 6pt, text(fill: faint, group.missing)) }
  #if group.figures.len() > 0 { cards(group.figures) }
]

== #r.chartsTitle
#let chart(c) = block(width: 100%, breakable: false, inset: 8pt, radius: 4pt, stroke: 0.6pt + rule)[
  #text(10pt, weight: "bold", c.title) \\
  #text(8pt, fill: faint, c.summary)
  #if c.svg != none { v(3pt); image(bytes(c.svg), format: "svg", width: 100%, alt: c.title + ": " + c.summary) }
]
#grid(columns: (1fr, 1fr), gutter: 7pt, ..r.charts.map(chart))

#let further = r.groups.filter(g => g.more.len() > 0)
#if further.len() > 0 [
  == #r.moreTitle
  #for group in further [
    === #group.title
    #set text(8pt)
    #let columns = range(2).map(side => group.more.enumerate().filter(((i, _)) => calc.rem(i, 2) == side).map(((_, f)) => f))
    #grid(columns: (1fr, 1fr), column-gutter: 18pt, ..columns.map(list => grid(
      columns: (1fr, auto), column-gutter: 8pt, inset: (y: 2.6pt), stroke: (bottom: 0.4pt + rule),
      ..list.map(f => (f.name, align(right, text(weight: "bold", f.value)))).flatten(),
    )))
  ]
]

== #r.definitionsTitle
#set text(7.5pt)
#set par(leading: 0.6em)
#rows(
  (1.1fr, 2.2fr, 1.6fr, auto), r.definitionColumns,
  r.definitions.map(d => (d.name, [#d.meaning #linebreak() #text(fill: faint, d.formula)], d.parts, d.version)),
  inset: (x: 4pt, y: 3.5pt), align: left,
)

#let data(c) = [
  === #c.title
  #let many = c.columns.len() > 8
  #set text(6.5pt) if many
  #rows(
    if many { (1.2fr,) + (1fr,) * (c.columns.len() - 1) } else { (auto,) * c.columns.len() }, c.columns, c.rows,
    inset: (x: if many { 2pt } else { 4pt }, top: 3.4pt, bottom: 2.4pt), align: (x, y) => if x == 0 { left } else { right },
  )
]
#let shown = r.charts.filter(c => c.rows.len() > 0)
#if shown.len() > 0 [
  == #r.dataTitle
  #for c in shown.filter(c => c.wide) { data(c) }
  #columns(2, gutter: 14pt, for c in shown.filter(c => not c.wide) { data(c) })
]
`;
