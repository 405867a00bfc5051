// SPDX-License-Identifier: MIT
#include "report/style.h"

namespace screenalytics {

std::string_view report_style() {
  return R"css(
:root { --ink: #1c2126; --soft: #5b6670; --line: #dde2e7; --ground: #f6f7f9; --card: #fff;
        --good: #1d7a46; --warn: #b3470b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebee; --soft: #9aa5b0; --line: #333b43; --ground: #14181c; --card: #1c2227;
          --good: #5cc98a; --warn: #f0955a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
       font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 0 0 14px; }
p.sub { color: var(--soft); margin: 0 0 22px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
          padding: 20px; margin: 0 0 18px; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(104px, 1fr)); gap: 14px; }
.numbers div b { display: block; font-size: 23px; line-height: 1.2; font-weight: 600; }
.numbers div span, .soft { color: var(--soft); font-size: 13px; }
.person { display: grid; grid-template-columns: 52px minmax(110px, 190px) 1fr 150px; gap: 14px;
          align-items: center; padding: 7px 0; border-top: 1px solid var(--line); }
.person:first-of-type { border-top: 0; }
.face { width: 52px; height: 52px; border-radius: 8px; object-fit: cover; display: block;
        background: var(--line); }
.name { font-weight: 600; overflow-wrap: anywhere; line-height: 1.25; }
.bar { height: 16px; border-radius: 4px; background: var(--ground); overflow: hidden; }
.bar i { display: block; height: 100%; border-radius: 4px; min-width: 2px; }
.name .soft { font-weight: 400; }
.amount { text-align: right; font-variant-numeric: tabular-nums; line-height: 1.25; }
.lanes { overflow-x: auto; }
.lanes svg { display: block; min-width: 640px; width: 100%; height: auto; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
svg .tick { fill: var(--soft); font-size: 11px; }
svg .grid { stroke: var(--line); } svg .cut { stroke: var(--line); stroke-dasharray: 2 3; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line);
         vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 500; font-size: 13px; }
td.n, th.n { text-align: right; }
.good { color: var(--good); } .warn { color: var(--warn); font-weight: 600; }
details summary { cursor: pointer; font-weight: 600; font-size: 17px; }
details[open] summary { margin-bottom: 12px; }
@media (max-width: 640px) {
  main { padding: 16px 10px 40px; } section { padding: 14px; }
  .person { grid-template-columns: 44px 1fr auto; gap: 4px 12px; }
  .person .bar { grid-column: 2 / 4; grid-row: 2; height: 10px; } .face { width: 44px; height: 44px;
  grid-row: 1 / 3; } }
@media print {
  :root { --ink: #000; --soft: #444; --line: #ccc; --ground: #fff; --card: #fff; --good: #060;
          --warn: #a30; }
  main { max-width: none; padding: 0; } section { border: 0; padding: 0 0 10px; }
  .person, tr, svg { break-inside: avoid; } .lanes { overflow: visible; }
  .lanes svg { min-width: 0; } .bar i, svg rect { print-color-adjust: exact;
  -webkit-print-color-adjust: exact; } details > *:not(summary) { display: block; } }
)css";
}

}  // namespace screenalytics
