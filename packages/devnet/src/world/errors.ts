import { BaseError, reason } from '@plimsoll/domain'

/** A file of price bars is missing, unreadable or wrong. */
export class CandleFileError extends BaseError {
  override readonly code = 'INPUT_CANDLE_FILE'
  override readonly recovery = 'halt'
  readonly file: string
  /** Counted from 1, the header included; null when the trouble is the file as a whole. */
  readonly line: number | null

  constructor(p: {
    readonly file: string
    readonly line: number | null
    readonly found: string
    readonly allowed: string
    readonly cause?: unknown
  }) {
    const where = p.line === null ? p.file : `${p.file}:${p.line}`
    const why = p.cause === undefined ? '' : ` (${reason(p.cause)})`
    super(`${where}: found ${p.found}${why}; allowed: ${p.allowed}. Fix or replace the file.`, {
      cause: p.cause,
    })
    this.file = p.file
    this.line = p.line
  }
}

/** The world was asked for a step after its path's last frame. */
export class PathEndedError extends BaseError {
  override readonly code = 'INPUT_PATH_ENDED'
  override readonly recovery = 'halt'

  constructor(p: { readonly path: string; readonly frames: number }) {
    super(
      `Path ${p.path} has ${p.frames} frames and all were played. Ask \`done\` before each step, or give a longer path.`,
    )
  }
}
