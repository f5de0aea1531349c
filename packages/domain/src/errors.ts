import { BaseError } from './BaseError.ts'

/** A value given by the caller, a file or a configuration is not allowed. */
export class InvalidInputError extends BaseError {
  override readonly code = 'INPUT_INVALID'
  override readonly recovery = 'halt'
  readonly field: string
  readonly allowed: string

  constructor(p: {
    readonly field: string
    readonly found: unknown
    readonly allowed: string
    readonly cause?: unknown
  }) {
    super(`${p.field} is ${show(p.found)}; allowed: ${p.allowed}.`, { cause: p.cause })
    this.field = p.field
    this.allowed = p.allowed
  }
}

/** A number cannot be carried into fixed point. */
export class InvalidNumberError extends BaseError {
  override readonly code = 'INPUT_NUMBER'
  override readonly recovery = 'halt'

  constructor(p: { readonly found: number; readonly allowed: string }) {
    super(`Number ${p.found} cannot be converted; allowed: ${p.allowed}.`)
  }
}

/** A division whose result would have no meaning. */
export class DivisionByZeroError extends BaseError {
  override readonly code = 'INVARIANT_DIVISION_BY_ZERO'
  override readonly recovery = 'halt'

  constructor(formula: string) {
    super(`${formula} divides by zero. Check the denominator before the call.`)
  }
}

/** A price needed for a valuation is missing. A missing price is never zero. */
export class MissingPriceError extends BaseError {
  override readonly code = 'DATA_MISSING_PRICE'
  override readonly recovery = 'refresh'
  readonly asset: string

  constructor(p: { readonly asset: string; readonly known: readonly string[] }) {
    super(
      `No price of ${p.asset}; known: ${p.known.join(', ') || 'none'}. Add a source for it or wait for the next frame.`,
    )
    this.asset = p.asset
  }
}

/** A price is older than its feed's heartbeat allows. */
export class StalePriceError extends BaseError {
  override readonly code = 'DATA_STALE_PRICE'
  override readonly recovery = 'refresh'
  readonly feed: string

  constructor(p: { readonly feed: string; readonly age: bigint; readonly heartbeat: bigint }) {
    super(
      `Price of ${p.feed} is ${p.age}s old, its heartbeat is ${p.heartbeat}s. Wait for the next update.`,
    )
    this.feed = p.feed
  }
}

/** A frame could not be assembled whole. */
export class IncompleteFrameError extends BaseError {
  override readonly code = 'DATA_INCOMPLETE_FRAME'
  override readonly recovery = 'refresh'

  constructor(p: { readonly missing: string; readonly block: bigint; readonly cause?: unknown }) {
    super(
      `Frame of block ${p.block} lacks ${p.missing}: ${reason(p.cause)}. Nothing was decided on it; read the next block.`,
      {
        cause: p.cause,
      },
    )
  }
}

/** A venue is asked for something it does not declare. Raised at composition, never in a tick. */
export class MissingCapabilityError extends BaseError {
  override readonly code = 'INPUT_CAPABILITY'
  override readonly recovery = 'halt'

  constructor(p: {
    readonly venue: string
    readonly asked: string
    readonly has: readonly string[]
  }) {
    super(
      `Venue ${p.venue} cannot ${p.asked}; it can: ${p.has.join(', ') || 'nothing'}. Choose another venue or drop the action from the configuration.`,
    )
  }
}

/** An intent names something its venue does not know. */
export class InvalidIntentError extends BaseError {
  override readonly code = 'INPUT_INTENT'
  override readonly recovery = 'halt'

  constructor(p: {
    readonly venue: string
    readonly intent: string
    readonly found: string
    readonly allowed: string
  }) {
    super(`${p.venue} cannot ${p.intent}: found ${p.found}, allowed: ${p.allowed}.`)
  }
}

/** A venue did not answer, or answered what its interface does not allow. */
export class VenueReadError extends BaseError {
  override readonly code = 'VENUE_READ'
  override readonly recovery = 'retry'

  constructor(p: { readonly venue: string; readonly what: string; readonly cause?: unknown }) {
    super(`${p.venue} did not answer ${p.what}: ${reason(p.cause)}. The call can be repeated.`, {
      cause: p.cause,
    })
  }
}

/** The chain refused the call: simulation or receipt says revert. */
export class RevertedError extends BaseError {
  override readonly code: string
  override readonly recovery: 'refresh' | 'halt'
  /** Decoded reason in the protocol's own words. */
  readonly reason: string

  constructor(p: {
    readonly venue: string
    readonly reason: string
    readonly code?: string
    readonly recovery?: 'refresh' | 'halt'
    readonly cause?: unknown
  }) {
    super(`${p.venue} reverted with ${p.reason}. Look at the state again before another try.`, {
      cause: p.cause,
    })
    this.code = p.code ?? 'VENUE_REVERTED'
    this.recovery = p.recovery ?? 'refresh'
    this.reason = p.reason
  }
}

/** The signing policy refused a transaction. */
export class PolicyDeniedError extends BaseError {
  override readonly code = 'EXECUTION_POLICY_DENIED'
  override readonly recovery: 'refresh' | 'halt'
  /** Name of the rule that fired. */
  readonly rule: string

  constructor(p: {
    readonly rule: string
    readonly found: string
    readonly allowed: string
    /** `refresh` where a later block may be judged differently, as prices move; `halt` unless given. */
    readonly recovery?: 'refresh' | 'halt'
  }) {
    super(
      `Signing policy refused the transaction (${p.rule}): found ${p.found}, allowed: ${p.allowed}. Nothing was signed.`,
    )
    this.rule = p.rule
    this.recovery = p.recovery ?? 'halt'
  }
}

/** A transaction was sent and its fate is not known. */
export class SentButUnsureError extends BaseError {
  override readonly code = 'EXECUTION_UNSURE'
  override readonly recovery = 'reconcile'
  readonly hash: `0x${string}`

  constructor(p: { readonly hash: `0x${string}`; readonly cause?: unknown }) {
    super(
      `Transaction ${p.hash} was sent and its receipt is unknown: ${reason(p.cause)}. Reconcile with the chain before anything is sent again.`,
      { cause: p.cause },
    )
    this.hash = p.hash
  }
}

/** Our own bookkeeping contradicts itself. */
export class InvariantError extends BaseError {
  override readonly code = 'INVARIANT_BROKEN'
  override readonly recovery = 'halt'

  constructor(p: { readonly expected: string; readonly found: string }) {
    super(`Expected ${p.expected}, found ${p.found}. This is a bug: halt and report it.`)
  }
}

/** One line that says why, whatever was thrown. */
export function reason(cause: unknown): string {
  if (cause instanceof Error) return (cause.message.split('\n')[0] ?? cause.name).replace(/\.$/, '')
  return cause === undefined ? 'no reason given' : String(cause)
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return String(value)
}
