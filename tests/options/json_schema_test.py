# SPDX-License-Identifier: MIT
"""The validator accepts what is valid and rejects what is not, keyword by keyword."""

import unittest

from json_schema import Unsupported, Validator

# keyword, schema, a value that is valid, values that are not
CASES = [
    ("type object", {"type": "object"}, {}, [[], "", None]),
    ("type array", {"type": "array"}, [], [{}, "a"]),
    ("type string", {"type": "string"}, "", [1, None]),
    ("type boolean", {"type": "boolean"}, False, [0, "false"]),
    ("type integer", {"type": "integer"}, 3, [3.5, True, "3"]),
    ("const", {"const": True}, True, [1, False, "true"]),
    ("enum", {"enum": ["a", 1]}, 1, [True, "b"]),
    ("required", {"required": ["a"]}, {"a": None}, [{}, {"b": 1}]),
    ("properties", {"properties": {"a": {"const": 1}}}, {"a": 1, "b": 2}, [{"a": 2}]),
    ("additionalProperties", {"properties": {"a": {}}, "additionalProperties": False},
     {"a": 1}, [{"a": 1, "b": 1}]),
    ("items", {"items": {"type": "string"}}, ["a"], [[1], ["a", 1]]),
    ("minItems", {"minItems": 1}, [1], [[]]),
    ("maxItems", {"maxItems": 1}, [1], [[1, 2]]),
    ("uniqueItems", {"uniqueItems": True}, [1, True], [[1, 1], ["a", "b", "a"]]),
    ("minLength", {"minLength": 1}, "a", [""]),
    ("pattern", {"pattern": "^a+$"}, "aa", ["b", "ab", "a\n"]),
    ("minimum", {"minimum": 1}, 1, [0]),
    ("maximum", {"maximum": 1}, 1, [2]),
    ("oneOf", {"oneOf": [{"type": "string"}, {"const": 1}]}, 1, [2, None]),
    ("oneOf twice", {"oneOf": [{"minimum": 1}, {"maximum": 3}]}, 4, [2]),
    ("$ref", {"$defs": {"x": {"const": 1}}, "items": {"$ref": "#/$defs/x"}}, [1], [[2]]),
]


class JsonSchemaTest(unittest.TestCase):
    def test_each_keyword_accepts_and_rejects(self):
        for name, schema, valid, invalid in CASES:
            validator = Validator(schema)
            self.assertEqual(validator.errors(valid), [], name)
            for value in invalid:
                self.assertNotEqual(validator.errors(value), [], f"{name}: {value!r}")

    def test_errors_name_the_place(self):
        schema = {"properties": {"a": {"items": {"type": "string"}}}}
        self.assertEqual(Validator(schema).errors({"a": ["x", 1]}), ["$.a[1]: is no string"])

    def test_unknown_keywords_are_refused_wherever_they_stand(self):
        for schema in ({"maxLength": 1}, {"items": {"not": {}}}, {"oneOf": [{"format": "uri"}]},
                       {"$defs": {"x": {"anyOf": []}}}, {"properties": {"a": {"minProps": 1}}}):
            with self.assertRaises(Unsupported):
                Validator(schema)
