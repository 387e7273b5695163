// SPDX-License-Identifier: MIT
#include "efi/path.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kindling::efi {

Result<std::u16string> to_efi_path(std::string_view path) {
    if (path.size() > path_max) return Error{Errc::too_large, "path too long"};
    if (path.find('\\') != path.npos || path.find('\0') != path.npos)
        return Error{Errc::invalid, "path with a backslash or NUL"};
    std::u16string converted = to_ucs2(path);
    if (converted.empty() || converted.front() != u'/') converted.insert(converted.begin(), u'/');
    std::replace(converted.begin(), converted.end(), u'/', u'\\');
    return converted;
}

} // namespace kindling::efi
