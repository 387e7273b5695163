/* SPDX-License-Identifier: MIT */
/*
 *     uint64_t kindling_with_patterns(uint64_t seed, void (*function)(void*), void* argument)
 *
 * Fills the registers that a callee preserves with what follows from `seed`, calls the function and
 * gives a bit for each register that came back with something else.
 */
    .text
    .globl kindling_with_patterns
    .type kindling_with_patterns, @function
kindling_with_patterns:
    .cfi_startproc
    endbr64
    .irp register, rbp, rbx, r12, r13, r14, r15, rdi
    pushq %\register
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %\register, 0
    .endr
    leaq 1(%rdi), %rbp
    leaq 2(%rdi), %rbx
    leaq 3(%rdi), %r12
    leaq 4(%rdi), %r13
    leaq 5(%rdi), %r14
    leaq 6(%rdi), %r15
    movq %rsi, %rax
    movq %rdx, %rdi
    callq *%rax
    xorl %eax, %eax
    popq %rdi
    .cfi_adjust_cfa_offset -8
    .set bit, 1
    .irp register, rbp, rbx, r12, r13, r14, r15
    incq %rdi
    cmpq %rdi, %\register
    je 1f
    orl $bit, %eax
1:  .set bit, bit * 2
    .endr
    .irp register, r15, r14, r13, r12, rbx, rbp
    popq %\register
    .cfi_adjust_cfa_offset -8
    .cfi_restore %\register
    .endr
    retq
    .cfi_endproc
    .size kindling_with_patterns, . - kindling_with_patterns

    .section .note.GNU-stack, "", @progbits
#ifdef __CET__
    .section .note.gnu.property, "a", @note
    .p2align 3
    .long 4, 16, 5
    .asciz "GNU"
    .long 0xc0000002, 4, __CET__, 0
#endif
