// SPDX-License-Identifier: MIT
#include "host/fd.hpp"

#include <unistd.h>

namespace kindling::host {

thread_local constinit DescriptorCloser descriptor_closer = nullptr;

void close_descriptor(int number) {
    if (descriptor_closer)
        descriptor_closer(number);
    else
        ::close(number);
}

} // namespace kindling::host
