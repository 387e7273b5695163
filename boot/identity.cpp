// SPDX-License-Identifier: MIT
//
// What the loader's file says about itself to installers, to shim and to other loaders' menus.
// Sections of the PE file; no code reads them.

extern "C" {
extern const char kindling_sbat[], kindling_magic[], kindling_os_release[];

// Source: shim, SBAT.md: first the format's own line, then component, generation, vendor, name,
// version, address.
[[gnu::section(".sbat"), gnu::used]] const char kindling_sbat[] =
    "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"
    "kindling,1,Kindling,kindling," KINDLING_VERSION ",https://kindling.invalid/\n";

// Installers decide by this text whether they may replace the file.
[[gnu::section(".sdmagic"), gnu::used]] const char kindling_magic[] =
    "#### LoaderInfo: kindling " KINDLING_VERSION " ####";

// Lets the loader itself be listed as an entry.
[[gnu::section(".osrel"), gnu::used]] const char kindling_os_release[] =
    "ID=kindling\n"
    "NAME=\"Kindling\"\n"
    "VERSION=\"" KINDLING_VERSION "\"\n"
    "PRETTY_NAME=\"Kindling " KINDLING_VERSION "\"\n";
}
