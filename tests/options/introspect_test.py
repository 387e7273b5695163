# SPDX-License-Identifier: MIT
"""What programs say about their command lines: valid by our schema, and true by their --help."""

import copy
import json
import pathlib
import tempfile
import unittest

import document_tools as tools
from json_schema import Validator

RUNNING_ONLY = ("project", "version", "features")
# What our programs do not print; see the schema.
KEPT = {"default", "missing"}
SEEDS = tools.SOURCE / "tests/fuzz/corpus/introspection"

OLD_SHAPE = {
    "mediaType": "application/vnd.io.systemd.cli-introspection-0",
    "commands": [{
        "names": ["old"], "version": "262", "abstract": ["Does."], "footer": ["End"],
        "options": [{"names": ["-a", "--all"], "argument": "required_argument", "metavar": "ID",
                     "help": "All", "group": "Some"}],
        "verbs": [{"names": ["show"], "abstract": ["Show"], "minArguments": 2}],
    }],
}


def schema():
    return Validator(json.loads((tools.SOURCE / "docs/cli-introspection.schema.json").read_text()))


def without_running(document):
    document = copy.deepcopy(document)
    for command in document["commands"]:
        for key in RUNNING_ONLY:
            command.pop(key, None)
    return document


class Ordered(dict):
    """An object whose members are in an order that counts."""

    def __eq__(self, other):
        return list(self.items()) == list(other.items())


def texts_of(value):
    if isinstance(value, (dict, list)):
        items = value.values() if isinstance(value, dict) else value
        return set().union(*map(texts_of, items))
    return {value} if isinstance(value, str) and value else set()


