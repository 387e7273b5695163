// SPDX-License-Identifier: MIT
//
// A description of a program in the shape that the specification has now, with all that it says.
#pragma once

#include "options/generator_json.hpp"

namespace kindling::options {

/// Changes what `read_introspection` accepted:
///
/// - Options and verbs in arrays of their own become items of `arguments`, behind those that are
///   there, with their `type`.
/// - `metavar` becomes `value_name`, `group` `sections`, `argspec` `synopsis`, `footer`
///   `postscript`, and the `abstract` of such a verb `help`. Where the present key says something
///   else, the old one stays.
/// - A text where the specification has an array of them becomes one; a known key that is null,
///   which says nothing, goes; an option says whether it takes an argument.
///
/// All else stays as it is, and in order, also what no table can hold and keys that are not known.
/// Only names that a script could take for commands are left out, with a warning.
///
/// Gives why the document could not be read again: it was as large as may be, or has mistakes in a
/// part that is looked at only now.
JsonProblem bring_into_shape(JsonValue& document, std::vector<JsonProblem>& warnings);

} // namespace kindling::options
