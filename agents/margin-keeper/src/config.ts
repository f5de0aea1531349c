import { InvalidInputError } from '@plimsoll/domain'
import { type AssessConfig, DEFAULT_ASSESS_CONFIG } from '@plimsoll/risk'

/** When growth is given up for safety, and when it comes back. */
export type PreservationConfig = {
  /** Fall of equity below its highest value within the window. Shares of that value. */
  readonly drawdown: { readonly enter: number; readonly exit: number }
  /** [s] */
  readonly windowSeconds: number
  /** Health factor of the weakest domain. */
  readonly health: { readonly enter: number; readonly exit: number }
  /** Probability that any domain is liquidated within 24 hours. `exit` is also what preserving aims at. */
  readonly probability: { readonly enter: number; readonly exit: number }
  /** Venues of ours that reduce by force at the same time. */
  readonly forcedVenues: { readonly enter: number; readonly exit: number }
  /** Volatility over its long-run level, below which it is clear; it enters nothing. */
  readonly sigmaRatio: { readonly exit: number }
  /** How long everything must have been clear. [s] */
  readonly clearSeconds: number
}

/** Numbers of a margin keeper. Engines and governor bring their own. */
export type MarginKeeperConfig = {
  /** Who signs the journal. */
  readonly name: string
  readonly assess: AssessConfig
  readonly preservation: PreservationConfig
  /** Times a step is tried within one tick while it asks for a retry. */
  readonly attempts: number
  /** Ticks for which the chain may leave a transaction open before a person is asked. */
  readonly unsureTicks: number
}

/**
 * Defaults of RISK.md part D where it has them: P(any liquidation in 24 h) above 5 % and back to 1 %, 15 % of equity in a day, two
 * venues in forced reduce, volatility below 1.5 times its long run, six clear hours.
 */
export const DEFAULT_MARGIN_KEEPER_CONFIG: MarginKeeperConfig = {
  name: 'margin-keeper',
  assess: DEFAULT_ASSESS_CONFIG,
  preservation: {
    drawdown: { enter: 0.15, exit: 0.1 },
    windowSeconds: 86_400,
    health: { enter: 1.05, exit: 1.2 },
    probability: { enter: 0.05, exit: 0.01 },
    forcedVenues: { enter: 2, exit: 0 },
    sigmaRatio: { exit: 1.5 },
    clearSeconds: 21_600,
  },
  attempts: 3,
  unsureTicks: 5,
}

/**
 * Reads a configuration: what is given replaces the default, what is unknown or out of range is an error.
 *
 * @throws InvalidInputError naming the field.
 */
export function parseMarginKeeperConfig(input: unknown): MarginKeeperConfig {
  const config = overlay('config', DEFAULT_MARGIN_KEEPER_CONFIG, input)
  const { drawdown, health, probability, forcedVenues, sigmaRatio, windowSeconds, clearSeconds } =
    config.preservation
  check('name', config.name, config.name.trim() !== '', 'a name')
  check(
    'preservation.drawdown',
    `${drawdown.enter} and ${drawdown.exit}`,
    0 <= drawdown.exit && drawdown.exit < drawdown.enter && drawdown.enter <= 1,
    '0 ≤ exit < enter ≤ 1',
  )
  check(
    'preservation.health',
    `${health.enter} and ${health.exit}`,
    1 <= health.enter && health.enter < health.exit,
    '1 ≤ enter < exit',
  )
  check(
    'preservation.probability',
    `${probability.enter} and ${probability.exit}`,
    0 <= probability.exit && probability.exit < probability.enter && probability.enter <= 1,
    '0 ≤ exit < enter ≤ 1',
  )
  check(
    'preservation.forcedVenues',
    `${forcedVenues.enter} and ${forcedVenues.exit}`,
    Number.isInteger(forcedVenues.enter) &&
      Number.isInteger(forcedVenues.exit) &&
      0 <= forcedVenues.exit &&
      forcedVenues.exit < forcedVenues.enter,
    'whole numbers, 0 ≤ exit < enter',
  )
  check('preservation.sigmaRatio.exit', sigmaRatio.exit, sigmaRatio.exit > 0, 'above 0')
  check('preservation.windowSeconds', windowSeconds, windowSeconds > 0, 'above 0')
  check('preservation.clearSeconds', clearSeconds, clearSeconds >= 0, 'zero or more')
  for (const field of ['attempts', 'unsureTicks'] as const)
    check(field, config[field], Number.isInteger(config[field]) && config[field] >= 1, '1 or more')
  return config
}

/** Puts given values over defaults of the same shape. Arrays and scalars are replaced whole. */
function overlay<T>(field: string, base: T, given: unknown): T {
  if (given === undefined) return base
  if (!isRecord(base)) {
    const fits = Array.isArray(base) ? Array.isArray(given) : sameKind(base, given)
    check(field, given, fits, Array.isArray(base) ? 'a list' : `a ${typeof base}`)
    return given as T
  }
  if (!isRecord(given))
    throw new InvalidInputError({ field, found: given, allowed: `an object of ${keys(base)}` })
  for (const key of Object.keys(given))
    check(`${field}.${key}`, 'an unknown key', Object.hasOwn(base, key), keys(base))
  return Object.fromEntries(
    Object.entries(base).map(([key, value]) => [
      key,
      overlay(`${field}.${key}`, value, given[key]),
    ]),
  ) as T
}

/** A number stays a number; `assess.correlation` alone may be either, which `assess` itself checks. */
function sameKind(base: unknown, given: unknown): boolean {
  if (typeof given === 'number') return Number.isFinite(given) && typeof base !== 'boolean'
  return typeof base === typeof given
}

const keys = (base: Readonly<Record<string, unknown>>): string => Object.keys(base).join(', ')

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function check(field: string, found: unknown, holds: boolean, allowed: string): void {
  if (!holds) throw new InvalidInputError({ field, found, allowed })
}
