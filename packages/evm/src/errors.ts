import { BaseError, reason } from '@plimsoll/domain'

/** No node answers at the address. */
export class NodeUnreachableError extends BaseError {
  override readonly code = 'VENUE_NODE_UNREACHABLE'
  override readonly recovery = 'retry'

  constructor(p: { readonly origin: string; readonly cause?: unknown }) {
    super(
      `No node answers at ${p.origin}: ${reason(p.cause)}. Start the node or correct its address.`,
      { cause: p.cause },
    )
  }
}

/** The node serves another chain than the configuration names. */
export class WrongChainError extends BaseError {
  override readonly code = 'INPUT_WRONG_CHAIN'
  override readonly recovery = 'halt'

  constructor(p: { readonly origin: string; readonly found: number; readonly allowed: number }) {
    super(
      `The node at ${p.origin} serves chain ${p.found}; allowed: ${p.allowed}. Correct its address or the chain id.`,
    )
  }
}

/** A contract that everything else leans on is not on the chain. */
export class MissingContractError extends BaseError {
  override readonly code = 'INPUT_MISSING_CONTRACT'
  override readonly recovery = 'halt'

  constructor(p: { readonly contract: string; readonly address: string }) {
    super(
      `There is no code at ${p.address}, where ${p.contract} should be. Correct the address or deploy it.`,
    )
  }
}
