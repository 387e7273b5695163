// SPDX-License-Identifier: MIT
#include "bootctl/parked_read.hpp"

#include "fiber/fiber.hpp"
#include "fiber/io.hpp"

namespace kindling {

Result<std::size_t> parked_read(int fd, std::uint64_t offset, MutableBytes into) {
    std::size_t done = 0;
    while (done < into.size()) {
        auto size = fiber::pread(fd, into.subspan(done), offset + done);
        if (!size) {
            Error error = size.error();
            if (error.cause != 0) error.what = "cannot read";
            return error;
        }
        if (*size == 0) break;
        done += *size;
        if (done < into.size()) TRY(fiber::this_fiber::yield());
    }
    return done;
}

} // namespace kindling
