import { BaseError } from '@plimsoll/domain'

/** A model's folder lacks a file, or a file cannot be read as what it should be. */
export class ModelCorruptError extends BaseError {
  override readonly code = 'MODEL_CORRUPT'
  override readonly recovery = 'halt'

  constructor(p: { readonly what: string; readonly found: string; readonly cause?: unknown }) {
    super(`${p.what}: ${p.found}. Restore the file, or export the model again.`, {
      cause: p.cause,
    })
  }
}

/** The graph is not the one its manifest describes. */
export class ModelHashError extends BaseError {
  override readonly code = 'MODEL_HASH'
  override readonly recovery = 'halt'

  constructor(p: { readonly model: string; readonly found: string; readonly expected: string }) {
    super(
      `model.onnx of ${p.model} has sha256 ${p.found}, its manifest says ${p.expected}. Restore the file the manifest was written for, or write its hash into the manifest and check the model again.`,
    )
  }
}

/** The model does not keep the contract. */
export class ModelContractError extends BaseError {
  override readonly code = 'MODEL_CONTRACT'
  override readonly recovery = 'halt'

  constructor(p: {
    readonly model: string
    readonly what: string
    readonly found: string
    readonly allowed: string
    readonly cause?: unknown
  }) {
    super(`${p.what} of ${p.model} is ${p.found}; allowed: ${p.allowed}.`, { cause: p.cause })
  }
}

/** The model answered with something that is no forecast. */
export class ModelOutputError extends BaseError {
  override readonly code = 'MODEL_OUTPUT'
  override readonly recovery = 'refresh'

  constructor(p: {
    readonly model: string
    readonly output: string
    readonly row: number
    readonly found: string
    readonly allowed: string
  }) {
    super(
      `${p.output} of ${p.model} is ${p.found} in row ${p.row}; allowed: ${p.allowed}. The fallback answers until the model's output is in range.`,
    )
  }
}

/** The model did not answer in time. */
export class ModelTimeoutError extends BaseError {
  override readonly code = 'MODEL_TIMEOUT'
  override readonly recovery = 'retry'

  constructor(p: { readonly model: string; readonly deadlineMs: number }) {
    super(
      `${p.model} did not answer within ${p.deadlineMs} ms. The fallback answers and the worker is replaced; raise the deadline if the machine is busy.`,
    )
  }
}

/** The model's worker is gone. */
export class ModelStoppedError extends BaseError {
  override readonly code = 'MODEL_STOPPED'
  override readonly recovery = 'retry'

  constructor(p: { readonly model: string; readonly found: string; readonly cause?: unknown }) {
    super(`The worker of ${p.model} has stopped: ${p.found}. A new one is started.`, {
      cause: p.cause,
    })
  }
}

/** There are too few bars before the origin to forecast from. */
export class ShortHistoryError extends BaseError {
  override readonly code = 'DATA_SHORT_HISTORY'
  override readonly recovery = 'refresh'

  constructor(p: {
    readonly asset: string
    readonly window: string
    readonly found: number
    readonly least: number
  }) {
    super(
      `${p.asset} has ${(100 * p.found).toFixed(0)} % of the bars of the last ${p.window}; at least ${100 * p.least} % are needed. Load earlier bars or wait.`,
    )
  }
}
