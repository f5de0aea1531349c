import { InvalidInputError } from '@plimsoll/domain'
import { LINEAR_BELOW } from './ImpactTerms.ts'

/** One executed trade and the move it made. */
export type ExecutedTrade = {
  /** [USD] */
  readonly value: number
  /** Volume of the day around it. [USD] */
  readonly dailyVolume: number
  readonly dailyVolatility: number
  readonly stress: number
  /** Log-price move from before to the end of the trade, positive in its direction. */
  readonly move: number
}

/** How well the square-root law describes what was executed. */
export type ImpactFit = {
  readonly trades: number
  /** Y by least squares through the origin, and its standard error. */
  readonly prefactor: number
  readonly prefactorError: number
  /** Y that may be used: within 0.5 to 1.5, and 1 where the fit is not trusted. */
  readonly usable: number
  readonly trusted: boolean
  /** Why it is not trusted; empty when it is. */
  readonly doubts: readonly string[]
  /** δ of `move ∝ value^δ` over the averages of bins of size, and its standard error; null with fewer than three bins. */
  readonly exponent: number | null
  readonly exponentError: number | null
  /** Share of the moves' variance about zero that the law and, beside it, a linear one explain. */
  readonly explained: number
  readonly explainedByLinear: number
  /** Averages by size, for a person to look at. */
  readonly bins: readonly ImpactBin[]
}

/** Trades of like size. */
export type ImpactBin = {
  readonly trades: number
  /** Mean of `value / dailyVolume`. */
  readonly share: number
  /** Mean of `move / (σ_D·ζ)`. */
  readonly move: number
  /** Standard error of that mean. */
  readonly error: number
}

const MIN_TRADES = 50
const BINS = 12
const ALLOWED = { min: 0.5, max: 1.5 }

/**
 * Fits the prefactor of the square-root law to executed trades, and says whether the fit can be believed.
 *
 * `move = Y·σ_D·ζ·√(q/V_D)` by least squares; the exponent is fitted apart, on bin averages, so that noise in single trades does
 * not flatten it. A fit with few trades, a wide error or another exponent is reported but not used.
 *
 * @throws InvalidInputError when a trade has no size, volume or volatility.
 */
export function calibrateImpact(trades: readonly ExecutedTrade[]): ImpactFit {
  const points = trades.map(pointOf)
  const law = throughOrigin(points.map(({ share, move }) => ({ x: shapeOf(share), y: move })))
  const linear = throughOrigin(points.map(({ share, move }) => ({ x: share, y: move })))
  const bins = binsOf(points)
  const power = powerOf(bins)
  const doubts = [
    ...(trades.length < MIN_TRADES ? [`${trades.length} trades, ${MIN_TRADES} are needed`] : []),
    ...(law.error > 0.25 * Math.abs(law.slope) ? ['the error of Y is above a quarter of it'] : []),
    ...(law.slope < ALLOWED.min || law.slope > ALLOWED.max
      ? [`Y is outside ${ALLOWED.min} to ${ALLOWED.max}`]
      : []),
    ...(power !== null && Math.abs(power.slope - 0.5) > Math.max(0.15, 2 * power.error)
      ? [`the exponent is ${power.slope.toFixed(2)}, not 0.5`]
      : []),
  ]
  const trusted = doubts.length === 0 && Number.isFinite(law.slope)
  return {
    trades: trades.length,
    prefactor: law.slope,
    prefactorError: law.error,
    usable: trusted ? law.slope : 1,
    trusted,
    doubts,
    exponent: power?.slope ?? null,
    exponentError: power?.error ?? null,
    explained: law.explained,
    explainedByLinear: linear.explained,
    bins,
  }
}

type Point = { readonly share: number; readonly move: number }

const shapeOf = (share: number): number =>
  share < LINEAR_BELOW ? share / Math.sqrt(LINEAR_BELOW) : Math.sqrt(share)

function pointOf(trade: ExecutedTrade): Point {
  const { value, dailyVolume, dailyVolatility, stress, move } = trade
  const point = { share: value / dailyVolume, move: move / (dailyVolatility * stress) }
  if (!(point.share > 0) || !Number.isFinite(point.share) || !Number.isFinite(point.move))
    throw new InvalidInputError({
      field: 'executed trade',
      found: JSON.stringify(trade),
      allowed: 'a value, volume and volatility above 0 and a finite move',
    })
  return point
}

function throughOrigin(points: readonly { readonly x: number; readonly y: number }[]) {
  let xx = 0
  let xy = 0
  let yy = 0
  for (const { x, y } of points) {
    xx += x * x
    xy += x * y
    yy += y * y
  }
  const slope = xy / xx
  const residual = Math.max(0, yy - slope * xy)
  const error =
    points.length > 1 ? Math.sqrt(residual / (points.length - 1) / xx) : Number.POSITIVE_INFINITY
  return { slope, error, explained: yy === 0 ? 0 : 1 - residual / yy }
}

/** Equally many trades per bin, by size. */
function binsOf(points: readonly Point[]): readonly ImpactBin[] {
  const sorted = points.toSorted((a, b) => a.share - b.share)
  const count = Math.min(BINS, Math.floor(sorted.length / 4))
  return Array.from({ length: count }, (_, i) => {
    const part = sorted.slice(
      Math.floor((i * sorted.length) / count),
      Math.floor(((i + 1) * sorted.length) / count),
    )
    const mean = (of: (point: Point) => number): number =>
      part.reduce((sum, point) => sum + of(point), 0) / part.length
    const move = mean((point) => point.move)
    const variance = mean((point) => (point.move - move) ** 2)
    return {
      trades: part.length,
      share: mean((point) => point.share),
      move,
      error: Math.sqrt(variance / part.length),
    }
  })
}

/** Slope of ln move on ln share over bins whose move is above zero and that the law calls square-root. */
function powerOf(bins: readonly ImpactBin[]) {
  const points = bins
    .filter(({ move, share }) => move > 0 && share >= LINEAR_BELOW)
    .map(({ share, move }) => ({ x: Math.log(share), y: Math.log(move) }))
  if (points.length < 3) return null
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const mx = mean(({ x }) => x)
  const my = mean(({ y }) => y)
  const xx = mean(({ x }) => (x - mx) ** 2)
  if (xx === 0) return null
  const slope = mean(({ x, y }) => (x - mx) * (y - my)) / xx
  const residual = mean(({ x, y }) => (y - my - slope * (x - mx)) ** 2)
  return { slope, error: Math.sqrt(residual / (points.length - 2) / xx) }
}
