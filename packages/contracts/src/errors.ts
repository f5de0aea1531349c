import { BaseError } from '@plimsoll/domain'

/** The Solidity compiler refused a source, or could not be run. */
export class CompilationError extends BaseError {
  override readonly code = 'INVARIANT_COMPILATION'
  override readonly recovery = 'halt'

  constructor(p: {
    readonly compiler: string
    readonly messages: readonly string[]
    readonly cause?: unknown
  }) {
    super(
      `${p.compiler} compiled nothing: ${p.messages.join('\n')}\nCorrect the Solidity source named above, or install again if the compiler itself is missing.`,
      { cause: p.cause },
    )
  }
}

/** A contract was asked for that the compiled sources do not hold. */
export class UnknownContractError extends BaseError {
  override readonly code = 'INVARIANT_UNKNOWN_CONTRACT'
  override readonly recovery = 'halt'

  constructor(p: { readonly contract: string; readonly known: readonly string[] }) {
    super(
      `No contract ${p.contract} was compiled; there are ${p.known.join(', ')}. Name one of these.`,
    )
  }
}
