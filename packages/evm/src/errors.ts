import { BaseError, type Hex, reason } from '@plimsoll/domain'

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

/** The code at an address is not what is to be trusted there. */
export class ForeignContractError extends BaseError {
  override readonly code = 'INPUT_FOREIGN_CONTRACT'
  override readonly recovery = 'halt'

  constructor(p: { readonly address: string; readonly found: string; readonly allowed: string }) {
    super(
      `The code at ${p.address} is ${p.found}; allowed: ${p.allowed}. Correct the address, or deploy the owner's own.`,
    )
  }
}

/** The node or its chain lacks something that the work is built on. */
export class UnsupportedNodeError extends BaseError {
  override readonly code = 'INPUT_NODE_FEATURE'
  override readonly recovery = 'halt'

  constructor(p: { readonly feature: string; readonly cause?: unknown }) {
    super(`The node does not know ${p.feature}. Use a node that does.`, { cause: p.cause })
  }
}

/** The node refused signed bytes, and does not know their hash. */
export class SubmissionRefusedError extends BaseError {
  override readonly code = 'EXECUTION_SUBMISSION_REFUSED'
  override readonly recovery = 'reconcile'
  readonly hash: Hex
  /** The node's own words. */
  readonly reason: string

  constructor(p: { readonly hash: Hex; readonly reason: string; readonly cause?: unknown }) {
    super(
      `The node refused transaction ${p.hash}: ${p.reason}. Compare nonce, fee and balance with the chain before anything else is signed.`,
      { cause: p.cause },
    )
    this.hash = p.hash
    this.reason = p.reason
  }
}

/** Gas costs more than the owner lets a transaction pay. It passes: nothing is wrong with the call. */
export class FeeAboveCapError extends BaseError {
  override readonly code = 'EXECUTION_FEE_ABOVE_CAP'
  override readonly recovery = 'refresh'

  constructor(p: { readonly found: bigint; readonly allowed: bigint }) {
    super(
      `Gas costs ${p.found} wei, the policy pays up to ${p.allowed} wei. Nothing was signed; wait for a later block or raise the cap.`,
    )
  }
}
