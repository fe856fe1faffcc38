import type { ReportPolicy } from '@tranche/contract'

/** The page's style: system type, two weights, eight-pixel steps, light and dark, A4 in print. */
export function pageStyle({ accent }: ReportPolicy['look']): string {
  return baseStyle.replace('--accent:#1F4E79', `--accent:${accent}`)
}

/** What the page's names for colours are on white paper. */
export function baseColours(look: ReportPolicy['look']): ReadonlyMap<string, string> {
  const light = pageStyle(look).slice(0, pageStyle(look).indexOf('color-scheme'))
  return new Map(
    [...light.matchAll(/--([\w-]+):(#[0-9A-Fa-f]{6})/g)].map(([, name, colour]) => [name!, colour!]),
  )
}

const baseStyle = `
:root{--paper:#FFFFFF;--wash:#F6F7F9;--ink:#1A1F2B;--ink-2:#5B6472;--line:#E3E6EB;--mark:#9AA3AF;--accent:#1F4E79;--band:#D5E1EE;--good:#005B8E;--bad:#A84A00;
--step-0:#EAF1F8;--step-1:#C7DAEB;--step-2:#94B9D8;--step-3:#5790BD;--step-4:#2A6699;--step-5:#123E66;--on-low:#10141B;--on-high:#FDFDFE;color-scheme:light dark}
@media (prefers-color-scheme:dark){@media screen{:root{--paper:#12161D;--wash:#1A2029;--ink:#E8EBF0;--ink-2:#A3ACBA;--line:#2B323D;--mark:#768192;--accent:#7FB2DE;--band:#25405A;--good:#6DB6E8;--bad:#F0A060;--step-0:#1C2A39;--step-1:#23405B;--step-2:#2D5880;--step-3:#5E9ACB;--step-4:#94C1E4;--step-5:#D3E6F5;--on-low:#F2F5F9;--on-high:#10141B}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:400 16px/1.6 Inter,-apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;text-autospace:normal}
:lang(zh) body,body:lang(zh){font-family:"PingFang SC","Source Han Sans SC","Noto Sans CJK SC","Noto Sans SC","Microsoft YaHei",sans-serif;line-height:1.75;line-break:strict}
.page{max-width:1120px;margin:0 auto;padding:32px 24px 64px}
header{margin-bottom:32px}
h1{font-size:31px;line-height:1.25;font-weight:600;margin:8px 0 0}
h2{font-size:25px;line-height:1.3;font-weight:600;margin:64px 0 16px;padding-top:16px;border-top:1px solid var(--line)}
.summary h2{border:0;margin-top:0;padding:0;font-size:20px}
p{margin:0 0 12px;max-width:44em}
.meta{font-size:14px;color:var(--ink-2);margin:0;max-width:none}
.lead{list-style:none;counter-reset:m;margin:0;padding:0}
.lead li{counter-increment:m;position:relative;padding:0 0 0 40px;margin:0 0 16px;max-width:50em;font-size:20px;line-height:1.5}
.lead li::before{content:counter(m);position:absolute;left:0;top:2px;width:26px;height:26px;border-radius:50%;background:var(--accent);color:var(--paper);font-size:14px;line-height:26px;text-align:center}
.lead p{display:inline;margin:0}.end{white-space:nowrap}.lead a{font-size:14px;white-space:nowrap}
a{color:var(--accent);text-underline-offset:3px}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:8px 24px;padding:0;margin:24px 0 0;font-size:14px}
figure{margin:24px 0 40px;break-inside:avoid}
figcaption p.title{font-size:18px;line-height:1.45;font-weight:600;margin:0 0 4px;max-width:46em}
figcaption p.sub{max-width:none;font-size:14px;color:var(--ink-2);margin:0 0 12px}
figure svg{display:block;max-width:100%;height:auto;overflow:visible}
.narrow{display:none}
.source{font-size:12px;color:var(--ink-2);margin:8px 0 0}
.findings{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:24px 40px;margin:24px 0}.finding{margin:0;min-width:0}
.finding p{margin-bottom:4px}.findings.one{grid-template-columns:minmax(0,50em);gap:12px}.finding.main{margin-top:8px}.finding.main>p:first-child{font-weight:600}.finding.aside p{font-size:14px;color:var(--ink-2)}
.assumed{font-size:14px;color:var(--ink-2)}
details{font-size:14px;margin:4px 0}
summary{cursor:pointer;color:var(--accent);width:fit-content}
summary:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.members{font-size:14px;color:var(--ink-2);margin:4px 0}
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--wash);padding:2px 6px;border-radius:4px;color:var(--ink);overflow-wrap:anywhere}
pre{font:12px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--wash);padding:12px;border-radius:6px;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere;margin:8px 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:8px 0;font-size:14px}
dt{color:var(--ink-2)}dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto;max-height:480px;overflow-y:auto}
table{border-collapse:collapse;font-size:14px;line-height:1.5}
th,td{padding:6px 16px 6px 0;border-bottom:1px solid var(--line);text-align:right;vertical-align:top;white-space:nowrap}
th{font-weight:600;position:sticky;top:0;background:var(--paper);color:var(--ink-2);white-space:normal}
th:first-child,td:first-child{text-align:left;white-space:normal}
.scroll.headline{max-height:none}
td.words,th.words{text-align:left}
.good{color:var(--good)}.bad{color:var(--bad)}.muted{color:var(--ink-2)}
.unproven li{color:var(--ink-2);margin-bottom:8px;max-width:48em}
.unproven{padding-left:20px}
.skip{position:absolute;left:-9999px}.skip:focus{left:16px;top:8px;background:var(--paper);padding:8px;z-index:2}
.logo{height:40px;max-width:240px;display:block;margin:0 0 16px}
.mark{font:500 11px/1 inherit;font-family:inherit;font-size:11px;line-height:1;color:var(--accent);background:none;border:0;border-radius:4px;min-width:24px;min-height:24px;padding:4px 4px 4px 2px;margin:-8px 0;text-align:left;vertical-align:super;cursor:pointer}
.mark:hover{background:var(--wash)}button:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:-2px}
.note{border:1px solid var(--line);border-radius:6px;background:var(--paper);color:var(--ink);padding:20px 24px;max-width:min(720px,calc(100vw - 32px));max-height:80vh;overflow:auto;box-shadow:0 8px 32px rgb(0 0 0/.18)}
.note::backdrop{background:rgb(16 20 27/.35)}.note-name{font-weight:600;margin:0 0 8px}
.close{font:inherit;font-size:14px;color:var(--accent);background:none;border:1px solid var(--line);border-radius:6px;padding:4px 16px;cursor:pointer}
caption{text-align:left;color:var(--ink-2);font-size:14px;padding:0 0 8px}
th[scope=row]{font-weight:400;color:var(--ink);position:static;min-width:12em}
.sign-offs td{min-width:9em;height:40px}
@media screen{.notes>h2,.notes>p{display:none}}
.persona{border-top:1px solid var(--line);margin:32px 0 0;padding-top:16px}.persona h3{font-size:20px;line-height:1.3;margin:0}.persona-parts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:8px 40px;margin:8px 0 16px}.persona h4{font-size:14px;color:var(--accent);margin:16px 0 4px}.persona ul{margin:0;padding-left:18px}.persona li{font-size:14px;margin:0 0 4px}
footer{margin-top:64px;font-size:12px;color:var(--ink-2);border-top:1px solid var(--line);padding-top:16px}
@media (max-width:640px){.page{padding:20px 16px 48px}h1{font-size:25px}h2{font-size:20px;margin-top:48px}.lead li{font-size:16px;padding-left:36px}figcaption p.title{font-size:16px}.wide{display:none}.narrow{display:block}th,td{padding-right:10px}}
@media print{.findings{display:block}.finding{margin-bottom:10pt}@page{size:A4;margin:18mm 16mm 20mm;@bottom-right{content:counter(page) " / " counter(pages);font-size:9pt;color:#5B6472}}
:root{color-scheme:light}body{font-size:10.5pt;line-height:1.5}.page{max-width:none;padding:0}h1{font-size:22pt}h2{font-size:15pt;margin-top:28pt;break-after:avoid}.lead li{font-size:12pt}figure{margin:14pt 0 18pt}figcaption p.title{font-size:11.5pt}nav,details,#all,.skip,.close{display:none}.first-page{break-after:page}.mark{color:inherit;min-width:0;min-height:0;padding:0 0 0 1pt;margin:0;font-size:7pt}.notes h2{break-before:page}.persona{break-inside:avoid}.note{display:block!important;position:static;inset:auto;margin:0 0 8pt;max-width:none;max-height:none;width:auto;height:auto;border:0;box-shadow:none;padding:0;overflow:visible;break-inside:avoid;font-size:8pt}.note dl{display:block;font-size:8pt;margin:0}.note dt,.note dd{display:inline}.note dt::after{content:' '}.note dd::after{content:'; '}.note dd:last-child::after{content:''}:lang(zh) .note dt::after{content:'：'}:lang(zh) .note dd:not(:last-child)::after{content:'；'}.first-page th,.first-page td{padding:1.5pt 12pt 1.5pt 0;font-size:8.5pt}.first-page h2{margin-top:10pt;padding-top:6pt}.first-page .lead li{margin-bottom:7pt;font-size:11pt}.note-name{margin:0;font-size:8pt}.note pre{font-size:6.5pt;padding:3pt;margin:2pt 0}.for-leadership .note pre,.for-marketing .note pre{display:none}.wide{display:block!important}.narrow{display:none!important}figure svg{max-height:100mm;width:auto}.finding,tr,li{break-inside:avoid}.scroll{overflow:visible;max-height:none}a{color:inherit;text-decoration:none}h2,figcaption{break-after:avoid}}
`.replaceAll('\n', '')
