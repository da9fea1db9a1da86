"""Pages lose the indentation of their templates and nothing else."""

from roomai_web.dedenting import dedented


def test_lines_come_to_the_margin_and_keep_their_numbers() -> None:
    assert dedented('<ul>\n    <li\n\t class="a">\n\n  </ul>\n') == '<ul>\n<li\nclass="a">\n\n</ul>\n'


def test_spaces_within_a_line_stay() -> None:
    assert dedented("<b>a</b>  <i>b</i>") == "<b>a</b>  <i>b</i>"


def test_verbatim_text_is_left_alone() -> None:
    source = '  <pre class="code">\n  def f():\n    pass\n  </pre>\n  <textarea>\n  a\n</textarea>\n  <p>'
    assert dedented(source) == source.replace("</pre>\n  <t", "</pre>\n<t").replace("\n  <p>", "\n<p>")
