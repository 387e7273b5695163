/* SPDX-License-Identifier: MIT */
/*
 * The switch between two stacks, for AAPCS64. Source: Procedure Call Standard for the Arm 64-bit
 * Architecture, section 6.1 (x19 to x28, x29, x30, sp and the low halves of v8 to v15 are the
 * caller's). What switch_x86_64.S says about the interface holds here. x18 is the platform's and
 * is not touched.
 *
 * The guarded control stack, which is the shadow stack here, is not switched. It stays off: the
 * run-time turns it on for programs only all of whose objects have a note that says they can do
 * with it, and this one has none.
 */
    .text
    .p2align 4
    .globl kindling_fiber_switch
    .hidden kindling_fiber_switch
    .type kindling_fiber_switch, %function
kindling_fiber_switch:
    .cfi_startproc
    hint #34 /* bti c */
    stp x29, x30, [sp, #-160]!
    .cfi_def_cfa_offset 160
    .cfi_offset x29, -160
    .cfi_offset x30, -152
    stp x19, x20, [sp, #16]
    .cfi_offset x19, -144
    .cfi_offset x20, -136
    stp x21, x22, [sp, #32]
    .cfi_offset x21, -128
    .cfi_offset x22, -120
    stp x23, x24, [sp, #48]
    .cfi_offset x23, -112
    .cfi_offset x24, -104
    stp x25, x26, [sp, #64]
    .cfi_offset x25, -96
    .cfi_offset x26, -88
    stp x27, x28, [sp, #80]
    .cfi_offset x27, -80
    .cfi_offset x28, -72
    stp d8, d9, [sp, #96]
    .cfi_offset d8, -64
    .cfi_offset d9, -56
    stp d10, d11, [sp, #112]
    .cfi_offset d10, -48
    .cfi_offset d11, -40
    stp d12, d13, [sp, #128]
    .cfi_offset d12, -32
    .cfi_offset d13, -24
    stp d14, d15, [sp, #144]
    .cfi_offset d14, -16
    .cfi_offset d15, -8
    mov x9, sp
    str x9, [x0]
    /* Where a parked flow stands; see switch_x86_64.S. */
    .globl kindling_fiber_parked
    .hidden kindling_fiber_parked
kindling_fiber_parked:
    mov sp, x1
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    ldp x29, x30, [sp], #160
    .cfi_def_cfa_offset 0
    .cfi_restore x29
    .cfi_restore x30
    mov x0, x2
    ret x30
    .cfi_endproc
    .size kindling_fiber_switch, . - kindling_fiber_switch

/* Where a new stack begins: calls x19(x0, x20). Nothing is above it, so unwinders stop here. */
    .p2align 4
    .globl kindling_fiber_entry
    .hidden kindling_fiber_entry
    .type kindling_fiber_entry, %function
    .cfi_startproc
    .cfi_undefined x30
    .cfi_undefined x29
    nop /* Unwinders look up the byte before a return address. */
kindling_fiber_entry:
    hint #36 /* bti j */
    mov x1, x20
    blr x19
    brk #1
    .cfi_endproc
    .size kindling_fiber_entry, . - kindling_fiber_entry

    .section .note.GNU-stack, "", %progbits
