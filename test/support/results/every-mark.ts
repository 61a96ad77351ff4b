/** Tables, and a dashboard with every mark, every kind of input, and cells that try to be more than text. */

/** What somebody may have written into a cell. */
export const HOSTILE = [
  "</script><script>document.title='owned'</script>",
  "<img src=x onerror=\"document.title='owned'\">",
  "<!--<script>",
  "]]>\u2028\u2029",
  "javascript:alert(1)",
  `$\{document.title='owned'}`,
  "'\"; drop table t; --",
];

const grid = (each: (x: number, y: number) => string) =>
  Array.from({ length: 15 }, (_, i) => Array.from({ length: 15 }, (_, j) => each(i, j))).flat();
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

export const TABLES: Record<string, string> = {
  sales: [
    "day,shop,amount,cost",
    ...["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"].flatMap((day, i) =>
      ["North", "South", "Harbour"].map(
        (shop, j) => `${day},${shop},${10 + i * 3 + j * 7},${5 + ((i * j) % 4)}`,
      ),
    ),
  ].join("\n"),
  field: [
    "x,y,height,kind,layer",
    ...[1, 2, 3].flatMap((layer) =>
      grid(
        (x, y) =>
          `${x},${y},${Math.sin(x / 4) * Math.cos(y / 5) * layer},${x + y < 10 * layer ? "in" : "out"},${layer}`,
      ),
    ),
  ].join("\n"),
  hostile: ["name,n", ...HOSTILE.map((text, i) => `${quoted(text)},${i + 1}`)].join("\n"),
};

export const EVERY_MARK = `title: Every mark </title><script>document.title='owned'</script>
description: A page for tests
columns: 3
inputs:
  shop: { select: { query: shops }, label: Shop }
  least: { range: [0, 20], step: 10, label: At least }
  until: { date: [2026-01-02, 2026-01-04], label: Until }
queries:
  shops: select distinct shop from sales order by shop
  sales: select * from sales where day <= $until::date and amount >= $least
  one: select * from sales where shop = $shop
  field: select * from field
  layer: select * from field where layer = 3
  hostile: select * from hostile
  nothing: select * from sales where amount < 0
  total: select sum(amount) as total from sales where shop = $shop
charts:
  - { title: Lines, query: sales, mark: line, x: day, y: amount, color: shop, best: { max: amount, text: shop } }
  - { title: Areas, query: sales, mark: area, x: day, y: amount, color: shop }
  - { title: Bars, query: one, mark: bar, x: day, y: amount, sort: -amount }
  - { title: Lying bars, query: hostile, mark: bar, x: n, y: name, sort: -n }
  - { title: Dots, query: sales, mark: dot, x: amount, y: cost, size: amount, color: shop, facet: shop }
  - { title: Dots of a ramp, query: layer, mark: dot, x: x, y: y, color: height, square: true }
  - { title: Heat of numbers, query: layer, mark: heatmap, x: x, y: y, color: height }
  - { title: Heat of names, query: sales, mark: heatmap, x: shop, y: day, color: amount }
  - { title: Contour, query: layer, mark: contour, x: x, y: y, color: height }
  - { title: Surfaces, query: field, mark: surface, x: x, y: y, color: kind, facet: layer, square: true, wide: true, colors: { in: teal } }
  - { title: Histogram, query: field, mark: histogram, x: height, bins: 20, color: kind }
  - { title: Table, query: hostile, mark: table, note: "<b>not bold</b>" }
  - { title: Total, query: total, mark: number, value: total, unit: "€" }
  - { title: Text, mark: text, text: "One paragraph with <i>signs</i>.\\n\\nAnother one." }
  - { title: Empty, query: nothing, mark: bar, x: shop, y: amount }
`;
