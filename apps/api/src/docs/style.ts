/** The page's look: one column to read, a list of operations beside it where there is room; light or dark. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1d2126;--dim:#5d6672;--line:#dfe3e8;--paper:#fbfaf7;--card:#fff;--stone:#8a5a2b;--get:#0b6e4f;--post:#a03a13;--code:#f1efe9}
@media (prefers-color-scheme:dark){:root{--ink:#e6e4df;--dim:#9aa3ad;--line:#31363d;--paper:#15171a;--card:#1c1f23;--stone:#d9a066;--get:#5fd0a5;--post:#f0936b;--code:#262a2f}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1.5rem}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
.layout{display:grid;grid-template-columns:17rem minmax(0,1fr);max-width:76rem;margin:0 auto}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:2rem 1rem 2rem 1.5rem;border-right:1px solid var(--line);font-size:.875rem}
nav strong{display:block;margin:1.25rem 0 .25rem;color:var(--dim);font-size:.75rem;letter-spacing:.06em;text-transform:uppercase}
nav a{display:block;padding:.15rem .5rem;border-radius:.375rem;color:var(--ink);text-decoration:none}
nav a:hover,nav a:focus-visible{background:var(--code)}
nav .brand{font-size:1.125rem;font-weight:700}
main{padding:2rem 2rem 6rem;min-width:0}
h1{margin:0;font-size:2.25rem;line-height:1.2;letter-spacing:-.02em}
h1 small{margin-left:.5rem;color:var(--dim);font-size:1rem;font-weight:400;letter-spacing:0}
h2{margin:3.5rem 0 .25rem;padding-top:1rem;border-top:3px solid var(--stone);font-size:1.5rem;letter-spacing:-.01em}
h2::first-letter{text-transform:uppercase}
h3{margin:0;font-size:1.0625rem}
h4{margin:1.25rem 0 .25rem;color:var(--dim);font-size:.8125rem;letter-spacing:.04em;text-transform:uppercase}
p{margin:.5rem 0;max-width:46rem}
a{color:var(--stone)}
article{margin:1.25rem 0;padding:1.25rem 1.5rem;border:1px solid var(--line);border-radius:.75rem;background:var(--card)}
article:target{border-color:var(--stone);box-shadow:0 0 0 2px var(--stone)}
code,pre{font:.875em/1.5 ui-monospace,"SF Mono",Menlo,Consolas,monospace}
code{padding:.1em .3em;border-radius:.25rem;background:var(--code);overflow-wrap:anywhere}
pre{padding:1rem;border-radius:.5rem;background:var(--code);overflow:auto}
pre code{padding:0;background:none;overflow-wrap:normal}
.route{display:flex;flex-wrap:wrap;align-items:baseline;gap:.25rem .75rem;margin-bottom:.25rem}
.route code{background:none;padding:0;font-size:1rem;font-weight:600}
.method{min-width:3.25rem;padding:.1rem .4rem;border:1px solid;border-radius:.375rem;color:var(--get);font-size:.75rem;font-weight:700;letter-spacing:.04em;text-align:center}
.method.post,.method.put,.method.delete{color:var(--post)}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:.875rem}
th,td{padding:.4rem .75rem .4rem 0;border-top:1px solid var(--line);text-align:left;vertical-align:top;font-weight:400}
th{white-space:nowrap}
tr:first-child>*{border-top:0}
.required{margin-left:.5rem;color:var(--post);font-size:.75rem}
.where,.rule{color:var(--dim)}
.pattern{display:block;margin-top:.15rem;width:fit-content;color:var(--dim);font-size:.75rem}
.status{font-weight:700}
.dim{color:var(--dim)}
@media (max-width:52rem){.layout{display:block}nav{position:static;height:auto;border-right:0;border-bottom:1px solid var(--line);padding:1rem}main{padding:1.5rem 1rem 4rem}nav strong{margin-top:.75rem}nav a{display:inline-block}article{padding:1rem}}
@media print{nav{display:none}.layout{display:block}article{break-inside:avoid}}
`;
