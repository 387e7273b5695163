# SPDX-License-Identifier: MIT
"""As much of JSON Schema (draft 2020-12) as docs/cli-introspection.schema.json uses.

An unknown keyword raises: a schema that asks for more than is checked would prove nothing.
"""

import re

ANNOTATIONS = {"$schema", "$comment", "$defs", "title", "description"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}


class Unsupported(Exception):
    """The schema uses what is not implemented here."""


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name not in TYPES:
        raise Unsupported(f"type {name}")
    return isinstance(value, TYPES[name])


def is_equal(left, right):
    """1 and true are different values."""
    return type(left) is type(right) and left == right


class Validator:
    def __init__(self, schema):
        self.root = schema
        self.check_keywords(schema)

    def errors(self, value):
        """What is wrong, each "place: reason"; nothing if the value is valid."""
        return list(self.walk(self.root, value, "$"))

    def check_keywords(self, schema):
        for keyword, value in schema.items():
            if keyword not in ANNOTATIONS and not hasattr(self, "check_" + keyword.strip("$")):
                raise Unsupported(keyword)
            if keyword in ("properties", "$defs"):
                for each in value.values():
                    self.check_keywords(each)
            elif keyword == "items":
                self.check_keywords(value)
            elif keyword == "oneOf":
                for each in value:
                    self.check_keywords(each)

    def walk(self, schema, value, place):
        for keyword, wanted in schema.items():
            if keyword not in ANNOTATIONS:
                check = getattr(self, "check_" + keyword.strip("$"))
                yield from check(wanted, value, place, schema)

    def check_ref(self, wanted, value, place, schema):
        at = self.root
        for part in wanted.removeprefix("#/").split("/"):
            at = at[part]
        yield from self.walk(at, value, place)

    def check_type(self, wanted, value, place, schema):
        if not is_type(value, wanted):
            yield f"{place}: is no {wanted}"

    def check_const(self, wanted, value, place, schema):
        if not is_equal(value, wanted):
            yield f"{place}: is not {wanted!r}"

    def check_enum(self, wanted, value, place, schema):
        if not any(is_equal(value, each) for each in wanted):
            yield f"{place}: is none of {wanted}"

    def check_required(self, wanted, value, place, schema):
        if isinstance(value, dict):
            yield from (f"{place}: has no {key}" for key in wanted if key not in value)

    def check_properties(self, wanted, value, place, schema):
        if isinstance(value, dict):
            for key in wanted.keys() & value.keys():
                yield from self.walk(wanted[key], value[key], f"{place}.{key}")

    def check_additionalProperties(self, wanted, value, place, schema):
        if wanted is not False:
            raise Unsupported("additionalProperties other than false")
        if isinstance(value, dict):
            for key in value.keys() - schema["properties"].keys():
                yield f"{place}: must not have {key}"

    def check_items(self, wanted, value, place, schema):
        if isinstance(value, list):
            for i, item in enumerate(value):
                yield from self.walk(wanted, item, f"{place}[{i}]")

    def check_minItems(self, wanted, value, place, schema):
        if isinstance(value, list) and len(value) < wanted:
            yield f"{place}: has fewer than {wanted} items"

    def check_maxItems(self, wanted, value, place, schema):
        if isinstance(value, list) and len(value) > wanted:
            yield f"{place}: has more than {wanted} items"

    def check_uniqueItems(self, wanted, value, place, schema):
        if isinstance(value, list):
            if any(is_equal(a, b) for i, a in enumerate(value) for b in value[:i]):
                yield f"{place}: has an item twice"

    def check_minLength(self, wanted, value, place, schema):
        if isinstance(value, str) and len(value) < wanted:
            yield f"{place}: is shorter than {wanted}"

    def check_pattern(self, wanted, value, place, schema):
        # Python's $ would match before a line break at the end.
        if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", wanted), value):
            yield f"{place}: does not match {wanted}"

    def check_minimum(self, wanted, value, place, schema):
        if is_type(value, "integer") and value < wanted:
            yield f"{place}: is below {wanted}"

    def check_maximum(self, wanted, value, place, schema):
        if is_type(value, "integer") and value > wanted:
            yield f"{place}: is above {wanted}"

    def check_oneOf(self, wanted, value, place, schema):
        found = [list(self.walk(each, value, place)) for each in wanted]
        valid = sum(not errors for errors in found)
        if valid == 0:
            yield min(found, key=len)[0]
        elif valid > 1:
            yield f"{place}: is {valid} things at once"
