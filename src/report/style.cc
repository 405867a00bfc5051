// SPDX-License-Identifier: MIT
#include "report/style.h"

namespace screenalytics {

std::string_view report_style() {
  return R"css(
:root { --ink: #1c2126; --soft: #5b6670; --line: #dde2e7; --ground: #f6f7f9; --card: #fff;
        --mark: #aab4be; --good: #1d7a46; --warn: #b3470b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebee; --soft: #9aa5b0; --line: #333b43; --ground: #14181c; --card: #1c2227;
          --mark: #66727e; --good: #5cc98a; --warn: #f0955a; } }
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
.lanes { display: flex; overflow-x: auto; }
.names { position: sticky; left: 0; z-index: 1; flex: 0 0 auto; max-width: 190px; padding-top: 22px;
         padding-right: 12px; background: var(--card); }
.names span { display: block; height: 24px; line-height: 24px; font-size: 13px; text-align: right;
              white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.names span:first-child { height: 16px; line-height: 13px; font-size: 11px; }
.plot { flex: 1 0 680px; }
.axis { position: relative; height: 22px; color: var(--soft); font-size: 11px;
        font-variant-numeric: tabular-nums; }
.axis span { position: absolute; transform: translateX(-50%); }
.axis span:first-child { transform: none; }
.plot svg { display: block; width: 100%; }
.stripe { fill: var(--ground); } .grid { stroke: var(--line); vector-effect: non-scaling-stroke; }
.shot0 { fill: var(--mark); } .shot1 { fill: var(--line); }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line);
         vertical-align: top; }
.pairs td, td:last-child { overflow-wrap: anywhere; } td:last-child { min-width: 90px; }
.matrix { width: auto; border-collapse: separate; border-spacing: 2px; }
.matrix th, .matrix td { border: 0; padding: 3px 6px; font-size: 12px; white-space: nowrap; }
.matrix td { min-width: 44px; text-align: center; border-radius: 3px; }
.matrix td.self { background: var(--line); }
.matrix th[scope=row] { position: sticky; left: 0; background: var(--card); text-align: right;
                        max-width: 150px; overflow: hidden; text-overflow: ellipsis; }
.matrix th[scope=col] { vertical-align: bottom; height: 96px; }
.matrix th[scope=col] span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 110px;
                             overflow: hidden; text-overflow: ellipsis; display: block; margin: 0 auto; }
th { color: var(--soft); font-weight: 500; font-size: 13px; }
td.n, th.n { text-align: right; white-space: nowrap; min-width: 0; }
.good { color: var(--good); } .warn { color: var(--warn); font-weight: 600; }
details summary { cursor: pointer; font-weight: 600; font-size: 17px; }
details[open] summary { margin-bottom: 12px; }
section h2 ~ details { margin-top: 14px; } section h2 ~ details summary { font-size: 15px; }
@media (max-width: 640px) {
  main { padding: 16px 10px 40px; } section { padding: 14px; }
  .person { grid-template-columns: 44px 1fr auto; gap: 4px 12px; }
  .person .bar { grid-column: 2 / 4; grid-row: 2; height: 10px; } .face { width: 44px; height: 44px;
  grid-row: 1 / 3; }
  .names { max-width: 120px; } .names span { font-size: 12px; } table { font-size: 14px; } }
@media print {
  :root { --ink: #000; --soft: #444; --line: #ccc; --ground: #fff; --card: #fff; --good: #060;
          --warn: #a30; }
  main { max-width: none; padding: 0; } section { border: 0; padding: 0 0 10px; }
  .person, tr, .lanes { break-inside: avoid; } .lanes, .table { overflow: visible; }
  .numbers div b { font-size: 18px; } .plot { flex-basis: 0; } .person { padding: 3px 0; } h2, summary { break-after: avoid; }
  details::details-content { content-visibility: visible; }
  .bar i, svg rect, .bar, .matrix td { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
)css";
}

}  // namespace screenalytics
