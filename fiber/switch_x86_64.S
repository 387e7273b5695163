/* SPDX-License-Identifier: MIT */
/*
 * The switch between two stacks, for the System V ABI of x86-64. Source: psABI 1.0, section 3.2.1
 * (registers a callee preserves); Intel SDM, volume 1, chapter 17 (shadow stacks).
 *
 *     void* kindling_fiber_switch(void** from, void* to, void* value)
 *
 * Saves the caller's registers on its stack and the stack pointer in *from, takes over the stack
 * `to` and returns there; the call that once saved it gives `value`. mxcsr and the x87 control word
 * stay as they are: switching them costs more than all the rest.
 *
 * Both stacks have the same frame, so one set of unwinding directives is right before and after
 * the exchange:  ssp r15 r14 r13 r12 rbx rbp return-address
 */
    .text
    .p2align 5
    .globl kindling_fiber_switch
    .hidden kindling_fiber_switch
    .type kindling_fiber_switch, @function
kindling_fiber_switch:
    .cfi_startproc
    endbr64
    pushq %rbp
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %rbp, 0
    pushq %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %rbx, 0
    pushq %r12
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r12, 0
    pushq %r13
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r13, 0
    pushq %r14
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r14, 0
    pushq %r15
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r15, 0
    movq %rsp, (%rdi)
    /* Where a parked flow stands: debuggers unwind from here with the saved stack pointer. */
    .globl kindling_fiber_parked
    .hidden kindling_fiber_parked
kindling_fiber_parked:
    movq %rsi, %rsp
    popq %r15
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r15
    popq %r14
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r14
    popq %r13
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r13
    popq %r12
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r12
    popq %rbx
    .cfi_adjust_cfa_offset -8
    .cfi_restore %rbx
    popq %rbp
    .cfi_adjust_cfa_offset -8
    .cfi_restore %rbp
    /* A `ret` to an address that is not the last call's is mispredicted; an indirect jump is not. */
    popq %rcx
    .cfi_adjust_cfa_offset -8
    .cfi_register %rip, %rcx
    movq %rdx, %rax
    notrack jmpq *%rcx
    .cfi_endproc
    .size kindling_fiber_switch, . - kindling_fiber_switch

/*
 * Where a new stack begins: calls rbx(rax, r12). Nothing is above it, so unwinders stop here.
 */
    .p2align 4
    .globl kindling_fiber_entry
    .hidden kindling_fiber_entry
    .type kindling_fiber_entry, @function
kindling_fiber_entry:
    .cfi_startproc
    .cfi_undefined %rip
    .cfi_undefined %rbp
    endbr64
    movq %rax, %rdi
    movq %r12, %rsi
    callq *%rbx
    ud2
    .cfi_endproc
    .size kindling_fiber_entry, . - kindling_fiber_entry

    .section .note.GNU-stack, "", @progbits
#ifdef __CET__
    /* Without the note the linker takes the property from the whole program. */
    .section .note.gnu.property, "a", @note
    .p2align 3
    .long 4, 16, 5
    .asciz "GNU"
    .long 0xc0000002, 4, __CET__ & 1, 0
#endif
