// SPDX-License-Identifier: MIT
extern "C" int dump(int argc, char** argv);

int main(int argc, char** argv) {
    return dump(argc, argv);
}
