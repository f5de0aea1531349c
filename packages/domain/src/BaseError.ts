/** What a caller may do next. A machine routes on this and on nothing else. */
export type Recovery = 'retry' | 'refresh' | 'reconcile' | 'halt'

/** Root of every error the workspace throws. */
export abstract class BaseError extends Error {
  /** Stable, machine-readable, starts with its family: `INPUT_`, `DATA_`, `VENUE_`, `RISK_`, `EXECUTION_`, `MODEL_`, `INVARIANT_`. */
  abstract readonly code: string
  abstract readonly recovery: Recovery

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.name = new.target.name
  }
}