class IntrospectTest(unittest.TestCase):
    def test_documents_are_valid(self):
        for name, path in tools.PROGRAMS.items():
            self.assertEqual(schema().errors(tools.introspect(path)), [], name)

    def test_programs_print_no_more_and_no_less_than_the_library_writes(self):
        for path in tools.PROGRAMS.values():
            [command] = tools.introspect(path)["commands"]
            self.assertNotIn("help", command)
            for each in tools.all_objects(command):
                self.assertFalse(KEPT & each.keys(), each)
                self.assertLessEqual(len(each.get("sections", [])), 1)
                self.assertNotIn(each.get("category"), ("uid", "gid"))
                if each.get("type") == "value" and "value" not in each:
                    self.assertEqual(len(each), 2, each)
                if each.get("type") == "argument":
                    self.assertIn("argument", each)
                    self.assertFalse({"help", "sections", "value_name"} & each.keys(), each)
                if each.get("type") == "command" and each is not command:
                    self.assertTrue({"minArguments", "aliasOf"} & each.keys(), each)
                    self.assertFalse({"abstract", "postscript", "documentation", *RUNNING_ONLY}
                                     & each.keys(), each)

    def test_the_schema_rejects_what_was_changed(self):
        """Each member in turn: removed where it is required, of another kind, or another name."""
        validator = schema()
        document = tools.introspect(tools.PROGRAMS["bootctl"])
        count = 0
        for place in tools.all_objects(document):
            for key in list(place):
                value = place.pop(key)
                for bad in ({key + "x": value}, {key: 0.5}, {key: ""}, {key: [None]}):
                    place.update(bad)
                    self.assertNotEqual(validator.errors(document), [], f"{bad} for {key}")
                    place.pop(next(iter(bad)))
                    count += 1
                place[key] = value
        self.assertGreater(count, 500)
        self.assertEqual(validator.errors(document), [])

    def test_both_layouts_say_the_same(self):
        for path in tools.PROGRAMS.values():
            short, _ = tools.run(path, "--introspect-cli", "--json=short")
            pretty, _ = tools.run(path, "--json=pretty", "--introspect-cli")
            self.assertEqual(short.count("\n"), 1)
            self.assertTrue(short.endswith("}]}\n"))
            self.assertGreater(pretty.count("\n"), 100)
            self.assertEqual(json.loads(short), json.loads(pretty))
            self.assertEqual(pretty, tools.run(path, "--introspect-cli")[0])
            # Two blanks per level, nothing at the ends of lines.
            indented = json.dumps(json.loads(pretty), indent=2, ensure_ascii=False)
            self.assertEqual(pretty, indented + "\n")

    def test_the_command_tells_its_name_version_and_manual(self):
        for name, path in tools.PROGRAMS.items():
            [command] = tools.introspect(path)["commands"]
            version = tools.run(path, "--version")[0].splitlines()
            self.assertEqual(command["names"], [name])
            self.assertEqual(command["project"], "kindling")
            self.assertEqual(version[0].split()[-1], command["version"][0])
            self.assertEqual(version[1:], command["features"])
            self.assertEqual(command["documentation"], [f"man:{name}(1)"])

    def test_what_the_help_shows_is_in_it_and_nothing_else_is_shown(self):
        for path in tools.PROGRAMS.values():
            [command] = tools.introspect(path)["commands"]
            page, _ = tools.run(path, "--help")
            shown = [each for each in tools.of_type(command, "option") if "help" in each]
            self.assertGreater(len(shown), 3)
            for option in shown:
                self.assertIn(f" {tools.synopsis(option)} {option['help']}", tools.filled(page))
                for section in option.get("sections", []):
                    self.assertIn(f"\n{section}:\n", page)
            self.assertEqual({name for each in shown for name in each["names"]},
                             tools.option_names(page))
            verbs = [each for each in tools.of_type(command, "command") if "help" in each]
            self.assertEqual({each["names"][0] for each in verbs}, tools.verb_names(page))
            for verb in verbs:
                words = [*verb["names"][:1], *verb.get("synopsis", []), verb["help"]]
                self.assertIn(" ".join(words), tools.filled(page))
            self.assertIn(tools.filled(command["abstract"][0]), tools.filled(page))
            self.assertIn(tools.filled(command["postscript"][0]), tools.filled(page))

    def test_options_are_for_the_verbs_whose_help_shows_them(self):
        tied = 0
        for path in tools.PROGRAMS.values():
            [command] = tools.introspect(path)["commands"]
            for verb in tools.of_type(command, "command"):
                if "help" not in verb:
                    continue
                name = verb["names"][0]
                expected = {each_name for each in tools.of_type(command, "option")
                            for each_name in each["names"]
                            if "help" in each and name in each.get("verbs", [name])}
                page, _ = tools.run(path, "help", name)
                self.assertEqual(tools.option_names(page), expected, f"{path} {name}")
            tied += sum("verbs" in each for each in tools.of_type(command, "option"))
        self.assertGreater(tied, 15)

    def test_hidden_options_have_no_help(self):
        for path in tools.PROGRAMS.values():
            [command] = tools.introspect(path)["commands"]
            hidden = [each for each in tools.of_type(command, "option") if "help" not in each]
            self.assertIn(["--introspect-cli"], [each["names"] for each in hidden])

    def test_values_of_bootctl(self):
        [command] = tools.introspect(tools.PROGRAMS["bootctl"])["commands"]
        options = {each["names"][-1]: each for each in tools.of_type(command, "option")}
        values = [each["value"] for each in options["--bank"]["values"]]
        self.assertEqual(values, ["sha1", "sha256", "sha384", "sha512"])
        self.assertEqual(options["--esp-path"]["values"], [{"type": "value", "category": "dir"}])
        dynamic = options["--against"]["values"][0]["dynamic"]
        self.assertRegex(dynamic, r"^bootctl (--)?complete-values[ =]entries$")
        predict = next(each for each in command["arguments"] if each["type"] == "command"
                       and each["names"] == ["predict"])
        self.assertEqual(predict["arguments"],
                         [{"type": "argument", "name": "ENTRY", "argument": "required_argument",
                           "valueType": "dynamic:entries",
                           "values": [{"type": "value", "dynamic": dynamic}]}])

    def test_a_program_in_c_describes_itself(self):
        document = tools.introspect(tools.C_PROGRAM)
        self.assertEqual(schema().errors(document), [])
        [command] = document["commands"]
        self.assertEqual(command["version"], ["1.2"])
        self.assertEqual(command["documentation"], ["man:described(1)", "https://example.org/"])
        color = {"type": "option", "names": ["-c", "--color"], "argument": "optional_argument",
                 "value_name": "WHEN", "help": "Use colors", "isRepeatable": True}
        self.assertEqual(command["arguments"][1:4], [
            color,
            {"type": "option", "names": ["-e"], "argument": "no_argument", "help": "Run the rest",
             "stopsParsing": True},
            {"type": "option", "names": ["--colour"], "argument": "optional_argument",
             "value_name": "WHEN", "details": "use --color", "isDeprecated": True,
             "aliasOf": "--color", "isRepeatable": True}])
        self.assertEqual(command["arguments"][5:], [
            {"type": "argument", "name": "FILE", "argument": "optional_argument",
             "isRepeatable": True, "valueType": "file",
             "values": [{"type": "value", "category": "file"}]}])
        made = json.loads(tools.generate("json", tools.C_PROGRAM)[0])
        self.assertEqual(made, without_running(document))
        again, _ = tools.generate("json", "-", stdin=json.dumps(made).encode())
        self.assertEqual(json.loads(again), made)

    def test_a_full_disk_is_an_error(self):
        for path in tools.PROGRAMS.values():
            out, err = tools.run("sh", "-c", f"'{path}' --introspect-cli >/dev/full", status=1)
            self.assertEqual(out, "")
            self.assertRegex(err, "^error: ")


class GeneratorJsonTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.file = pathlib.Path(self.folder.name) / "document.json"

    def tearDown(self):
        self.folder.cleanup()

    def test_a_file_says_what_the_program_says(self):
        for path in tools.PROGRAMS.values():
            document = json.loads(tools.generate("json", path)[0])
            self.assertEqual(document, without_running(tools.introspect(path)))
            self.assertEqual(schema().errors(document), [])

    def test_what_was_written_is_read_and_written_the_same(self):
        for path in tools.PROGRAMS.values():
            for layout in ("short", "pretty"):
                once, _ = tools.run(path, "--introspect-cli", f"--json={layout}")
                self.file.write_text(once)
                self.assertEqual(tools.generate("json", self.file, f"--json={layout}"), (once, ""))
                piped = tools.generate("json", "-", f"--json={layout}", stdin=once.encode())
                self.assertEqual(piped, (once, ""))

    def test_all_outputs_are_the_same_from_both_kinds_of_files(self):
        for path in tools.PROGRAMS.values():
            self.file.write_text(tools.generate("json", path)[0])
            for verb in (["man"], ["markdown"], ["completion", "bash"], ["completion", "zsh"],
                         ["completion", "fish"]):
                made = tools.generate(*verb, path)
                self.assertEqual(made, tools.generate(*verb, self.file), verb)
                self.assertGreater(len(made[0]), 300)

    def test_the_shape_before_is_read(self):
        self.file.write_text("\n  " + json.dumps(OLD_SHAPE))
        document = json.loads(tools.generate("json", self.file)[0])
        self.assertEqual(schema().errors(document), [])
        self.assertEqual(document["commands"][0]["arguments"], [
            {"type": "option", "names": ["-a", "--all"], "argument": "required_argument",
             "value_name": "ID", "help": "All", "sections": ["Some"]},
            {"type": "command", "names": ["show"], "help": "Show", "minArguments": 2,
             "arguments": []}])
        self.assertIn("*-a*, *--all*=_ID_\n\tAll.\n", tools.generate("man", self.file)[0])
        self.assertIn("--all", tools.generate("completion", "bash", self.file)[0])

    def rewrite(self, name, layout):
        """A document of the corpus, as it was and as it is written, both with their order."""
        text = (SEEDS / name).read_text()
        made, err = tools.generate("json", SEEDS / name, f"--json={layout}")
        self.assertEqual(err, "")
        self.file.write_text(made)
        self.assertEqual(tools.generate("json", self.file, f"--json={layout}"), (made, ""))
        return [json.loads(each, object_pairs_hook=Ordered) for each in (text, made)]

    def test_all_that_the_specification_has_is_kept(self):
        for layout in ("short", "pretty"):
            given, made = self.rewrite("draft.json", layout)
            self.assertEqual(made, given)
        self.assertEqual(schema().errors(json.loads(self.file.read_text())), [])
        keys = {key for each in tools.all_objects(made) for key in each}
        self.assertLess(
            {"project", "version", "features", "abstract", "postscript", "help", "documentation",
             "arguments", "isDeprecated", "names", "argument", "value_name", "sections", "values",
             "name", "value", "category", "dynamic", "missing", "default", "synopsis"}, keys)

    def test_all_that_the_shape_before_had_is_kept(self):
        for layout in ("short", "pretty"):
            given, made = self.rewrite("draft-old-shape.json", layout)
        document = json.loads(self.file.read_text())
        self.assertEqual(schema().errors(document), [])
        keys = {key for each in tools.all_objects(document) for key in each}
        self.assertFalse({"options", "metavar", "group", "argspec", "footer"} & keys)
        self.assertLess({"options", "metavar", "group", "argspec", "footer"},
                        {key for each in tools.all_objects(given) for key in each})
        media = {given["mediaType"]}
        self.assertEqual(texts_of(given) - texts_of(made), media)
        kinds = {"command", "option", "value", made["mediaType"]}
        self.assertEqual(texts_of(made) - texts_of(given), kinds)
        [command] = document["commands"]
        self.assertEqual([(each["type"], each["names"][0]) for each in command["arguments"]],
                         [("option", "-a"), ("option", "--guess"), ("option", "--alias"),
                          ("option", "--same"), ("option", "-x"), ("command", "show"),
                          ("command", "edit")])

    def test_only_outputs_that_leave_something_out_tell_it(self):
        document = {"mediaType": OLD_SHAPE["mediaType"], "commands": [{
            "type": "command", "names": ["new"], "arguments": [
                {"type": "option", "names": ["--on", "-name"], "argument": "required_argument",
                 "value_name": "PLANET", "help": "Where", "values": [
                     {"type": "value", "category": "planet"},
                     {"type": "value", "dynamic": "other list"}]},
                {"type": "option", "names": ["--on"], "argument": "no_argument"}]}]}
        self.file.write_text(json.dumps(document))
        made, err = tools.generate("json", self.file)
        self.assertEqual(err, "")
        self.assertEqual(json.loads(made)["commands"], document["commands"])
        for verb in (["man"], ["markdown"], ["check"], ["completion", "bash"]):
            _, err = tools.generate(*verb, self.file)
            for told in ("values of the category 'planet' are left out",
                         "values that 'other list' prints are left out",
                         "the name 'on' is described twice, it is left out",
                         "the name '-name' is no name of an option, it is left out"):
                self.assertIn(told, err, verb)

    def test_nothing_that_the_specification_has_is_a_mistake_in_a_description(self):
        _, err = tools.generate("check", SEEDS / "draft.json")
        self.assertNotIn("error: ", err)
        document = json.loads((SEEDS / "draft.json").read_text())
        option = document["commands"][0]["arguments"][0]
        option["values"], option["valueType"] = [], "sise"
        self.file.write_text(json.dumps(document))
        _, err = tools.generate("check", self.file, status=1)
        self.assertIn("has values of type 'sise', which is none of those that are known", err)

    def test_one_command_of_several_is_completed(self):
        both = copy.deepcopy(OLD_SHAPE)
        both["commands"].append({"names": ["new"], "options": [
            {"names": ["--only-new"], "argument": "no_argument", "help": "New"}]})
        self.file.write_text(json.dumps(both))
        _, err = tools.generate("completion", "bash", self.file, status=1)
        self.assertIn("hint: choose one with --command=NAME", err)
        script, _ = tools.generate("completion", "bash", self.file, "--command=new")
        self.assertIn("--only-new", script)
        self.assertNotIn("--all", script)

    def test_mistakes_are_told_with_place_and_remedy(self):
        for text, told in (
                ("{", "line 1, byte 1: is not well-formed JSON: unexpected end of input; "
                      "expected string literal"),
                ('{\n "a": 1,\n "a": 2}', "line 3, byte 15: has the key \"a\" twice in one object"),
                ("{}", "line 1, byte 1: has no \"mediaType\", so it describes no program"),
                ("{\"a\":" + "[" * 100, "is more than 64 levels deep"),
                ("{" + "\"a\":\"\x1b[31m\"}", "invalid string: control character U+001B"),
        ):
            self.file.write_text(text)
            out, err = tools.generate("json", self.file, status=1)
            self.assertEqual(out, "")
            self.assertIn(told, err)
            self.assertTrue(err.startswith(f"error: '{self.file}', line "), err)
            self.assertIn("\nhint: it must be what PROGRAM --introspect-cli prints\n", err)
            self.assertNotIn("\x1b", err)

    def test_what_cannot_be_kept_is_a_warning(self):
        document = copy.deepcopy(OLD_SHAPE)
        document["commands"][0]["options"].append({"names": ["--a$(b)"], "argument": "no_argument"})
        self.file.write_text(json.dumps(document))
        out, err = tools.generate("json", self.file)
        self.assertNotIn("$(b)", out)
        self.assertRegex(err, r"^warning: '.*', line 1, byte \d+: the name 'a\$\(b\)' has "
                              r"characters that names do not have, it is left out\n$")
