# SPDX-License-Identifier: MIT
"""Manual sections and markdown of real programs, and pages compared with their programs."""

import pathlib
import re
import shutil
import tempfile
import unittest

import document_tools as tools


def page_of(name):
    return tools.SOURCE / f"docs/man/{name}.1.scd"


def shown(path):
    """Options and verbs with help, of the command and below its verbs."""
    document = tools.introspect(path)
    for each in tools.all_objects(document):
        if each.get("type") in ("option", "command") and "help" in each:
            yield each


def roff(name):
    """A name as scdoc writes it in bold."""
    return rf"\fB{name}\fR"


class ManTest(unittest.TestCase):
    @unittest.skipUnless(shutil.which("scdoc"), "no scdoc")
    def test_scdoc_takes_the_sections_and_each_option_is_in_the_page(self):
        for name, path in tools.PROGRAMS.items():
            sections, err = tools.generate("man", path)
            self.assertEqual(err, "")
            page = f"{name}(1)\n\n# NAME\n\n{name} - x\n\n{sections}".encode()
            rendered, err = tools.run("scdoc", stdin=page)
            self.assertEqual(err, "")
            self.assertIn(".SH VERBS\n", rendered)
            self.assertIn(".SH OPTIONS\n", rendered)
            count = 0
            for each in shown(path):
                last = each["names"][-1 if each["type"] == "option" else 0]
                self.assertRegex(rendered, rf"(?m)^(\\fB-.\\fR, )?{re.escape(roff(last))}")
                count += 1
            self.assertGreater(count, 8)

    @unittest.skipUnless(shutil.which("scdoc") and shutil.which("groff"), "no scdoc or groff")
    def test_hostile_texts_stay_text_down_to_the_terminal(self):
        for text in (".TH x", "'br x", "\\fBx", "*x*", "_x_", "# x", "- x", "```", "x\\", ".", "++",
                     "; x", "[ x", "| x", "\\", "a\\*(xxb", "..", "!x", "~x", "^x"):
            document = ('{"mediaType":"application/vnd.uapi-group.cli-introspection-0","commands":'
                        '[{"names":["t"],"options":[{"names":["--o"],"argument":"no_argument",'
                        '"help":"HELP","group":"G","details":"HELP\\n\\nHELP"}]}]}'
                        .replace("HELP", text.replace("\\", "\\\\")))
            sections, _ = tools.generate("man", "-", stdin=document.encode())
            rendered, _ = tools.run("scdoc", stdin=f"t(1)\n\n{sections}".encode())
            shown_text, err = tools.run("groff", "-man", "-Tutf8", "-P-cbou", "-ww",
                                        stdin=rendered.encode())
            self.assertEqual(err, "", text)
            lines = [line.strip() for line in shown_text.splitlines()]
            self.assertGreaterEqual(lines.count(text), 2, f"{text}: {shown_text}")

    def test_output_does_not_change_from_run_to_run(self):
        for path in tools.PROGRAMS.values():
            for verb in ("man", "markdown", "json"):
                self.assertEqual(tools.generate(verb, path), tools.generate(verb, path))


class MarkdownTest(unittest.TestCase):
    def test_each_option_has_a_row_of_two_cells_and_an_anchor_of_its_own(self):
        for path in tools.PROGRAMS.values():
            page, _ = tools.generate("markdown", path)
            rows = [line for line in page.splitlines() if line.startswith("|")]
            for row in rows:
                cells = re.split(r"(?<!\\)\|", row)
                self.assertEqual((cells[0], len(cells), cells[3]), ("", 4, ""), row)
            anchors = re.findall(r'<a id="([^"]*)"', page)
            self.assertEqual(len(anchors), len(set(anchors)))
            for each in shown(path):
                last = each["names"][-1 if each["type"] == "option" else 0]
                anchor = ("opt-" + last.lstrip("-") if last.startswith("--") else
                          "opt-" + last if last.startswith("-") else "verb-" + last)
                self.assertIn(anchor, anchors)
                self.assertIn(f"{each['help'][:20]}", page.replace("\\", ""))
            self.assertEqual(len(anchors), sum(1 for _ in shown(path)))


class CheckTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.page = pathlib.Path(self.folder.name) / "page.scd"

    def tearDown(self):
        self.folder.cleanup()

    def check(self, name, text, status=1):
        self.page.write_text(text)
        out, err = tools.generate("man", f"--check={self.page}", tools.PROGRAMS[name],
                                  status=status)
        self.assertEqual(err, "")
        return out.replace(f"'{self.page}'", "PAGE").splitlines()

    def test_our_pages_are_those_of_our_programs(self):
        for name, path in tools.PROGRAMS.items():
            out, err = tools.generate("man", f"--check={page_of(name)}", path)
            self.assertEqual((out, err), ("", ""), name)

    def test_generated_pages_are_those_of_their_programs(self):
        for name, path in tools.PROGRAMS.items():
            self.assertEqual(self.check(name, tools.generate("man", path)[0], status=0), [])

    def test_what_a_page_lacks_is_told(self):
        text = page_of("bootctl").read_text()
        text = text.replace("*--esp-path*=_PATH_\n", "").replace("*install*\n", "")
        self.assertEqual(self.check("bootctl", text),
                         ["PAGE: no option '--esp-path'", "PAGE: no verb 'install'"])
        text = text.replace("*-n*, *--dry-run*", "*--dry-run*")
        self.assertIn("PAGE: no option '-n'", self.check("bootctl", text))

    def test_what_is_no_more_is_told_with_its_line(self):
        text = "x(1)\n\n# VERBS\n\n*gone* _X_\n\n# OPTIONS\n\n*-G*, *--gone*=_X_\n\tGone.\n"
        out = self.check("kindling-cpio", text)
        self.assertIn("PAGE, line 9: option '-G' is no more", out)
        self.assertIn("PAGE, line 9: option '--gone' is no more", out)
        self.assertIn("PAGE, line 5: verb 'gone' is no more", out)

    def test_arguments_are_compared(self):
        text = page_of("kindling-cpio").read_text()
        text = text.replace("*--json*=_FORMAT_\n", "*--json*\n")
        text = text.replace("*--names*\n", "*--names*=_N_\n")
        json_told, names_told = self.check("kindling-cpio", text)
        self.assertRegex(json_told, r"^PAGE, line \d+: option '--json' takes an argument$")
        self.assertRegex(names_told, r"^PAGE, line \d+: option '--names' takes no argument$")

    def test_a_file_that_is_no_page_is_refused(self):
        self.page.write_text("Hello\n")
        out, err = tools.generate("man", f"--check={self.page}", tools.PROGRAMS["bootctl"],
                                  status=1)
        self.assertEqual(out, "")
        self.assertIn("has no options or verbs\nhint: name a page for scdoc", err)

    def test_pages_of_our_tools_have_examples(self):
        for name in tools.PROGRAMS:
            self.assertRegex(page_of(name).read_text(), r"(?m)^# EXAMPLES$")
