/* SPDX-License-Identifier: MIT */
/* As patterns_x86_64.S; x19 to x28 are bits 0 to 9, d8 to d15 bits 10 to 17. */
    .text
    .globl kindling_with_patterns
    .type kindling_with_patterns, %function
kindling_with_patterns:
    .cfi_startproc
    hint #34 /* bti c */
    stp x29, x30, [sp, #-176]!
    .cfi_def_cfa_offset 176
    .cfi_offset x29, -176
    .cfi_offset x30, -168
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    stp x23, x24, [sp, #48]
    stp x25, x26, [sp, #64]
    stp x27, x28, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    str x0, [sp, #160]
    .irp number, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28
    add x\number, x0, #\number
    .endr
    .irp number, 8, 9, 10, 11, 12, 13, 14, 15
    add x9, x0, #\number
    fmov d\number, x9
    .endr
    mov x9, x1
    mov x0, x2
    blr x9
    ldr x1, [sp, #160]
    mov x0, #0
    .set bit, 1
    .irp number, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28
    add x9, x1, #\number
    cmp x9, x\number
    b.eq 1f
    orr x0, x0, #bit
1:  .set bit, bit * 2
    .endr
    .irp number, 8, 9, 10, 11, 12, 13, 14, 15
    add x9, x1, #\number
    fmov x10, d\number
    cmp x9, x10
    b.eq 1f
    orr x0, x0, #bit
1:  .set bit, bit * 2
    .endr
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    ldp x29, x30, [sp], #176
    .cfi_def_cfa_offset 0
    .cfi_restore x29
    .cfi_restore x30
    ret
    .cfi_endproc
    .size kindling_with_patterns, . - kindling_with_patterns

    .section .note.GNU-stack, "", %progbits
